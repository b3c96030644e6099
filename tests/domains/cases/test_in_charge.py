"""Who may be put in charge of a case, and two who answer it at once."""

from __future__ import annotations

import pytest

from orderwell.domains.cases.errors import NotTheirsToSee, WrittenMeanwhile
from orderwell.domains.cases.models import Case, Message, Task
from orderwell.domains.cases.services.converse import write_message
from orderwell.domains.cases.services.files import SentFile
from orderwell.domains.cases.services.manage import CaseChange, change_case
from orderwell.domains.cases.services.many import assign_cases
from orderwell.domains.cases.services.open_case import CaseDraft, ask_colleagues, open_case
from orderwell.domains.cases.services.speak import ask
from orderwell.domains.cases.services.tasks import add_task
from orderwell.kernel.refusals import EmptyFile
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_channel
from tests.domains.books import NOW
from tests.domains.cases.desk import access, as_actor, person, shipped

pytestmark = pytest.mark.django_db


def newest(case: Case) -> int:
    return Message.objects.filter(case=case).latest("pk").pk


def test_a_case_is_given_to_nobody_who_cannot_open_it() -> None:
    admin, wei = person("admin", "administrator"), person("wei", "warehouse-worker")
    person("carl")
    boss = as_actor(admin)
    case = ask_colleagues(subject="Printer", body="It prints nothing.", actor=as_actor(wei), now=NOW)
    with pytest.raises(NotTheirsToSee) as refused:
        change_case(case_id=case.pk, change=CaseChange(assignee="carl"), actor=boss, now=NOW)
    assert refused.value.details[0].pointer == "/assignee"
    (verdict,) = assign_cases([case.pk], data={"assignee": "carl"}, actor=boss, now=NOW)
    assert verdict.errors and Case.objects.get().assignee is None
    change_case(case_id=case.pk, change=CaseChange(assignee="admin"), actor=boss, now=NOW)
    change_case(case_id=case.pk, change=CaseChange(assignee=""), actor=boss, now=NOW)


def test_nor_to_one_who_sees_other_channels_alone() -> None:
    elsewhere = make_channel("elsewhere")
    person("far", "sales-clerk", limits={"channel": [elsewhere.pk]})
    order = shipped()
    with pytest.raises(NotTheirsToSee):
        open_case(draft=CaseDraft("question", "x", order_id=order.pk, assignee="far"), actor=owner(), now=NOW)
    assert not Case.objects.exists() and not Message.objects.exists()


def test_a_task_is_given_to_nobody_who_cannot_open_what_it_is_about() -> None:
    person("far", "sales-clerk", limits={"channel": [make_channel("elsewhere").pk]})
    person("near", "sales-clerk")
    stream = f"order:{shipped().pk}"
    with pytest.raises(NotTheirsToSee) as refused:
        add_task(stream=stream, text="Call them", assignee="far", actor=owner(), now=NOW)
    assert refused.value.details[0].pointer == "/assignee" and not Task.objects.exists()
    assert str(add_task(stream=stream, text="Call them", assignee="near", actor=owner(), now=NOW).assignee) == "near"


def test_who_is_in_charge_already_stays_when_they_see_it_no_more() -> None:
    carl, boss = person("carl"), as_actor(person("admin", "administrator"))
    case = open_case(draft=CaseDraft("question", "x", assignee="carl"), actor=boss, now=NOW)
    carl.roles.clear()
    change_case(case_id=case.pk, change=CaseChange(assignee="carl", priority=10), actor=boss, now=NOW)
    assert Case.objects.get().priority == 10


def test_an_answer_looks_first_at_what_was_written_meanwhile() -> None:
    admin, bob = as_actor(person("admin", "administrator")), as_actor(person("bob", "administrator"))
    case = ask(access=access(shipped()), body="Where is it?", now=NOW)
    seen = newest(case)
    write_message(case_id=case.pk, body="Tomorrow.", seen=seen, actor=admin, now=NOW)
    with pytest.raises(WrittenMeanwhile):
        write_message(case_id=case.pk, body="It is lost.", seen=seen, actor=bob, now=NOW)
    assert [row.body for row in Message.objects.order_by("pk")] == ["Where is it?", "Tomorrow."]
    write_message(case_id=case.pk, body="Look into that", internal=True, seen=seen, actor=bob, now=NOW)
    write_message(case_id=case.pk, body="And I mean it.", seen=newest(case) - 1, actor=bob, now=NOW)
    with pytest.raises(WrittenMeanwhile):
        write_message(case_id=case.pk, body="As I said.", seen=seen, actor=admin, now=NOW)


def test_a_question_brings_a_file_along() -> None:
    wei = as_actor(person("wei", "warehouse-worker"))
    with pytest.raises(EmptyFile):
        ask_colleagues(subject="Printer", body="See", files=[SentFile("screen.png", b"")], actor=wei, now=NOW)
    assert not Case.objects.exists()
    case = ask_colleagues(subject="Printer", body="See", files=[SentFile("screen.png", b"png")], actor=wei, now=NOW)
    assert case.messages.get().files.get().name == "screen.png"
