"""Tours check what was really done: by this person, since they began, on the right thing. Nothing ticks by itself."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client, override_settings

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.learning.models import TourResult, TourRun
from orderwell.platform.learning.services import runs
from orderwell.platform.learning.services.results import keep_result
from orderwell.platform.permissions import BUILT_IN_ROLES, Permission
from orderwell.platform.sandbox import handover
from orderwell.web.help import book
from orderwell.web.help.tours import progress
from orderwell.web.help.tours.catalogue import TOURS
from orderwell.web.help.tours.checks import Did
from orderwell.web.help.tours.rights import offered
from orderwell.web.help.tours.steps import Tour


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
    for wrong in ("0", "2", "one", "", "-1", "9" * 30, "9" * 5_000):
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


def come_in(learner: int, tour: str, role: str, *, client: Client | None = None, **more: Any) -> tuple[Client, User]:
    """Somebody with this role at work, over the way in that a note opens."""
    facts: dict[str, Any] = {"name": "小王", "language": "zh-hans", "theme": "dark", "back": "http://x/help/tours/"}
    rights = BUILT_IN_ROLES[role][1]
    note = handover.send(user=learner, tour=tour, **{"permissions": rights, "roles": role, **facts, **more})
    client = client or Client()
    assert client.get("/practice/enter/", {"note": note})["Location"] == "/"
    return client, User.objects.get(username=f"learner-{learner}-{tour}")


def test_a_note_lets_in_once_with_the_rights_at_work(practice: None, db: None) -> None:
    rights = BUILT_IN_ROLES["sales-clerk"][1] - {Permission.ORDERS_ORDER_CANCEL}
    note = handover.send(
        user=9,
        name="小王",
        tour="clerk",
        language="zh-hans",
        theme="dark",
        back="http://x/help/tours/",
        permissions=rights,
        desk="clerk",
    )
    client = Client()
    assert client.get("/practice/enter/", {"note": note})["Location"] == "/"
    user = User.objects.get(username="learner-9-clerk")
    assert (user.name, user.language, user.desk) == ("小王", "zh-hans", "clerk")
    assert act(user).permissions == rights
    panel = client.get("/practice/panel/").content.decode()
    assert "销售文员" in panel and 'data-task="change"' in panel
    assert 'data-task="cancel"' not in panel  # may not be done at work, so it isn't asked for here
    stranger = Client()
    assert stranger.get("/practice/enter/", {"note": note}).status_code == 404  # used
    assert stranger.get("/practice/enter/", {"note": note[:-1] + "x"}).status_code == 404


def test_rights_that_were_taken_away_at_work_are_gone_here_too(practice: None, db: None) -> None:
    _client, user = come_in(9, "clerk", "owner")
    assert act(user).may(Permission.BILLING_INVOICE_CREATE)
    _client, user = come_in(9, "clerk", "sales-clerk")
    assert act(user).permissions == BUILT_IN_ROLES["sales-clerk"][1]


def test_who_sees_some_rows_at_work_sees_as_much_here(practice: None, company: Any) -> None:
    from orderwell.domains.customers.models import Customer
    from orderwell.testing import factories

    here = company.warehouse
    other = factories.make_warehouse("FAR")
    factories.stock_up(company.cup, here, 500)
    limits = {"warehouse": [here.code], "channel": ["nowhere-here"], "team": ["华东组"]}
    client, user = come_in(3, "warehouse", "warehouse-worker", limits=limits)
    actor = act(user)
    assert actor.warehouse_ids == {here.pk} and other.pk not in actor.warehouse_ids
    assert actor.channel_ids is not None and len(actor.channel_ids) == 1
    assert actor.team_ids is not None and len(actor.team_ids) == 1
    assert Customer.objects.filter(team_id__in=actor.team_ids).count() == 1
    # The order that was made for them lies where they may see and ship it.
    run = TourRun.objects.latest("id")
    assert client.get(f"/orders/{run.material['order_id']}/ship/").status_code == 200


def test_what_a_tour_needs_is_made_for_each_learner(practice: None, company: Any) -> None:
    from orderwell.testing import factories

    factories.stock_up(company.cup, company.warehouse, 500)
    orders = set()
    for learner in (1, 2):
        come_in(learner, "warehouse", "warehouse-worker")
        orders.add(TourRun.objects.latest("id").material["order"])
    assert len(orders) == 2


@pytest.mark.parametrize("tour", TOURS.values(), ids=lambda tour: tour.code)
def test_a_tour_asks_for_nothing_that_its_role_may_not_do(tour: Tour, db: None) -> None:
    rights = frozenset(map(str, BUILT_IN_ROLES[tour.role][1]))
    worker = Actor(kind="user", id=1, label="x", permissions=rights)
    assert [task.key for task in offered(tour, worker)] == [task.key for task in tour.tasks]
    for task in tour.tasks:
        if isinstance(task.check, Did):
            assert task.doing, f"{tour.code}/{task.key} does not say where it is done"


def test_a_tour_asks_nobody_for_what_they_may_not_do() -> None:
    bookkeeper = TOURS["bookkeeper"]
    rights = BUILT_IN_ROLES["bookkeeper"][1] - {Permission.BILLING_INVOICE_CREATE}
    worker = Actor(kind="user", id=1, label="x", permissions=frozenset(map(str, rights)))
    # The payment of what was invoiced goes with it.
    assert [task.key for task in offered(bookkeeper, worker)] == ["credit", "refund", "settle"]
    viewer = Actor(kind="user", id=1, label="x", permissions=frozenset(map(str, BUILT_IN_ROLES["viewer"][1])))
    assert offered(bookkeeper, viewer) == offered(TOURS["clerk"], viewer) == ()


@pytest.mark.parametrize("tour", TOURS.values(), ids=lambda tour: tour.code)
def test_every_place_of_a_tour_opens_for_its_role(tour: Tour, practice: None, company: Any) -> None:
    from orderwell.testing import factories

    factories.stock_up(company.cup, company.warehouse, 500)
    client, _user = come_in(4, tour.code, tour.role)
    run = TourRun.objects.latest("id")
    assert run.material["tasks"] == [task.key for task in tour.tasks]
    for step in progress.look(run, now=utc_now()).steps:
        assert "{" not in step.text + step.hint and "  " not in step.text
        if step.url:
            assert client.get(step.url).status_code == 200, step.url


def send(client: Client, address: str, **typed: str) -> None:
    """The form at an address as it comes, with what was typed in."""
    shown = client.get(address)
    assert shown.status_code == 200, address
    page = shown.content.decode()
    values = {name: html.unescape(value) for name, value in _INPUT.findall(page)}
    values["token"] = re.search(r'name="token" value="(\w+)"', page)[1]  # type: ignore[index]
    assert client.post(address, {**values, **typed}).status_code in (204, 302), address


_INPUT = re.compile(r'<input[^>]*?\bname="([^"]+)"[^>]*?\bvalue="([^"]*)"')


def test_the_bookkeeper_credits_what_the_warehouse_booked(practice: None, company: Any) -> None:
    from orderwell.domains.fulfilment.models import Return
    from orderwell.testing import factories

    factories.stock_up(company.cup, company.warehouse, 500)
    client, user = come_in(5, "bookkeeper", "bookkeeper")
    run = TourRun.objects.latest("id")
    assert not act(user).may(Permission.FULFILMENT_RETURN_CREATE)
    made = run.material
    start = client.get("/").content.decode()
    assert made["return"] in start and made["kept"] in start  # the card "Returned, not credited" of the desk
    send(client, f"/orders/{made['order_id']}/invoice/")
    assert done(run) == {"invoice"}
    send(client, f"/orders/{made['order_id']}/payment/", method="bank", reference="T-1")
    assert done(run) == {"invoice", "payment"}
    booked, kept = (Return.objects.get(number=made[name]).pk for name in ("return", "kept"))
    send(client, f"/returns/{kept}/settle/", reason="sent another")
    assert done(run) == {"invoice", "payment", "settle"}
    send(client, f"/returns/{booked}/credit/", refund="on")
    assert done(run) == {"invoice", "payment", "settle", "credit", "refund"}
    assert progress.certificate(progress.look(TourRun.objects.get(pk=run.pk), now=utc_now()))


def test_the_making_of_the_practice_company_is_followed_from_every_page(browse: Callable[..., Client]) -> None:
    from orderwell.platform.jobs.models import Progress
    from orderwell.platform.sandbox.launching import Situation

    client = browse("sales-clerk")
    looks = "orderwell.web.help.tours.following.situation"
    with patch("orderwell.web.help.tours.live.start") as start:
        with patch(looks, return_value=Situation("preparing", percent=9)):
            client.post("/help/tours/prepare/")
            client.post("/help/tours/prepare/")
        assert start.called
    row = Progress.objects.get()
    assert (row.done, row.total) == (9, 100)
    Progress.objects.update(started_at=utc_now() - timedelta(seconds=20))
    with patch(looks, return_value=Situation("preparing", percent=50)):
        tray = client.get("/progress/").content.decode()
    assert 'value="50"' in tray and "s left" in tray and "every 2s" in tray
    with patch(looks, return_value=Situation("running", 1)):
        tray = client.get("/progress/").content.decode()
    assert "Done" in tray and 'href="/help/tours/"' in tray and "every 2s" not in tray
    row.refresh_from_db()
    assert row.finished_at is not None and row.done == 100


def test_a_practice_company_that_could_not_be_made_says_so_in_the_tray(browse: Callable[..., Client]) -> None:
    from orderwell.platform.sandbox.launching import Situation

    client = browse("sales-clerk")
    looks = "orderwell.web.help.tours.following.situation"
    with patch("orderwell.web.help.tours.live.start"), patch(looks, return_value=Situation("preparing", percent=0)):
        client.post("/help/tours/prepare/")
    with patch(looks, return_value=Situation("absent")):  # not a word yet of the program that was just started
        assert "Failed" not in client.get("/progress/").content.decode()
    with patch(looks, return_value=Situation("failed")):
        assert "could not be prepared" in client.get("/progress/").content.decode()


def test_in_the_real_company_only_one_s_own_work_can_be_begun(browse: Callable[..., Client]) -> None:
    from orderwell.platform.sandbox import launching

    client = browse("warehouse-worker")
    page = client.get("/help/tours/").content.decode()
    assert 'data-tour="warehouse"' in page and 'data-tour="bookkeeper"' not in page
    assert "Your role does not do this work." in page
    assert page.index('data-tour="warehouse"') < page.index("Your role does not do this work.")
    with patch("orderwell.web.help.tours.live.situation", return_value=launching.Situation("running", 1)):
        assert "/help/tours/" in client.get("/help/tours/bookkeeper/begin/")["Location"]
        assert "practice/enter" in client.get("/help/tours/warehouse/begin/")["Location"]


def test_every_step_points_at_a_place_of_the_manual_that_exists() -> None:
    for language in ("en", "zh"):
        known = {f"{page.name}#{anchor}" for page in book.pages(language) for anchor in page.anchors}
        assert {task.help for tour in TOURS.values() for task in tour.tasks if task.help} <= known


def test_every_event_that_a_step_waits_for_is_declared() -> None:
    from orderwell.platform.events.queries import sentences

    for tour in TOURS.values():
        for task in tour.tasks:
            if isinstance(task.check, Did):
                assert set(task.check.names) & sentences().keys(), task.key


def test_what_is_to_be_done_on_the_handheld_counts_only_from_there() -> None:
    from orderwell.platform.events.models import Event
    from orderwell.web.help.tours.checks import Seen

    check = Did(("fulfilment.shipment.shipped",), through="handheld-act")
    shipped = Event(name="fulfilment.shipment.shipped", stream="order:1", data={})
    assert not check.done(Seen([shipped], frozenset(), frozenset()), "ship")
    assert not check.done(Seen([], frozenset({"handheld-act"}), frozenset()), "ship")
    assert check.done(Seen([shipped], frozenset({"handheld-act"}), frozenset()), "ship")
