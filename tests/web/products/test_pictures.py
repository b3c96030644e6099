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
from orderwell.testing.markup import flat
from tests.domains.catalog.test_images import png
from tests.web.conftest import Company
from tests.web.sent import begun


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
    sent = {**begun(owner, path), "alt_text": "From the side", "place": "0", "variant": str(company.cup.pk)}
    assert owner.post(path, sent).status_code == 302
    after = list(ProductImage.objects.order_by("position").values_list("pk", flat=True))
    assert after == [ids[2], ids[0], ids[1]]
    page = owner.get(f"/products/{product}/").content.decode()
    assert 'alt="From the side"' in page
    undo = re.search(r'name="token" value="([^"]+)"><input type="hidden" name="next"', page)
    assert undo
    owner.post("/undo/", {"token": undo[1]})
    assert list(ProductImage.objects.order_by("position").values_list("pk", flat=True)) == ids
    image = ProductImage.objects.get(pk=ids[2])
    assert (image.alt_text, image.variant_id) == ("", None)


def promise(client: Client, path: str) -> str:
    """The token of the toast on a page."""
    page = client.get(path).content.decode()
    found = re.search(r'name="token" value="([^"]+)"><input type="hidden" name="next"', page)
    assert found, path
    return found[1]


def test_a_picture_described_anew_is_taken_back_unless_somebody_was_there_since(
    owner: Client, company: Company
) -> None:
    drop(owner, company.cup.product_id, png(1, 9))
    product, image = f"/products/{company.cup.product_id}/", ProductImage.objects.get()
    path = f"/products/images/{image.pk}/change/"
    for text in ("First", "Second"):
        assert owner.post(path, {**begun(owner, path), "alt_text": text, "place": "0"}).status_code == 302
        undo = promise(owner, product)
    owner.post("/undo/", {"token": undo})
    assert ProductImage.objects.get().alt_text == "First"
    owner.post(path, {**begun(owner, path), "alt_text": "Third", "place": "0"})
    late = promise(owner, product)
    owner.post(path, {**begun(owner, path), "alt_text": "Of somebody else", "place": "0"})
    owner.post("/undo/", {"token": late})
    assert ProductImage.objects.get().alt_text == "Of somebody else"


def test_two_people_at_one_picture_lose_nothing(owner: Client, company: Company) -> None:
    drop(owner, company.cup.product_id, png(1, 9))
    image = ProductImage.objects.get()
    path = f"/products/images/{image.pk}/change/"
    one, two, three = (begun(owner, path) for _person in range(3))
    owner.post(path, {**one, "alt_text": "From the side", "variant": "", "place": "0"})
    sent = {"alt_text": "", "variant": str(company.cup.pk), "place": "0"}
    assert owner.post(path, {**two, **sent}).status_code == 302
    image.refresh_from_db()
    assert (image.alt_text, image.variant_id) == ("From the side", company.cup.pk)
    assert owner.post(path, {**three, **sent, "alt_text": "From above"}).status_code == 422


def test_a_picture_is_taken_away_and_comes_back(owner: Client, company: Company, folder: Path) -> None:
    for number in (1, 2, 3):
        drop(owner, company.cup.product_id, png(number, 9), f"token-{number}")
    ids = list(ProductImage.objects.order_by("position").values_list("pk", flat=True))
    product, path = f"/products/{company.cup.product_id}/", f"/products/images/{ids[1]}/remove/"
    assert "For 30 days it can be brought back." in flat(owner.get(path).content.decode())
    assert owner.post(path, {"token": token(owner, path)}).status_code == 302
    undo = promise(owner, product)
    assert owner.get(path).status_code == 404
    assert owner.get(f"/products/images/{ids[1]}/").status_code == 404
    page = flat(owner.get(product).content.decode())
    assert f'src="/products/images/{ids[1]}/"' not in page and "1 image was taken away" in page
    assert f'src="/products/images/{ids[1]}/"' not in owner.get("/products/").content.decode()
    owner.post("/undo/", {"token": undo})
    assert list(ProductImage.objects.order_by("position").values_list("pk", flat=True)) == ids
    assert owner.get(f"/products/images/{ids[1]}/").status_code == 200
    # And once the toast is gone, from the page itself.
    owner.post(path, {"token": token(owner, path)})
    assert owner.post(f"/products/images/{ids[1]}/restore/").status_code == 302
    assert ProductImage.objects.filter(pk=ids[1]).exists()


def test_who_may_only_look_is_offered_nothing_to_change(
    browse: Callable[..., Client], owner: Client, company: Company
) -> None:
    drop(owner, company.cup.product_id, png(1, 9))
    clerk = browse("sales-clerk")
    page = clerk.get(f"/products/{company.cup.product_id}/").content.decode()
    assert "/products/images/" in page and "data-drop" not in page and "/change/" not in page
    assert drop(clerk, company.cup.product_id, png(1, 9), "other").status_code == 403
