"""Calibration: what a replay of campaign-free windows says of the limits, as a signed record.

In:   a placebo study (windows of creators, or of whole campaigns).
Out:  per drift the boundary's shape and factor kappa, chosen on one half of the creators and
      judged on the other, both ways; the record of it, and the limits it puts in force.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from truelift.base.errors import CheckFailed
from truelift.base.ids import content_hash
from truelift.measurement.baseline import DRIFT_GRID
from truelift.measurement.clustering import Proportion, proportion
from truelift.measurement.limits import Limits
from truelift.measurement.placebo_parts import Fitting, Judging, Spread, Study, Task, in_turn
from truelift.measurement.ragged import Booleans, Floats, Integers

FORMULA = "placebo-scaled-boundary-1"

LEAST_BLOCKS = 200
"""Below this many independent creator-date blocks a calibration only widens theory."""

FEWEST_POSTS = 5
"""Fewer are drawn to their peers, which no window of a replay is."""

FORGETFUL = 0.01
"""From this drift on a baseline rests on about its last 10 posts, however many came before."""

LEAST_LOOKS = 50
"""A replay with fewer looks does not stand for people who look at every update."""

SHAPES = (0.0, 0.1, 0.2, 0.3, 0.4)
SAFETY = 0.9
"""kappa is the quantile at .9 of the error allowed: .045 for limits of 95 %."""

MULTIPLES = (1.5, 2.0)

CALIBRATED, THEORY, UNCONTROLLED = "calibrated", "theory", "calibrated, without controls"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The boundary for baselines filtered with drift q: kappa c_t se share^-shape."""

    q: float
    shape: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """How limits did on windows of creators they were not fitted on.

    error_final, error_any: share of windows whose limits excluded the truth at the last look, at
    any look. detection: true multiple -> share of windows with a lower limit above zero at any
    look; coverage: true multiple -> share of windows whose limits never excluded it. half_width:
    median at the last look, e^h - 1.
    """

    error_final: Proportion
    error_any: Proportion
    detection: Mapping[float, float]
    coverage: Mapping[float, Proportion]
    half_width: float


@dataclass(frozen=True, slots=True)
class Scope:
    """What a calibration was made for; a figure takes only one of its own scope.

    post_format: empty for all formats together. level_of: "creator" or "campaign". controls:
    whether control creators took the calendar out.
    """

    platform: str
    metric: str
    post_format: str = ""
    level_of: str = "creator"
    controls: bool = False
    level: float = 0.95

    @property
    def name(self) -> str:
        """Give the name a record of this scope is kept under."""
        calendar = "controls" if self.controls else "no-controls"
        parts = (self.platform, self.post_format or "all", self.metric, self.level_of, calendar)
        return "/".join((*parts, f"{self.level:g}"))


