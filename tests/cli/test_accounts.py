"""Keys made on the command line."""

from __future__ import annotations

from orderwell.testing.installation import Installation

_MAKE = """
import django
django.setup()
from orderwell.testing.factories import make_channel, make_team, make_warehouse
print(make_channel("web").pk, make_warehouse("main").pk, make_team("North").pk)
"""
_LIMITS = """
import django
django.setup()
from orderwell.platform.accounts.models import RowScope
print(*sorted(RowScope.objects.filter(api_key__name="mine").values_list("kind", "object_id")))
"""


def test_a_key_is_limited_by_codes_names_or_ids(installation: Installation) -> None:
    channel, warehouse, team = installation.python("-c", _MAKE).stdout.split()
    scope = ("--scope", "orders:*")
    where = ("--channel", "web", "--warehouse", warehouse, "--team", "North")
    assert installation.orderwell("apikey", "create", "--name", "mine", *scope, *where)["key"]
    limits = installation.python("-c", _LIMITS).stdout.strip()
    assert limits == f"('channel', {channel}) ('team', {team}) ('warehouse', {warehouse})"
    refused = installation.orderwell("apikey", "create", "--name", "no", *scope, "--team", "9999", check=False)
    assert refused["errors"][0]["code"] == "not_found", refused
