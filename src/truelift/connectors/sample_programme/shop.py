"""The shop: every order with its amounts, tracked or not, and the refunds.

In:   tracked arrivals, and the demand that has nothing to do with creators.
Out:  Sales (arrays, one value per order by time, US cents at planning rates for the truth and cents
      of the order's currency for the files), orders and refunds as tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truelift.connectors.sample_programme.demand import Arrivals, clumped, weekday_factor
from truelift.connectors.sample_programme.timeline import (
    LAST_DELIVERY,
    SHOP_DAYS,
    Flags,
    Indexes,
    Instants,
    Numbers,
    at_day_times,
    seconds,
    stream,
)
from truelift.connectors.sample_programme.tracking import PROMOTION

PLANNING_RATES = {"USD": 1.0, "EUR": 1.17, "GBP": 1.34}
"""US dollars per unit. Files carry other currencies as they are; the books use published rates."""
CURRENCIES = tuple(PLANNING_RATES)
MARGIN_RATE = 0.62
"""The approved margin for orders that come without the cost of their goods."""
_COUNTRIES = ("US", "CA", "DE", "FR", "GB", "AU", "BR")
_COUNTRY_SHARES = (0.80, 0.07, 0.05, 0.03, 0.05, 0.0, 0.0)
_CURRENCY_OF = np.array([0, 0, 1, 1, 2, 0, 0])
_FAR_AWAY = (5, 6)
_VAT = 0.2
_UNTRACKED_A_DAY = 88.0
_PROMOTED_SHARE = 0.5  # of the orders nobody tracked, while the promotion lasts
_NEW_SHARE, _GOODS_UNKNOWN = 0.64, 0.08
_REFUNDED, _FULLY, _RESTOCKED = 0.06, 0.6, 0.7
_FREE_SHIPPING_FROM = 6_000
DISCOUNT = 0.10


@dataclass(frozen=True, slots=True)
class Sales:
    """All orders by time; amounts are cents of the order's currency."""

    at: Instants
    arrival: Indexes
    """Position of the tracked arrival; -1 for an order nobody tracked."""
    country: Indexes
    currency: Indexes
    subtotal: Indexes
    discount: Indexes
    tax: Indexes
    shipping: Indexes
    fees: Indexes
    goods: Indexes
    """Cost of the goods; -1 when the shop does not know it."""
    fulfilment: Indexes
    customer: Indexes
    new_customer: Flags
    sitewide: Flags

    @property
    def includes_tax(self) -> Flags:
        """Say whose subtotal holds the tax: orders outside the dollar zone."""
        return self.currency > 0

    @property
    def net(self) -> Indexes:
        """Give what is left of the goods after discount and tax, before refunds."""
        held = np.where(self.includes_tax, self.tax, 0)
        return self.subtotal - self.discount - held


@dataclass(frozen=True, slots=True)
class Refunds:
    """Refunds by time; amounts are cents of the order's currency."""

    order: Indexes
    at: Instants
    amount: Indexes
    restocked: Flags
    goods_returned: Indexes
    """Cost of the goods that came back; -1 when nothing was restocked or the cost is unknown."""
    fees: Indexes


def sales(seed: int, arrivals: Arrivals) -> Sales:
    """Sell: the tracked orders and everybody else's."""
    random = stream(seed, "sales")
    at, arrival = _all_orders(random, arrivals)
    count = len(at)
    leaked = np.append(arrivals.leaked, False)[arrival]
    country = random.choice(len(_COUNTRIES), count, p=_COUNTRY_SHARES)
    country = np.where(leaked, random.choice(_FAR_AWAY, count), country)
    currency = _CURRENCY_OF[country]
    promotion = (at >= np.datetime64(PROMOTION[0])) & (at < np.datetime64(PROMOTION[1]) + 1)
    sitewide = promotion & (arrival < 0) & (random.random(count) < _PROMOTED_SHARE)
    discounted = (arrival >= 0) | sitewide
    amounts = _amounts(random, currency, discounted)
    customer, new = _customers(random, count)
    return Sales(
        at=at,
        arrival=arrival,
        country=country,
        currency=currency,
        customer=customer,
        new_customer=new,
        sitewide=sitewide,
        **amounts,
    )


