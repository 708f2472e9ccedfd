"""Sparkline: a line so small that it stands in a table, as an image that needs no script.

In:   counts in their order.
Out:  SVG text, in a colour that is seen on light and on dark pages.
"""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, EDGE = 120, 26, 2
MOST = 60
"""Points of a line; of more, neighbours are added up."""

COLOUR = "#5b87b5"


def sparkline(counts: Sequence[float]) -> str:
    """Draw counts on one scale from 0; nothing for none."""
    step = -(-len(counts) // MOST) or 1
    added = [sum(counts[at : at + step]) for at in range(0, len(counts), step)]
    most = max(added, default=0.0) or 1.0
    across = (WIDTH - 2 * EDGE) / max(len(added) - 1, 1)
    points = [
        f"{EDGE + at * across:.1f},{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * found / most:.1f}"
        for at, found in enumerate(added)
    ]
    line = f'<polyline points="{" ".join(points)}" fill="none" stroke="{COLOUR}"' if points else ""
    drawn = f'{line} stroke-width="1.5" stroke-linejoin="round"/>' if line else ""
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}</svg>\n'
