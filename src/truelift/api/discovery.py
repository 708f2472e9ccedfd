"""What the API answers about discovery: the shortlist, and engagement rates.

In:   a Workspace and the runner of what reads.
Out:  GET routes under /api/v1 that answer as the command line does with --format json.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromQuery

from truelift.api.door import Workspace
from truelift.api.requesting import (
    PREFIX,
    Asking,
    Runner,
    Text,
    Word,
    answered,
    bearer,
    plain,
)

Typed = FromQuery[float | None]


def discovery(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    """Give the routes of discovery."""

    @get(f"{PREFIX}/shortlist", summary="Creators by what a unit of money should bring on top.")
    async def shortlist(  # noqa: PLR0917 - the query's fields
        request: Asking, platform: Text = None, category: Text = None, country: Text = None,
        followers: Text = None, price: Text = None, search: Text = None,
        rate_formula: Word = "by_followers", compare: Text = None, explain: Text = None,
        limit: FromQuery[int | None] = None, as_of: Text = None, known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        asked = {
            "platform": platform, "category": category, "country": country,
            "followers": followers, "price": price, "search": search,
            "rate_formula": rate_formula, "compare": compare, "limit": limit,
        }  # fmt: skip
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    workspace.acting(token)
                    .shortlist(explain=explain, as_of=as_of, known_at=known_at, **asked)
                    .data
                )
            )
        )

    @get(f"{PREFIX}/engagement-rate", summary="Engagement rates by a named formula, with peers.")
    async def engagement_rate(  # noqa: PLR0917 - the query's fields
        request: Asking, rate_formula: Word = "by_followers", creator: Text = None,
        platform: Text = None, as_of: Text = None, known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    workspace.acting(token)
                    .engagement_rate(
                        rate_formula, creator=creator, platform=platform, as_of=as_of,
                        known_at=known_at,
                    )
                    .data
                )
            )
        )  # fmt: skip

    @get(f"{PREFIX}/engagement-rate/calculator", summary="Engagement rates of numbers typed in.")
    async def calculator(  # noqa: PLR0917 - the query's fields
        request: Asking, rate_formula: Text = None, followers: Typed = None, reach: Typed = None,
        impressions: Typed = None, views: Typed = None, likes: Typed = None,
        comments: Typed = None, shares: Typed = None, saves: Typed = None,
    ) -> Response[Any]:  # fmt: skip
        typed = {
            "followers": followers, "reach": reach, "impressions": impressions, "views": views,
            "likes": likes, "comments": comments, "shares": shares, "saves": saves,
        }  # fmt: skip
        numbers = {name: number for name, number in typed.items() if number is not None}
        return await answered(
            request, workspace, reading, lambda ws: ws.engagement_rate_of(numbers, rate_formula)
        )

    return [shortlist, engagement_rate, calculator]
