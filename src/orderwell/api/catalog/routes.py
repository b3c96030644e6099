"""Products with their variants, prices, barcodes, packs, bundles and images; categories, tax categories, channels."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import FileResponse, HttpResponse
from ninja import File, Form
from ninja.files import UploadedFile
from pydantic import Field

from orderwell.api.asked import category_asked, currency_asked, tax_category_asked
from orderwell.api.bodies import ApiRequest, Draft, Rows, Upload, values, without
from orderwell.api.catalog.shapes import (
    CategoryShape,
    ChannelShape,
    ImageShape,
    ProductDetailShape,
    ProductShape,
    TaxCategoryShape,
    VariantHitShape,
    show_category,
    show_channel,
    show_detail,
    show_image,
    show_product,
)
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.preconditions import etag, expected_version, seen_version
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Currency, Id
from orderwell.api.verdicts import Verdicts, save_rows
from orderwell.api.versions import with_version, with_versions
from orderwell.domains.catalog import queries
from orderwell.domains.catalog.drafts import (
    CategoryDraft,
    ChannelDraft,
    ImageDraft,
    PriceChange,
    ProductDraft,
    TaxCategoryDraft,
)
from orderwell.domains.catalog.models import Category, Channel, Product, TaxCategory
from orderwell.domains.catalog.pictures import content_type_of
from orderwell.domains.catalog.queries import ProductFilters, VariantHit
from orderwell.domains.catalog.services import (
    archive_product,
    images,
    save_category,
    save_channel,
    save_tax_category,
    set_prices,
)
from orderwell.domains.catalog.services import save_product as saving
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.permissions import Permission

routes = Routes("catalog")
VIEW, CHANGE = Permission.CATALOG_PRODUCT_VIEW, Permission.CATALOG_PRODUCT_CHANGE
SETTING = Permission.SYSTEM_SETTING_CHANGE
# What an address and If-Match say is not said again in the body.
ProductChange = without(ProductDraft, "code", "version", title="ProductChange")
Search = Annotated[str, Field(max_length=120, description="Names, SKUs, codes, barcodes, pinyin and its initials")]


def _detail(request: ApiRequest, response: HttpResponse, product_id: int) -> dict[str, Any]:
    # Whoever may change a product is shown what became of it, even without the permission to look around.
    found = queries.product_detail(may_also(request.actor, VIEW), product_id)
    response["ETag"] = etag(found.product.version)
    return show_detail(found)


@routes.read("/products", permission=VIEW, response=Page[ProductShape])
def list_products(
    request: ApiRequest,
    response: HttpResponse,
    search: Search = "",
    category: Annotated[str, Field(max_length=60)] = "",
    tax_category: Annotated[str, Field(max_length=40)] = "",
    active: bool | None = None,
    bundles: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """By code. `category` includes what lies below it."""
    filters = ProductFilters(
        text=search,
        category=category_asked(category),
        tax_category=tax_category_asked(tax_category),
        active=active,
        bundles=bundles,
    )
    found = queries.product_list(request.actor, filters, cursor, limit)
    return shown(found, show=show_product, request=request, response=response)


# Before the address with an id, which would take "bulk" for one.
@routes.write("POST", "/products/bulk", permission=CHANGE, response=Verdicts, body=Rows("products", ProductDraft))
def save_products_in_bulk(request: ApiRequest) -> dict[str, Any]:
    """Create or change up to 500 products, each with its own verdict."""
    return save_rows(
        request.rows, "products", lambda drafts: saving.save_products(drafts, actor=request.actor, now=utc_now())
    )


@routes.read("/products/{product_id}", permission=VIEW, response=ProductDetailShape)
def get_product(request: ApiRequest, response: HttpResponse, product_id: Id) -> dict[str, Any]:
    return _detail(request, response, product_id)


@routes.write("POST", "/products", permission=CHANGE, response=ProductDetailShape, body=Draft(ProductDraft))
def save_product(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """Create the product `code`, or change it when it exists. What is left out stays; variants not listed stay too."""
    product = saving.save_product(request.draft, actor=request.actor, now=utc_now())
    return _detail(request, response, product.pk)


@routes.write(
    "PATCH",
    "/products/{product_id}",
    permission=CHANGE,
    response=ProductDetailShape,
    versioned=True,
    body=Draft(ProductChange),
)
def change_product(request: ApiRequest, response: HttpResponse, product_id: Id) -> dict[str, Any]:
    """Change a product; what is left out stays."""
    code = Product.objects.filter(pk=product_id).values_list("code", flat=True).first()
    if code is None:
        raise NotFound(kind="product", reference=product_id)
    draft = ProductDraft(code=code, version=expected_version(request), **values(request.draft))
    saving.save_product(draft, actor=request.actor, now=utc_now())
    return _detail(request, response, product_id)


@routes.write("POST", "/products/{product_id}/archive", permission=CHANGE, response=ProductDetailShape, versioned=True)
def archive(request: ApiRequest, response: HttpResponse, product_id: Id) -> dict[str, Any]:
    """Take a product off sale. Nothing is deleted: orders and stock go on naming it."""
    archive_product.archive_product(
        product_id=product_id, version=expected_version(request), actor=request.actor, now=utc_now()
    )
    return _detail(request, response, product_id)


@routes.write("POST", "/products/{product_id}/restore", permission=CHANGE, response=ProductDetailShape, versioned=True)
def restore(request: ApiRequest, response: HttpResponse, product_id: Id) -> dict[str, Any]:
    """Put a product on sale again."""
    archive_product.restore_product(
        product_id=product_id, version=expected_version(request), actor=request.actor, now=utc_now()
    )
    return _detail(request, response, product_id)


@routes.write("POST", "/prices", permission=CHANGE, response=Verdicts, body=Rows("prices", PriceChange))
def change_prices(request: ApiRequest) -> dict[str, Any]:
    """Set up to 500 list prices. Orders that exist keep the price they were placed with."""
    return save_rows(
        request.rows, "prices", lambda changes: set_prices.set_prices(changes, actor=request.actor, now=utc_now())
    )


@routes.read("/variants", permission=VIEW, response=list[VariantHitShape])
def find_variants(
    request: ApiRequest,
    search: Search,
    currency: Currency | None = None,
    limit: Annotated[int, Field(ge=1, le=50)] = 20,
) -> list[VariantHit]:
    """What somebody means who types or scans `search`: barcode first, then beginnings of SKUs, then names and pinyin."""
    return queries.find_variants(request.actor, search, currency=currency_asked(currency), limit=limit)


@routes.write(
    "POST", "/products/{product_id}/images", permission=CHANGE, response=ImageShape, status=201, body=Upload()
)
def add_product_image(
    request: ApiRequest,
    product_id: Id,
    file: File[UploadedFile],
    alt_text: Form[str] = "",
    variant_id: Form[Id | None] = None,
) -> dict[str, Any]:
    """PNG, JPEG, GIF or WebP, as multipart/form-data in the field `file`."""
    image = images.add_image(
        product_id=product_id,
        name=file.name or "file",
        content=file.read(),
        alt_text=alt_text,
        variant_id=variant_id,
        actor=request.actor,
        now=utc_now(),
    )
    return show_image(image)


@routes.read(
    "/images/{image_id}",
    permission=VIEW,
    response=None,
    extra={
        "responses": {
            200: {
                "description": "The image",
                "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def get_product_image(request: ApiRequest, image_id: Id) -> FileResponse:
    image = queries.image_of(request.actor, image_id)
    response = FileResponse(image.file.open("rb"), content_type=content_type_of(image.file.name or ""))
    response["X-Content-Type-Options"] = "nosniff"
    return response


@routes.write("PATCH", "/images/{image_id}", permission=CHANGE, response=ImageShape, body=Draft(ImageDraft))
def describe_product_image(request: ApiRequest, image_id: Id) -> dict[str, Any]:
    """What it shows, in words, and which variant, if only one."""
    draft: ImageDraft = request.draft
    image = images.describe_image(
        image_id=image_id, alt_text=draft.alt_text, variant_id=draft.variant_id, actor=request.actor, now=utc_now()
    )
    return show_image(image)


@routes.write("POST", "/images/{image_id}/main", permission=CHANGE, response=ImageShape)
def make_main_product_image(request: ApiRequest, image_id: Id) -> dict[str, Any]:
    """Put it before the product's other images: lists and order entry show it."""
    images.make_main_image(image_id=image_id, actor=request.actor, now=utc_now())
    return show_image(queries.image_of(may_also(request.actor, VIEW), image_id))


