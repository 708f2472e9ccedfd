"""Aggregate: every model over paths that come counted, without single conversions.

Such files ("eta > iota > alpha; 12 conversions; 40 without") are what other attribution tools give
and take, so the same file shows where the models, and the tools, differ.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable

from truelift.attribution.markov import AggregatedPath, markov_removal
from truelift.attribution.models import Model, by_creator, decay_weight, only, position_weights
from truelift.base.money import PARTS_PER_MILLION, allocate


def parse_paths(lines: Iterable[str]) -> list[AggregatedPath]:
    """Read `path;total_conversions;...;total_null` lines with a header; ' > ' between channels."""
    return [
        AggregatedPath(
            tuple(channel.strip() for channel in row["path"].split(">")),
            int(row["total_conversions"]),
            int(row["total_null"]),
        )
        for row in csv.DictReader(lines, delimiter=";")
    ]


def conversions_by_channel(model: Model, paths: Iterable[AggregatedPath]) -> dict[str, int]:
    """Give the conversions of each channel under a model, in millionths of a conversion.

    They sum to exactly all conversions. Counted paths know no times and no codes: time decay takes
    one day from touch to touch, and code-first is the last touch.
    """
    known = [path for path in paths if path.channels]
    if model is Model.MARKOV:
        shares = markov_removal(known).shares_ppm
        whole = sum(path.conversions for path in known)
        return {channel: whole * share for channel, share in sorted(shares.items())}
    totals: Counter[str] = Counter()
    for path in known:
        parts = allocate(path.conversions * PARTS_PER_MILLION, _weights(model, path.channels))
        for channel, part in zip(path.channels, parts, strict=True):
            totals[channel] += part
    return dict(sorted(totals.items()))


def _weights(model: Model, channels: tuple[str, ...]) -> list[int]:
    count = len(channels)
    if model is Model.FIRST:
        return only(count, 0)
    if model is Model.LINEAR:
        return [1] * count
    if model is Model.TIME_DECAY:
        return [decay_weight(count - 1 - index) for index in range(count)]
    if model is Model.POSITION:
        return position_weights(count)
    if model is Model.SHAPLEY:
        return by_creator(channels)
    return only(count, count - 1)
