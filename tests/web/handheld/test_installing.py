"""The product as an application: its manifest, its service worker, the page for when there is no network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.configuration.services import set_value
from orderwell.testing.markup import flat
from orderwell.web.handheld import installing


@pytest.mark.parametrize(("language", "name"), [("en", "Handheld"), ("zh-hans", "手持端")])
def test_the_manifest_is_in_the_language_of_whoever_installs(db: None, language: str, name: str) -> None:
    answer = Client(headers={"accept-language": language}).get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["shortcuts"][0]["name"] == name
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }


def test_every_icon_is_there_in_the_size_it_says(db: None) -> None:
    for icon in Client().get("/manifest.webmanifest").json()["icons"]:
        found = finders.find(icon["src"].split("?")[0].removeprefix("/static/"))
        assert isinstance(found, str)
        if icon["type"] == "image/png":
            head = Path(found).read_bytes()[:24]
            assert int.from_bytes(head[16:20]) == int(icon["sizes"].split("x")[0])


def told(client: Client) -> dict[str, object]:
    text = client.get("/service-worker.js").content.decode()
    found: dict[str, object] = json.loads(text[len("self.ORDERWELL = ") : text.index(";\n")])
    return found


def test_the_worker_comes_from_the_root_and_is_asked_for_anew(db: None) -> None:
    answer = Client().get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Cache-Control"], answer["Service-Worker-Allowed"]) == ("no-cache", "/")


def test_another_file_makes_another_worker(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(Client())["version"]
    assert told(Client())["version"] == before
    monkeypatch.setattr(installing, "FILES", (*installing.FILES, "web/entry.js"))
    assert told(Client())["version"] != before


def test_the_worker_keeps_every_file_that_the_handheld_and_the_offline_page_load(db: None, browse: object) -> None:
    kept = set(told(Client())["files"])  # type: ignore[call-overload]
    pages = Client().get("/offline/").content.decode() + browse("warehouse-worker").get("/handheld/").content.decode()  # type: ignore[operator]
    loaded = {address.split("#")[0] for address in re.findall(r'(?:src|href|data-\w+)="(/static/[^"]+)"', pages)}
    assert loaded and loaded <= kept | {address for address in loaded if "#" in address}, sorted(loaded - kept)


def test_the_offline_page_speaks_every_language(db: None) -> None:
    page = Client().get("/offline/").content.decode()
    assert "The server cannot be reached" in page and "连不上服务器" in page


def test_the_page_without_a_network_and_the_installed_app_have_the_name_of_the_company(db: None) -> None:
    page = Client().get("/offline/").content.decode()
    assert "<span>顺单</span>" in page and "<span>Orderwell</span>" in page
    version = told(Client())["version"]
    set_value(key="business.name", value="North Tea Ltd", actor=system_actor(), now=utc_now())
    page = Client().get("/offline/").content.decode()
    assert page.count("<span>North Tea Ltd</span>") == 2 and "<title>North Tea Ltd</title>" in page
    assert "Orderwell<" not in page and "顺单<" not in page
    assert told(Client())["version"] != version
    manifest = Client().get("/manifest.webmanifest").json()
    assert (manifest["name"], manifest["short_name"]) == ("North Tea Ltd", "North Tea Ltd")


def test_pages_are_called_by_the_company(owner: Client) -> None:
    assert "· Orderwell</title>" in flat(owner.get("/orders/").content.decode())
    set_value(key="business.name", value="North Tea Ltd", actor=system_actor(), now=utc_now())
    for path in ("/orders/", "/handheld/"):
        assert "· North Tea Ltd</title>" in flat(owner.get(path).content.decode())
    assert "<span>North Tea Ltd</span>" in owner.get("/orders/").content.decode()
    assert "· North Tea Ltd</title>" in flat(Client().get("/sign-in/").content.decode())