@routes.write("DELETE", "/images/{image_id}", permission=CHANGE, response=None, status=204)
def remove_product_image(request: ApiRequest, image_id: Id) -> None:
    """Take it away; for 30 days it can be brought back."""
    images.remove_image(image_id=image_id, actor=request.actor, now=utc_now())


@routes.write("POST", "/images/{image_id}/restore", permission=CHANGE, response=ImageShape)
def restore_product_image(request: ApiRequest, image_id: Id) -> dict[str, Any]:
    """Bring an image back that was removed less than 30 days ago, to the place that it had."""
    return show_image(images.restore_image(image_id=image_id, actor=request.actor, now=utc_now()))


def _category(row: Category) -> str:
    return f"category:{row.pk}"


def _tax(row: TaxCategory) -> str:
    return f"tax-category:{row.pk}"


def _channel(row: Channel) -> str:
    return f"channel:{row.pk}"


@routes.read("/categories", permission=VIEW, response=list[CategoryShape])
def list_categories(request: ApiRequest) -> list[dict[str, Any]]:
    return [show_category(category) for category in with_versions(queries.categories(request.actor), _category)]


@routes.write("POST", "/categories", permission=CHANGE, response=CategoryShape, guarded=True, body=Draft(CategoryDraft))
def save_product_category(request: ApiRequest) -> dict[str, Any]:
    """Create the category `code`, or change it when it exists."""
    version = seen_version(request)
    saved = save_category.save_category(request.draft, version=version, actor=request.actor, now=utc_now())
    return show_category(with_version(saved, _category))


