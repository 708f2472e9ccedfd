"""Shortlist: own and imported creators, ranked by what a unit of money with them should bring.

In:   the ground, filters, a formula of the engagement rate, names to compare.
Out:  rows of reports.shortlist, best first, with what was left out and why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Estimate, Withheld
from truelift.base.money import parse_minor
from truelift.base.time import Instant
from truelift.decisions import expected_return, shortlist
from truelift.decisions.authenticity import Signals
from truelift.decisions.engagement_rate import (
    DEFAULT,
    FORMULAS,
    SIZES,
    Peers,
    formula_named,
    members_of,
    peer_scores,
    size_bands,
)
from truelift.decisions.expected_return import Expected
from truelift.decisions.shortlist import Because, why
from truelift.measurement.figure import LiftFigure
from truelift.measurement.ragged import Booleans, Floats, Integers
from truelift.operations import engagement_rates
from truelift.operations.creators import STATED, Creators
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.measurability import Measurable, measurability
from truelift.operations.people import Action, needs
from truelift.operations.prices import Price, prices
from truelift.operations.roi import RoiRequest, report_of
from truelift.operations.shared_audience import Shared, shared_audiences
from truelift.reports.engagement_rate import NO_PEERS, peers_json
from truelift.reports.roi import figure_ids
from truelift.reports.shortlist import (
    Outlook,
    PastReturn,
    ShortlistRow,
    raw_return,
    size_name,
)
from truelift.store.ground import Ground

STATED_LIMITS = "experiment"
LEAST_PRICES = 3
"""Fewer known prices in a group are no usual price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistRequest:
    """What was asked: filters (None: no filter), a rate's formula, names to compare.

    followers: MIN:MAX, either may be empty. price: the most a deliverable may cost, decimal text in
    the brand's currency. search: text in the creator's id, name, handle or category.
    """

    platform: str | None = None
    category: str | None = None
    country: str | None = None
    followers: str | None = None
    price: str | None = None
    search: str | None = None
    rate_formula: str = DEFAULT
    compare: str | None = None
    limit: int | None = None
    as_of: Instant | None = None
    known_at: Instant | None = None

    def span(self) -> tuple[float, float]:
        """Read MIN:MAX; UsageError where it is none or contradicts itself."""
        low, parted, high = (self.followers or ":").partition(":")
        try:
            ends = (float(low or 0), float(high or "inf"))
        except ValueError:
            ends = (-1.0, -1.0)
        if not parted or ends[0] < 0 or not ends[0] <= ends[1]:
            msg = f"--followers {self.followers} is no span; write MIN:MAX such as 10000:100000."
            raise UsageError(msg)
        return ends

    def most(self, currency: str) -> int | None:
        """Read the highest price in minor units."""
        if self.price is None:
            return None
        try:
            found = parse_minor(self.price, currency)
        except ValueError as error:
            msg = f"--price {self.price}: {error}."
            raise UsageError(msg) from None
        if found <= 0:
            msg = f"--price {self.price} is not above 0, so nobody could be on the list."
            raise UsageError(msg)
        return found

    def names(self) -> tuple[str, ...]:
        """Give the names to compare."""
        parts = (part.strip() for part in (self.compare or "").split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def check(self, currency: str) -> None:
        """Refuse words and numbers that mean nothing."""
        self.span()
        self.most(currency)
        formula_named(self.rate_formula)
        if self.limit is not None and self.limit < 1:
            msg = f"--limit {self.limit} is below 1."
            raise UsageError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """The rows asked for, out of how many creators; ranked: how many have a place.

    left_out: how many others each filter keeps off the list.
    """

    rows: tuple[ShortlistRow, ...]
    creators: int
    ranked: int
    left_out: dict[str, int]
    as_of: Instant
    known_at: Instant


@needs(Action.READ)
def shortlisted(ground: Ground, request: ShortlistRequest) -> Shortlist:
    """Rank the creators that the filters leave; peers are all that are known."""
    request.check(ground.brand.currency)
    known = knowledge(ground, as_of=request.as_of, known_at=request.known_at)
    creators = Creators(known, request.platform)
    engagement_rates.refuse_unknown(creators, None, request.platform)
    missing = sorted(set(request.names()) - set(creators.names))
    if missing:
        msg = f"There is no creator {missing[0]!r} in this brand; see `truelift list creators`."
        raise NotFound(msg)
    listing = _Listing(creators, request, _past_returns(known))
    rows, left_out = listing.rows()
    return Shortlist(
        rows=tuple(rows),
        creators=len(creators.names),
        ranked=listing.ranked,
        left_out=left_out,
        as_of=known.as_of,
        known_at=known.known_at,
    )


def _past_returns(known: Knowledge) -> dict[str, list[PastReturn]]:
    """Give what each creator brought in each campaign that began, per unit of accrued cost."""
    header, rows = report_of(known, RoiRequest(by="creator"))
    found: dict[str, list[PastReturn]] = defaultdict(list)
    ahead = {name for name, each in known.campaigns.items() if each["flight_start"] > known.as_of}
    for row in rows:
        if row.creator is None or row.campaign is None or row.campaign in ahead:
            continue
        figure, raw = row.ratios.incremental_roi, row.ratios.roi
        measured = isinstance(figure, Estimate)
        found[row.creator].append(
            PastReturn(
                campaign=row.campaign,
                incremental=figure.point + 1 if isinstance(figure, Estimate) else figure,
                low=figure.low + 1 if isinstance(figure, Estimate) else None,
                high=figure.high + 1 if isinstance(figure, Estimate) else None,
                grade=figure.grade.value if isinstance(figure, Estimate) else None,
                raw=None if isinstance(raw, Withheld) else float(raw) + 1,
                figure=figure_ids(header, row)["incremental_roi"] if measured else "",
                stated=isinstance(row.lift, LiftFigure) and row.lift.limits == STATED_LIMITS,
            )
        )
    return found


@dataclass
class _Listing:
    """One list: columns of every creator, and rows of those that the filters leave."""

    creators: Creators
    request: ShortlistRequest
    past: dict[str, list[PastReturn]]

    def rows(self) -> tuple[list[ShortlistRow], dict[str, int]]:
        """Give the rows, best first, and how many each filter left out.

        A rank is among all creators (on the platform, where one is asked for), whatever filters
        leave: the same creator has the same rank on every list.
        """
        kept, left_out = self._kept()
        ranked = not isinstance(self.expected, Withheld)
        rows: list[ShortlistRow] = []
        for number, at in enumerate(self._order.tolist(), 1):
            if kept[at] and (self.request.limit is None or len(rows) < self.request.limit):
                rows.append(self._row(number if ranked else None, at))
        return rows, left_out

    @cached_property
    def _order(self) -> Integers:
        """Give everybody, best first; with a platform asked for, everybody there."""
        expected = self.expected
        point = None if isinstance(expected, Withheld) else expected.point
        placed = self._main(self._rates[1].place)
        found = shortlist.order(point, self._measurable.best, placed, self.names)
        here = self.creators.main >= 0
        return found[here[found]] if self.request.platform else found

    @property
    def ranked(self) -> int:
        """Give how many creators have a place."""
        return len(self._order)

    @property
    def names(self) -> Any:  # noqa: ANN401 - a numpy array of text
        """Name every creator."""
        return self.creators.names

    def _kept(self) -> tuple[Booleans, dict[str, int]]:
        """Say who passes every filter, and how many each filter leaves out that others leave."""
        request, kept = self.request, np.ones(len(self.names), bool)
        left_out: Counter[str] = Counter()

        def leave_out(words: str, passes: Booleans) -> None:
            nonlocal kept
            if out := int(np.sum(kept & ~passes)):
                left_out[words] = out
            kept &= passes

        if request.names():
            leave_out("not among those compared", np.isin(self.names, list(request.names())))
        if request.platform:
            leave_out(f"not on {request.platform}", self.creators.main >= 0)
        for column in ("category", "country"):
            asked = getattr(request, column)
            if asked:
                leave_out(f"of another {column} or of none known", self._matches(column, asked))
        if request.search:
            leave_out("without the text searched for", self._found(request.search))
        if request.followers:
            low, high = request.span()
            followers = self.creators.audience
            leave_out("with unknown followers", np.isfinite(followers))
            leave_out("with other follower counts", (followers >= low) & (followers <= high))
        most = request.most(self._currency)
        if most is not None:
            leave_out("without a known price", np.isfinite(self._prices))
            leave_out("with a higher price", self._prices <= most)
        return kept, dict(left_out)

    @property
    def _currency(self) -> str:
        return self.creators.known.ground.brand.currency

    def _matches(self, column: str, asked: str) -> Booleans:
        rows = self.creators.catalog
        own = [rows.get(name, {}).get(column) or "" for name in self.names]
        return np.array([text.casefold() == asked.casefold() for text in own], bool)

    def _found(self, text: str) -> Booleans:
        """Say whose id, name, handle or category holds a text, in any case."""
        words: dict[str, list[str]] = {name: [name] for name in self.names}
        for name, row in self.creators.catalog.items():
            words[name] += [row["name"] or "", row["category"] or ""]
        for row in self.creators.known.rows("profiles"):
            words[row["creator"]].append(row["handle"])
        wanted = text.casefold()
        return np.array(
            [any(wanted in word.casefold() for word in words[name]) for name in self.names], bool
        )

    @cached_property
    def _priced(self) -> dict[str, Price | Withheld]:
        creators = self.creators
        return prices(creators.known, list(self.names), creators.notes)

    @cached_property
    def _prices(self) -> Floats:
        found = (self._priced[name] for name in self.names)
        return np.array([one.minor if isinstance(one, Price) else np.nan for one in found], float)

    @cached_property
    def _bands(self) -> Integers:
        return size_bands(self.creators.audience)

    @cached_property
    def _groups(self) -> Integers:
        """Number who are peers in return: of one platform and size."""
        where = np.unique(self.creators.platforms.astype(str), return_inverse=True)[1]
        key = where * (len(SIZES) + 1) + self._bands
        numbered: Integers = np.unique(key, return_inverse=True)[1].astype(np.int64)
        return numbered

    @cached_property
    def _usual_prices(self) -> Floats:
        """Give the median price of each creator's peers, nan where fewer than LEAST_PRICES."""
        found = np.full(len(self.names), np.nan)
        for members in members_of(self._groups, np.isfinite(self._prices)):
            if len(members) >= LEAST_PRICES:
                alike = self._groups == self._groups[members[0]]
                found[alike] = np.median(self._prices[members])
        return found

    @cached_property
    def _rates(self) -> tuple[Floats, Peers]:
        formula = FORMULAS[self.request.rate_formula]
        return engagement_rates.unit_rates(self.creators, formula)

    def _main(self, values: Floats) -> Floats:
        return self.creators.of_main(values)

    @cached_property
    def _traits(self) -> Floats:
        score = self._main(peer_scores(self._rates[1]))
        return shortlist.traits(self._prices, self._usual_prices, score)

    @cached_property
    def expected(self) -> Expected | Withheld:
        """Give what is expected of every creator."""
        place = {name: at for at, name in enumerate(self.names)}
        rows = [
            (place[name], one.incremental, one.low, one.high, one.stated)
            for name, many in self.past.items()
            for one in many
            if name in place and not isinstance(one.incremental, Withheld)
        ]
        columns = np.array(rows, float).reshape(-1, 5)
        stated = columns[:, 4] > 0
        se = expected_return.standard_error(columns[:, 2], columns[:, 3], stated)
        past = expected_return.Past(columns[:, 0].astype(np.int64), columns[:, 1], se, stated)
        return expected_return.expected_returns(past, self._groups, self._traits)

    @cached_property
    def _measurable(self) -> Measurable:
        names, platforms = self.names.tolist(), self.creators.platforms.tolist()
        return measurability(self.creators.panels, names, platforms)

    @cached_property
    def _shared(self) -> dict[str, Shared]:
        beside = self.request.names() or None
        return shared_audiences(self.creators.known, self.names.tolist(), beside)

    @cached_property
    def _signals(self) -> Signals:
        rates, _ = engagement_rates.unit_rates(self.creators, FORMULAS[DEFAULT])
        return engagement_rates.unit_signals(self.creators, rates)

    def _row(self, rank: int | None, at: int) -> ShortlistRow:
        name, main = str(self.names[at]), int(self.creators.main[at])
        catalog, price = self.creators.catalog.get(name, {}), self._priced[name]
        rates, peers = self._rates
        followers = float(self.creators.audience[at])
        usual, overlap = float(self._usual_prices[at]), self._shared.get(name)
        rate: float | Withheld = engagement_rates.NO_UNIT
        if main >= 0:
            formula = FORMULAS[self.request.rate_formula]
            rate = engagement_rates.rate_of(self.creators, rates, main, formula)
        unknown = isinstance(rate, Withheld)
        outlook, past, not_used = self._outlook(at), self.past.get(name, []), self._not_used(at)
        return ShortlistRow(
            rank=rank,
            creator=name,
            platform=str(self.creators.platforms[at]) or None,
            category=catalog.get("category"),
            country=catalog.get("country"),
            followers=int(followers) if np.isfinite(followers) else None,
            followers_from=self._whence(main, followers),
            size=size_name(int(self._bands[at])),
            price=price.minor if isinstance(price, Price) else price,
            price_from=price.whence if isinstance(price, Price) else None,
            usual_price=round(usual) if np.isfinite(usual) else None,
            outlook=outlook,
            past=tuple(past),
            rate_formula=self.request.rate_formula,
            rate=rate,
            rate_peers=NO_PEERS if unknown else peers_json(peers, main),
            smallest_engagement=_known(self._measurable.engagement[at]),
            smallest_orders=_known(self._measurable.orders[at]),
            shared_with=overlap.other if overlap else None,
            shared_audience=overlap.share if overlap else None,
            signals=tuple(self._signals.get(main, ())),
            not_used=not_used,
            why=self._why(outlook, past, not_used),
        )

    def _whence(self, main: int, followers: float) -> str | None:
        if not np.isfinite(followers):
            return None
        return (self.creators.followers[1][main] if main >= 0 else None) or STATED

    def _outlook(self, at: int) -> Outlook | Withheld:
        expected = self.expected
        if isinstance(expected, Withheld):
            return expected
        own = float(expected.own_return[at])
        return Outlook(
            point=float(expected.point[at]),
            low=float(expected.low[at]),
            high=float(expected.high[at]),
            level=expected.level,
            own=float(expected.own[at]),
            own_return=own if np.isfinite(own) else None,
            peers=float(expected.peers[at]),
            peers_words=self._peers_words(at, int(expected.group_count[at]), expected.measured),
            trait_effect=float(expected.trait_effect[at]),
        )

    def _peers_words(self, at: int, count: int, measured: int) -> str:
        size, where = size_name(int(self._bands[at])), str(self.creators.platforms[at])
        alike = f"on {where or 'no known platform'} of {size or 'unknown'} size"
        if not count:
            return f"all {measured} measured creators (none of them {alike})"
        return f"its peers ({count} measured {alike})"

    def _not_used(self, at: int) -> tuple[str, ...]:
        """Name what would have been used for the rank if it were known."""
        known = np.isfinite(self._traits[at])
        words = []
        if not np.isfinite(self._prices[at]):
            words.append("price")
        elif not known[shortlist.PRICE]:
            words.append("price beside peers' (too few of theirs)")
        if not known[shortlist.ENGAGEMENT]:
            words.append("engagement rate beside peers'")
        if self._bands[at] < 0:
            words.append("followers")
        return tuple(words)

    def _why(
        self, outlook: Outlook | Withheld, past: Sequence[PastReturn], not_used: tuple[str, ...]
    ) -> str:
        if isinstance(outlook, Withheld):
            detail = outlook.detail
            return f"Not ranked: {detail[0].lower()}{detail[1:]}"
        measured = [one for one in past if not isinstance(one.incremental, Withheld)]
        withheld = [one for one in past if isinstance(one.incremental, Withheld)]
        return why(
            Because(
                expected=outlook.point,
                low=outlook.low,
                high=outlook.high,
                level=outlook.level,
                currency=self._currency,
                own=outlook.own,
                campaigns=len(measured),
                own_return=outlook.own_return,
                raw_return=raw_return(past),
                peers=outlook.peers,
                peers_words=outlook.peers_words,
                unmeasured=_unmeasured(withheld),
                not_used=not_used,
            )
        )


def _unmeasured(withheld: Sequence[PastReturn]) -> str | None:
    """Say why the past that there is says nothing of what was extra."""
    if not withheld:
        return None
    told = [
        f"{one.campaign}: {one.incremental.reason.value}"
        for one in withheld
        if isinstance(one.incremental, Withheld)
    ]
    return f"its own incremental return is not known ({', '.join(told)})"


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
