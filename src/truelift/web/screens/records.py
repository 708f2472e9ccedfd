"""Records: what is stored as it came: sealed baselines, rows that were refused.

In:   a desk and what was asked for.
Out:  the pages of records, and their twins.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from htpy import Node, p

from truelift.web.acts import DONE, said
from truelift.web.answers import csv_answer, twin
from truelift.web.asked import (
    Asked,
)
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import twins

Json = Mapping[str, Any]

LISTS = {
    "baselines": (
        "Sealed baselines",
        "What each creator does anyway, written down before launch; the hash is of the record.",
    ),
}


def listing(desk: Desk, asked: Asked, ending: str, kind: str, words: tuple[str, str]) -> Answer:
    """Show stored records: sealed baselines, or rows that were refused."""
    result = desk.reading.list(kind)
    table = arranged(result.table, asked)
    if ending:
        return csv_answer(table, kind) if ending == "csv" else twin(result, ending, kind)
    title, note = words
    last = desk.last(asked)
    body: list[Node] = [
        said(last),
        p[note],
        desk.forms.form("seal", f"/{kind}", None, last) if kind == "baselines" else None,
        desk.grid(result.table, table, asked, title),
        twins(f"/{kind}", asked.only(ARRANGING)),
    ]
    return desk.page(result.data, title, f"/{kind}", body)


SCREENS: Screens = {
    f"/{kind}": ((DONE, *ARRANGING), partial(listing, kind=kind, words=words))
    for kind, words in LISTS.items()
}