@routes.read("/tax-categories", permission=VIEW, response=list[TaxCategoryShape])
def list_tax_categories(request: ApiRequest) -> list[TaxCategory]:
    return with_versions(queries.tax_categories(request.actor), _tax)


@routes.write(
    "POST", "/tax-categories", permission=SETTING, response=TaxCategoryShape, guarded=True, body=Draft(TaxCategoryDraft)
)
def save_tax(request: ApiRequest) -> TaxCategory:
    """Create the tax category `code`, or change it. Orders that exist keep the rate they were placed with."""
    version = seen_version(request)
    saved = save_tax_category.save_tax_category(request.draft, version=version, actor=request.actor, now=utc_now())
    return with_version(saved, _tax)


@routes.read("/channels", permission=VIEW, response=list[ChannelShape])
def list_channels(request: ApiRequest, active: bool | None = None) -> list[dict[str, Any]]:
    found = with_versions(queries.channels(request.actor, active=active), _channel, names=save_channel.CHANGES)
    return [show_channel(channel) for channel in found]


@routes.write("POST", "/channels", permission=SETTING, response=ChannelShape, guarded=True, body=Draft(ChannelDraft))
def save_sales_channel(request: ApiRequest) -> dict[str, Any]:
    """Create the channel `code`, or change it. Its currency is fixed at the start."""
    saved = save_channel.save_channel(request.draft, version=seen_version(request), actor=request.actor, now=utc_now())
    return show_channel(with_version(saved, _channel, names=save_channel.CHANGES))
