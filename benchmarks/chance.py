"""Facts and relations by chance, for asking every engine the same: few names, many ties and gaps.

In:   a seed.
Out:  rows of every kind as acceptance gives them, and tables of the catalog.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from truelift.base.columns import ColumnType, Kind
from truelift.facts.kinds import KINDS
from truelift.store.ddl import FACT_KINDS, LABEL_COLUMNS, arrow_type
from truelift.store.facts_engine import FactsEngine
from truelift.store.stamp import Stamp

BRAND, OTHER = "acme", "other"
BEGAN = dt.datetime(2026, 5, 1)  # noqa: DTZ001 - instants are naive UTC
GAPS, SELDOM = 0.25, 0.9
RARE = {"sponsored_by", "deleted_at", "paid_views", "paid_impressions", "estimated"}
Field = tuple[str, pa.DataType]
MONEY = (0, 1, 7, 999, 12_345, 9_999_999_999_999)  # the largest that is accepted
PARTS = (0, 250_000, 1_000_000)
ROWS = {"clicks": 400, "orders": 160, "refunds": 60, "leads": 80, "posts": 40, "observations": 160}
WORDS = {
    "platform": ("instagram", "youtube", "tiktok"),
    "kind": ("evergreen", "sitewide", "creator", "code", "utm_content", "utm_campaign"),
    "scope": ("sku", "category", "brand"),
    "state": ("committed", "accrued", "paid"),
    "code": ("ANA10", " ana10", "Bo", "CAFÉ", "x'; drop table fact_orders --"),
    "codes": ("ANA10;BO", "CAFÉ; ana10 ;Z", ";;"),
    "alias": ("ana10", "café", "c1"),
    "currency": ("USD", "EUR"),
    "class": ("human", "human", "bot"),
    "stage": ("lead", "qualified", "won"),
    "utm_source": ("tiktok_shop", "Instagram"),
    "utm_content": ("instagram:@h1", "C1", "café"),
    "utm_campaign": ("spring", "c1"),
    "hashtags": ("spring;sale",),
    "caption": ("new #Spring", "plain"),
    "tag": ("spring", "#Spring"),
    "handle": ("h1", "h2", "ß'\"\\"),
    "conversion_kind": ("order", "lead"),
    "order_id": tuple(f"o{number}" for number in range(60)),
    "click_id": tuple(f"x{number}" for number in range(120)),
    "visitor": tuple(f"v{number}" for number in range(12)),
    "post_id": tuple(f"p{number}" for number in range(25)),
    "campaign": ("spring", "summer"),
    "creator": ("c1", "c2", "café"),
}
SAME = {
    "name": "code", "conversion_id": "order_id", "refund_id": "order_id", "lead_id": "order_id",
    "hashtag": "tag",
}  # fmt: skip


class Chance:
    """Draws values by the name and the type of a column."""

    def __init__(self, seed: int) -> None:
        """Draw from a seed."""
        self.random = np.random.default_rng(seed)

    def cell(self, name: str, arrow: pa.DataType, *, must: bool) -> Any:  # noqa: ANN401 - of its type
        """Draw a value; a gap now and then where none must be."""
        if not must and self.random.random() < (SELDOM if name in RARE else GAPS):
            return None
        pick = self.random.integers
        if pa.types.is_boolean(arrow):
            return bool(pick(2))
        if pa.types.is_timestamp(arrow):
            return BEGAN + dt.timedelta(hours=int(pick(24 * 20)))
        if pa.types.is_date(arrow):
            return (BEGAN + dt.timedelta(days=int(pick(20)))).date()
        if pa.types.is_integer(arrow):
            among = PARTS if name == "share_ppm" else MONEY
            return int(among[pick(len(among))])
        words = WORDS.get(SAME.get(name, name)) or tuple(f"{name}{number}" for number in range(6))
        return words[pick(len(words))]

    def table(
        self, fields: Sequence[Field], rows: int, must: Collection[str | None] = ()
    ) -> pa.Table:
        """Draw a table."""
        made = {
            name: pa.array([self.cell(name, arrow, must=name in must) for _ in range(rows)], arrow)
            for name, arrow in fields
        }
        return pa.table(made)

    def accepted(self, kind: Kind, rows: int) -> pa.Table:
        """Draw rows as acceptance gives them; no key twice."""
        fields = [(column.name, arrow_type(column.type)) for column in kind.columns]
        must = {*kind.key, kind.occurred, *(each.name for each in kind.columns if each.required)}
        drawn = self.table(fields, rows, must).to_pylist()
        kept = list({tuple(row[name] for name in kind.key): row for row in drawn}.values())
        for number, row in enumerate(kept):
            for column in kind.columns:  # what valuation divides by stays small enough to be real
                if row[column.name] is not None and column.type is ColumnType.RATE:
                    row[column.name] = 250_000
            row |= {
                "notes": None, "source_line": number + 2, "row_hash": f"{kind.name}-{number}",
                "day": row[kind.occurred] if kind.occurred else BEGAN.date(),
            }  # fmt: skip
            if isinstance(row["day"], dt.datetime):
                row["day"] = row["day"].date()
            for name, _ in LABEL_COLUMNS.get(kind.name, ()):
                row[name] = WORDS.get(name, ("rule",))[number % 3 if name in WORDS else 0]
        schema = [*fields, ("notes", pa.string()), ("source_line", pa.int64()),
                  ("row_hash", pa.string()), ("day", pa.date32()),
                  *LABEL_COLUMNS.get(kind.name, ())]  # fmt: skip
        return pa.Table.from_pylist(kept, pa.schema(schema))

    def catalog(self, name: str, rows: int = 12) -> pa.Table:
        """Draw rows of a catalog kind."""
        kind = KINDS[name]
        fields = [(column.name, arrow_type(column.type)) for column in kind.columns]
        drawn = self.table(fields, rows, kind.key).to_pylist()
        kept = {tuple(row[name] for name in kind.key): row for row in drawn}
        return pa.Table.from_pylist(list(kept.values()), pa.schema(fields))


def fill(
    facts: FactsEngine,
    chance: Chance,
    rounds: Iterable[int],
    kinds: Sequence[Kind] = FACT_KINDS,
) -> None:
    """Append facts of every kind in rounds; newer rows supersede older ones."""
    for number in rounds:
        for kind in kinds:
            rows = chance.accepted(kind, ROWS.get(kind.name, 30))
            hashes = [f"{number}-{each}" for each in rows["row_hash"].to_pylist()]
            rows = rows.set_column(
                rows.column_names.index("row_hash"), "row_hash", pa.array(hashes, pa.string())
            )
            for brand in (BRAND, OTHER):
                at = BEGAN + dt.timedelta(days=8 * (number + 1))
                facts.append(kind, rows, Stamp(brand, "file", f"{kind.name}.csv", str(number), at))
