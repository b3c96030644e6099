"""Pictures of a product: shown, added by drag and drop, described, put in order, taken away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.pictures import content_type_of
from orderwell.domains.catalog.queries import ProductDetail, image_of, product_detail
from orderwell.domains.catalog.services.images import (
    REMOVED_KEPT,
    add_image,
    describe_image,
    order_images,
    remove_image,
    restore_image,
)
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.versions import version_of
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.forms import offer, options
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.toasts import Undo, tell, undo
from orderwell.web.pages import action, form_page, go, page

IMAGE_EVENTS = (CatalogEvent.IMAGE_CHANGED, CatalogEvent.IMAGES_ORDERED)
# A file never changes under its address: a new picture is a new row.
KEPT_FOR = "private, max-age=31536000, immutable"


class AddImageForm(ActionForm):
    file = forms.FileField(label=_("Image"), help_text=_("PNG, JPEG, WebP or GIF, at most 10 MB."))


class ImageForm(MergingForm):
    alt_text = forms.CharField(
        label=_("What it shows"),
        required=False,
        max_length=240,
        help_text=_("Read out to those who cannot see it; the name of the product when empty."),
    )
    variant = forms.ChoiceField(label=_("Shows only"), required=False)
    place = forms.ChoiceField(label=pgettext_lazy("picture", "Place"))
    pointers = {"/variant_id": "variant"}

    def __init__(self, *args: Any, detail: ProductDetail, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variants = [(str(variant.pk), variant.sku) for variant in detail.variants]
        offer(self, "variant", options(variants, empty=_("All variants")))
        places = [(str(index), str(index + 1)) for index in range(len(detail.images))]
        places[:1] = [("0", gettext("1, the main image"))]
        offer(self, "place", places)


@page(Permission.CATALOG_PRODUCT_VIEW)
def show(request: HttpRequest, actor: Actor, image_id: int) -> HttpResponse:
    found = image_of(actor, image_id)
    response: Any = FileResponse(found.file.open("rb"), content_type=content_type_of(found.file.name or ""))
    # What was uploaded is a picture and nothing else, whatever a browser might make of it.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = KEPT_FOR
    return response  # type: ignore[no-any-return]


@form_page(Permission.CATALOG_PRODUCT_CHANGE)
def add(request: HttpRequest, actor: Actor, product_id: int) -> HttpResponse:
    detail = product_detail(actor, product_id)
    form = AddImageForm(request.POST or None, request.FILES or None)
    return perform(
        request,
        actor,
        form,
        template="products/image_add.html",
        act=lambda data: add_image(
            product_id=product_id, name=data["file"].name, content=data["file"].read(), actor=actor, now=utc_now()
        ),
        done=gettext("The image is added."),
        to=reverse("product-detail", args=[product_id]),
        context={"product": detail.product},
    )


@form_page(Permission.CATALOG_PRODUCT_CHANGE)
def change(request: HttpRequest, actor: Actor, image_id: int) -> HttpResponse:
    image = image_of(actor, image_id)
    detail = product_detail(actor, image.product_id)
    ids = [item.pk for item in detail.images]
    stored = {"alt_text": image.alt_text, "variant": image.variant_id or "", "place": ids.index(image_id)}
    changed_by = version_of(f"product:{image.product_id}", names=IMAGE_EVENTS).changed_by
    form = ImageForm(request.POST or None, detail=detail, stored=stored, version=image.version, changed_by=changed_by)

    def act(data: dict[str, Any]) -> Undo | None:
        described: dict[str, Any] = {
            "alt_text": data["alt_text"],
            "variant_id": int(data["variant"]) if data["variant"] else None,
        }
        now = utc_now()
        made = describe_image(image_id=image_id, **described, version=image.version, actor=actor, now=now)
        rest = [pk for pk in ids if pk != image_id]
        place = int(data["place"])
        wanted = [*rest[:place], image_id, *rest[place:]]
        before = order_images(product_id=image.product_id, image_ids=wanted, actor=actor, now=now)
        if made.version == image.version and before == wanted:
            return None
        return undo(
            "image-saved",
            image_id=image_id,
            alt_text=image.alt_text,
            variant_id=image.variant_id,
            version=made.version,
            product_id=image.product_id,
            image_ids=before,
        )

    return perform(
        request,
        actor,
        form,
        template="products/image.html",
        act=act,
        done=gettext("The image is saved."),
        to=reverse("product-detail", args=[image.product_id]),
        context={"image": image, "product": detail.product},
        undo=lambda promised: promised,
    )


@form_page(Permission.CATALOG_PRODUCT_CHANGE)
def remove(request: HttpRequest, actor: Actor, image_id: int) -> HttpResponse:
    image = image_of(actor, image_id)
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="products/image_remove.html",
        act=lambda data: remove_image(image_id=image_id, actor=actor, now=utc_now()),
        done=gettext("The image is gone."),
        to=reverse("product-detail", args=[image.product_id]),
        context={"image": image, "product": image.product, "kept_days": REMOVED_KEPT.days, "danger": True},
        undo=lambda gone: undo("image-removed", image_id=gone.pk),
    )


@action(Permission.CATALOG_PRODUCT_CHANGE)
def restore(request: HttpRequest, actor: Actor, image_id: int) -> HttpResponse:
    """One that was taken away and whose file is still there."""
    image = restore_image(image_id=image_id, actor=actor, now=utc_now())
    tell(request, gettext("The image is back."))
    return go(request, reverse("product-detail", args=[image.product_id]))