@dataclass(frozen=True, slots=True)
class Design:
    """How the windows were cut: posts before, posts in, and looks at a window."""

    baseline_posts: int
    campaign_posts: int
    looks: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration in force or not: boundaries per drift, and how the preferred one did.

    design: of the windows. windows, clusters: replayed windows and independent creator-date
    blocks. error_any: on creators it was not fitted on, with limits.
    """

    scope: Scope
    design: Design
    boundaries: tuple[Boundary, ...]
    preferred: float
    windows: int
    clusters: int
    error_any: Proportion
    version: str = FORMULA

    @property
    def in_force(self) -> bool:
        """Say whether it replaces theory: enough independent blocks, looked at continuously."""
        continuous = self.design.looks >= max(LEAST_LOOKS, self.design.campaign_posts + 1)
        return self.clusters >= LEAST_BLOCKS and continuous

    def boundary(self, q: float) -> Boundary | None:
        """Give the boundary found with a drift, None where it was not replayed."""
        return next((b for b in self.boundaries if math.isclose(b.q, q, abs_tol=1e-9)), None)

    def record(self, **evidence: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
        """Write the calibration as a JSON-able record, with what else is evidence."""
        return {**asdict(self), "boundaries": [asdict(b) for b in self.boundaries], **evidence}


def read_calibration(record: Mapping[str, Any], sha256: str) -> Calibration:
    """Read a record back; CheckFailed when it was changed since it was signed."""
    if content_hash(record) != sha256:
        msg = f"The calibration record {sha256} was changed after it was signed."
        raise CheckFailed(msg)
    return Calibration(
        scope=Scope(**record["scope"]),
        design=Design(**record["design"]),
        boundaries=tuple(Boundary(**b) for b in record["boundaries"]),
        preferred=record["preferred"],
        windows=record["windows"],
        clusters=record["clusters"],
        error_any=Proportion(**record["error_any"]),
        version=record["version"],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Baselined:
    """What a row's limits depend on; shape (rows,).

    q, posts: drift and number of posts of the baseline. campaign_posts: read in the campaign.
    """

    q: Floats
    posts: Integers
    campaign_posts: Integers


def limits_in_force(found: Sequence[Sequence[Calibration]], rows: Baselined) -> Limits:
    """Give the limits of each row from the calibrations of its scope.

    With enough blocks kappa and shape replace theory; with fewer they only widen it (shape 0,
    factor at least 1). Of several calibrations the one with the fewest campaign posts that covers
    the row's serves, and of several such the widest: nobody can shop for a seed. Theory stays for
    a drift that was not replayed, for more campaign posts than were replayed, for fewer posts than
    a creator's own level needs (FEWEST_POSTS), and where the baseline remembers more than was
    replayed: a drift below FORGETFUL over more than twice the posts.
    """
    factor, shape = np.ones(len(rows.q)), np.zeros(len(rows.q))
    calibrated = np.zeros(len(rows.q), bool)
    for row, options in enumerate(found):
        usable = [
            (one.design.campaign_posts, -boundary.kappa, boundary.shape)
            for one in options
            if (boundary := one.boundary(float(rows.q[row]))) and _covers(one, rows, row)
        ]
        if usable:
            _, kappa_of, shape[row] = min(usable)
            factor[row], calibrated[row] = -kappa_of, True
            continue
        widened = [one.boundary(float(rows.q[row])) for one in options if not one.in_force]
        factor[row] = max([1.0, *(b.kappa for b in widened if b is not None)])
    return Limits(factor, shape, calibrated)


def _covers(found: Calibration, rows: Baselined, row: int) -> bool:
    """Say whether a calibration in force replayed what a row is."""
    short = rows.posts[row] <= 2 * found.design.baseline_posts
    remembered = rows.posts[row] >= FEWEST_POSTS and (short or rows.q[row] >= FORGETFUL)
    whole = rows.campaign_posts[row] <= found.design.campaign_posts
    return bool(found.in_force and remembered and whole)


def calibrate(
    study: Study,
    scope: Scope,
    design: Design,
    *,
    multiples: Sequence[float] = MULTIPLES,
    drifts: Sequence[float] = DRIFT_GRID,
    uncontrolled: Study | None = None,
    spread: Spread = in_turn,
) -> tuple[Calibration, dict[str, Verdict]]:
    """Fit boundaries on all windows, and judge the choice on creators it was not made on.

    Each half of the creators chooses drift, prior, shape and kappa for the other; the two verdicts
    are pooled. The record's boundaries come from all windows. With fewer than LEAST_BLOCKS blocks
    the shape stays 0 and the factor at least 1, and that is what is judged. Also judged: theory,
    with the drift that the fit half finds most likely; and the chosen limits on the same windows
    when nothing takes the calendar out (`uncontrolled`). spread: replays the parts, in two rounds.
    """
    everyone = np.ones(len(study.half), bool)
    clusters = study.independent
    enough = clusters >= LEAST_BLOCKS
    fits = [study.half == second for second in (False, True)]
    *chosen, options = _boundaries(
        study, [*fits, everyone], scope.level, drifts, enough=enough, spread=spread
    )
    asked: list[_Asked] = []
    for fit, found in zip(fits, chosen, strict=True):
        best = narrowest(found)
        theory = Boundary(study.drift(fit), 0.0, 1.0)
        asked += [(CALIBRATED, study, fit, best), (THEORY, study, fit, theory)]
        if uncontrolled is not None:
            asked.append((UNCONTROLLED, uncontrolled, fit, best))
    judged = _judged(asked, scope.level, tuple(multiples), spread)
    verdicts = {
        name: _pooled(study, [part for (of, *_), part in judged if of == name])
        for name in dict.fromkeys(name for name, *_ in asked)
    }
    calibration = Calibration(
        scope,
        design,
        tuple(b for b, _ in options),
        narrowest(options).q,
        len(everyone),
        clusters,
        verdicts[CALIBRATED].error_any,
    )
    return calibration, verdicts


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    part: Booleans
    wrong: Floats
    wrong_final: Floats
    covered: Mapping[float, Floats]
    detected: Mapping[float, Floats]
    half: Floats


_Asked = tuple[str, Study, Booleans, Boundary]
"""Whose limits, on which windows, fitted on which half of them, and which."""


def kappa(worst: Floats, alpha: float) -> float:
    """Give the (N + 1)(1 - alpha)-th smallest of the windows' worst scores (split conformal).

    With fewer windows than that rank the largest stands for it: it can only widen theory then.
    """
    known = np.sort(worst[np.isfinite(worst)])
    rank = int(np.ceil((len(known) + 1) * (1 - alpha)))
    return float(known[min(rank, len(known)) - 1])


def narrowest(options: Sequence[tuple[Boundary, float]]) -> Boundary:
    """Choose the boundary with the smallest mean log width, among those that forget.

    A drift below FORGETFUL is narrower on windows as short as those replayed, and wrong on longer
    ones: with none, theory itself erred in .11 and .12 of windows of 40 posts on Instagram and X,
    from .01 on in at most .04.
    """
    forgetful = [option for option in options if option[0].q >= FORGETFUL]
    return min(forgetful or options, key=lambda option: option[1])[0]


def _boundaries(
    study: Study,
    parts: Sequence[Booleans],
    level: float,
    drifts: Sequence[float],
    *,
    enough: bool,
    spread: Spread = in_turn,
) -> list[list[tuple[Boundary, float]]]:
    """Fit kappa for every drift at its best shape, with the mean log width that it gives.

    parts: halves or everyone; one list for each of them. The width is the mean log half width over
    windows and the later half of the looks.
    """
    shapes = SHAPES if enough else (0.0,)
    asked = [[Fitting(q, study.prior(part, q), level, shapes) for q in drifts] for part in parts]
    pieces = study.pieces()
    inside = [[each for each, part in enumerate(parts) if part[index[0]]] for index in pieces]
    tasks = (
        Task(study.only(index, (1.0,)), tuple(ask for each in here for ask in asked[each]))
        for index, here in zip(pieces, inside, strict=True)
        if here
    )
    found: list[list[list[Floats]]] = [[[] for _ in drifts] for _ in parts]
    wide = asked[0][0].columns
    for here, answer in zip(filter(None, inside), spread(tasks), strict=True):
        places = [(each, number) for each in here for number in range(len(drifts))]
        for place, (each, number) in enumerate(places):
            found[each][number].append(answer[:, place * wide : (place + 1) * wide])
    return [
        [
            _best(q, np.concatenate(some), shapes, level)
            for q, some in zip(drifts, each, strict=True)
        ]
        for each in found
    ]


def _best(q: float, found: Floats, shapes: Sequence[float], level: float) -> tuple[Boundary, float]:
    """Choose the shape with the smallest width. found: the columns of Fitting, of all windows."""
    count = len(shapes)
    sums = found[:, count:].sum(axis=0)
    options = []
    for place, shape in enumerate(shapes):
        factor = kappa(found[:, place], SAFETY * (1 - level))
        factor = factor if count > 1 else max(1.0, factor)
        width = math.log(factor) + sums[place] / max(sums[-1], 1.0)
        options.append((Boundary(q, shape, factor), float(width)))
    return min(options, key=lambda option: option[1])


def _judged(
    asked: Sequence[_Asked], level: float, multiples: tuple[float, ...], spread: Spread
) -> list[tuple[_Asked, _Judged]]:
    """Replay the windows that limits were not fitted on, with these limits."""
    factors = tuple(dict.fromkeys((1.0, *multiples)))
    places = [
        (each, index)
        for each, (_, study, fit, _) in enumerate(asked)
        for index in study.pieces()
        if not fit[index[0]]
    ]

    def tasks() -> Iterable[Task]:
        for each, index in places:
            _, study, fit, boundary = asked[each]
            prior = study.prior(fit, boundary.q)
            ask = Judging(boundary.q, boundary.shape, boundary.kappa, prior, level, multiples)
            yield Task(study.only(index, factors), (ask,))

    count = len(multiples)
    found = [np.full((len(fit), 3 + 2 * count), np.nan) for _, _, fit, _ in asked]
    for (each, index), answer in zip(places, spread(tasks()), strict=True):
        found[each][index] = answer
    return [
        (
            each,
            _Judged(
                ~each[2],
                columns[0],
                columns[1],
                dict(zip(multiples, columns[3 : 3 + count], strict=True)),
                dict(zip(multiples, columns[3 + count :], strict=True)),
                columns[2],
            ),
        )
        for each, columns in (
            (each, rows[~each[2]].T) for each, rows in zip(asked, found, strict=True)
        )
    ]


def _pooled(study: Study, parts: Sequence[_Judged]) -> Verdict:
    """Pool what both halves said of each other."""
    groups = [np.concatenate([column[part.part] for part in parts]) for column in study.clusterings]

    def share(columns: Sequence[Floats]) -> Proportion:
        return proportion(np.concatenate(columns), groups)

    return Verdict(
        error_final=share([part.wrong_final for part in parts]),
        error_any=share([part.wrong for part in parts]),
        detection={
            m: float(np.mean(np.concatenate([p.detected[m] for p in parts])))
            for m in parts[0].detected
        },
        coverage={m: share([part.covered[m] for part in parts]) for m in parts[0].covered},
        half_width=float(np.expm1(np.nanmedian(np.concatenate([part.half for part in parts])))),
    )
