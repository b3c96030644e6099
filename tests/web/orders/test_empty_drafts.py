"""A draft of an order in which nothing was typed is nothing to go on with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import Company

pytestmark = pytest.mark.django_db


def test_a_draft_with_nothing_in_it_is_not_offered(owner: Client, company: Company) -> None:
    content: dict[str, Any] = {
        "title": "",
        "fields": {"channel": "shop", "customer": "", "ship_country": "CN"},
        "rows": [],
    }
    owner.post("/orders/drafts/", {"key": "k0", "version": "0", "content": json.dumps(content)})
    assert "Not finished yet" not in owner.get("/orders/new/").content.decode()
    content["fields"] = {"channel": "shop", "note": "call back"}
    owner.post("/orders/drafts/", {"key": "k0", "version": "1", "content": json.dumps(content)})
    assert "Not finished yet" in owner.get("/orders/new/").content.decode()
