"""The shop's files: orders and refunds as rows, and the odd ones: late, updated, cancelled.

In:   sales, refunds, arrivals and the clicks behind them.
Out:  the tables, and which order is the late fact and which one was updated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.connectors.sample_programme.demand import CODES, Touch
from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.people import Cast
from truelift.connectors.sample_programme.shop import CURRENCIES, Refunds, Sales, country_name
from truelift.connectors.sample_programme.table import (
    Table,
    cents_text,
    ids,
    table_of,
    time_text,
)
from truelift.connectors.sample_programme.timeline import LAST_DELIVERY, Indexes, Instants
from truelift.connectors.sample_programme.tracking import SITEWIDE, campaign_code, evergreen_code
from truelift.connectors.sample_programme.visits import Touched

_LATE_WINDOW = (np.datetime64("2026-05-19"), np.datetime64("2026-05-25"))
LATE_KNOWN = np.datetime64("2026-07-01T14:00:00", "s")
_UPDATE_WINDOW = (np.datetime64("2026-05-10"), np.datetime64("2026-05-14"))
_UPDATED_AT = np.datetime64("2026-05-20T09:30:00", "s")
_CANCELLED, _EVERY = 6, 150
_CORRECTION = 500
_WORTH_CORRECTING = 4_000
"""An order smaller than this would not bear the correction of its discount."""


@dataclass(frozen=True, slots=True)
class OrderBook:
    """Orders and refunds as tables, with the ids of the special ones."""

    orders: Table
    refunds: Table
    late_order: str
    updated_order: str
    leaked_orders: tuple[str, ...]


def order_book(
    people: Cast,
    drawn: tuple[Effect, ...],
    touched: Touched,
    sold: Sales,
    returned: Refunds,
    *,
    click_ids: list[str],
) -> OrderBook:
    """Write down every order and refund; click_ids: of the clicks behind the arrivals."""
    order_ids = ids("order-", len(sold.at))
    late = _late(sold, touched, returned)
    updated = int(_quiet(sold, returned, _UPDATE_WINDOW)[0])
    known = sold.at.copy()
    known[late] = LATE_KNOWN
    columns = {
        **_money_columns(sold, order_ids),
        **_touch_columns(people, drawn, touched, sold, click_ids),
        "customer": [f"customer-{number}" for number in sold.customer.tolist()],
        "new_customer": _yes_no(sold.new_customer.tolist()),
        "ship_country": [country_name(place) for place in sold.country.tolist()],
        "updated_at": [""] * len(order_ids),
        "cancelled_at": _cancelled(sold, returned),
    }
    orders = table_of("orders", columns, known)
    corrected = sold.discount[updated : updated + 1] + _CORRECTION
    update = orders.changed(
        orders.rows[updated],
        discount=cents_text(corrected)[0],
        updated_at=time_text(np.array([_UPDATED_AT]))[0],
    )
    leaked = np.append(touched.arrivals.leaked, False)[sold.arrival]
    return OrderBook(
        orders=orders.with_rows([update], np.array([_UPDATED_AT])),
        refunds=_refunds_table(sold, returned, order_ids, known),
        late_order=order_ids[late],
        updated_order=order_ids[updated],
        leaked_orders=tuple(order_ids[place] for place in np.flatnonzero(leaked).tolist()),
    )


def _quiet(sold: Sales, returned: Refunds, window: tuple[np.datetime64, np.datetime64]) -> Indexes:
    """Give untracked dollar orders of a window that were never refunded."""
    quiet = (sold.at >= window[0]) & (sold.at < window[1]) & (sold.arrival < 0)
    quiet &= (sold.currency == 0) & (sold.subtotal > _WORTH_CORRECTING)
    quiet[returned.order] = False
    return np.flatnonzero(quiet)


def _late(sold: Sales, touched: Touched, returned: Refunds) -> int:
    """Choose the late fact: an order of May by a campaign code alone, never refunded."""
    tracked = np.flatnonzero((sold.at >= _LATE_WINDOW[0]) & (sold.at < _LATE_WINDOW[1]))
    tracked = tracked[sold.arrival[tracked] >= 0]
    arrival = sold.arrival[tracked]
    plain = (touched.arrivals.touch[arrival] == Touch.CAMPAIGN_CODE) & (touched.click[arrival] < 0)
    plain &= ~np.isin(tracked, returned.order)
    return int(tracked[plain][0])


def _cancelled(sold: Sales, returned: Refunds) -> list[str]:
    """Cancel a few untracked orders within the hour: known as cancelled from the start."""
    window = (np.datetime64("2026-03-25"), np.datetime64("2026-04-15"))
    chosen = _quiet(sold, returned, window)[::_EVERY][:_CANCELLED]
    at = np.full(len(sold.at), np.datetime64("NaT", "s"))
    at[chosen] = sold.at[chosen] + np.timedelta64(40, "m")
    return time_text(at)


def _yes_no(flags: list[bool]) -> list[str]:
    return ["true" if flag else "false" for flag in flags]


def _money_columns(sold: Sales, order_ids: list[str]) -> dict[str, list[str]]:
    known = (sold.goods >= 0).tolist()
    goods = cents_text(np.maximum(sold.goods, 0))
    return {
        "source": ["shop"] * len(order_ids),
        "order_id": order_ids,
        "ordered_at": time_text(sold.at),
        "currency": [CURRENCIES[place] for place in sold.currency.tolist()],
        "subtotal": cents_text(sold.subtotal),
        "discount": cents_text(sold.discount),
        "tax": cents_text(sold.tax),
        "shipping": cents_text(sold.shipping),
        "prices_include_tax": _yes_no(sold.includes_tax.tolist()),
        "payment_fees": cents_text(sold.fees),
        "cogs": [text if there else "" for text, there in zip(goods, known, strict=True)],
        "fulfilment": cents_text(sold.fulfilment),
    }


def _touch_columns(
    people: Cast,
    drawn: tuple[Effect, ...],
    touched: Touched,
    sold: Sales,
    click_ids: list[str],
) -> dict[str, list[str]]:
    """Give what the shop saw of the way to the order: code, click, visitor, utm."""
    code, click, visitor, source, campaign = ([""] * len(sold.at) for _ in range(5))
    standing = [evergreen_code(name) for name in people.names]
    flown = [campaign_code(item.creator, item.campaign) for item in drawn]
    clicks, touch = touched.click.tolist(), touched.arrivals.touch.tolist()
    creators, effects = touched.arrivals.creator.tolist(), touched.arrivals.effect.tolist()
    for row, arrival in enumerate(sold.arrival.tolist()):
        if arrival < 0:
            continue
        if touch[arrival] in CODES:
            campaign_one = touch[arrival] == Touch.CAMPAIGN_CODE
            code[row] = flown[effects[arrival]] if campaign_one else standing[creators[arrival]]
        else:
            source[row] = people.platforms[creators[arrival]]
            campaign_one = touch[arrival] == Touch.CAMPAIGN_LINK
            campaign[row] = drawn[effects[arrival]].campaign if campaign_one else ""
        if clicks[arrival] >= 0:
            visitor[row] = touched.visitor[arrival]
            # One in five shops' checkouts lose the click id; the consented visitor is left.
            click[row] = click_ids[clicks[arrival]] if arrival % 5 else ""
    for row in np.flatnonzero(sold.sitewide).tolist():
        code[row] = SITEWIDE
    return {
        "code": code,
        "click_id": click,
        "visitor": visitor,
        "utm_source": source,
        "utm_medium": ["creator" if text else "" for text in source],
        "utm_campaign": campaign,
    }


def _refunds_table(sold: Sales, returned: Refunds, order_ids: list[str], known: Instants) -> Table:
    there = (returned.goods_returned >= 0).tolist()
    goods = cents_text(np.maximum(returned.goods_returned, 0))
    at = np.minimum(np.maximum(returned.at, known[returned.order]), LAST_DELIVERY)
    return table_of(
        "refunds",
        {
            "source": ["shop"] * len(there),
            "refund_id": ids("refund-", len(there)),
            "order_id": [order_ids[place] for place in returned.order.tolist()],
            "refunded_at": time_text(returned.at),
            "amount": cents_text(returned.amount),
            "currency": [CURRENCIES[place] for place in sold.currency[returned.order].tolist()],
            "restocked": _yes_no(returned.restocked.tolist()),
            "cogs_returned": [text if one else "" for text, one in zip(goods, there, strict=True)],
            "fees": cents_text(returned.fees),
        },
        at,
    )
