"""What a request asks for: its query read strictly, and the links that carry a query on.

In:   the query string of a request, the fields that a page takes.
Out:  Asked; BadParameter, which names the field, for anything the page would otherwise overlook.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, urlencode

from truelift.base.errors import FieldOff, UsageError
from truelift.base.time import Period
from truelift.reports.figure import figure_id, parse_figure_id
from truelift.reports.roi import instant_text

CHOICES: Mapping[str, tuple[str, ...]] = {
    "by": ("campaign", "creator", "cohort", "programme", "platform", "post", "day"),
    "basis": ("event", "order"),
    "cost": ("accrued", "committed", "paid"),
    "state": ("open", "all"),
    "models": ("four", "all"),
    "model": (
        "code-first", "last", "first", "linear", "time-decay", "position", "markov", "shapley",
    ),
}  # fmt: skip
"""What a field with a choice takes; the report's own default stands first, but for `by`."""

ROI_FIELDS = ("campaign", "creator", "by", "metric", "basis", "cost", "model", "as_of", "known_at")
CAMPAIGN_FIELDS = ("metric", "basis", "cost", "model", "as_of", "known_at")
DOUBT_FIELDS = ("creator", "metric", "as_of", "known_at")
DEFAULT_PARTS = {"by": "creator", "basis": "event", "cost": "accrued", "model": "code-first"}
"""Parts that a link to an explanation may leave out, to keep pages small."""

SEVERAL = frozenset({"columns", "campaigns", "creators"})
"""Parameters that a form gives once for each box that is ticked."""

BACK: Mapping[str, int] = {"week": 7, "four-weeks": 28, "year": 364}
"""What `compare_to` takes besides a day: whole weeks, so that weekdays meet weekdays."""

FIGURE, AT, AS_CLOSED = "figure", "at", "as_closed"
TIMES = ("as_of", "known_at")
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC inside
FIRST_YEAR, LAST_YEAR = 1970, 9000
LONGEST = 20_000
"""Characters of one parameter: a figure's id holds the names of its campaign and creator, and a
name may be as long as a file writes it."""
_PAGE = re.compile("[1-9][0-9]{0,5}")


class BadParameter(FieldOff):
    """A parameter of a request is off; `field` names it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's parameters as given; what is not given is not in `given`."""

    path: str
    given: Mapping[str, str]
    page: int = 1

    def get(self, field: str, default: str | None = None) -> str | None:
        """Give a parameter, or the default."""
        return self.given.get(field, default)

    def only(self, fields: Sequence[str]) -> dict[str, str]:
        """Give those of the parameters that another page takes too."""
        return {name: value for name, value in self.given.items() if name in fields}

    def without(self, *fields: str) -> Asked:
        """Give the same without some parameters, which are this page's own."""
        kept = {name: value for name, value in self.given.items() if name not in fields}
        return replace(self, given=kept)

    def with_(self, **more: str) -> Asked:
        """Give the same with some parameters set anew."""
        return replace(self, given={**self.given, **more})

    def link(self, path: str, fields: Sequence[str] = ROI_FIELDS, **more: str) -> str:
        """Write an address that carries the parameters on, with some of them set anew."""
        return address(path, self.only(fields) | more)


def address(path: str, query: Mapping[str, str]) -> str:
    """Write an address with a query."""
    return f"{path}?{urlencode(query)}" if query else path


def campaign_path(campaign: str, ending: str = "") -> str:
    """Write the path of a campaign's page; a dot in the name is escaped, so no name is a twin."""
    return f"/campaign/{quote(campaign, safe='').replace('.', '%2E')}{ending}"


def creator_path(creator: str, ending: str = "") -> str:
    """Write the path of a creator's page; a dot in the name is escaped, so no name is a twin."""
    return f"/creator/{quote(creator, safe='').replace('.', '%2E')}{ending}"


