"""Models: rules that turn a path into shares. Whole numbers only; shares sum to 1,000,000 ppm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from truelift.attribution.path import Conversion
from truelift.attribution.shares import Share
from truelift.attribution.touchpoint import Evidence, Touchpoint
from truelift.base.money import PARTS_PER_MILLION, allocate

RULE = (
    "A creator's own code wins; else the last human click within the lookback by click id, then by "
    "consented visitor; a sitewide code does not block a link; a platform's creator tag or an "
    "aliased utm value counts only when nothing else is found."
)
"""The default rule in words, as every report prints it."""

HALF_LIFE_DAYS = 7
"""Time decay: a touch this many days older weighs half."""

_DECAY_PPM = (1_000_000, 905_724, 820_335, 742_997, 672_950, 609_507, 552_045)
"""10^6 * 2^(-day / 7), rounded, for days 0 to 6; every further week halves it."""

Path = Sequence[Touchpoint]


class Model(StrEnum):
    """The attribution models, by the names that commands and reports use."""

    CODE_FIRST = "code-first"
    LAST = "last"
    FIRST = "first"
    LINEAR = "linear"
    TIME_DECAY = "time-decay"
    POSITION = "position"
    MARKOV = "markov"
    SHAPLEY = "shapley"


def shares_of(
    model: Model,
    conversion: Conversion,
    path: Path,
    removal_effects: Mapping[str, int] | None = None,
) -> tuple[Share, ...]:
    """Give the shares of one conversion under a model, in order of position.

    A path without touchpoints gives one share without creator. Touches that belong together (same
    creator, campaign, platform and post) give one share with their sum and the evidence of the last
    of them. In every model but code-first a code is simply the last touchpoint.
    removal_effects: ppm by creator, from `markov.markov_removal`; only Markov needs them.
    """
    if not path:
        return (Share(conversion=conversion.id),)
    if model is Model.MARKOV:
        weights = by_creator([touch.creator for touch in path], removal_effects or {})
    else:
        weights = _WEIGHTS[model](path, conversion.converted_at)
    return _grouped(conversion, path, allocate(PARTS_PER_MILLION, weights))


def _grouped(conversion: Conversion, path: Path, parts: Sequence[int]) -> tuple[Share, ...]:
    groups: dict[tuple[object, ...], tuple[int, int]] = {}
    for index, (touch, part) in enumerate(zip(path, parts, strict=True)):
        if part == 0:  # a touch that the model passes over lends no evidence either
            continue
        key = (touch.creator, touch.campaign, touch.platform, touch.post_id, touch.evergreen)
        groups[key] = (groups.get(key, (0, 0))[0] + part, index)
    return tuple(
        Share(
            conversion=conversion.id,
            creator=path[index].creator,
            campaign=path[index].campaign,
            platform=path[index].platform,
            post_id=path[index].post_id,
            evergreen=path[index].evergreen,
            evidence=path[index].evidence,
            share_ppm=ppm,
            position=index + 1,
        )
        for ppm, index in sorted(groups.values(), key=lambda group: group[1])
    )


def preferred(path: Path) -> int:
    """Give the index of the touch that code-first believes: see RULE. The path is not empty."""
    strength = list(Evidence)
    # Within one kind of evidence the later touch wins: the path is in order.
    return min(range(len(path)), key=lambda i: (strength.index(path[i].evidence), -i))


def only(count: int, index: int) -> list[int]:
    """Weigh one of `count` touches, and no other."""
    return [int(index == other) for other in range(count)]


def position_weights(count: int) -> list[int]:
    """Weigh first and last 40 % each, those between 20 % together; two touches half and half."""
    between = count - 2
    if between <= 0:
        return [1] * count
    return [2 * between, *([1] * between), 2 * between]


def decay_weight(days: int) -> int:
    """Weigh a touch by its whole days of age, in 10^-6: 2^(-days / 7), never quite nothing."""
    return max(1, _DECAY_PPM[days % HALF_LIFE_DAYS] >> (days // HALF_LIFE_DAYS))


def by_creator(creators: Sequence[str], weights: Mapping[str, int] | None = None) -> list[int]:
    """Weigh each distinct creator once, at the creator's last touch.

    Without weights all creators weigh the same: this is the exact Shapley value of the game in
    which a set of creators earns the conversions of all paths that need nobody else (Zhao,
    Mahboobi, Bagheri 2018, "Shapley value methods for attribution modeling"). When all weights on
    the path are zero they weigh the same too.
    """
    last = {creator: index for index, creator in enumerate(creators)}
    chosen = {creator: 1 if weights is None else weights.get(creator, 0) for creator in last}
    if not any(chosen.values()):
        chosen = dict.fromkeys(last, 1)
    return [
        chosen[creator] if last[creator] == index else 0 for index, creator in enumerate(creators)
    ]


def _time_decay(path: Path, converted_at: dt.datetime) -> list[int]:
    return [
        decay_weight((converted_at - touch.touched_at) // dt.timedelta(days=1)) for touch in path
    ]


_WEIGHTS: dict[Model, Callable[[Path, dt.datetime], list[int]]] = {
    Model.CODE_FIRST: lambda path, _: only(len(path), preferred(path)),
    Model.LAST: lambda path, _: only(len(path), len(path) - 1),
    Model.FIRST: lambda path, _: only(len(path), 0),
    Model.LINEAR: lambda path, _: [1] * len(path),
    Model.TIME_DECAY: _time_decay,
    Model.POSITION: lambda path, _: position_weights(len(path)),
    Model.SHAPLEY: lambda path, _: by_creator([touch.creator for touch in path]),
}
