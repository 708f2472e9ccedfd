"""The list of all exports that are recognised by their header. A new one is a file and a line here.

In:   the formats of the connectors beside this file.
Out:  FORMATS, and the one that a header belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from truelift.connectors import (
    bank_csv,
    camt053,
    ga4,
    impact_actions,
    meta_content,
    shopify_orders,
    supplier_invoices,
    team_sheet,
    tiktok_content,
    tiktok_shop_affiliate,
    tiktok_shop_orders,
    youtube_table,
)
from truelift.connectors.assembly import recognised
from truelift.connectors.vendor import Format

FORMATS: tuple[Format, ...] = (
    shopify_orders.FORMAT,
    tiktok_shop_affiliate.FORMAT,
    tiktok_shop_orders.FORMAT,
    meta_content.FORMAT,
    tiktok_content.FORMAT,
    youtube_table.FORMAT,
    ga4.FORMAT,
    impact_actions.FORMAT,
    team_sheet.FORMAT,
    camt053.FORMAT,
    supplier_invoices.FORMAT,
    bank_csv.FORMAT,
)

_LOOKED_AT = 2_000


def find_later_table(records: Iterable[tuple[int, list[str]]]) -> Format | None:
    """Find the export whose table stands further down in a file that holds several, or None."""
    several = [format_ for format_ in FORMATS if format_.convert_records is not None]
    for _, cells in islice(records, _LOOKED_AT):
        for format_ in several:
            if recognised(format_, tuple(cells)):
                return format_
    return None


def find_format(header: tuple[str, ...], known: int) -> Format | None:
    """Find the export of a header, or None.

    known: how many of its columns the best canonical kind knows; a kind that knows more wins. Of
    several exports the one that knows most columns wins, the first of the list on a tie.
    """
    scores = [(recognised(format_, header), format_) for format_ in FORMATS]
    best, format_ = max(scores, key=lambda score: score[0])
    return format_ if best and best >= known else None
