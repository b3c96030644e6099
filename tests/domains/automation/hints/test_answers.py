"""Dismissing a hint, taking its remedy, measuring both; rules of plugins, rules turned off, rules that fail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from importlib.metadata import EntryPoint
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.automation.errors import HintGone, UnknownRemedy
from orderwell.domains.automation.hints import finding, registry
from orderwell.domains.automation.hints.figures import figures
from orderwell.domains.automation.hints.finding import hints_of_orders
from orderwell.domains.automation.hints.hint import Hint, Severity
from orderwell.domains.automation.hints.registry import Limits, define, load_plugins
from orderwell.domains.automation.hints.services.configure import configure_rule
from orderwell.domains.automation.hints.services.dismiss import adopt_dismissals, dismiss_hint, restore_hint
from orderwell.domains.automation.hints.services.measure import Seen, forget_old_sights, note_shown
from orderwell.domains.automation.hints.services.take import take_remedy
from orderwell.domains.automation.models import HintDismissal
from orderwell.domains.catalog.models import Variant
from orderwell.domains.orders.drafts import AddressDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.change import LineChange, OrderChange, amend_order
from orderwell.domains.orders.services.undo import undo_change
from orderwell.kernel.errors import NotFound, Phrase, Refusal
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_product, make_variant, stock_up
from tests.domains.automation.hints.test_finding import NOW, Shop, of, rules

pytestmark = pytest.mark.django_db
D = Decimal
BARE = AddressDraft(recipient="王小明", street="人民路1号", district="黄浦区", city="上海市", postcode="200001")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def order(shop: Shop) -> Order:
    """One with a hint: ten times the usual quantity."""
    for days in (40, 30, 20):
        shop.place((shop.cup, 10), now=NOW - timedelta(days=days))
    return shop.place((shop.cup, 100))


def named(hint: Hint) -> dict[str, str]:
    return {"subject": hint.subject, "rule": hint.rule, "fingerprint": hint.fingerprint}


def dismiss(hint: Hint, actor: Actor | None = None, **more: Any) -> HintDismissal:
    return dismiss_hint(**named(hint), **{"reason": "known", **more}, actor=actor or clerk(), now=NOW)


def test_a_dismissed_hint_stays_away_for_everybody_and_is_told_on_the_timeline(order: Order) -> None:
    (hint,) = of(order)
    row = dismiss(hint, reason="other", note="ordered for the fair")
    assert of(order) == [] and of(order, owner()) == []
    assert dismiss(hint).pk == row.pk  # the second time gives the first
    event = Event.objects.get(name="automation.hint.dismissed")
    assert (event.stream, event.data["hint"], event.data["note"]) == (
        f"order:{order.pk}",
        "unusual_quantity",
        "ordered for the fair",
    )
    restore_hint(dismissal_id=row.pk, actor=clerk(), now=NOW)
    assert rules(of(order)) == ["unusual_quantity"]
    with pytest.raises(NotFound):
        restore_hint(dismissal_id=row.pk, actor=clerk(), now=NOW)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(quantities=st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=6))
def test_it_comes_back_only_when_its_inputs_change(order: Order, quantities: list[int]) -> None:
    """Whatever quantity is set in whatever order: what was dismissed is never seen again, what is new always."""
    line = order.lines.get().pk
    gone = set(HintDismissal.objects.values_list("fingerprint", flat=True))
    for quantity in quantities:
        change = OrderChange(lines=(LineChange(line, D(quantity)),))
        amend_order(order_id=order.pk, change=change, actor=owner(), now=NOW)
        fresh = Order.objects.select_related("channel", "customer").get(pk=order.pk)
        unusual = quantity >= 30 or quantity * 3 <= 10
        everything = hints_of_orders(clerk(), [fresh], now=NOW, dismissed=True).get(f"order:{order.pk}", [])
        assert bool(everything) is unusual
        shown = of(fresh)
        assert [hint.key for hint in shown] == [hint.key for hint in everything if hint.fingerprint not in gone]
        # Anything else about the order is none of its inputs.
        amend_order(order_id=order.pk, change=OrderChange(note=f"{quantity}"), actor=owner(), now=NOW)
        fresh = Order.objects.select_related("channel", "customer").get(pk=order.pk)
        assert of(fresh) == shown
        for hint in shown:
            dismiss(hint)
            gone.add(hint.fingerprint)
        assert of(fresh) == []


def test_what_is_wrong_with_a_dismissal(order: Order) -> None:
    (hint,) = of(order)
    with pytest.raises(Refusal) as nothing_said:
        dismiss(hint, reason="other")
    assert nothing_said.value.details[0].pointer == "/note"
    with pytest.raises(Refusal):
        dismiss(hint, reason="whatever")
    with pytest.raises(HintGone):
        dismiss_hint(**{**named(hint), "fingerprint": "0" * 32}, reason="known", actor=clerk(), now=NOW)
    with pytest.raises(PermissionDenied):
        dismiss(hint, outsider())
    with pytest.raises(NotFound):
        dismiss(hint, limited(clerk(), teams=frozenset()))
    for subject in ("order:0", "order:x", "shipment:1", "order:99999999"):
        with pytest.raises(NotFound):
            dismiss_hint(**{**named(hint), "subject": subject}, reason="known", actor=clerk(), now=NOW)
    assert not HintDismissal.objects.exists()


def test_what_was_dismissed_while_typing_stays_away_from_the_order(order: Order) -> None:
    (hint,) = of(order)
    dismiss_hint(**{**named(hint), "subject": "draft:abc"}, reason="not_true", actor=clerk(), now=NOW)
    assert of(order)
    adopt_dismissals(draft="abc", order_id=order.pk, actor=clerk(), now=NOW)
    assert of(order) == []
    adopt_dismissals(draft="abc", order_id=order.pk, actor=clerk(), now=NOW)
    assert Event.objects.filter(name="automation.hint.dismissed").count() == 1


def test_the_usual_quantity_with_one_click_and_back(order: Order) -> None:
    (hint,) = of(order)
    taken = take_remedy(**named(hint), remedy="set-quantity", actor=clerk(), now=NOW)
    assert order.lines.get().quantity == 10 and of(order) == []
    assert taken.done is not None and taken.done.undo == "order-changed"
    assert Event.objects.get(name="automation.hint.taken").data["remedy"] == "Take 10"
    undo_change(**taken.done.arguments, actor=clerk(), now=NOW)
    assert order.lines.get().quantity == 100


def test_nothing_is_done_about_what_has_changed(order: Order) -> None:
    (hint,) = of(order)
    with pytest.raises(UnknownRemedy):
        take_remedy(**named(hint), remedy="burn", actor=clerk(), now=NOW)
    change = OrderChange(lines=(LineChange(order.lines.get().pk, D(12)),))
    amend_order(order_id=order.pk, change=change, actor=owner(), now=NOW)
    with pytest.raises(HintGone):
        take_remedy(**named(hint), remedy="set-quantity", actor=clerk(), now=NOW)
    assert order.lines.get().quantity == 12


def test_the_address_of_the_customer_is_taken_with_one_click_and_back(shop: Shop) -> None:
    order = shop.place((shop.cup, 1), ship_to=None)
    hint = next(item for item in of(order) if item.rule == "missing_address")
    with pytest.raises(PermissionDenied):
        take_remedy(**named(hint), remedy="take-address", actor=outsider(), now=NOW)
    taken = take_remedy(**named(hint), remedy="take-address", actor=clerk(), now=NOW)
    fresh = Order.objects.select_related("channel", "customer").get(pk=order.pk)
    assert (fresh.ship_city, fresh.ship_country) == ("上海市", "CN")
    assert "人民路1号" in fresh.ship_to
    assert "missing_address" not in rules(of(fresh))
    assert taken.done is not None and taken.done.undo == "order-changed"


def test_a_phone_is_filled_in_a_hold_is_placed_and_a_line_is_replaced(shop: Shop) -> None:
    from orderwell.testing.factories import make_bundle

    make_bundle({shop.cup: 12}, sku="BOX", price="100")
    order = shop.place((shop.cup, 25), ship_to=BARE)
    phone, pack = of(order)
    assert (phone.rule, pack.rule) == ("missing_phone", "cheaper_pack")
    take_remedy(**named(phone), remedy="fill-address", actor=clerk(), now=NOW)
    take_remedy(**named(pack), remedy="replace-line", actor=clerk(), now=NOW)
    fresh = Order.objects.select_related("channel", "customer").get(pk=order.pk)
    assert of(fresh) == [] and "13800138000" in fresh.ship_to and "人民路1号" in fresh.ship_to
    assert {(line.sku, line.quantity) for line in order.lines.all()} == {("CUP", D(1)), ("BOX", D(2))}
    assert fresh.total_amount == D(210)
    twin = shop.place((shop.cup, 1), (shop.cup, 24), now=NOW + timedelta(minutes=1), external_id="1")
    again = shop.place((shop.cup, 1), (shop.cup, 24), now=NOW + timedelta(minutes=2))
    hint = next(item for item in of(again) if item.rule == "likely_duplicate")
    assert hint.inputs["twin"] == twin.number
    taken = take_remedy(**named(hint), remedy="hold", actor=owner(), now=NOW)
    assert taken.done is not None and taken.done.undo == "hold-placed"
    assert again.holds.get().reason == str(hint.reason)


def test_a_pack_that_does_not_divide_is_proposed_only_in_whole_pieces(shop: Shop) -> None:
    tea = make_product()
    small, large = make_variant("TEA-100", price="30", product=tea), make_variant("TEA-250", price="50", product=tea)
    for variant, weight in ((small, "100 g"), (large, "250 g")):
        Variant.objects.filter(pk=variant.pk).update(option_values={"weight": weight})
        stock_up(variant, shop.house, 40)
    # Of 4, one pack would leave 1.5 pieces. Three packs of 8 leave half a one, two leave 3.
    for wanted, packs, rest, cost in ((4, 2, 0, D(100)), (8, 2, 3, D(190)), (6, 2, 1, D(130))):
        order = shop.place((small, wanted))
        hint = next(item for item in of(order) if item.rule == "cheaper_pack")
        take_remedy(**named(hint), remedy="replace-line", actor=clerk(), now=NOW)
        now = {line.sku: line.quantity - line.quantity_cancelled for line in order.lines.all()}
        assert (now.get("TEA-250"), now.get("TEA-100", 0)) == (packs, rest)
        assert Order.objects.get(pk=order.pk).total_amount == cost


def test_shown_and_taken_are_counted_once_for_each_person(order: Order) -> None:
    (hint,) = of(order)
    seen = [
        Seen(**named(hint)),
        Seen(**{**named(hint), "rule": "nonsense"}),
        Seen(**{**named(hint), "fingerprint": "x"}),
    ]
    for actor in (clerk(), clerk(), owner()):
        note_shown(seen, actor=actor, now=NOW)
    take_remedy(**named(hint), remedy="hold", actor=clerk(), now=NOW)
    dismiss(hint, owner(), reason="other", note="so they said")
    found = {rule.name: item for rule, item in figures(owner(), now=NOW + timedelta(days=29))}
    mine = found["unusual_quantity"]
    assert (mine.shown, mine.taken, mine.dismissed, mine.reasons) == (2, 1, 1, {"other": 1})
    assert mine.notes == (("so they said", "Olive Owner"),) and mine.useful is None
    assert found["missing_phone"].shown == 0
    later = {rule.name: item for rule, item in figures(owner(), now=NOW + timedelta(days=31))}
    assert later["unusual_quantity"].shown == 0
    with pytest.raises(PermissionDenied):
        figures(clerk(), now=NOW)
    assert forget_old_sights(now=NOW + timedelta(days=99)) == 0
    assert forget_old_sights(now=NOW + timedelta(days=101)) == 2
    assert HintDismissal.objects.exists()


def test_a_rule_is_turned_off_and_its_thresholds_are_set(order: Order) -> None:
    from orderwell.platform.caching import forget_everything

    configure_rule(name="unusual_quantity", thresholds={"times": "11"}, actor=owner(), now=NOW)
    assert of(order) == []
    configure_rule(name="unusual_quantity", thresholds={"times": "3"}, actor=owner(), now=NOW)
    assert of(order)
    configure_rule(name="unusual_quantity", on=False, actor=owner(), now=NOW)
    assert of(order) == []
    with pytest.raises(Refusal) as wrong:
        configure_rule(
            name="unusual_quantity", on=True, thresholds={"times": "0", "colour": "red"}, actor=owner(), now=NOW
        )
    assert [detail.pointer for detail in wrong.value.details] == ["/thresholds/times", "/thresholds/colour"]
    forget_everything()
    assert of(order) == []  # nothing of it was kept
    with pytest.raises(NotFound):
        configure_rule(name="nonsense", on=False, actor=owner(), now=NOW)
    with pytest.raises(PermissionDenied):
        configure_rule(name="unusual_quantity", on=True, actor=clerk(), now=NOW)


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Entry points of packages that were installed beside the product; their rules are gone afterwards."""
    from orderwell.platform.configuration import services

    loads: dict[str, Any] = {}

    class Point(EntryPoint):
        def load(self) -> Any:
            return loads[self.name]()

    monkeypatch.setattr(registry, "_rules", dict(registry._rules))
    monkeypatch.setattr(registry, "not_loaded", {})
    monkeypatch.setattr(services, "_options", dict(services._options))
    monkeypatch.setattr(registry, "entry_points", lambda group: [Point(name, f"{name}.hints", group) for name in loads])
    yield loads
    finding.failures.clear()