def _all_orders(random: np.random.Generator, arrivals: Arrivals) -> tuple[Instants, Indexes]:
    trend = np.linspace(0.95, 1.08, len(SHOP_DAYS))
    promoted = (np.datetime64(PROMOTION[0]) <= SHOP_DAYS) & (
        np.datetime64(PROMOTION[1]) >= SHOP_DAYS
    )
    mean = _UNTRACKED_A_DAY * weekday_factor() * trend * np.where(promoted, 1.6, 1.0)
    # Many small sources: a whole shop's day is less clumped than one creator's.
    counts = clumped(random, np.tile(mean / 8, (8, 1))).sum(axis=0)
    days = np.repeat(SHOP_DAYS, counts)
    others = at_day_times(days, random.random(len(days)))
    at = np.concatenate([arrivals.at, others])
    arrival = np.concatenate([np.arange(len(arrivals.at)), np.full(len(others), -1)])
    order = np.argsort(at, kind="stable")
    order = order[at[order] < LAST_DELIVERY]
    return at[order], arrival[order]


def _amounts(
    random: np.random.Generator, currency: Indexes, discounted: Flags
) -> dict[str, Indexes]:
    count = len(currency)
    rate = np.array([PLANNING_RATES[name] for name in CURRENCIES])[currency]
    basket = np.exp(random.normal(np.log(7_400), 0.45, count)) / rate
    vat = currency > 0
    subtotal = _whole(basket * np.where(vat, 1 + _VAT, 1.0))
    discount = _whole(np.where(discounted, subtotal * DISCOUNT, 0))
    paid = subtotal - discount
    tax = _whole(np.where(vat, paid * (_VAT / (1 + _VAT)), paid * 0.07))
    shipping = _whole(np.where(paid > _FREE_SHIPPING_FROM, 0, 595 / rate))
    total = paid + shipping + np.where(vat, 0, tax)
    goods = _whole(basket * random.uniform(0.30, 0.40, count))
    known = random.random(count) > _GOODS_UNKNOWN
    return {
        "subtotal": subtotal,
        "discount": discount,
        "tax": tax,
        "shipping": shipping,
        "fees": _whole(total * 0.029 + 30),
        "goods": np.where(known, goods, -1),
        "fulfilment": _whole(random.uniform(520, 760, count) / rate),
    }


def _whole(amount: npt.NDArray[np.floating]) -> Indexes:
    whole: Indexes = np.rint(amount).astype(np.int64)
    return whole


def _customers(random: np.random.Generator, count: int) -> tuple[Indexes, Flags]:
    new = random.random(count) < _NEW_SHARE
    new[0] = True
    seen = np.cumsum(new)
    again = (random.random(count) * seen).astype(np.int64)
    return np.where(new, seen - 1, again), new


def refunds(seed: int, sold: Sales) -> Refunds:
    """Give goods back: six in a hundred orders, three to twenty-five days later."""
    random = stream(seed, "refunds")
    order = np.flatnonzero(random.random(len(sold.at)) < _REFUNDED)
    count = len(order)
    at = sold.at[order] + seconds(random.uniform(3, 25, count) * 86_400)
    full = random.random(count) < _FULLY
    share = np.where(full, 1.0, random.uniform(0.2, 0.7, count))
    restocked = random.random(count) < _RESTOCKED
    goods = sold.goods[order]
    back = np.where(restocked & (goods >= 0), np.floor(goods * share), -1).astype(np.int64)
    by_time = np.argsort(at, kind="stable")
    by_time = by_time[at[by_time] < LAST_DELIVERY]
    return Refunds(
        order=order[by_time],
        at=at[by_time],
        amount=np.floor(sold.net[order] * share).astype(np.int64)[by_time],
        restocked=restocked[by_time],
        goods_returned=back[by_time],
        fees=np.where(full, 0, 50).astype(np.int64)[by_time],
    )


def contribution(sold: Sales, returned: Refunds) -> Numbers:
    """Give the contribution of each order in US cents at planning rates, after its refunds.

    Net of discount, tax and refunds, less goods, fulfilment and fees. Without the cost of the goods
    the approved margin of what is left after refunds stands in.
    """
    net = sold.net.astype(float)
    known = sold.goods >= 0
    goods = np.where(known, sold.goods, 0).astype(float)
    np.subtract.at(net, returned.order, returned.amount.astype(float))
    np.subtract.at(goods, returned.order, np.maximum(returned.goods_returned, 0).astype(float))
    goods = np.where(known, goods, net * (1 - MARGIN_RATE))
    costs = (goods + sold.fulfilment + sold.fees).astype(float)
    np.add.at(costs, returned.order, returned.fees.astype(float))
    rate = np.array([PLANNING_RATES[name] for name in CURRENCIES])[sold.currency]
    result: Numbers = (net - costs) * rate
    return result


def country_name(place: int) -> str:
    """Give the ISO code of a shipping country."""
    return _COUNTRIES[place]
