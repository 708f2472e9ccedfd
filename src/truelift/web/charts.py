"""Charts: the place of a chart on a page, which is drawn once the page is there.

In:   the name of a chart and what it is asked by.
Out:  a section that says where the same figures stand, and an address that a script asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import htpy
from htpy import Element, Node, a, div, figcaption, h2, p, section

from truelift.web.sparkline import HEIGHT as SPARK_HEIGHT
from truelift.web.sparkline import WIDTH as SPARK_WIDTH
from truelift.web.visiting import SHARED

CHART, SPARK = "/chart/", "/spark"
WIDTH, EDGE = 640, 56
"""Units across a chart, and what its axis takes; a chart is as high as it will be before it is
drawn, so that nothing moves."""


def chart(
    name: str, title: str, query: Mapping[str, str], height: int, more: Sequence[Node] = ()
) -> Element:
    """Write the place of a chart: its title, its room, and the way to its figures as a table.

    more: what stands below it, a list of what is left out for example. A page that is shared by a
    link asks for nothing besides itself, so its charts are left to its tables.
    """
    if SHARED.get():
        return section(".chart")[h2[title], more] if more else div
    asked = f"?{urlencode(query)}" if query else ""
    return section(".chart")[
        h2[title],
        htpy.figure(data_chart=f"{CHART}{name}.json{asked}")[
            div(".chart-area")[
                htpy.svg(".room", {"viewBox": f"0 0 {WIDTH} {height + EDGE}"}, aria_hidden="true")
            ],
            figcaption(".key")[
                p(".chart-state", hidden=True),
                a(href=f"{CHART}{name}{asked}")[f"{title}: the figures as a table"],
            ],
        ],
        more,
    ]


def spark(campaign: str, given: Mapping[str, str]) -> Element:
    """Write a small line of what a campaign tracked by day, which leads to its figures."""
    if SHARED.get():
        return div
    query = urlencode({"campaign": campaign, **given})
    image = htpy.img(
        src=f"{SPARK}?{query}",
        alt=f"Orders or leads of {campaign} by day",
        width=SPARK_WIDTH,
        height=SPARK_HEIGHT,
        loading="lazy",
    )
    return a(href=f"{CHART}days?{query}")[image]
