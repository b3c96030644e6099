"""How passwords are kept where it counts: the other tests use a quick way instead."""

from __future__ import annotations

import json

from orderwell.testing.installation import Installation

ASK = """
import django, json
django.setup()
from django.contrib.auth.hashers import get_hasher, make_password
made = make_password("correct horse battery")
print(json.dumps({"made": made, "again": make_password("correct horse battery"), "rounds": get_hasher().iterations}))
"""


def test_a_password_is_kept_as_a_slow_salted_hash(tmp_path) -> None:
    """At least 600,000 rounds of PBKDF2-HMAC-SHA256, https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"""
    found = json.loads(Installation(tmp_path).python("-c", ASK).stdout)
    assert found["made"].startswith("pbkdf2_sha256$")
    assert found["rounds"] >= 600_000
    assert found["made"] != found["again"]
    assert "correct" not in found["made"]
