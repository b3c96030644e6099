"""Pictures on the screen: added, served as nothing but pictures, shown in the list and at the order entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orderwell.domains.catalog.models import ProductImage
from tests.domains.catalog.test_images import png
from tests.web.conftest import Company


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def drop(client: Client, product_id: int, content: bytes, token: str = "first-token") -> Any:
    file = SimpleUploadedFile("cup.html", content, "text/html")
    headers = {"HX-Request": "true"}
    return client.post(f"/products/{product_id}/images/add/", {"token": token, "file": file}, headers=headers)


def token(client: Client, path: str) -> str:
    found = re.search(r'name="token" value="([\w-]+)"', client.get(path).content.decode())
    assert found, path
    return found[1]


def test_a_dropped_picture_is_shown_everywhere(owner: Client, company: Company) -> None:
    product = company.cup.product_id
    assert drop(owner, product, png(640, 480)).status_code == 204
    assert drop(owner, product, png(640, 480)).status_code == 204  # the same drop, sent twice
    image = ProductImage.objects.get()
    address = f"/products/images/{image.pk}/"
    page = owner.get(f"/products/{product}/").content.decode()
    assert f'src="{address}"' in page and 'width="640" height="480"' in page
    served = owner.get(address)
    assert served["Content-Type"] == "image/png" and served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"] and "private" in served["Cache-Control"]
    assert b"".join(served.streaming_content) == png(640, 480)  # type: ignore[attr-defined]
    assert f'src="{address}"' in owner.get("/products/").content.decode()
    assert f'src="{address}"' in owner.get(f"/lists/products/quick/{product}/").content.decode()
    hits = owner.get("/orders/lookup/products/?q=CUP&channel=shop").json()["hits"]
    assert hits[0]["picture"] == address
    assert owner.get("/orders/lookup/products/?q=POT&channel=shop").json()["hits"][0]["picture"] == ""


def test_what_only_calls_itself_a_picture_is_refused_with_its_name(owner: Client, company: Company) -> None:
    answer = drop(owner, company.cup.product_id, b"<script>alert(1)</script>")
    assert answer.status_code == 422 and "cup.html is not an image" in answer.content.decode()
    assert not ProductImage.objects.exists()


def test_another_picture_becomes_the_main_one_and_back(owner: Client, company: Company) -> None:
    product = company.cup.product_id
    for number in (1, 2, 3):
        drop(owner, product, png(number, 9), f"token-{number}")
    ids = list(ProductImage.objects.order_by("position").values_list("pk", flat=True))
    path = f"/products/images/{ids[2]}/change/"
    sent = {"token": token(owner, path), "alt_text": "From the side", "place": "0", "variant": str(company.cup.pk)}
    assert owner.post(path, sent).status_code == 302
    after = list(ProductImage.objects.order_by("position").values_list("pk", flat=True))
    assert after == [ids[2], ids[0], ids[1]]
    page = owner.get(f"/products/{product}/").content.decode()
    assert 'alt="From the side"' in page
    undo = re.search(r'name="token" value="([^"]+)"><input type="hidden" name="next"', page)
    assert undo
    owner.post("/undo/", {"token": undo[1]})
    assert list(ProductImage.objects.order_by("position").values_list("pk", flat=True)) == ids


def test_a_picture_is_taken_away(owner: Client, company: Company) -> None:
    drop(owner, company.cup.product_id, png(1, 9))
    path = f"/products/images/{ProductImage.objects.get().pk}/remove/"
    assert owner.post(path, {"token": token(owner, path)}).status_code == 302
    assert not ProductImage.objects.exists()
    assert owner.get(path).status_code == 404


def test_who_may_only_look_is_offered_nothing_to_change(
    browse: Callable[..., Client], owner: Client, company: Company
) -> None:
    drop(owner, company.cup.product_id, png(1, 9))
    clerk = browse("sales-clerk")
    page = clerk.get(f"/products/{company.cup.product_id}/").content.decode()
    assert "/products/images/" in page and "data-drop" not in page and "/change/" not in page
    assert drop(clerk, company.cup.product_id, png(1, 9), "other").status_code == 403
