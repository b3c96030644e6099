"""The administrator's commands, as real processes on a real data folder."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest


def home(installation) -> Path:
    return Path(installation.environment["ORDERWELL_HOME"])


def errors(installation, *arguments) -> list[str]:
    done = installation.python("-m", "orderwell", *arguments, "--json", check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return [each["code"] for each in json.loads(done.stdout)["errors"]]


def test_setup_from_nothing_and_again(empty_installation) -> None:
    assert errors(empty_installation, "worker") == ["migrations_pending"]
    first = empty_installation.orderwell("setup", "--admin", "admin")
    assert first["migrations"] > 10
    assert (first["roles"] > 5, first["schedules"] > 2, first["keys"]) == (True, True, 1)
    assert first["administrator"]["username"] == "admin"
    for private in ("keys/ring.json", *(() if empty_installation.database_url else ("orderwell.sqlite3",))):
        assert stat.S_IMODE((home(empty_installation) / private).stat().st_mode) == 0o600, private
    again = empty_installation.orderwell("setup", "--admin", "admin")
    assert again == {"migrations": 0, "roles": 0, "schedules": 0, "keys": 0}
    [user] = empty_installation.orderwell("user", "list")["users"]
    assert (user["username"], user["roles"]) == ("admin", ["administrator"])


def test_two_set_ups_at_once_are_one(empty_installation) -> None:
    both = [(sys.executable, "-m", "orderwell", "setup", "--json") for _ in range(2)]
    running = [
        subprocess.Popen(one, env=empty_installation.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for one in both
    ]
    told = [one.communicate(timeout=240) for one in running]
    assert [one.returncode for one in running] == [0, 0], told
    assert sorted(json.loads(out)["migrations"] > 0 for out, _ in told) == [False, True]


def test_the_demo_company_is_loaded_by_one_program_at_a_time(installation) -> None:
    import fcntl

    with (home(installation) / "demo.lock").open("wb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        assert errors(installation, "demo", "load", "--orders", "5") == ["in_use"]


def test_an_empty_database_is_set_up_by_what_works_with_it(empty_installation) -> None:
    done = empty_installation.python("-m", "orderwell", "verify", "--json")
    assert "has been set up" in done.stderr and "--admin" in done.stderr
    assert json.loads(done.stdout)["differences"] == []
    assert empty_installation.orderwell("setup")["migrations"] == 0


def test_a_database_of_an_older_version_waits_for_its_administrator(empty_installation) -> None:
    empty_installation.orderwell("setup")
    back = "from django.core.management import call_command; call_command('migrate', 'views', 'zero', verbosity=0)"
    older = "connection.cursor().execute('ALTER TABLE orders_order RENAME COLUMN paid_amount TO paid')"
    empty_installation.python("-c", f"import django; django.setup(); {back}; from django.db import connection; {older}")
    assert errors(empty_installation, "serve") == ["migrations_pending"]
    assert errors(empty_installation, "verify") == ["migrations_pending"]  # not: no such column, a defect


def test_keys_users_and_settings(installation) -> None:
    made = installation.orderwell("apikey", "create", "--name", "Shop", "--scope", "orders:*", "--scope", "catalog:*")
    assert set(made) == {"id", "key"}
    assert errors(installation, "apikey", "create", "--name", "Shop", "--scope", "order:*") == ["unknown_scope"]
    assert errors(installation, "apikey", "revoke", "99") == ["not_found"]
    assert installation.orderwell("apikey", "revoke", str(made["id"]))["revoked_at"]
    [listed] = installation.orderwell("apikey", "list")["keys"]
    assert listed["revoked_at"]
    assert made["key"] not in json.dumps(listed)

    user = installation.orderwell("user", "create", "li.wei", "--role", "sales-clerk")
    assert len(user["password"]) >= 16
    assert errors(installation, "user", "create", "Li.Wei") == ["username_taken"]
    assert installation.orderwell("user", "set-password", "li.wei")["password"] != user["password"]
    assert errors(installation, "user", "set-password", "nobody") == ["not_found"]

    assert installation.orderwell("settings", "set", "business.name", "顺单商贸")["value"] == "顺单商贸"
    assert installation.orderwell("settings", "get", "business.name")["value"] == "顺单商贸"
    assert errors(installation, "settings", "set", "business.base_currency", "EURO") == ["invalid_value"]
    assert errors(installation, "settings", "get", "no.such") == ["not_found"]
    assert installation.orderwell("settings", "set", "business.name", "--reset")["value"] == "Orderwell"
    keys = {each["key"] for each in installation.orderwell("settings", "list")["settings"]}
    assert "orders.number_template" in keys
    assert installation.orderwell("events", "dead") == {"count": 0, "dead": []}
    assert installation.orderwell("events", "replay", "--all") == {"replayed": 0}
    assert errors(installation, "events", "replay", "7") == ["not_found"]
    assert installation.orderwell("sequences", "list") == {"sequences": []}
    assert installation.orderwell("schedules", "list")["schedules"]


def test_a_password_from_standard_input_is_not_shown(installation) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orderwell", "user", "create", "li.wei", "--password-stdin", "--json"],
        env=installation.environment,
        input="correct horse battery\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "correct horse" not in done.stdout + done.stderr


def test_doctor_and_verify(installation) -> None:
    done = installation.python("-m", "orderwell", "doctor", "--json", check=False)
    answer = json.loads(done.stdout)
    states = {check["name"]: check["state"] for check in answer["checks"]}
    assert done.returncode == 1
    assert not answer["ok"]
    assert states.pop("worker") == "problem"  # nothing runs here
    assert states.pop("database") in ("ok", "warning")  # the tests' PostgreSQL doesn't wait for the disk
    assert states == dict.fromkeys(["migrations", "disk", "clock", "keys", "events"], "ok")
    answer = installation.orderwell("verify")
    assert answer["differences"] == []
    assert errors(installation, "verify", "--law", "no.such") == ["not_found"]
    assert set(installation.orderwell("verify", "--list")["laws"]) == set(answer["checked"])


def test_a_lost_key_ring_stops_everything_and_none_is_made(installation) -> None:
    ring = home(installation) / "keys" / "ring.json"
    kept = ring.rename(ring.with_suffix(".kept"))
    for command in (["serve"], ["worker"], ["setup"], ["keys", "rotate"]):
        assert errors(installation, *command) == ["key_ring_unusable"], command
    assert not ring.exists()
    answer = json.loads(installation.python("-m", "orderwell", "doctor", "--json", check=False).stdout)
    [keys] = [check for check in answer["checks"] if check["name"] == "keys"]
    assert keys["state"] == "problem"
    assert "backup" in keys["found"]
    kept.rename(ring)
    assert installation.orderwell("setup")["keys"] == 0


def test_keys_rotate_and_prune(installation) -> None:
    before = installation.orderwell("keys", "list")["keys"]
    done = installation.orderwell("keys", "rotate")
    after = {key["id"]: key for key in installation.orderwell("keys", "list")["keys"]}
    assert after[done["primary"]]["primary"]
    assert len(after) == len(before) + 1
    assert installation.orderwell("keys", "prune") == {"removed": []}
    assert "secret" not in json.dumps(after)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORDERWELL_TIME_ZONE", "Mars/Base"),
        ("ORDERWELL_DEBUG", "perhaps"),
        ("ORDERWELL_THREADS", "-1"),
        ("ORDERWELL_WORKER", "maybe"),
        ("ORDERWELL_TLS_CERT", "/no/such/file.pem"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgresql://ann:secret-word@localhost"),
        ("ORDERWELL_HOME", __file__),
        ("ORDERWELL_HOME", f"{__file__}/below"),
        ("ORDERWELL_HOME", "/proc/nothing-can-be-made-here"),
        ("ORDERWELL_HOME", ""),
        ("ORDERWELL_HOME", " "),
        ("ORDERWELL_SECRET_KEY_FILE", "/no/such/file"),
        ("ORDERWELL_SECRET_KEY_FILE", str(Path(__file__).parent)),
        ("ORDERWELL_SECRET_KEY_FILE", os.devnull),
    ],
)
def test_a_bad_environment_is_refused_by_name(installation, name, value) -> None:
    installation.settings[name] = value
    done = installation.python("-m", "orderwell", "doctor", "--json", check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["code"] == "bad_environment"
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-word" not in done.stderr + done.stdout


def test_a_database_that_cannot_be_reached_is_told(installation) -> None:
    installation.settings["DATABASE_URL"] = "postgresql://nobody:x@127.0.0.1:1/none?connect_timeout=2"
    assert errors(installation, "serve") == ["database_error"]
    assert errors(installation, "apikey", "list") == ["database_error"]
    answer = json.loads(installation.python("-m", "orderwell", "doctor", "--json", check=False).stdout)
    states = {check["name"]: check["state"] for check in answer["checks"]}
    assert states["database"] == "problem"
    assert states["disk"] == "ok"


def test_commands_speak_english_whatever_the_language_of_the_business(installation) -> None:
    """Sentences of the screen's translations, and refusals."""
    code = (
        "import os, sys; os.environ['ORDERWELL_LANGUAGE'] = 'zh-hans'; from orderwell.__main__ import main;"
        "sys.argv = ['orderwell', *sys.argv[1:]]; main()"
    )
    for arguments in (("doctor",), ("settings", "set", "nothing.of.this", "1"), ("settings", "list")):
        done = installation.python("-c", code, *arguments, check=False)
        # Two values are data in both languages: the names under which products have their size, and carriers by name.
        data = ("hints.cheaper_pack.options", "public.tracking_addresses")
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.strip().startswith(data)]
        assert all(line.isascii() for line in said), done
        assert done.stdout or done.stderr
