"""Tours check what was really done: by this person, since they began, on the right thing. Nothing ticks by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.learning.models import TourResult, TourRun
from orderwell.platform.learning.services import runs
from orderwell.platform.learning.services.results import keep_result
from orderwell.platform.sandbox import handover
from orderwell.web.help import book
from orderwell.web.help.tours import progress
from orderwell.web.help.tours.catalogue import TOURS


@pytest.fixture
def clerk(person: Callable[..., User]) -> User:
    return person("sales-clerk")


@pytest.fixture
def begun(clerk: User) -> TourRun:
    return runs.begin(user=clerk, learner=7, tour="clerk", material={}, now=utc_now())


def done(run: TourRun) -> set[str]:
    run.refresh_from_db()
    return {step.task.key for step in progress.look(run, now=utc_now()).steps if step.done}


def act(user: User) -> Actor:
    return actor_for_user(user)


def place_as(actor: Actor) -> int:
    from decimal import Decimal

    from orderwell.domains.orders.drafts import LineDraft, OrderDraft
    from orderwell.domains.orders.outcomes import Placed
    from orderwell.domains.orders.services.place import place_orders

    draft = OrderDraft(channel="shop", customer="C1", lines=(LineDraft("CUP", Decimal(1)),))
    outcome = place_orders([draft], actor=actor, now=utc_now())[0]
    assert isinstance(outcome, Placed)
    return outcome.order_id


def note_as(actor: Actor, order_id: int) -> None:
    from orderwell.domains.orders.services.note import add_note

    add_note(order_id=order_id, body="x", actor=actor, now=utc_now())


def test_nothing_is_done_at_the_beginning(company: Any, begun: TourRun) -> None:
    assert done(begun) == set()


def test_what_somebody_else_does_does_not_count(company: Any, begun: TourRun, person: Callable[..., User]) -> None:
    place_as(act(person("owner")))
    place_as(system_actor())
    assert done(begun) == set()


def test_what_was_done_before_the_tour_does_not_count(company: Any, clerk: User) -> None:
    place_as(act(clerk))
    run = runs.begin(user=clerk, learner=7, tour="clerk", material={}, now=utc_now())
    assert done(run) == set()


def test_the_same_person_s_order_counts_and_a_note_only_on_it(company: Any, clerk: User, begun: TourRun) -> None:
    other = place_as(system_actor())
    note_as(act(clerk), other)
    assert done(begun) == set()
    mine = place_as(act(clerk))
    assert done(begun) == {"enter"}
    note_as(act(clerk), mine)
    assert done(begun) == {"enter", "note"}


def test_a_page_counts_when_it_was_opened(begun: TourRun) -> None:
    progress.visit(begun, "customer-list")
    assert done(begun) == set()
    progress.visit(begun, "customer-detail")
    assert done(begun) == {"find"}


def test_an_answer_is_compared_with_the_books(
    company: Any, person: Callable[..., User], place: Callable[..., int]
) -> None:
    place(CUP=1)
    manager = person("sales-manager")
    run = runs.begin(user=manager, learner=1, tour="manager", material={}, now=utc_now())
    for wrong in ("0", "2", "one", "", "-1", "9" * 30):
        assert not progress.answer(run, "to-ship", wrong, actor=act(manager))
    assert done(run) == set()
    assert progress.answer(run, "to-ship", " 1 ", actor=act(manager))
    assert done(run) == {"to-ship"}
    assert not progress.answer(run, "customer", "1", actor=act(manager))  # asks no question


def test_hints_cost_points_and_only_on_open_steps(begun: TourRun) -> None:
    progress.take_hint(begun, "find")
    progress.take_hint(begun, "no-such-step")
    progress.visit(begun, "customer-detail")
    begun.refresh_from_db()
    assert progress.look(begun, now=utc_now()).points == 5
    begun.refresh_from_db()
    progress.take_hint(begun, "find")
    assert begun.state["hints"] == ["find"]


def test_a_hint_is_offered_to_those_who_are_stuck(begun: TourRun) -> None:
    assert not progress.look(begun, now=utc_now()).stuck
    assert progress.look(begun, now=utc_now() + timedelta(minutes=5)).stuck


def test_there_is_no_certificate_before_the_end(begun: TourRun) -> None:
    assert progress.certificate(progress.look(begun, now=utc_now())) == ""


def test_the_better_result_is_kept(clerk: User) -> None:
    common = {"user_id": clerk.pk, "tour": "clerk", "most": 50, "tasks": 5, "hints": 0, "finished_at": utc_now()}
    assert keep_result(points=40, seconds=100, **common)
    assert not keep_result(points=30, seconds=10, **common)
    assert not keep_result(points=40, seconds=100, **common)
    assert keep_result(points=50, seconds=300, **common)
    assert TourResult.objects.get().points == 50


def achieved(user: int, **more: Any) -> str:
    facts: dict[str, Any] = {"tour": "clerk", "points": 45, "most": 50, "tasks": 5, "hints": 1, "seconds": 60}
    return handover.certify(handover.Achieved(user=user, finished_at=utc_now().isoformat(), **{**facts, **more}))


def test_a_result_is_taken_back_once_and_only_one_s_own(browse: Callable[..., Client]) -> None:
    client = browse("sales-clerk")
    me = User.objects.get(username="sales-clerk")
    for result in (achieved(me.pk + 1), achieved(me.pk)[:-2] + "xx", "", achieved(me.pk, tour="nothing")):
        client.get("/help/tours/back/", {"result": result})
        assert not TourResult.objects.exists()
    for _ in range(2):
        client.get("/help/tours/back/", {"result": achieved(me.pk)})
    assert TourResult.objects.get().points == 45
    assert "45 / 50" in client.get("/help/tours/").content.decode()


def test_administrators_see_everybody_s_results(browse: Callable[..., Client], clerk: User) -> None:
    common = {"user_id": clerk.pk, "tour": "clerk", "most": 50, "tasks": 5, "hints": 0, "finished_at": utc_now()}
    keep_result(points=40, seconds=100, **common)
    assert "40 / 50" in browse("administrator").get("/help/tours/").content.decode()
    assert "40 / 50" not in browse("viewer").get("/help/tours/").content.decode()


def test_nobody_comes_in_where_no_practice_company_is(db: None) -> None:
    note = handover.send(user=1, name="x", tour="clerk", language="en", theme="auto", back="http://x/")
    assert Client().get("/practice/enter/", {"note": note}).status_code == 404
    assert not User.objects.filter(username__startswith="learner").exists()


@pytest.fixture
def practice(company: Any, settings: Any) -> Iterator[None]:
    with override_settings(SANDBOX=True):
        yield


def test_a_note_lets_in_once_with_the_roles_of_the_tour(practice: None, db: None) -> None:
    from orderwell.platform.accounts.services.roles import sync_built_in_roles

    sync_built_in_roles()
    note = handover.send(
        user=9, name="小王", tour="clerk", language="zh-hans", theme="dark", back="http://x/help/tours/"
    )
    client = Client()
    assert client.get("/practice/enter/", {"note": note})["Location"] == "/"
    user = User.objects.get(username="learner-9-clerk")
    assert (user.name, user.language, [role.code for role in user.roles.all()]) == ("小王", "zh-hans", ["sales-clerk"])
    panel = client.get("/practice/panel/").content.decode()
    assert "销售文员" in panel and 'data-task="cancel"' in panel
    stranger = Client()
    assert stranger.get("/practice/enter/", {"note": note}).status_code == 404  # used
    assert stranger.get("/practice/enter/", {"note": note[:-1] + "x"}).status_code == 404


def test_what_a_tour_needs_is_made_for_each_learner(practice: None, company: Any) -> None:
    from orderwell.platform.accounts.services.roles import sync_built_in_roles
    from orderwell.testing import factories

    sync_built_in_roles()
    factories.stock_up(company.cup, company.warehouse, 500)
    orders = set()
    for learner in (1, 2):
        note = handover.send(user=learner, name="x", tour="warehouse", language="en", theme="", back="http://x/")
        Client().get("/practice/enter/", {"note": note})
        orders.add(TourRun.objects.latest("id").material["order"])
    assert len(orders) == 2


def test_every_step_points_at_a_place_of_the_manual_that_exists() -> None:
    for language in ("en", "zh"):
        known = {f"{page.name}#{anchor}" for page in book.pages(language) for anchor in page.anchors}
        assert {task.help for tour in TOURS.values() for task in tour.tasks if task.help} <= known


def test_every_event_that_a_step_waits_for_is_declared() -> None:
    from orderwell.platform.events.queries import sentences
    from orderwell.web.help.tours.checks import Did

    for tour in TOURS.values():
        for task in tour.tasks:
            if isinstance(task.check, Did):
                assert set(task.check.names) & sentences().keys(), task.key


def test_what_is_to_be_done_on_the_handheld_counts_only_from_there() -> None:
    from orderwell.platform.events.models import Event
    from orderwell.web.help.tours.checks import Did, Seen

    check = Did(("fulfilment.shipment.shipped",), through="handheld-act")
    shipped = Event(name="fulfilment.shipment.shipped", stream="order:1", data={})
    assert not check.done(Seen([shipped], frozenset(), frozenset()), "ship")
    assert not check.done(Seen([], frozenset({"handheld-act"}), frozenset()), "ship")
    assert check.done(Seen([shipped], frozenset({"handheld-act"}), frozenset()), "ship")
