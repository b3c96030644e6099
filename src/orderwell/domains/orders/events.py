"""What can happen to an order, with the sentence its timeline shows."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class OrderEvent(EventName):
    QUOTED = "orders.order.quoted"
    QUOTE_CHANGED = "orders.quote.changed"
    PLACED = "orders.order.placed"
    RECORDED = "orders.order.recorded"
    REMOVED = "orders.order.removed"
    CHANGED = "orders.order.changed"
    CHANGE_UNDONE = "orders.change.undone"
    CANCELLED = "orders.order.cancelled"
    REFERENCE_FREED = "orders.order.reference-freed"
    COMPLETED = "orders.order.completed"
    REOPENED = "orders.order.reopened"
    UNITS_CANCELLED = "orders.line.cancelled"
    BACKORDER_FILLED = "orders.backorder.filled"
    RESERVATION_MOVED = "orders.reservation.moved"
    RESERVATION_DISPLACED = "orders.reservation.displaced"
    HOLD_PLACED = "orders.hold.placed"
    HOLD_RELEASED = "orders.hold.released"
    NOTE_ADDED = "orders.note.added"
    NOTE_CHANGED = "orders.note.changed"
    NOTE_REMOVED = "orders.note.removed"
    NOTE_RESTORED = "orders.note.restored"
    ATTACHMENT_ADDED = "orders.attachment.added"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return _SENTENCES


_SENTENCES: dict[str, str] = {
    OrderEvent.QUOTED: _("Quote {number} over {total} {currency} saved"),
    OrderEvent.QUOTE_CHANGED: _("Quote changed"),
    OrderEvent.PLACED: _("Order {number} over {total} {currency} placed"),
    OrderEvent.RECORDED: _("Past order {number} over {total} {currency} recorded"),
    OrderEvent.REMOVED: _("{count} past orders removed that were recorded by mistake"),
    OrderEvent.CHANGED: _("Order changed"),
    OrderEvent.CHANGE_UNDONE: _("Change {change} undone"),
    OrderEvent.CANCELLED: _("Order cancelled: {reason}"),
    OrderEvent.REFERENCE_FREED: _("External number given free for another order"),
    OrderEvent.COMPLETED: _("Order completed"),
    OrderEvent.REOPENED: _("Order reopened"),
    OrderEvent.UNITS_CANCELLED: _("{quantity} × {sku} cancelled: {reason}"),
    OrderEvent.BACKORDER_FILLED: _("{quantity} × {sku} reserved from backorder"),
    OrderEvent.RESERVATION_MOVED: _("Reservations changed"),
    OrderEvent.RESERVATION_DISPLACED: _(
        "{quantity} × {sku} back to backorder: {warehouse} holds {on_hand}, less than was reserved ({adjustment} {document})"
    ),
    OrderEvent.HOLD_PLACED: _("Held ({kind}): {reason}"),
    OrderEvent.HOLD_RELEASED: _("Hold released ({kind}): {reason}"),
    OrderEvent.NOTE_ADDED: _("Note added"),
    OrderEvent.NOTE_CHANGED: _("Note changed"),
    OrderEvent.NOTE_REMOVED: _("Note taken away"),
    OrderEvent.NOTE_RESTORED: _("Note put back"),
    OrderEvent.ATTACHMENT_ADDED: _("File {name} attached"),
}
