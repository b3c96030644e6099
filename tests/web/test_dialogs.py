"""Dialogs as a screen reader meets them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.web.conftest import Company


@pytest.mark.parametrize("path", ["/lists/orders/columns/", "/transfers/new/", "/counts/new/"])
def test_every_dialog_is_called_by_its_title(owner: Client, company: Company, path: str) -> None:
    frame = re.search(r'<div class="modal" id="dialog"[^>]*>', owner.get("/orders/").content.decode())
    assert frame and 'aria-labelledby="dialog-title"' in frame[0]
    opened = owner.get(path, headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'<h2 class="modal-title" id="dialog-title">[^<]+</h2>', opened), opened
