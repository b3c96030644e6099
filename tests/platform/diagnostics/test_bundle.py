"""Whatever is planted in the house, none of it leaves with the bundle."""

from __future__ import annotations

import io
import json
import logging
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.diagnostics import harmless, recent
from orderwell.platform.diagnostics.collecting import MEANINGS, Bundle, collect
from orderwell.platform.permissions import PermissionDenied

PLANTED = {
    "phone": "13912345678",
    "e-mail": "secret.person@example.com",
    "name": "欧阳娜娜",
    "latin name": "Wilhelmina",
    "address": "长安街88号",
    "key": "ow_AbCdEf_0123456789abcdef",
    "password": "correct-horse-77",
    "host": "db-internal-7.example.net",
}
EVERYTHING = " ".join(PLANTED.values())


def made(**more: Any) -> Bundle:
    return collect(actor=system_actor(), now=utc_now(), **more)


def everything_in(bundle: Bundle) -> str:
    with zipfile.ZipFile(io.BytesIO(bundle.as_zip())) as archive:
        assert set(archive.namelist()) == {"manifest.json", *MEANINGS}
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


@pytest.fixture
def planted(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Personal data and secrets in every place the bundle looks at."""
    from orderwell.platform.accounts.services.users import create_user
    from orderwell.platform.configuration.services import set_value
    from orderwell.platform.events.models import Delivery, Event
    from orderwell.platform.jobs.models import Heartbeat, Schedule
    from orderwell.testing import factories

    now, actor = utc_now(), system_actor(label=PLANTED["name"])
    create_user(username="wilhelmina", name=EVERYTHING[:100], password=PLANTED["password"], actor=actor, now=now)
    factories.make_customer("C1", name=PLANTED["name"], phone=PLANTED["phone"], email=PLANTED["e-mail"])
    for key in ("business.name", "business.legal_name", "business.address"):
        set_value(key=key, value=EVERYTHING[:110], actor=actor, now=now)
    for number, name in enumerate(("orders.order.placed", "wilhelmina.secret.done")):
        event = Event.objects.create(
            name=name,
            stream="order:1",
            subject=f"order:{number}",
            occurred_at=now,
            actor_kind="user",
            actor_label=PLANTED["name"],
            source="web",
            data={"everything": EVERYTHING},
        )
        Delivery.objects.create(
            event=event,
            stream="order:1",
            subscriber=f"orderwell.{PLANTED['latin name']}"
            if number
            else "orderwell.domains.orders.handlers.stock_became_free",
            state=Delivery.State.DEAD,
            attempts=10,
            next_attempt_at=now,
            last_error=f"Traceback\n  File x\nValueError: {EVERYTHING}",
        )
    Schedule.objects.create(
        name=PLANTED["latin name"], every_seconds=60, next_run_at=now, last_error=f"KeyError: {EVERYTHING}"
    )
    Heartbeat.objects.create(
        process=f"web {PLANTED['host']}", kind=PLANTED["latin name"][:20], started_at=now, seen_at=now
    )
    monkeypatch.setenv("ORDERWELL_HOSTS", PLANTED["host"])
    monkeypatch.setenv("ORDERWELL_ORIGINS", f"https://{PLANTED['host']}")
    monkeypatch.setenv("ORDERWELL_SANDBOX_SECRET", PLANTED["key"])
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", ""))


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path / "logs" / "recent.jsonl"


def write_log(path: Path) -> None:
    handler = recent.RecentLog(str(path))
    logger = logging.getLogger(f"orderwell.{PLANTED['latin name']}")
    logger.addHandler(handler)
    try:
        try:
            raise ValueError(EVERYTHING)
        except ValueError:
            logger.exception("%s could not be reached", EVERYTHING)
        logger.warning("calling %s", PLANTED["phone"])
    finally:
        logger.removeHandler(handler)
        handler.close()


def test_nothing_that_was_planted_leaves_the_house(planted: None, log: Path) -> None:
    write_log(log)
    with log.open("a") as file:  # and what somebody else wrote into the file
        file.write(
            json.dumps(
                {
                    "at": utc_now().isoformat(),
                    "level": EVERYTHING,
                    "file": EVERYTHING,
                    "line": 1,
                    "exception": EVERYTHING,
                    "through": [[EVERYTHING, 1]],
                }
            )
            + "\n"
        )
        file.write(EVERYTHING + "\n")
    text = everything_in(made(verify=True))
    for kind, value in PLANTED.items():
        assert value.lower() not in text.lower(), kind
    assert str(Path.home()) not in text.replace('"/', "") or str(Path.home()) in ("/", "/root")
    assert str(settings.HOME) not in text


def test_what_helps_is_there(planted: None, log: Path) -> None:
    write_log(log)
    files = made(verify=True).files
    assert files["about.json"]["orderwell"] and files["about.json"]["packages"]["Django"]
    assert files["tables.json"]["rows"]["customers_customer"] == 1
    dead = files["events.json"]["dead_letters"]
    assert {row["error"] for row in dead} == {"ValueError"}
    assert {row["event"] for row in dead} == {"orders.order.placed", harmless.UNKNOWN}
    assert "orderwell.domains.orders.handlers.stock_became_free" in {row["handler"] for row in dead}
    assert files["settings.json"]["business.name"] == {"set": True}
    assert files["settings.json"]["business.base_currency"]["value"] == "CNY"
    assert files["environment.json"]["ORDERWELL_HOSTS"] == {"set": True}
    assert files["verify.json"]["run"] and files["verify.json"]["differences"] == 0
    assert files["log.json"][0]["exception"] == "ValueError" and len(files["log.json"]) == 2
    checks = {check["check"]: check for check in files["doctor.json"]}
    assert checks.keys() >= {"database", "disk", "keys"}
    free, total = (
        checks["disk"]["numbers"][name] for name in ("free", "total")
    )  # whether the disk is full is asked first
    assert 0 < free < total


def test_the_planted_data_would_be_found(planted: None) -> None:
    """The control: in the database it is, and a bundle that copied a dead letter would hold it."""
    from orderwell.platform.events.models import Delivery

    error = Delivery.objects.first().last_error  # type: ignore[union-attr]
    assert all(value in error for value in PLANTED.values())
    leaking = Bundle(utc_now(), dict.fromkeys(MEANINGS, error))
    assert PLANTED["name"] in everything_in(leaking)


def test_the_manifest_lists_what_is_inside(db: None) -> None:
    bundle = made()
    listed = bundle.manifest()["files"]
    assert [entry["file"] for entry in listed] == list(bundle.texts())
    for entry in listed:
        assert entry["what"] and entry["bytes"] == len(bundle.texts()[entry["file"]].encode())


def test_a_part_that_fails_does_not_keep_the_others(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from orderwell.platform.diagnostics import collecting

    def broken(**_: object) -> None:
        raise OSError(EVERYTHING)

    monkeypatch.setattr(collecting, "examine", broken)
    bundle = made()
    assert bundle.files["doctor.json"] == {"not_collected": "OSError"}
    assert "orderwell" in bundle.files["about.json"]


def test_it_needs_its_permission(db: None) -> None:
    with pytest.raises(PermissionDenied):
        collect(actor=Actor("user", 1, "x"), now=utc_now())


def test_refused_requests_leave_the_place_for_faults(log: Path) -> None:
    """Every unknown address and every refused form is a warning of Django's: two hundred of them would be the whole tail."""
    from django.http import HttpResponse
    from django.utils.log import log_response

    handler = recent.RecentLog(str(log))
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        log_response("Oops: %s", "/orders/1/", response=HttpResponse(status=500), exception=ValueError("x"))
        for status in (400, 403, 404, 422):
            log_response("Refused: %s", "/nowhere/", response=HttpResponse(status=status))
    finally:
        logger.removeHandler(handler)
        handler.close()
    assert [(row["level"], row["exception"]) for row in recent.tail(log)] == [("ERROR", "ValueError")]


def test_of_the_way_to_an_error_our_own_lines_are_kept(db: None, log: Path) -> None:
    """Deep in a library the last lines are all of others, and of those nothing is shown."""
    from orderwell.kernel import transitions

    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        raise ValueError(EVERYTHING)

    def ours() -> None:
        code = compile("deep(30)", transitions.__file__, "eval")
        eval(code, {"deep": deep})  # noqa: S307  our own words

    handler = recent.RecentLog(str(log))
    try:
        ours()
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "m", (), (type(error), error, error.__traceback__))
        handler.emit(record)
    assert recent.tail(log)[0]["through"] == [["kernel/transitions.py", 1]]


def test_the_log_keeps_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST_BYTES", 4000)
    handler = recent.RecentLog(str(tmp_path / "logs" / "recent.jsonl"))
    for number in range(200):
        handler.emit(logging.LogRecord("x", logging.WARNING, __file__, number, "m", (), None))
    assert (tmp_path / "logs" / "recent.jsonl").stat().st_size <= 4000
    assert recent.tail(tmp_path / "logs" / "recent.jsonl")[-1]["line"] == 199


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("django.db.utils.OperationalError: no such table", "OperationalError"),
        ("Wilhelmina said no", harmless.UNKNOWN),
        ("WilhelminaError: x", harmless.UNKNOWN),
        ("", ""),
    ],
)
def test_only_known_exceptions_are_named(text: str, found: str) -> None:
    import django.db.utils  # noqa: F401  so that its exceptions are known

    assert harmless.exception_in(text) == found


def test_moments_are_moments() -> None:
    assert harmless.moment(None) is None
    assert harmless.moment(datetime.fromisoformat("2026-01-02T03:04:05+00:00")) == "2026-01-02T03:04:05+00:00"
