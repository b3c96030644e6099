"""Prices, channels, categories, tax categories, images."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orderwell.domains.catalog.drafts import CategoryDraft, ChannelDraft, PriceChange, TaxCategoryDraft
from orderwell.domains.catalog.errors import UnusableImage
from orderwell.domains.catalog.models import Category, ProductImage, VariantPrice
from orderwell.domains.catalog.resolving import reference
from orderwell.domains.catalog.services.images import add_image, delete_removed_images, remove_image
from orderwell.domains.catalog.services.save_category import save_category
from orderwell.domains.catalog.services.save_channel import save_channel
from orderwell.domains.catalog.services.save_tax_category import save_tax_category
from orderwell.domains.catalog.services.set_prices import set_prices
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, owner
from orderwell.testing.factories import make_product, make_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03" + bytes(12)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> dict[str | None, str]:
    return {detail.pointer: detail.code for detail in refused.value.details}


def test_a_price_list_gives_one_verdict_per_row() -> None:
    cup = make_variant("CUP", price="10")
    rows = [
        PriceChange(sku="CUP", currency="CNY", unit_price=Decimal(11)),
        PriceChange(sku="CUP", currency="GBP", unit_price=Decimal("1.5"), unit_cost=Decimal(1)),
        PriceChange(sku="NONE", currency="CNY", unit_price=Decimal(11)),
        PriceChange(sku="CUP", currency="EUR", unit_price=Decimal("NaN")),
        PriceChange(sku=" CUP ", currency="CNY", unit_price=Decimal(11)),
    ]
    verdicts = set_prices(rows, actor=owner(), now=NOW)
    assert [verdict.outcome for verdict in verdicts] == ["updated", "created", "refused", "refused", "unchanged"]
    assert [verdict.errors[0].code for verdict in verdicts if verdict.refused] == ["unknown_sku", "not_a_number"]
    assert dict(VariantPrice.objects.filter(variant=cup).values_list("currency", "unit_price")) == {
        "CNY": 11,
        "GBP": Decimal("1.5"),
    }
    first = Event.objects.order_by("id").first()
    assert first and (first.data["before"], first.data["after"]) == ("10.000000", "11")


def test_prices_are_changed_only_by_who_may() -> None:
    make_variant("CUP", price="10")
    with pytest.raises(PermissionDenied):
        set_prices([PriceChange(sku="CUP", currency="CNY", unit_price=Decimal(1))], actor=clerk(), now=NOW)
    assert VariantPrice.objects.get().unit_price == 10


def test_a_channel_is_known_to_the_order_engine_at_once() -> None:
    reference()
    draft = ChannelDraft(code="shop", name_zh="网店", currency="CNY", shortage="backorder", warehouses=("east",))
    channel = save_channel(draft, actor=owner(), now=NOW)
    assert channel.name_en == "网店"
    assert reference().channels["shop"].backorder
    assert reference().channels["shop"].warehouse_codes == ("east",)
    save_channel(ChannelDraft(code="shop", active=False), actor=owner(), now=NOW)
    assert "shop" not in reference().channels
    last = Event.objects.order_by("id").last()
    assert last and last.data["changes"] == {"active": [True, False]}


def test_a_channel_keeps_its_currency() -> None:
    save_channel(ChannelDraft(code="shop", currency="CNY"), actor=owner(), now=NOW)
    with pytest.raises(Refusal) as refused:
        save_channel(ChannelDraft(code="shop", currency="GBP", shortage="guess"), actor=owner(), now=NOW)
    assert codes(refused) == {"/currency": "currency_fixed", "/shortage": "invalid_value"}
    with pytest.raises(Refusal) as refused:
        save_channel(ChannelDraft(code="no spaces"), actor=owner(), now=NOW)
    assert codes(refused) == {"/code": "invalid_value", "/currency": "value_missing"}


def test_categories_form_a_tree() -> None:
    for code, parent in (("a", None), ("b", "a"), ("c", "b")):
        save_category(CategoryDraft(code=code, parent=parent), actor=owner(), now=NOW)
    for parent in ("c", "a"):
        with pytest.raises(Refusal) as refused:
            save_category(CategoryDraft(code="a", parent=parent), actor=owner(), now=NOW)
        assert codes(refused) == {"/parent": "category_circle"}
    save_category(CategoryDraft(code="c", parent="a"), actor=owner(), now=NOW)
    parent = Category.objects.get(code="c").parent
    assert parent and parent.code == "a"


@pytest.mark.parametrize("rate", [Decimal("-0.1"), Decimal("1.1"), Decimal("0.1234567"), Decimal("NaN"), None])
def test_a_tax_rate_is_a_fraction(rate: Decimal | None) -> None:
    draft = TaxCategoryDraft(code="books") if rate is None else TaxCategoryDraft(code="books", rate=rate)
    with pytest.raises(Refusal) as refused:
        save_tax_category(draft, actor=owner(), now=NOW)
    assert "/rate" in codes(refused)


def test_a_tax_rate_changes_for_new_orders_at_once() -> None:
    save_tax_category(TaxCategoryDraft(code="books", rate=Decimal("0.09")), actor=owner(), now=NOW)
    assert reference().tax_rates["books"] == Decimal("0.09")
    save_tax_category(TaxCategoryDraft(code="books", rate=Decimal("0.06")), actor=owner(), now=NOW)
    assert reference().tax_rates["books"] == Decimal("0.06")


def test_an_image_is_kept_as_a_file_until_its_row_goes(
    tmp_path: Path, settings: object, django_capture_on_commit_callbacks: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    product = make_product()
    image = add_image(product_id=product.pk, name="../cup.php", content=PNG, actor=owner(), now=NOW)
    assert Path(image.file.path).read_bytes() == PNG
    assert image.file.name and image.file.name.endswith(".png")
    remove_image(image_id=image.pk, actor=owner(), now=NOW)
    assert Path(image.file.path).exists()  # it may still be put back
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        delete_removed_images(now=NOW + timedelta(days=31))
    assert not Path(image.file.path).exists()
    assert not ProductImage.objects.exists()


def test_what_is_no_image_is_refused() -> None:
    product = make_product()
    with pytest.raises(UnusableImage):
        add_image(product_id=product.pk, name="cup.png", content=b"<script>", actor=owner(), now=NOW)
    with pytest.raises(NotFound):
        add_image(product_id=0, name="cup.png", content=PNG, actor=owner(), now=NOW)
    assert not ProductImage.objects.exists()
