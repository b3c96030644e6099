"""How money comes in."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

METHODS: dict[str, str] = {
    "alipay": _("Alipay"),
    "bank": _("Bank transfer"),
    "card": _("Card"),
    "cash": _("Cash"),
    "cheque": _("Cheque"),
    "marketplace": _("Marketplace payout"),
    "wechat": _("WeChat Pay"),
    "other": _("Other"),
}