def test_a_plugin_brings_a_rule(plugins: dict[str, Any], order: Order) -> None:
    def acme() -> None:
        rule = define("acme_round", "Round quantity", "Points out a quantity that fills no pallet.")

        @rule.on("order")
        def look(facts: Any, limits: Limits) -> Iterator[Hint]:
            for line in facts.lines:
                reason = Phrase("{quantity} fill no pallet.", quantity=line.quantity)
                yield rule.hint(facts, Severity.ADVICE, reason, inputs={"quantity": line.quantity}, line=line.key)

    plugins["acme"] = acme
    load_plugins()
    found = of(order)
    assert rules(found) == ["unusual_quantity", "acme_round"]
    assert found[1].reason == "100 fill no pallet." and registry._rules["acme_round"].plugin == "acme"
    dismiss(found[1])
    assert rules(of(order)) == ["unusual_quantity"]
    configure_rule(name="acme_round", on=False, actor=owner(), now=NOW)
    assert rules(hints_of_orders(owner(), [order], now=NOW, dismissed=True)[f"order:{order.pk}"]) == [
        "unusual_quantity"
    ]


def test_a_plugin_that_fails_hurts_nobody_and_is_told(plugins: dict[str, Any], order: Order) -> None:
    def broken() -> None:
        raise ImportError("no module named acme")

    def falls() -> None:
        rule = define("acme_falls", "Falls", "Falls over every order.")

        @rule.on("order")
        def look(facts: Any, limits: Limits) -> Iterator[Hint]:
            raise ZeroDivisionError("by zero")

    plugins.update(broken=broken, falls=falls)
    load_plugins()
    assert registry.not_loaded == {"broken": "ImportError: no module named acme"}
    assert rules(of(order)) == ["unusual_quantity"]
    assert finding.failures == {"acme_falls": "ZeroDivisionError: by zero"}


def test_two_rules_of_one_name_are_a_mistake(plugins: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="two rules named"):
        define("unusual_quantity", "Again", "Again.")
