"""A correction that goes below what is reserved: first the orders that would wait again, then a second yes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderwell.domains.orders.services.displace import DISPLACE, PromisesAtStake
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.platform.permissions.words import title_of
from orderwell.platform.wording import sentences
from orderwell.web.components.actions import ActionForm

# More than so many rows nobody reads in a dialog; the rest is counted.
MOST_SHOWN = 50


class DisplacingForm(ActionForm):
    """`displace` names the list of orders that was seen. It is in the form only once the list is shown."""

    displace = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    stake: PromisesAtStake | None = None

    @property
    def takes_away(self) -> bool:
        """Goods from orders that had them."""
        return self.stake is not None and self.stake.may

    def refuse(self, error: DomainError | Iterable[ErrorDetail]) -> None:
        if not isinstance(error, PromisesAtStake):
            super().refuse(error)
            return
        self.stake = error
        if self.cleaned_data.get("displace"):
            self.add_error(
                None, _("Other orders are concerned now than a moment ago. Nothing was changed; look again.")
            )
        else:
            self.add_error(None, _("This is less than what is reserved for orders. Nothing was changed yet."))

    @property
    def stakes(self) -> dict[str, Any]:
        """What the list of orders says, for the template."""
        if self.stake is None:
            return {}
        rows, orders = self.stake.displaced, {one.order_id for one in self.stake.displaced}
        return {
            "said": sentences(self.stake),
            "rows": rows[:MOST_SHOWN],
            "more": max(len(rows) - MOST_SHOWN, 0),
            "units": sum((one.units for one in rows), Decimal(0)),
            "orders": len(orders),
            "hidden": self.stake.hidden,
            "may": self.stake.may,
            "permission": title_of(str(DISPLACE)),
            "seen": self.stake.fingerprint,
            "submit": ngettext(
                "Write it down, %(count)d order waits again", "Write it down, %(count)d orders wait again", len(orders)
            )
            % {"count": len(orders)},
        }
