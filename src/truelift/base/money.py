"""Money: whole minor units of one currency, and splits that add up exactly.

No floating point enters: amounts are `int`, rates and factors are `Decimal` or whole parts per
million. Minor-unit exponents come from Unicode CLDR by way of babel.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from functools import cache
from typing import TYPE_CHECKING

from babel.core import get_global

from truelift.base.errors import CurrencyMismatch, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

MINOR_LIMIT = 2**63 - 1
PARTS_PER_MILLION = 1_000_000


@cache
def exponent(currency: str) -> int:
    """Give the number of decimals of a currency's minor unit: USD 2, JPY 0, KWD 3.

    Raises UsageError for a code that ISO 4217 as known to CLDR does not list.
    """
    if not is_currency(currency):
        msg = f"{currency!r} is not an ISO 4217 currency code; use three letters such as USD."
        raise UsageError(msg)
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


@cache
def is_currency(code: str) -> bool:
    """Say whether a code is a currency that CLDR knows (three upper-case letters)."""
    return code in get_global("all_currencies")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in whole minor units (cents for USD, yen for JPY) of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse anything that is not a 64-bit whole number of a known currency."""
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            msg = f"Money takes whole minor units, not {self.minor!r}."
            raise TypeError(msg)
        if abs(self.minor) > MINOR_LIMIT:
            msg = f"{self.minor} minor units do not fit 64 bits."
            raise OverflowError(msg)
        exponent(self.currency)

    def __add__(self, other: Money) -> Money:
        """Add two amounts of one currency."""
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract an amount of the same currency."""
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        """Turn the sign."""
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        """Write the amount with its currency: `12.50 USD`."""
        return f"{format_minor(self.minor, self.currency)} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            msg = f"{self} and {other} are different currencies; translate one of them first."
            raise CurrencyMismatch(msg)
        return other.minor


def format_minor(minor: int, currency: str) -> str:
    """Write whole minor units as a plain decimal string: 1250 USD -> '12.50'."""
    places = exponent(currency)
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def parse_minor(text: str, currency: str) -> int:
    """Read a decimal string as whole minor units; ValueError when it is none or has too many."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        msg = f"{text} is not a decimal number"
        raise ValueError(msg)
    with localcontext() as context:
        context.prec = 60
        scaled = value.scaleb(exponent(currency))
        whole = scaled.to_integral_value()
        if scaled != whole:
            msg = f"{text} has more decimals than {currency} has"
            raise ValueError(msg)
    return int(whole)


def round_half_even(value: Decimal) -> int:
    """Round to a whole number, ties to even, as books do."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def multiply(minor: int, factor: Decimal) -> int:
    """Multiply minor units by an exact factor and round half-even to whole minor units."""
    with localcontext() as context:
        context.prec = 60
        return round_half_even(Decimal(minor) * factor)


def translate(minor: int, source: str, target: str, rate: Decimal) -> int:
    """Translate minor units of `source` to minor units of `target`.

    rate: how many units of `target` one unit of `source` buys. Rounded half-even, once.
    """
    with localcontext() as context:
        context.prec = 60
        shift = exponent(target) - exponent(source)
        return round_half_even((Decimal(minor) * rate).scaleb(shift))


def allocate(minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by whole-number weights so that the parts sum to exactly the whole.

    Largest remainder: every part is within one minor unit of its exact share; left-over units go to
    the largest remainders, the earlier part first on a tie. A negative amount is the mirror image.
    Raises ValueError when there are no weights, a weight is negative, or all are zero.
    """
    total = sum(weights)
    if not weights or total <= 0 or min(weights) < 0:
        msg = "allocate needs weights that are not negative and not all zero"
        raise ValueError(msg)
    if minor < 0:
        return [-part for part in allocate(-minor, weights)]
    parts = [minor * weight // total for weight in weights]
    remainders = [minor * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: minor - sum(parts)]:
        parts[index] += 1
    return parts
