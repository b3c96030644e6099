"""Exact numbers in the database: `Decimal` in Python, a scaled 64-bit integer in the column, on every database.

SQLite would store Django's own DecimalField as a float; here 12.34 at scale 4 is the integer 123400.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.expressions import Combinable, Value

from orderwell.kernel.money import AMOUNT_SCALE, RATE_SCALE, UNIT_PRICE_SCALE
from orderwell.kernel.quantities import QUANTITY_SCALE


class ScaledDecimalField(models.BigIntegerField):  # type: ignore[type-arg]
    """A `Decimal` with at most `scale` digits after the point. More digits are an error, never a silent rounding."""

    scale = 0
    # What the type checker takes and gives for the attribute on a row.
    _pyi_private_set_type: Decimal | int | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def scaled(self, value: Any) -> int | None:
        """The integer that stands for `value` in the column. Raises ValueError when digits would be lost."""
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError(f"{self.name}: floats are not exact; use Decimal")
        shifted = Decimal(value).scaleb(self.scale)
        whole = int(shifted)
        if whole != shifted:
            raise ValueError(f"{self.name}: {value} has more than {self.scale} digits after the point")
        return whole

    def get_prep_value(self, value: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            return value
        return self.scaled(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return self.from_column(value)

    def from_column(self, value: int | None) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.scale)

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Decimal) else Decimal(value)

    def formfield(self, **kwargs: Any) -> Any:
        from django.forms import DecimalField  # only needed where a form is made

        return DecimalField(decimal_places=self.scale, **kwargs)


class AmountField(ScaledDecimalField):
    """Money in some currency that stands beside it."""

    scale = AMOUNT_SCALE


class UnitPriceField(ScaledDecimalField):
    """Price of one unit: finer than the currency, as 0.035 for a screw."""

    scale = UNIT_PRICE_SCALE


class QuantityField(ScaledDecimalField):
    scale = QUANTITY_SCALE


class RateField(ScaledDecimalField):
    """A fraction: 0.13 is 13 %."""

    scale = RATE_SCALE


def amount_value(value: Decimal) -> Value:
    """An amount inside an F() expression."""
    return Value(value, output_field=AmountField())


def quantity_value(value: Decimal) -> Value:
    """A quantity inside an F() expression."""
    return Value(value, output_field=QuantityField())
