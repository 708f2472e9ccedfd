"""Shareable: the pages that a link can open, and which parameters are fixed by it.

In:   what a form says, or what somebody asks for by a link.
Out:  a page and its fixed parameters; the parameters that are answered, never wider than those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlencode

from truelift.base.errors import UsageError
from truelift.reports.statement import STATEMENTS
from truelift.web.asked import CAMPAIGN_FIELDS, ROI_FIELDS, Asked, BadParameter, read
from truelift.web.grid import SORT
from truelift.web.layout import report_path

CAMPAIGN = "/campaign/"
KNOWN_BY_NAME = frozenset({"journal-audit"})
"""Reports about who did what here, which no link shows."""

SHAREABLE: Mapping[str, Sequence[str]] = {
    "/roi": ROI_FIELDS,
    "/bridge": ("campaign", "period"),
    **{
        report_path(name): (*takes, "known_at")
        for name, (_, takes) in STATEMENTS.items()
        if name not in KNOWN_BY_NAME
    },
}
"""Pages whose path is fixed, each with the parameters that can be fixed; a campaign's besides."""

DATES = ("as_of", "known_at", "period")
TURNING = (SORT, "page")
"""What never shows more rows or columns than the page has."""


def fields_of(page: str) -> Sequence[str]:
    """Give the parameters that a page can be fixed by; UsageError for one that no link opens."""
    if page in SHAREABLE:
        return SHAREABLE[page]
    if page.startswith(CAMPAIGN) and len(page) > len(CAMPAIGN) and "/" not in page[len(CAMPAIGN) :]:
        return CAMPAIGN_FIELDS
    pages = ", ".join((*SHAREABLE, f"{CAMPAIGN}NAME"))
    msg = f"{page!r} is no page that a link can open; take one of {pages}."
    raise UsageError(msg)


def read_policy(page: str, filters: str) -> tuple[str, Mapping[str, str]]:
    """Read the page and the fixed parameters of a form; UsageError names what is off."""
    path, _, query = page.partition("?")
    path = "/roi" if path == "/" else path
    given = "&".join(each for each in (query, filters.removeprefix("?")) if each)
    asked = read(path, given.encode(), fields_of(path))
    if "page" in dict(parse_qsl(given)):
        field = "page"
        raise BadParameter(field, "A link opens all parts of a page; leave `page` out.")
    return path, dict(asked.given)


def narrowed(page: str, fixed: Mapping[str, str], query: bytes, *, may_change_dates: bool) -> Asked:
    """Read what is asked for by a link: what is fixed, and no parameter but those it allows.

    A fixed parameter may stand in an address again as it is; any other value is refused.
    """
    may = [each for each in DATES if may_change_dates and each in fields_of(page)]
    turning = TURNING if page.startswith(report_path("")) else ()
    asked = read(page, query, (*may, *turning, *fixed))
    for name, value in asked.given.items():
        if name in fixed and value != fixed[name]:
            raise BadParameter(name, f"This link shows {name} {fixed[name]} only.")
    return Asked(asked.path, {**asked.given, **fixed}, asked.page)


def campaign_of(page: str) -> str:
    """Give the campaign that a page is about."""
    return unquote(page.removeprefix(CAMPAIGN))


def address_of(page: str, fixed: Mapping[str, str]) -> str:
    """Write the address of a page under fixed parameters, for who may come in themselves."""
    return f"{page}?{urlencode(fixed)}" if fixed else page
