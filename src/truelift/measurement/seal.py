"""The seal: a creator's baseline written down before launch, and its hash.

In:   one creator's baseline estimate, the posts behind it, the words of its rules.
Out:  a JSON-able record with its SHA-256 (a pre-registration: never changed), and records read
      back into columns for `lift` and `counts`.

Floats are kept as floats: JSON writes their shortest text that reads back to the same bits, so a
record stored as text and read again has the same hash.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from truelift.base.errors import CheckFailed
from truelift.base.ids import content_hash
from truelift.measurement import baseline as baselines_module
from truelift.measurement import lift as lift_module
from truelift.measurement.baseline import Baselines
from truelift.measurement.counts import FORMULA as COUNT_FORMULA
from truelift.measurement.counts import CodeHistory
from truelift.measurement.metric import ENGAGEMENT_RATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from truelift.measurement.ragged import Floats

RECORD_VERSION = 1

MOST_POSTS_LISTED = 2_000
"""With more posts than this a record keeps their number, first, last and a hash over all."""

ORGANIC_RULE = (
    "Posts published in the window that no campaign, deliverable, link or campaign hashtag of ours "
    "names and that no other brand sponsored; replies and deleted posts are not posts; boosted "
    "counters are kept apart."
)

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class OrganicPosts:
    """The observed posts behind one baseline, oldest first: ids, ages in hours and readings z.

    All of one length; a post without a finite reading is no post of the baseline and is left out.
    """

    ids: Sequence[str]
    age_hours: Floats
    z: Floats


@dataclass(frozen=True, slots=True)
class CountBaseline:
    """The history of a creator's evergreen codes and links: n counts of a metric in `days` days.

    phi: over-dispersion. codes, links: those counted, by name and slug. usual_days: the days by
    their weekday factors, `weekdays`, Monday first. first_day, last_day: ISO 8601.
    """

    metric: str
    n: float
    days: float
    phi: float
    codes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    usual_days: float | None = None
    weekdays: tuple[float, ...] = ()
    first_day: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed before looking: everything in a record that is not a measurement.

    platform: where the posts are; empty for conversions, which have none. window_start, window_end,
    sealed_at: ISO 8601 text, UTC. controls: control creators.
    source_hashes: of the files and tables read. late: sealed after the creator's first sponsored
    post, code use or boost.
    """

    creator: str
    campaign: str
    metric: str
    window_start: str
    window_end: str
    sealed_at: str
    sealed_by: str
    platform: str = ""
    late: bool = False
    organic_rule: str = ORGANIC_RULE
    controls: tuple[str, ...] = ()
    ageing_curve: str = ""
    value_schedule: str | None = None
    source_hashes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SealedBaseline:
    """A record with its hash over the canonical JSON (64 hex digits)."""

    record: Record
    sha256: str


def seal(
    terms: Terms,
    baselines: Baselines,
    creator: int,
    posts: OrganicPosts,
    *,
    engagement_rates: Mapping[str, float] | None = None,
    counts: Sequence[CountBaseline] = (),
) -> SealedBaseline:
    """Write one creator's baseline as a record and hash it.

    creator: its index in `baselines`; without a usable estimate `estimate` is null and the reason
    is in `withheld` (the count baselines are sealed all the same). engagement_rates: formula name
    -> rate; each is stored with its formula in words.
    """
    withheld = baselines.withheld(creator)
    rates = engagement_rates or {}
    record: Record = {
        "record_version": RECORD_VERSION,
        "formula_version": {
            "baseline": baselines_module.FORMULA,
            "lift": lift_module.FORMULA,
            "counts": COUNT_FORMULA,
        },
        **_json(asdict(terms)),
        "estimate": None if withheld else _estimate(baselines, creator),
        "withheld": withheld.reason.value if withheld else None,
        "posts": _posts(posts),
        "engagement_rates": {
            name: {"rate": float(rate), "formula": ENGAGEMENT_RATES[name]}
            for name, rate in sorted(rates.items())
        },
        "counts": [_json(asdict(count)) for count in counts],
    }
    return SealedBaseline(record, content_hash(record))


def verify_seal(record: Record, sha256: str) -> SealedBaseline:
    """Check a stored record against its hash; CheckFailed when it was changed since."""
    found = content_hash(record)
    if found != sha256:
        msg = (
            f"The baseline of {record.get('creator')} in {record.get('campaign')} has hash "
            f"{found}, sealed as {sha256}: the record was changed after sealing."
        )
        raise CheckFailed(msg)
    return SealedBaseline(record, sha256)


def read_baselines(records: Sequence[Record | None]) -> Baselines:
    """Read records back into columns for `lift.creator_lift`, in their order.

    None (nothing sealed) and records without an estimate give nan: their lift is withheld.
    """
    estimates = [(record or {}).get("estimate") or {} for record in records]

    def column(name: str) -> Floats:
        return np.array([estimate.get(name, np.nan) for estimate in estimates], dtype=np.float64)

    counted = [0 if record is None else int(record["posts"]["n"]) for record in records]
    return Baselines(
        level=column("level"),
        p=column("p"),
        s2=column("s2"),
        nu=column("nu"),
        q=column("q"),
        n=np.array(counted, dtype=np.int64),
    )


def read_code_history(records: Sequence[Record | None], metric: str) -> CodeHistory:
    """Read the count baselines of a metric back into columns; nan where none was sealed.

    A record from before weekdays were counted has plain days.
    """
    found = [count_record(record, metric) for record in records]

    def column(name: str) -> Floats:
        return np.array([row.get(name, np.nan) for row in found], dtype=np.float64)

    usual = [row.get("usual_days") or row.get("days", np.nan) for row in found]
    return CodeHistory(column("n"), np.array(usual, dtype=np.float64), column("phi"))


def read_weekdays(record: Record | None, metric: str) -> Floats:
    """Read the weekday factors of a count baseline, shape (7,); ones where none were sealed."""
    factors = count_record(record, metric).get("weekdays") or np.ones(7)
    return np.array(factors, dtype=np.float64)


def count_record(record: Record | None, metric: str) -> Record:
    """Give a metric's count baseline as it was sealed; empty where none was."""
    counts: Sequence[Record] = (record or {}).get("counts", ())
    return next((row for row in counts if row["metric"] == metric), {})


def _estimate(baselines: Baselines, creator: int) -> Record:
    columns = ("level", "p", "s2", "nu", "q")
    row: Record = {name: float(getattr(baselines, name)[creator]) for name in columns}
    return row | {
        "n": int(baselines.n[creator]),
        "nu0": float(baselines.prior.nu0),
        "s02": float(baselines.prior.s02),
    }


def _posts(posts: OrganicPosts) -> Record:
    """List the posts, or describe a long list by its ends and a hash over (post id, z)."""
    finite = np.flatnonzero(np.isfinite(posts.z)).tolist()
    ids = [str(posts.ids[index]) for index in finite]
    pairs = list(zip(ids, posts.z[finite].tolist(), strict=True))
    ages = [None if math.isnan(age) else age for age in posts.age_hours[finite].tolist()]
    described: Record = {"n": len(ids), "sha256": content_hash(pairs)}
    rows = [
        {"post_id": name, "age_hours": age, "z": z}
        for (name, z), age in zip(pairs, ages, strict=True)
    ]
    if len(rows) > MOST_POSTS_LISTED:
        return described | {"first": rows[0], "last": rows[-1]}
    return described | {"rows": rows}


def _json(values: Record) -> Record:
    """Turn tuples into lists, so that a record read back from text equals the one sealed."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
