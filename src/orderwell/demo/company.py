"""Sets the demo company up through the domains' own services: people, catalogue, customers, warehouses, opening stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from orderwell.demo.catalogue import CATEGORIES, TAXES, BundleSpec, ProductSpec, VariantSpec, bundles, foreign, products
from orderwell.demo.people import CustomerSpec, PlaceSpec, customers
from orderwell.domains.catalog.drafts import (
    BarcodeDraft,
    CategoryDraft,
    ChannelDraft,
    ComponentDraft,
    PackDraft,
    PriceDraft,
    ProductDraft,
    TaxCategoryDraft,
    VariantDraft,
)
from orderwell.domains.catalog.services.save_category import save_category
from orderwell.domains.catalog.services.save_channel import save_channel
from orderwell.domains.catalog.services.save_product import save_products
from orderwell.domains.catalog.services.save_tax_category import save_tax_category
from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, CustomerGroupDraft, PostalAddressDraft
from orderwell.domains.customers.services.record_consent import record_consent
from orderwell.domains.customers.services.save_customer import save_customers
from orderwell.domains.customers.services.save_group import save_group
from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft, BufferDraft, WarehouseDraft
from orderwell.domains.inventory.services.adjust_stock import adjust_stocks
from orderwell.domains.inventory.services.save_buffer import save_buffer
from orderwell.domains.inventory.services.save_warehouse import save_warehouse
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.users import create_user
from orderwell.platform.batches import Verdict

DESK, SHOP, MARKET, PHONE = "sales-desk", "web-shop", "marketplace", "phone"
MAIN, SOUTH, WEST = "hangzhou", "guangzhou", "chengdu"
# code -> (Chinese, English, currency, prices include tax, shortage policy, warehouses)
CHANNELS = {
    DESK: ("销售部", "Sales desk", "CNY", False, "backorder", (MAIN, SOUTH, WEST)),
    SHOP: ("网店", "Web shop", "CNY", True, "refuse", ()),
    MARKET: ("海外平台", "Marketplace", "USD", True, "refuse", (SOUTH, MAIN)),
    PHONE: ("电话订购", "Phone", "CNY", True, "backorder", (WEST, MAIN)),
}
# code -> (Chinese, English, region, city, priority, share of the stock)
WAREHOUSES = {
    MAIN: ("杭州总仓", "Hangzhou main warehouse", "浙江省", "杭州市", 10, 0.5),
    SOUTH: ("广州仓", "Guangzhou warehouse", "广东省", "广州市", 20, 0.3),
    WEST: ("成都仓", "Chengdu warehouse", "四川省", "成都市", 30, 0.2),
}
GROUPS = {
    "member": ("会员", "Members"),
    "guest": ("普通顾客", "Guests"),
    "business": ("企业客户", "Business"),
    "abroad": ("海外客户", "International business"),
}
# user name -> (name, role, language)
STAFF = {
    "linxia": ("林霞 Lin Xia", "sales-manager", "zh-hans"),
    "zhouming": ("周明 Zhou Ming", "sales-clerk", "zh-hans"),
    "emily": ("Emily Carter", "sales-clerk", "en"),
    "hegang": ("何刚 He Gang", "warehouse-worker", "zh-hans"),
    "sunli": ("孙丽 Sun Li", "warehouse-worker", "zh-hans"),
    "gaojing": ("高静 Gao Jing", "bookkeeper", "zh-hans"),
    "luoyang": ("罗洋 Luo Yang", "owner", "zh-hans"),
}
# Units on hand for a product of average demand when the books are opened.
OPENING_UNITS = 30


class NotAsExpected(RuntimeError):
    """A service refused what the demo company is made of: a defect of the demo company."""


@dataclass(frozen=True)
class Crew:
    """Who acts in the story."""

    system: Actor
    shop: Actor
    market: Actor
    clerks: tuple[Actor, ...]
    manager: Actor
    packers: tuple[Actor, ...]
    bookkeeper: Actor


@dataclass(frozen=True)
class Company:
    products: tuple[ProductSpec, ...]
    bundles: tuple[BundleSpec, ...]
    customers: tuple[CustomerSpec, ...]
    crew: Crew

    @property
    def variants(self) -> list[VariantSpec]:
        return [variant for product in self.products for variant in product.variants]


def establish(*, password: str, now: datetime) -> Company:
    """Everything but orders, as of `now`. `password` is that of the staff; whoever exists keeps the own one."""
    actor = system_actor(source="cli", label="demo")
    found = products()
    company = Company(
        found,
        bundles(frozenset(variant.sku for product in found for variant in product.variants)),
        customers(),
        _crew(password, actor, now),
    )
    _settings(actor, now)
    record_goods(company.products, company.bundles, actor=actor, now=now)
    record_customers(company.customers, actor=actor, shop=company.crew.shop, now=now)
    record_opening_stock(company.variants, "demo-opening", actor=actor, now=now)
    return company


def _crew(password: str, actor: Actor, now: datetime) -> Crew:
    known = {user.username: user for user in User.objects.filter(username__in=STAFF)}
    for username, (name, role, language) in STAFF.items():
        if username not in known:
            known[username] = create_user(
                username=username, password=password, name=name, roles=[role], language=language, actor=actor, now=now
            )
    actors = {username: actor_for_user(user) for username, user in known.items()}
    return Crew(
        system=actor,
        shop=system_actor(source="api", label="网店 Web shop"),
        market=system_actor(source="api", label="海外平台 Marketplace"),
        clerks=(actors["zhouming"], actors["emily"]),
        manager=actors["linxia"],
        packers=(actors["hegang"], actors["sunli"]),
        bookkeeper=actors["gaojing"],
    )


def _settings(actor: Actor, now: datetime) -> None:
    for code, (zh, en, region, city, priority, _) in WAREHOUSES.items():
        warehouse = WarehouseDraft(code=code, name_zh=zh, name_en=en, region=region, city=city, priority=priority)
        save_warehouse(warehouse, actor=actor, now=now)
    for code, (zh, en, currency, include_tax, shortage, places) in CHANNELS.items():
        channel = ChannelDraft(
            code=code,
            name_zh=zh,
            name_en=en,
            currency=currency,
            prices_include_tax=include_tax,
            shortage=shortage,
            warehouses=places,
        )
        save_channel(channel, actor=actor, now=now)
    for code, (zh, en, rate) in TAXES.items():
        save_tax_category(TaxCategoryDraft(code=code, name_zh=zh, name_en=en, rate=rate), actor=actor, now=now)
    for code, (zh, en) in CATEGORIES.items():
        save_category(CategoryDraft(code=code, name_zh=zh, name_en=en), actor=actor, now=now)
    for code, (zh, en) in GROUPS.items():
        save_group(CustomerGroupDraft(code=code, name_zh=zh, name_en=en), actor=actor, now=now)
    # The marketplace fines whoever sells what is gone, so it is shown a little less than there is.
    save_buffer(BufferDraft(channel=MARKET, warehouse=SOUTH, quantity=Decimal(2)), actor=actor, now=now)


def record_goods(goods: Sequence[ProductSpec], sets: Sequence[BundleSpec] = (), *, actor: Actor, now: datetime) -> None:
    drafts = [_product(product) for product in goods]
    drafts += [_bundle(bundle) for bundle in sets]
    _expect(save_products(drafts, actor=actor, now=now))


def _product(product: ProductSpec) -> ProductDraft:
    return ProductDraft(
        code=product.code,
        name_zh=product.zh,
        name_en=product.en,
        category=product.category,
        tax_category=product.tax,
        options=(product.option,) if product.option else (),
        variants=tuple(_variant(variant) for variant in product.variants),
    )


def _variant(variant: VariantSpec) -> VariantDraft:
    cost_usd = foreign(variant.cost) - 1
    barcodes = [BarcodeDraft(code=variant.barcode)]
    packs: tuple[PackDraft, ...] = ()
    if variant.pack is not None:
        units, code = variant.pack
        packs = (PackDraft(unit="box", quantity=Decimal(units)),)
        barcodes.append(BarcodeDraft(code=code, pack="box"))
    return VariantDraft(
        sku=variant.sku,
        name_zh=variant.zh,
        name_en=variant.en,
        option_values=variant.choice,
        option_values_zh=variant.choice_zh,
        weight_grams=variant.grams,
        prices=(
            PriceDraft(currency="CNY", unit_price=variant.price, unit_cost=variant.cost),
            PriceDraft(currency="USD", unit_price=variant.price_usd, unit_cost=max(cost_usd, Decimal("0.50"))),
        ),
        packs=packs,
        barcodes=tuple(barcodes),
    )


def _bundle(bundle: BundleSpec) -> ProductDraft:
    variant = VariantDraft(
        sku=bundle.sku,
        name_zh=bundle.zh,
        name_en=bundle.en,
        prices=(
            PriceDraft(currency="CNY", unit_price=bundle.price),
            PriceDraft(currency="USD", unit_price=foreign(bundle.price)),
        ),
        barcodes=(BarcodeDraft(code=bundle.barcode),),
        components=tuple(ComponentDraft(sku=sku, quantity=Decimal(units)) for sku, units in bundle.components),
    )
    return ProductDraft(
        code=bundle.sku,
        name_zh=bundle.zh,
        name_en=bundle.en,
        category="gifts",
        tax_category="standard",
        variants=(variant,),
    )


def record_customers(people: Sequence[CustomerSpec], *, actor: Actor, shop: Actor, now: datetime) -> None:
    owners = [username for username, (_, role, _) in STAFF.items() if role == "sales-clerk"]
    drafts = [_customer(spec, owners[number % len(owners)]) for number, spec in enumerate(people)]
    verdicts = save_customers(drafts, actor=actor, now=now)
    _expect(verdicts)
    for spec, verdict in zip(people, verdicts, strict=True):
        if spec.consent and verdict.outcome == "created" and verdict.id is not None:
            record_consent(
                customer_id=verdict.id,
                purpose="marketing",
                medium="email",
                granted=True,
                source="网店注册 Web shop sign-up",
                actor=shop,
                now=now,
            )


def _customer(spec: CustomerSpec, owner: str) -> CustomerDraft:
    addresses = [_address(place, "shipping", first=not number) for number, place in enumerate(spec.shipping)]
    if spec.billing is not None:
        addresses.append(_address(spec.billing, "billing", first=True))
    return CustomerDraft(
        number=spec.number,
        kind="company" if spec.company else "person",
        name=spec.name,
        tax_number=spec.tax_number,
        group=spec.group,
        tags=spec.tags,
        owner=owner if spec.company else None,
        language=spec.language,
        currency=spec.currency,
        credit_limit=spec.credit_limit,
        payment_terms_days=spec.terms_days,
        contacts=tuple(
            ContactDraft(name=c.name, job_title=c.job, phone=c.phone, email=c.email, is_primary=not number)
            for number, c in enumerate(spec.contacts)
        ),
        addresses=tuple(addresses),
    )


def _address(place: PlaceSpec, kind: str, *, first: bool) -> PostalAddressDraft:
    return PostalAddressDraft(
        recipient=place.recipient,
        kind=kind,
        phone=place.phone,
        street=place.street,
        district=place.district,
        city=place.city,
        region=place.region,
        postcode=place.postcode,
        country=place.country,
        is_default=first,
    )


def record_opening_stock(variants: Sequence[VariantSpec], reference: str, *, actor: Actor, now: datetime) -> None:
    """Opening balances; repeated by external id they change nothing."""
    random = Random(7)
    drafts = [
        AdjustmentDraft(
            warehouse=code,
            reason="opening",
            external_id=f"{reference}-{code}",
            note="期初库存 Opening balance",
            lines=tuple(_opening_lines(variants, share, random)),
        )
        for code, (*_, share) in WAREHOUSES.items()
    ]
    _expect(adjust_stocks(drafts, actor=actor, now=now))


def _opening_lines(variants: Sequence[VariantSpec], share: float, random: Random) -> Iterator[AdjustmentLineDraft]:
    for variant in variants:
        units = round(OPENING_UNITS * share * (0.5 + variant.demand) * random.uniform(0.7, 1.3))
        if units:
            yield AdjustmentLineDraft(sku=variant.sku, change=Decimal(units))


def _expect(verdicts: Sequence[Verdict]) -> None:
    wrong = [verdict for verdict in verdicts if verdict.refused]
    if wrong:
        raise NotAsExpected(f"{len(wrong)} refused, first {wrong[0].reference}: {wrong[0].errors}")