def figure_link(figure: str) -> str:
    """Write the address of a figure's explanation, short: a page has hundreds of them.

    Default parts are left out, and both times stand as one part, in microseconds.
    """
    name, parts = parse_figure_id(figure)
    times = (parts.pop(field) for field in TIMES)
    at = "-".join(f"{_microseconds(text):x}" for text in times)
    usual = DEFAULT_PARTS.items()
    kept = {key: value for key, value in parts.items() if (key, value) not in usual}
    return f"/explain?figure={quote(figure_id(name, kept | {AT: at}), safe=';=:,')}"


def whole_figure(text: str) -> str:
    """Complete the id of a figure from a short link; BadParameter when it is none."""
    try:
        name, parts = parse_figure_id(text)
        if AT in parts:
            times = (int(each, 16) for each in parts.pop(AT).split("-"))
            moments = (instant_text(EPOCH + dt.timedelta(microseconds=each)) for each in times)
            parts |= dict(zip(TIMES, moments, strict=True))
    except UsageError as error:
        raise BadParameter(FIGURE, str(error)) from None
    except (ValueError, OverflowError):
        msg = f"{text!r} is not a figure id; follow the link of a figure."
        raise BadParameter(FIGURE, msg) from None
    for field in TIMES:
        moment = parts.get(field, "")
        if not moment.endswith("Z") or not _is_time(moment.removesuffix("Z")):
            msg = f"A figure id names {field} as 2026-05-31T14:00:00Z; {text!r} does not."
            raise BadParameter(FIGURE, msg)
    return figure_id(name, DEFAULT_PARTS | parts)


def _microseconds(text: str) -> int:
    since = dt.datetime.fromisoformat(text.removesuffix("Z")) - EPOCH
    return since // dt.timedelta(microseconds=1)


def read(path: str, query: bytes, fields: Sequence[str]) -> Asked:
    """Read a query; an unknown, doubled or unreadable parameter is refused, an empty one unasked.

    A parameter that were overlooked would show figures that nobody asked for.
    """
    given: dict[str, str] = {}
    for name, value in parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True):
        if name not in fields and name != "page":
            known = ", ".join(fields) or "nothing"
            raise BadParameter(name, f"There is no parameter {name!r} here; it takes {known}.")
        if name in given and name in SEVERAL:
            given[name] = f"{given[name]},{value.strip()}"
            continue
        if name in given:
            raise BadParameter(name, f"{name} is given twice; give it once.")
        if len(value) > LONGEST:
            raise BadParameter(name, f"{name} is longer than {LONGEST} characters.")
        if value.strip():
            given[name] = value.strip()
    for name, value in given.items():
        _check(name, value)
    return Asked(path, {k: v for k, v in given.items() if k != "page"}, int(given.get("page", 1)))


def _check(name: str, value: str) -> None:
    allowed = CHOICES.get(name)
    if allowed and value not in allowed:
        msg = f"{name} {value!r} is not known; use one of {', '.join(allowed)}."
    elif name in {"as_of", "known_at"} and not _is_time(value):
        msg = f"{name} {value!r} is not a date or time; write 2026-05-31 or 2026-05-31T14:00."
    elif name == "compare_to" and value not in BACK and not _is_day(value):
        msg = f"{name} {value!r} is not known; use one of {', '.join(BACK)}, or a day: 2026-05-31."
    elif name == "period" and not is_period(value):
        msg = f"{name} {value!r} is not a period; write a month such as 2026-05."
    elif name == AS_CLOSED and value != "yes":
        msg = f"{name} {value!r} is not known; write yes, or leave it out."
    elif name == "page" and not _PAGE.fullmatch(value):
        msg = f"{name} {value!r} is not the number of a page; write 1, 2, 3."
    else:
        return
    raise BadParameter(name, msg)


def _is_time(text: str) -> bool:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return FIRST_YEAR <= found.year <= LAST_YEAR


def _is_day(text: str) -> bool:
    return len(text) == len("2026-05-31") and _is_time(text)


def is_period(text: str) -> bool:
    """Say whether a text names a month, such as 2026-05."""
    try:
        return FIRST_YEAR <= Period.parse(text).year <= LAST_YEAR
    except ValueError:
        return False
