"""Controls: what happened on the same dates to creators who were not in the campaign.

In:   organic posts of control creators on one platform, when each may serve, and for every treated
      creator the cut of its baseline and the window of its sponsored posts.
Out:  `Control` columns: the controls' mean log lift over each window, its variance, who they were.

A control is measured exactly as a treated creator is: its own baseline ends at the same cut, its
organic posts in the window go through the same filter (reference/science.md 1.3). What is left in
the mean is the calendar. It is pooled with random effects, so that controls who differ more than
their own variances say widen it; few controls say little of that, so a measured prior stands in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truelift.measurement.baseline import Baselines, estimate_baselines
from truelift.measurement.calendar import NO_CONTROL, Control
from truelift.measurement.lift import least_variance, whitened
from truelift.measurement.panel import Instants
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects, Ragged, ragged
from truelift.measurement.random_effects import BetweenPrior, pooled, pooled_degrees

LEAST_BEFORE = 5
"""Observed organic posts that a control needs before the cut."""

MOST_CONTROLS = 200
"""So many controls serve a campaign on a platform: more would take nothing off the variance, which
the treated creators' own posts bound, and cost would grow with treated x controls."""

MARGIN = np.timedelta64(3, "D")
"""A window begins so long before the first sponsored post (never before the cut) and ends so long
after the newest: the calendar moves by weeks, and one creator's few dates seldom meet another's."""

BETWEEN = BetweenPrior(between=0.04, degrees=5.0)
"""How much controls differ beyond their own variances: measured over 40 five-week windows of real
accounts without a campaign, mean .032 on Instagram and .041 on X (log units squared)."""

DAY = np.timedelta64(1, "D")

_TINY = float(np.finfo(np.float64).tiny)  # keeps a row without controls from a division by 0

NAMED_RULE = (
    "the creators whom the campaign names as controls, each until a launch of its own and never "
    "while live in another campaign of ours"
)
OPEN_RULE = (
    "every creator with organic posts on the platform who is live in no other campaign of ours in "
    "the window; creators of this campaign until their own launch; of more than "
    f"{MOST_CONTROLS} those with the most posts before the first launch"
)
MEASURED_RULE = (
    f"each with at least {LEAST_BEFORE} organic posts before the baseline ended and 1 in the window"
)


@dataclass(frozen=True, slots=True, eq=False)
class ControlPosts:
    """Observed organic posts of control creators, sorted by creator, oldest first.

    names: of the creators. unit: index of each post's creator, published_at, z, tau2: shape
    (posts,), no nan. since, until: from when and up to when each creator serves, shape (creators,).
    busy, busy_since, busy_until: spans in which a creator is live in another campaign of ours.
    """

    names: Sequence[str]
    unit: Integers
    published_at: Instants
    z: Floats
    tau2: Floats
    since: Instants
    until: Instants
    busy: Integers
    busy_since: Instants
    busy_until: Instants


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The treated creators' windows, shape (rows,); NaT in cut where there is no baseline.

    own: the creator's own index among the controls, -1 where it is none: nobody is treated and
    control at once. cut: where its baseline ends. first, last: its first and its newest sponsored
    post. q: drift its baseline was estimated with.
    """

    own: Integers
    cut: Instants
    first: Instants
    last: Instants
    q: Floats

    def take(self, rows: Integers, own: Integers) -> Windows:
        """Keep some rows, their own place among the controls being `own`."""
        return Windows(own, self.cut[rows], self.first[rows], self.last[rows], self.q[rows])

    @property
    def opens(self) -> Instants:
        """Give when each window opens: a day's beginning, MARGIN before the first post."""
        return np.fmax(_day(self.first) - MARGIN, _day(self.cut))


def choose(
    before: Mapping[str, int], parties: Collection[str] = (), most: int = MOST_CONTROLS
) -> tuple[str, ...]:
    """Choose who serves: all, or those with the most posts before the first launch, then by name.

    before: organic posts of each candidate before the first launch; nothing after it is looked at.
    parties: candidates who take part themselves and serve only until they launch: chosen last.
    """
    order = sorted(before, key=lambda name: (name in parties, -before[name], name))
    return tuple(sorted(order[:most]))


