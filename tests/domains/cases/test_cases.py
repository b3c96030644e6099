"""Conversations: who may see them, whose turn it is, who is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from orderwell.domains.cases.errors import CaseClosed, UnknownColleague
from orderwell.domains.cases.mentions import mentioned
from orderwell.domains.cases.models import Case, Message, Notice, Task
from orderwell.domains.cases.naming import colleagues_called, names_of_nobody, people_named
from orderwell.domains.cases.queries import CaseFilters, case_detail, case_list, inbox_counts, threads_of, unread_count
from orderwell.domains.cases.services.converse import write_message
from orderwell.domains.cases.services.files import SentFile
from orderwell.domains.cases.services.manage import CaseChange, change_case, close_case, reopen_case
from orderwell.domains.cases.services.notify import mark_read
from orderwell.domains.cases.services.open_case import CaseDraft, ask_colleagues, open_case
from orderwell.domains.cases.services.speak import ask
from orderwell.domains.cases.services.tasks import add_task, finish_task
from orderwell.domains.orders.services.note import add_note
from orderwell.kernel.errors import NotFound, Refusal, StaleVersion
from orderwell.kernel.refusals import DayOver
from orderwell.kernel.transitions import IllegalTransition
from orderwell.platform.events.dispatch import deliver, fan_out
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_channel
from tests.domains.books import NOW, place, stocked
from tests.domains.cases.desk import LATER, access, as_actor, person, shipped

pytestmark = pytest.mark.django_db


def opened(**more: object) -> Case:
    draft = CaseDraft("question", "Where is it?", direction="in", **more)  # type: ignore[arg-type]
    return open_case(draft=draft, actor=owner_on_file(), now=NOW)


def owner_on_file() -> object:
    from orderwell.platform.accounts.models import User

    user = User.objects.filter(username="olive").first() or person("olive", "owner", name="Olive")
    return as_actor(user)


def state_of(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_whoever_wrote_last_has_done_their_part() -> None:
    order = shipped()
    case = ask(access=access(order), body="Where is my parcel?", now=NOW)
    assert (case.state, case.kind, case.opened_by_customer) == ("open", "question", True)
    actor = owner_on_file()
    write_message(case_id=case.pk, body="On its way.", actor=actor, now=LATER)
    assert state_of(case) == "waiting_for_customer"
    ask(access=access(order), body="Thank you. When?", case_id=case.pk, now=LATER)
    assert state_of(case) == "waiting_for_us"
    write_message(case_id=case.pk, body="Ask the depot", internal=True, actor=actor, now=LATER)
    assert state_of(case) == "waiting_for_us"
    close_case(case_id=case.pk, actor=actor, now=LATER)
    assert state_of(case) == "closed"
    ask(access=access(order), body="Still nothing", case_id=case.pk, now=LATER)
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.closed_at) == ("waiting_for_us", None)


def test_the_customer_never_gets_an_internal_note() -> None:
    order = shipped()
    case = ask(access=access(order), body="Where?", now=NOW)
    actor = owner_on_file()
    write_message(case_id=case.pk, body="difficult person", internal=True, actor=actor, now=NOW)
    write_message(case_id=case.pk, body="Tomorrow.", actor=actor, now=NOW)
    open_case(draft=CaseDraft("complaint", "only for us", order_id=order.pk), actor=actor, now=NOW)
    (thread,) = threads_of(order.pk)
    assert [message.body for message in thread.messages.all()] == ["Where?", "Tomorrow."]


def test_what_people_write_is_encrypted_and_in_no_event() -> None:
    case = opened()
    write_message(case_id=case.pk, body="My number is 13912345678", actor=owner_on_file(), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM cases_message")
        stored = [bytes(row[0]) for row in cursor.fetchall()]
    assert stored and not any(b"13912345678" in value for value in stored)
    assert "13912345678" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_closed_case_takes_no_answer_until_it_is_reopened() -> None:
    case, actor = opened(), owner_on_file()
    close_case(case_id=case.pk, actor=actor, now=NOW)
    close_case(case_id=case.pk, actor=actor, now=NOW)
    assert Event.objects.filter(name="cases.case.closed").count() == 1
    with pytest.raises(CaseClosed):
        write_message(case_id=case.pk, body="one more thing", actor=actor, now=NOW)
    reopen_case(case_id=case.pk, actor=actor, now=NOW)
    with pytest.raises(IllegalTransition):
        reopen_case(case_id=case.pk, actor=actor, now=NOW)
    write_message(case_id=case.pk, body="one more thing", actor=actor, now=NOW)
    assert state_of(case) == "waiting_for_customer"


def test_a_case_is_given_to_a_colleague_who_is_told_once() -> None:
    carl = person("carl")
    case, actor = opened(), owner_on_file()
    change_case(case_id=case.pk, change=CaseChange(assignee="carl", priority=10), version=1, actor=actor, now=NOW)
    change_case(case_id=case.pk, change=CaseChange(assignee="carl"), actor=actor, now=NOW)
    assert unread_count(as_actor(carl)) == 1
    with pytest.raises(StaleVersion):
        change_case(case_id=case.pk, change=CaseChange(priority=90), version=1, actor=actor, now=NOW)
    with pytest.raises(UnknownColleague):
        change_case(case_id=case.pk, change=CaseChange(assignee="nobody"), actor=actor, now=NOW)
    with pytest.raises(Refusal):
        change_case(case_id=case.pk, change=CaseChange(priority=7), actor=actor, now=NOW)
    assert inbox_counts(as_actor(carl)) == {"mine": 1, "unassigned": 0, "all": 1}


def test_messages_of_the_customer_are_told_to_the_one_in_charge() -> None:
    carl, order = person("carl"), shipped()
    case = ask(access=access(order), body="Where?", now=NOW)
    change_case(case_id=case.pk, change=CaseChange(assignee="carl"), actor=owner_on_file(), now=NOW)
    mark_read(actor=as_actor(carl), now=NOW)
    ask(access=access(order), body="Hello?", case_id=case.pk, now=LATER)
    (notice,) = Notice.objects.filter(user=carl, read_at=None)
    assert (notice.kind, notice.title, notice.text) == ("message", case.number, "Hello?")


def test_a_mention_tells_colleagues_who_may_see_the_document_and_nobody_else() -> None:
    wei, fang = person("wei", "warehouse-worker"), person("fang", name="王芳")
    far = person("far", limits={"channel": [make_channel().pk]})
    order = shipped()
    case = opened(order_id=order.pk)
    actor = owner_on_file()
    write_message(case_id=case.pk, body="@wei @王芳请看 @far @olive a@b.c", internal=True, actor=actor, now=NOW)
    told = {notice.user_id for notice in Notice.objects.filter(kind="mention")}
    assert told == {wei.pk, fang.pk}
    assert far.pk not in told


def test_a_part_of_a_name_means_whoever_alone_is_called_so() -> None:
    luo, wang = person("luoyang", name="罗洋 Luo Yang"), person("wang", name="王洋 Wang Yang")
    assert people_named(["罗洋"]) == [luo] and people_named(["罗洋请确认"]) == [luo] and people_named(["luo"]) == [luo]
    assert people_named(["王洋", "LuoYang"]) == [wang, luo]
    assert people_named(["Yang"]) == []  # there are two
    assert names_of_nobody("@罗洋 @Yang @nobody a@b.c") == ["Yang", "nobody"]


def test_a_name_in_a_chinese_sentence_needs_no_space_before_it() -> None:
    luo = person("luoyang", name="罗洋 Luo Yang")
    assert people_named(mentioned("请@罗洋看一下，谢谢")) == [luo]
    assert mentioned("a@b.c 张@example.com x.@y Ä@z") == ["example.com"]


def test_whom_to_offer_while_a_name_is_typed() -> None:
    luo, wang = person("luoyang", name="罗洋 Luo Yang"), person("wang", name="王洋 Wang Yang")
    person("yang2", name="Yang")
    offered = {
        text: [who.username for who in colleagues_called(text)] for text in ("罗", "luo", "LY", "洋", "zz", "wangy")
    }
    assert offered["罗"] == offered["luo"] == offered["LY"] == ["luoyang"]
    assert set(offered["洋"]) == {"luoyang", "wang"} and offered["zz"] == [] and offered["wangy"] == ["wang"]
    assert [who.username for who in colleagues_called("", me=luo.pk)] == ["yang2", "wang"]
    for user, who in ((luo, colleagues_called("luo")[0]), (wang, colleagues_called("wang")[0])):
        assert people_named(mentioned(f"@{who.call} please")) == [user]
    # Somebody else of that name: then the user name is what tells them apart.
    other = person("luo2", name="罗洋 Luo Yang")
    assert sorted(who.call for who in colleagues_called("罗洋")) == ["luo2", "luoyang"]
    assert people_named(["luo2"]) == [other]


def test_a_mention_in_a_note_on_an_order_is_told_as_well() -> None:
    wei, order = person("wei", "warehouse-worker"), shipped()
    add_note(order_id=order.pk, body="@wei is it packed?", actor=clerk(), now=NOW)
    fan_out(now=LATER)
    deliver(now=LATER)
    (notice,) = Notice.objects.filter(user=wei)
    assert (notice.stream, notice.title, notice.actor_label) == (f"order:{order.pk}", order.number, "Carl Clerk")


def test_a_task_is_due_today_or_later() -> None:
    order = shipped()

    def due(at: datetime) -> Task:
        return add_task(stream=f"order:{order.pk}", text="Ring them", due_at=at, actor=clerk(), now=NOW)

    with pytest.raises(DayOver) as refused:
        due(NOW - timedelta(days=1))
    assert refused.value.pointer == "/due_at"
    assert due(NOW).due_at == NOW
    assert due(NOW + timedelta(days=400)).pk


def test_tasks_are_done_once_and_by_those_who_were_asked() -> None:
    wei, order = person("wei", "warehouse-worker"), shipped()
    task = add_task(stream=f"order:{order.pk}", text="Check the box", assignee="wei", actor=clerk(), now=NOW)
    assert unread_count(as_actor(wei)) == 1
    finish_task(task_id=task.pk, actor=as_actor(wei), now=NOW)
    finish_task(task_id=task.pk, actor=as_actor(wei), now=LATER)
    assert Task.objects.get().done_at == NOW
    assert Event.objects.filter(name="cases.task.done", stream=f"order:{order.pk}").count() == 1
    finish_task(task_id=task.pk, done=False, actor=as_actor(wei), now=LATER)
    assert Task.objects.get().done_at is None
    for stream in ("order:99999", "order:x", "nothing:1", "order:" + "9" * 30, ""):
        with pytest.raises(NotFound):
            add_task(stream=stream, text="x", actor=owner(), now=NOW)


def test_a_question_of_a_colleague_goes_to_administrators_and_stays_between_them() -> None:
    admin, wei, carl = person("admin", "administrator"), person("wei", "warehouse-worker"), person("carl")
    case = ask_colleagues(subject="Printer", body="It prints nothing.", actor=as_actor(wei), now=NOW)
    assert unread_count(as_actor(admin)) == 1
    with pytest.raises(NotFound):
        case_detail(as_actor(carl), case.pk)
    with pytest.raises(NotFound):
        write_message(case_id=case.pk, body="me too", actor=as_actor(carl), now=NOW)
    write_message(case_id=case.pk, body="Switch it on.", actor=as_actor(admin), now=NOW)
    assert unread_count(as_actor(wei)) == 1
    write_message(case_id=case.pk, body="Thanks!", actor=as_actor(wei), now=NOW)
    assert [message.direction for message in Message.objects.order_by("pk")] == ["in", "out", "in"]
    assert state_of(case) == "waiting_for_us"


def test_cases_are_filtered_by_the_rows_of_the_actor() -> None:
    order = place([(stocked(5), 1)])
    case = opened(order_id=order.pk)
    elsewhere = limited(owner(), channels=frozenset({make_channel().pk}))
    assert [row.pk for row in case_list(owner()).rows] == [case.pk]
    assert case_list(elsewhere).rows == []
    with pytest.raises(NotFound):
        case_detail(elsewhere, case.pk)
    assert case_list(outsider()).rows == []
    with pytest.raises(PermissionDenied):
        open_case(draft=CaseDraft("question", "?"), actor=outsider(), now=NOW)
    for draft in (
        CaseDraft("staff_question", "?"),
        CaseDraft("return_request", "?"),
        CaseDraft("question", "?", direction="up"),
    ):
        with pytest.raises(Exception, match="expected"):
            open_case(draft=draft, actor=owner(), now=NOW)


def test_the_inbox_is_narrowed() -> None:
    order = shipped()
    first, second = opened(order_id=order.pk), opened(subject="General")
    actor = owner_on_file()
    close_case(case_id=second.pk, actor=actor, now=NOW)
    assert [row.pk for row in case_list(actor, CaseFilters(state="any_open")).rows] == [first.pk]
    assert [row.pk for row in case_list(actor, CaseFilters(text=order.number)).rows] == [first.pk]
    assert [row.pk for row in case_list(actor, CaseFilters(text="Gen")).rows] == [second.pk]
    assert case_list(actor, CaseFilters(kind="complaint")).rows == []


def test_files_are_kept_with_their_message() -> None:
    case = opened()
    files = [SentFile("../../etc/passwd.txt", b"photo", "text/plain")]
    message = write_message(case_id=case.pk, body="see photo", files=files, actor=owner_on_file(), now=NOW)
    (kept,) = message.files.all()
    assert (kept.name, kept.file.read()) == ("passwd.txt", b"photo")
    with pytest.raises(Exception, match="empty"):
        write_message(case_id=case.pk, body="x", files=[SentFile("a", b"")], actor=owner_on_file(), now=NOW)
    assert Message.objects.count() == 2
