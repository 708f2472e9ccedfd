"""Shrinkage: a creator's lift drawn towards the mean of the campaign, which narrows its limits.

In:   `Lifts` over the campaign's creators (a row per creator and platform), whose row each is.
Out:  per creator the shrunk log lift with limits, and how much of it is the creator's own; and what
      is believed of it for a decision, at one look.

Empirical Bayes (Morris 1983): true lifts of a campaign's creators are taken as drawn around one
mean; theirs to each in proportion. The limits hold for the creators of a campaign on average, not
for each of them: a creator whose true lift is unlike the others' is drawn too far to the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truelift.measurement import limits as boundaries
from truelift.measurement.lift import Lifts, combined_degrees
from truelift.measurement.ragged import Floats, Integers, floats
from truelift.measurement.random_effects import LIFT_SPREAD, pooled

LEAST_CREATORS = 5
"""Of fewer, limits would not be narrower than the creators' own."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A creator's shrunk log lift with limits valid at every look, on average over a campaign.

    own: the part of the creator's own estimate in it, from 0 to 1; the rest is the campaign's.
    """

    log: float
    low: float
    high: float
    own: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed of a creator's log lift for a decision: normal, at one look.

    own: the part of the creator's own estimate in the mean, from 0 to 1.
    """

    log: float
    variance: float
    own: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Estimates drawn towards the mean of their row, shape (rows, creators), nan where absent.

    own: weight of the creator's own estimate. degrees: of the variance between creators, (rows, 1).
    """

    log: Floats
    variance: Floats
    own: Floats
    degrees: Floats

    def nu(self, nu: Floats) -> Floats:
        """Give degrees of freedom: what is own stands on `nu`, what is borrowed on `degrees`."""
        return 1 / (self.own / nu + (1 - self.own) / self.degrees)


def drawn_together(delta: Floats, variance: Floats) -> Drawn:
    """Draw each row's estimates towards its mean; shape (rows, creators), nan where absent.

    own = A / (A + v), A the variance of true lifts between creators (LIFT_SPREAD moderates it), v
    the creator's own; estimate m + own (d - m). Variance: (1 - own)^2 Var(m), and two parts for not
    knowing A, whose standard error is (A + v) sqrt(2 / degrees): own v with A one standard error
    higher, and 2 (1 - own)^2 (d - m)^2 / degrees (Morris 1983). Without the first, lifts of many
    creators who differ little were wrong at some look in 15 of 100 cases: A was found to be 0.
    """
    found = pooled(delta, variance, LIFT_SPREAD)
    between, mean, spread = (v[:, None] for v in (found.between, found.mean, found.cautious))
    degrees = LIFT_SPREAD.degrees + np.maximum(found.count - 1, 0)[:, None]
    own = between / (between + variance)
    away = delta - mean
    known = np.maximum(found.count, 1)[:, None]
    information = np.nansum(1 / variance, axis=1, keepdims=True)
    usual = np.divide(known, information, out=np.zeros(known.shape), where=information > 0)
    higher = between + (between + usual) * np.sqrt(2 / degrees)
    doubt = higher / (higher + variance) * variance + (1 - own) ** 2 * spread
    doubt = doubt + 2 * (1 - own) ** 2 * away**2 / degrees
    return Drawn(mean + own * away, doubt, own, degrees)


def shrunk_lifts(lifts: Lifts, creators: Sequence[str]) -> dict[str, Shrunk]:
    """Shrink the lifts of a campaign's creators; nothing where fewer than LEAST_CREATORS are known.

    creators: of each row of lifts; rows of a creator are joined by their precisions first. The
    calendar's noise is on top, shared by all. The boundary is theory's on the creator's own clock:
    a calibration was replayed for unshrunk lifts and does not carry over.
    """
    names, own = _by_creator(lifts, creators)
    if len(names) < LEAST_CREATORS:
        return {}
    found = drawn_together(own.log[None, :], own.variance[None, :])
    half = boundaries.half_width(
        np.sqrt(found.variance[0] + own.noise),
        found.nu(own.nu)[0],
        ratio=own.ratio,
        share=np.ones(len(names)),
        level=lifts.level,
    )
    columns = zip(found.log[0].tolist(), half.tolist(), found.own[0].tolist(), strict=True)
    return {
        name: Shrunk(middle, middle - reach, middle + reach, part)
        for name, (middle, reach, part) in zip(names, columns, strict=True)
    }


def posteriors(lifts: Lifts, creators: Sequence[str]) -> dict[str, Posterior]:
    """Give what is believed of each creator's lift, drawn towards the campaign's mean.

    Unlike limits it is no promise about each creator, so it is given for few creators too; of one
    alone it is the creator's own. The calendar's noise is on top.
    """
    names, own = _by_creator(lifts, creators)
    if not names:
        return {}
    found = drawn_together(own.log[None, :], own.variance[None, :])
    columns = zip(found.log[0].tolist(), (found.variance[0] + own.noise).tolist(),
                  found.own[0].tolist(), strict=True)  # fmt: skip
    if len(names) == 1:
        return {names[0]: Posterior(float(own.log[0]), float(own.variance[0] + own.noise[0]))}
    return {name: Posterior(*column) for name, column in zip(names, columns, strict=True)}


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """One estimate per creator. noise: variance of the calendar; ratio: length of the clock."""

    log: Floats
    variance: Floats
    noise: Floats
    nu: Floats
    ratio: Floats


def _by_creator(lifts: Lifts, creators: Sequence[str]) -> tuple[list[str], _Own]:
    """Give the creators whose lift is known, and one estimate of each."""
    rows = np.flatnonzero(lifts.known)
    names, index = np.unique(
        np.array(creators, dtype=object)[rows].astype(str), return_inverse=True
    )
    return names.tolist(), _joined(lifts, rows, index.astype(np.int64), len(names))


def _joined(lifts: Lifts, rows: Integers, index: Integers, names: int) -> _Own:
    """Join the rows of each creator by their precisions."""
    ratios, control = lifts.ratios, lifts.control.take(rows)
    variance = ratios.variance[rows]

    def total(values: Floats) -> Floats:
        return floats(np.bincount(index, values, names))

    mass = total(1 / variance)
    share = 1 / variance / mass[index]
    noise = total(share * floats(control.se)) ** 2
    parts = share * share * variance
    doubt = total(parts * parts / ratios.nu[rows])
    nu = np.divide(1 / mass**2, doubt, out=np.full(names, np.inf), where=doubt > 0)
    noise_doubt = total(share * floats(control.se) / floats(control.nu))
    noise_nu = np.divide(
        np.sqrt(noise), noise_doubt, out=np.full(names, np.inf), where=noise_doubt > 0
    )
    first = np.zeros(names)
    np.maximum.at(first, index, ratios.variance_first[rows] + floats(control.first))
    least = 1 / total(1 / (ratios.variance_least[rows] + floats(control.least)))
    return _Own(
        log=total(share * lifts.log[rows]),
        variance=1 / mass,
        noise=noise,
        nu=combined_degrees(1 / mass, nu, noise, noise_nu),
        ratio=first / least,
    )
