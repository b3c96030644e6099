"""Pictures of products: what a file is, in which order they stand, what becomes of one that is taken away."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orderwell.domains.catalog.errors import TooManyImages, UnusableImage
from orderwell.domains.catalog.models import ProductImage
from orderwell.domains.catalog.pictures import Picture, content_type_of, picture_of
from orderwell.domains.catalog.queries import image_of, main_images, product_detail
from orderwell.domains.catalog.services import images
from orderwell.domains.catalog.services.images import add_image, describe_image, make_main_image, order_images
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, outsider, owner
from orderwell.testing.factories import make_variant

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + bytes(9)


def jpeg(width: int, height: int) -> bytes:
    """With what cameras put before the size: an EXIF segment, a table, fill bytes."""
    exif = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\0\0\xff\xc0"
    table = b"\xff\xc4" + struct.pack(">H", 4) + b"\xff\xff"
    frame = b"\xff\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + exif + table + frame


def webp(kind: bytes, rest: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 40) + b"WEBP" + kind + struct.pack("<I", len(rest)) + rest


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(640, 480), Picture("png", 640, 480)),
        (jpeg(640, 480), Picture("jpg", 640, 480)),
        (b"GIF89a" + struct.pack("<HH", 7, 9) + b"\0\0\0", Picture("gif", 7, 9)),
        (webp(b"VP8X", bytes(4) + b"\x7f\x02\x00\xdf\x01\x00"), Picture("webp", 640, 480)),
        (webp(b"VP8L", b"\x2f" + struct.pack("<I", 639 | 479 << 14)), Picture("webp", 640, 480)),
        (webp(b"VP8 ", bytes(6) + struct.pack("<HH", 640, 480)), Picture("webp", 640, 480)),
    ],
)
def test_a_picture_is_known_by_its_own_bytes(content: bytes, expected: Picture) -> None:
    assert picture_of(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<script>alert(1)</script>",
        png(0, 480),
        png(60_000, 60_000),
        png(640, 480)[:20],
        jpeg(640, 480)[:-12],
        b"\xff\xd8\xff" + bytes(40),
        b"\xff\xd8\xff\xe1\x00\x00" + bytes(40),
        webp(b"ALPH", bytes(20)),
        b"RIFF\0\0\0\0WEBPVP8X",
    ],
)
def test_what_is_no_picture_is_none(content: bytes) -> None:
    assert picture_of(content) is None


def test_files_are_served_as_what_they_are() -> None:
    assert content_type_of("products/2026/03/ab.webp") == "image/webp"
    assert content_type_of("products/2026/03/ab.html") == "application/octet-stream"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def added(product_id: int, count: int) -> list[int]:
    return [
        add_image(product_id=product_id, name=f"{n}.png", content=png(10 + n, 5), actor=owner(), now=NOW).pk
        for n in range(count)
    ]


@pytest.mark.django_db
def test_images_stand_in_the_order_that_was_chosen_and_the_first_is_the_main_one() -> None:
    product = make_variant("CUP").product
    first, second, third = added(product.pk, 3)
    before = order_images(product_id=product.pk, image_ids=[third, first], actor=owner(), now=NOW)
    assert before == [first, second, third]
    assert [image.pk for image in product_detail(clerk(), product.pk).images] == [third, first, second]
    assert main_images(clerk(), [product.pk])[product.pk].pk == third
    make_main_image(image_id=second, actor=owner(), now=NOW)
    assert [image.pk for image in product_detail(clerk(), product.pk).images] == [second, third, first]
    order_images(product_id=product.pk, image_ids=before, actor=owner(), now=NOW)
    assert [image.pk for image in product_detail(clerk(), product.pk).images] == before
    images.remove_image(image_id=first, actor=owner(), now=NOW)
    assert added(product.pk, 1)[0] == [image.pk for image in product_detail(clerk(), product.pk).images][-1]
    assert image_of(clerk(), second).width == 11


@pytest.mark.django_db
def test_an_order_with_images_of_another_product_is_refused() -> None:
    product, other = make_variant("CUP").product, make_variant("POT").product
    (mine,), (theirs,) = added(product.pk, 1), added(other.pk, 1)
    with pytest.raises(NotFound):
        order_images(product_id=product.pk, image_ids=[mine, theirs], actor=owner(), now=NOW)
    with pytest.raises(NotFound):
        order_images(product_id=product.pk, image_ids=[mine, mine], actor=owner(), now=NOW)


@pytest.mark.django_db
def test_an_image_is_described_once_and_for_a_variant_of_its_own_product() -> None:
    variant, other = make_variant("CUP"), make_variant("POT")
    (image,) = added(variant.product_id, 1)
    for _ in range(2):
        describe_image(image_id=image, alt_text="A blue cup", variant_id=variant.pk, actor=owner(), now=NOW)
    assert Event.objects.filter(name="catalog.image.changed").count() == 1
    with pytest.raises(NotFound):
        describe_image(image_id=image, alt_text="", variant_id=other.pk, actor=owner(), now=NOW)
    with pytest.raises(Refusal):
        describe_image(image_id=image, alt_text="x" * 241, variant_id=None, actor=owner(), now=NOW)
    found = ProductImage.objects.get()
    assert (found.alt_text, found.variant_id) == ("A blue cup", variant.pk)


@pytest.mark.django_db
def test_what_cannot_be_kept_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_variant("CUP").product
    with pytest.raises(UnusableImage):
        add_image(product_id=product.pk, name="cup.png", content=b"<html>", actor=owner(), now=NOW)
    monkeypatch.setattr(images, "MAX_IMAGES", 0)
    with pytest.raises(TooManyImages):
        add_image(product_id=product.pk, name="cup.png", content=png(2, 2), actor=owner(), now=NOW)
    with pytest.raises(PermissionDenied):
        add_image(product_id=product.pk, name="cup.png", content=png(2, 2), actor=outsider(), now=NOW)
    assert not [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_away_is_deleted_with_its_file_after_a_month(folder: Path) -> None:
    product = make_variant("CUP").product
    kept, gone = added(product.pk, 2)
    images.remove_image(image_id=gone, actor=owner(), now=NOW)
    assert images.delete_removed_images(now=NOW + timedelta(days=30)) == 0
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2
    assert images.delete_removed_images(now=NOW + timedelta(days=31)) == 1
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
    assert list(ProductImage.with_removed.values_list("pk", flat=True)) == [kept]
    with pytest.raises(NotFound):
        images.restore_image(image_id=gone, actor=owner(), now=NOW)
