"""Pictures of products."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction

from orderwell.domains.catalog.errors import UnusableImage
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import Product, ProductImage, Variant
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.kernel.identifiers import random_token
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

MAX_MEGABYTES = 10
# What a file begins with decides what it is, not the name it was given.
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))


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
    kind = _kind(content)
    if kind is None or len(content) > MAX_MEGABYTES * 1024 * 1024:
        raise UnusableImage(pointer="/file", name=PurePath(name).name[:80], limit=MAX_MEGABYTES)
    wrong = [problem.detail() for problem in text_problems(alt_text, "/alt_text", 240)]
    if wrong:
        raise Refusal(wrong)
    with atomic():
        product = Product.objects.select_for_update().filter(pk=product_id).first()
        if product is None:
            raise NotFound(kind="product", reference=product_id)
        if variant_id is not None and not Variant.objects.filter(pk=variant_id, product=product).exists():
            raise NotFound(pointer="/variant_id", kind="variant", reference=variant_id)
        image = ProductImage(product=product, variant_id=variant_id, alt_text=alt_text, position=product.images.count())
        # A name of our own: what people call their files may collide, or be meant to be run.
        image.file.save(f"{random_token(16)}.{kind}", ContentFile(content), save=False)
        try:
            image.save()
            _record(CatalogEvent.IMAGE_ADDED, image, PurePath(name).name[:80], actor, now)
        except BaseException:
            image.file.storage.delete(image.file.name or "")
            raise
    return image


def remove_image(*, image_id: int, actor: Actor, now: datetime) -> None:
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    with atomic():
        image = ProductImage.objects.select_for_update().select_related("product").filter(pk=image_id).first()
        if image is None:
            raise NotFound(kind="image", reference=image_id)
        file = image.file
        _record(CatalogEvent.IMAGE_REMOVED, image, PurePath(file.name or "").name, actor, now)
        image.delete()
        # Only once the row is really gone; a file without a row harms nobody, a row without its file does.
        transaction.on_commit(lambda: file.storage.delete(file.name or ""))


def _kind(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), None)


def _record(name: CatalogEvent, image: ProductImage, file_name: str, actor: Actor, now: datetime) -> None:
    data = {"code": image.product.code, "name": file_name}
    record(Fact(name, f"product:{image.product_id}", f"image:{image.pk}", data), actor=actor, now=now)
