"""Pictures of products: added, described, put in order, taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Manager, Max

from orderwell.domains.catalog.errors import TooManyImages, UnusableImage
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import Product, ProductImage, Variant
from orderwell.domains.catalog.pictures import picture_of
from orderwell.kernel.errors import NotFound, Refusal, StaleVersion
from orderwell.kernel.identifiers import random_token
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

MAX_MEGABYTES = 10
MAX_IMAGES = 60
REMOVED_KEPT = timedelta(days=30)


def add_image(
    *,
    product_id: int,
    name: str,
    content: bytes,
    alt_text: str = "",
    variant_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> ProductImage:
    """Put an image behind the product's other images; `variant_id` when it shows one variant only."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    # What a file begins with decides what it is, not the name it was given.
    picture = picture_of(content)
    if picture is None or len(content) > MAX_MEGABYTES * 1024 * 1024:
        raise UnusableImage(pointer="/file", name=PurePath(name).name[:80], limit=MAX_MEGABYTES)
    _check_text(alt_text)
    with atomic():
        product = _locked(product_id)
        _check_variant(variant_id, product)
        if product.images.count() >= MAX_IMAGES:
            raise TooManyImages(pointer="/file", limit=MAX_IMAGES)
        last = product.images.aggregate(last=Max("position"))["last"]
        image = ProductImage(
            product=product,
            variant_id=variant_id,
            alt_text=alt_text,
            position=0 if last is None else last + 1,
            width=picture.width,
            height=picture.height,
        )
        # A name of our own: what people call their files may collide, or be meant to be run.
        image.file.save(f"{random_token(16)}.{picture.kind}", ContentFile(content), save=False)
        try:
            image.save()
            _record(CatalogEvent.IMAGE_ADDED, image, PurePath(name).name[:80], actor, now)
        except BaseException:
            image.file.storage.delete(image.file.name or "")
            raise
    return image


def describe_image(
    *,
    image_id: int,
    alt_text: str,
    variant_id: int | None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> ProductImage:
    """What it shows, in words for those who can't see it, and which variant, if only one. Raises StaleVersion."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    _check_text(alt_text)
    with atomic():
        image = _image(image_id)
        if version is not None and image.version != version:
            raise StaleVersion(kind="image", current=image.version, given=version)
        _check_variant(variant_id, image.product)
        if (image.alt_text, image.variant_id) != (alt_text, variant_id):
            image.alt_text, image.variant_id = alt_text, variant_id
            image.version += 1
            image.save(update_fields=["alt_text", "variant", "version"])
            _record(CatalogEvent.IMAGE_CHANGED, image, alt_text, actor, now)
    return image


def order_images(*, product_id: int, image_ids: Sequence[int], actor: Actor, now: datetime) -> list[int]:
    """Put the product's images in this order, the main one first; those not named follow as they were.

    Answers with the order as it was, which put in again takes the change back.
    """
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    with atomic():
        product = _locked(product_id)
        images = {image.pk: image for image in product.images.order_by("position", "id")}
        before = list(images)
        wanted = [pk for pk in dict.fromkeys(image_ids) if pk in images]
        if len(wanted) != len(image_ids):
            missing = next((pk for pk in image_ids if pk not in images), image_ids[-1])
            raise NotFound(pointer="/images", kind="image", reference=missing)
        after = wanted + [pk for pk in before if pk not in wanted]
        if after != before:
            for position, pk in enumerate(after):
                images[pk].position = position
            ProductImage.objects.bulk_update(images.values(), ["position"])
            _record(CatalogEvent.IMAGES_ORDERED, images[after[0]], "", actor, now)
    return before


def make_main_image(*, image_id: int, actor: Actor, now: datetime) -> tuple[int, list[int]]:
    """The one that lists and order entry show; the product, and the order of its images before."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    product = ProductImage.objects.filter(pk=image_id).values_list("product_id", flat=True).first()
    if product is None:
        raise NotFound(kind="image", reference=image_id)
    return product, order_images(product_id=product, image_ids=[image_id], actor=actor, now=now)


def remove_image(*, image_id: int, actor: Actor, now: datetime) -> ProductImage:
    """Take it off every page. Until `delete_removed_images` finds it old enough, `restore_image` brings it back."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    with atomic():
        image = _image(image_id)
        _set_removed(image, now)
        _record(CatalogEvent.IMAGE_REMOVED, image, PurePath(image.file.name or "").name, actor, now)
    return image


def restore_image(*, image_id: int, actor: Actor, now: datetime) -> ProductImage:
    """To the place that it had. Raises NotFound once its file is deleted."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    with atomic():
        image = _image(image_id, ProductImage.with_removed)
        if image.removed_at is None:
            return image
        if image.product.images.count() >= MAX_IMAGES:
            raise TooManyImages(limit=MAX_IMAGES)
        _set_removed(image, None)
        _record(CatalogEvent.IMAGE_RESTORED, image, PurePath(image.file.name or "").name, actor, now)
    return image


def _set_removed(image: ProductImage, removed_at: datetime | None) -> None:
    image.removed_at = removed_at
    image.version += 1
    image.save(update_fields=["removed_at", "version"])


def delete_removed_images(*, now: datetime) -> int:
    """Delete rows and files of images that were taken away more than 30 days ago; how many."""
    with atomic():
        old = list(
            ProductImage.with_removed.select_for_update().filter(removed_at__lt=now - REMOVED_KEPT).order_by("pk")
        )
        ProductImage.with_removed.filter(pk__in=[image.pk for image in old]).delete()
        # Only once the rows are really gone; a file without a row harms nobody, a row without its file does.
        for image in old:
            transaction.on_commit(partial(image.file.storage.delete, image.file.name or ""))
    return len(old)


def _locked(product_id: int) -> Product:
    product = Product.objects.select_for_update().filter(pk=product_id).first()
    if product is None:
        raise NotFound(kind="product", reference=product_id)
    return product


def _image(image_id: int, among: Manager[ProductImage] = ProductImage.objects) -> ProductImage:
    rows = among.select_for_update(of=("self",)).select_related("product")
    image = rows.filter(pk=image_id).first()
    if image is None:
        raise NotFound(kind="image", reference=image_id)
    return image


def _check_text(alt_text: str) -> None:
    wrong = [problem.detail() for problem in text_problems(alt_text, "/alt_text", 240)]
    if wrong:
        raise Refusal(wrong)


def _check_variant(variant_id: int | None, product: Product) -> None:
    if variant_id is not None and not Variant.objects.filter(pk=variant_id, product=product).exists():
        raise NotFound(pointer="/variant_id", kind="variant", reference=variant_id)


def _record(name: CatalogEvent, image: ProductImage, file_name: str, actor: Actor, now: datetime) -> None:
    data = {"code": image.product.code, "name": file_name}
    record(Fact(name, f"product:{image.product_id}", f"image:{image.pk}", data), actor=actor, now=now)