def control_columns(windows: Windows, posts: ControlPosts) -> Control:
    """Give the controls' statistic over every treated creator's window.

    Baselines are estimated once per distinct day of a cut, and the filter runs once per distinct
    day on which a window opens; all that open then are read off the one run, whenever they close.
    So cost grows with (days x control posts) and (treated x controls), the latter capped.
    """
    rows = len(windows.cut)
    mean, se, first, least = np.full((4, rows), np.nan)
    count, degrees = np.zeros(rows, dtype=np.int64), np.full(rows, np.inf)
    names = _nobody(rows)
    cuts, opens = _day(windows.cut), windows.opens
    for cut in np.unique(cuts[~np.isnat(cuts)]):
        at_cut = cuts == cut
        baselines = _baselines(posts, cut, windows.q[at_cut])
        for opened in np.unique(opens[at_cut]):
            these = np.flatnonzero(at_cut & (opens == opened))
            run = _run(posts, baselines, opened)
            barred = _barred(posts, windows, these)
            delta, variance = run.at(_closed(windows.last[these]), barred)
            now = pooled(delta, variance, BETWEEN)
            young = pooled(*run.at(_closed(windows.first[these]), barred), BETWEEN)
            here = np.isfinite(delta)
            floor = least_variance(baselines) + now.between[:, None]
            mean[these], se[these] = now.mean, np.sqrt(now.cautious)
            first[these] = young.cautious
            least[these] = 1 / np.where(here, 1 / floor, 0.0).sum(axis=1, initial=_TINY)
            count[these] = now.count
            own = np.where(here, variance, 0.0)
            degrees[these] = pooled_degrees(now, own, baselines.nu, BETWEEN)
            for row, mine in zip(these.tolist(), here, strict=True):
                names[row] = tuple(posts.names[index] for index in np.flatnonzero(mine).tolist())
    return Control(mean, se, count, degrees, first, least, names=names)


def joined(parts: Sequence[tuple[Integers, Control]], rows: int, rule: str) -> Control:
    """Put columns of several platforms together: each part with the rows that it holds for."""
    whole = NO_CONTROL.over(rows)
    columns = {
        name: np.array(getattr(whole, name)) for name in ("mean", "se", "creators", "nu")
    } | {"first": np.zeros(rows), "least": np.zeros(rows), "names": _nobody(rows)}
    for index, part in parts:
        for name, values in columns.items():
            values[index] = getattr(part, name)
    return Control(**columns, rule=rule)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """The controls' filter from one opening on: running sums after each post, to be read off."""

    posts: Ragged
    published_at: Integers
    numerator: Floats
    information: Floats

    def at(self, closes: Instants, barred: Booleans) -> tuple[Floats, Floats]:
        """Give each control's log lift and variance up to each closing; shape (rows, controls).

        nan where a control has not posted by then or is barred from the row.
        """
        closing = closes.astype(np.int64)
        if not len(self.published_at):
            return np.full(barred.shape, np.nan), np.full(barred.shape, np.nan)
        begin = min(int(self.published_at.min()), int(closing.min()))
        span = max(int(self.published_at.max()), int(closing.max())) - begin + 2
        controls = np.arange(self.posts.creators, dtype=np.int64)
        keys = self.posts.group * span + (self.published_at - begin)
        asked = controls * span + (closing - begin)[:, None]
        last = np.searchsorted(keys, asked.ravel(), side="left").reshape(asked.shape) - 1
        known = (last >= self.posts.start) & ~barred
        information = np.where(known, self.information[last], np.nan)
        return self.numerator[last] / information, 1 / information


def _run(posts: ControlPosts, baselines: Baselines, opened: np.datetime64) -> _Run:
    able = (baselines.n >= LEAST_BEFORE)[posts.unit]
    serves = (posts.published_at >= posts.since[posts.unit]) & (
        posts.published_at < posts.until[posts.unit]
    )
    inside = able & serves & (posts.published_at >= opened)
    flat = ragged(posts.unit[inside], len(posts.names))
    v, x = whitened(baselines, flat, posts.z[inside], posts.tau2[inside])
    return _Run(
        flat,
        posts.published_at[inside].astype(np.int64),
        _running(flat, x * v),
        _running(flat, x * x),
    )


def _running(posts: Ragged, values: Floats) -> Floats:
    """Give sums over a creator's posts so far, each included."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    running: Floats = total[1:] - total[posts.start[posts.group]]
    return running


def _baselines(posts: ControlPosts, cut: np.datetime64, q: Floats) -> Baselines:
    """Estimate the controls' baselines up to a cut, with the drift of the treated ones."""
    before = posts.published_at < cut
    known = q[np.isfinite(q)]
    return estimate_baselines(
        posts.unit[before],
        posts.z[before],
        len(posts.names),
        q=float(np.median(known)) if len(known) else None,
    )


def _barred(posts: ControlPosts, windows: Windows, rows: Integers) -> Booleans:
    """Say which controls may not serve a row: itself, or one live in another campaign of ours."""
    barred = np.arange(len(posts.names)) == windows.own[rows][:, None]
    opens, closes = windows.opens[rows][:, None], _closed(windows.last[rows])[:, None]
    row, span = np.nonzero((posts.busy_since < closes) & (posts.busy_until >= opens))
    barred[row, posts.busy[span]] = True
    return np.asarray(barred, dtype=bool)


def _nobody(rows: int) -> Objects:
    names: Objects = np.empty(rows, dtype=object)
    names.fill(())
    return names


def _closed(newest: Instants) -> Instants:
    """Give when windows close: MARGIN after the day of the newest post."""
    return _day(newest) + DAY + MARGIN


def _day(instants: Instants) -> Instants:
    return instants.astype("datetime64[D]").astype("datetime64[us]")
