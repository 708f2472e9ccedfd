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
from truelift.measurement.baseline import LEAST_POSTS, SILENT, Baselines
from truelift.measurement.counts import FORMULA as COUNT_FORMULA
from truelift.measurement.counts import CodeHistory
from truelift.measurement.followers import RULE as FOLLOWERS_RULE
from truelift.measurement.metric import ENGAGEMENT_RATES
from truelift.measurement.peers import FORMULA as PEERS_FORMULA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from truelift.measurement.panel import Instants
    from truelift.measurement.ragged import Floats

RECORD_VERSION = 2
"""Version 2 adds peers, followers, control rule, metric break and correction; version 1 is read as
it stands."""

MOST_POSTS_LISTED = 2_000
"""With more posts than this a record keeps their number, first, last and a hash over all."""

ORGANIC_RULE = (
    "Posts published in the window that no campaign, deliverable, link or campaign hashtag of ours "
    "names and that no other brand sponsored; replies and deleted posts are not posts. Of a "
    "boosted post views and impressions count without their paid part; where the paid part is "
    "not known, as of likes, the post is left out."
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


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """The follower counts that readings were divided by, oldest first: when read, how many.

    carried_back: posts older than the first count, which took it.
    """

    at: Instants
    followers: Floats
    carried_back: int


@dataclass(frozen=True, slots=True)
class Correction:
    """Why a record is sealed again. supersedes: SHA-256 of the record that it replaces, if any."""

    reason: str
    supersedes: str | None


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
    sealed_at: ISO 8601 text, UTC. controls: control creators; control_rule: how they were chosen,
    in words. ageing_curve: version of the platform's curve, ageing_curves: format -> version of the
    formats that have one of their own. source_hashes: of the files and tables read. late: sealed
    after the creator's first sponsored post, code use or boost. category: the creator's, which
    peers are compared by. metric_break: since when the platform counts the metric as it did when
    the window ended, None where it always has; posts from before are no posts of the baseline.
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
    control_rule: str = ""
    category: str = ""
    ageing_curve: str = ""
    ageing_curves: Mapping[str, str] = field(default_factory=dict)
    calibration: str = ""
    value_schedule: str | None = None
    source_hashes: tuple[str, ...] = field(default=())
    metric_break: str | None = None
    correction: Correction | None = None


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
    audience: Audience | None = None,
) -> SealedBaseline:
    """Write one creator's baseline as a record and hash it.

    creator: its index in `baselines`; without a usable estimate `estimate` is null and the reason
    is in `withheld` (the count baselines are sealed all the same). engagement_rates: formula name
    -> rate; each is stored with its formula in words. audience: the follower counts used, None
    where none was known.
    """
    withheld = baselines.withheld(creator)
    rates = engagement_rates or {}
    record: Record = {
        "record_version": RECORD_VERSION,
        "formula_version": {
            "baseline": baselines_module.FORMULA,
            "lift": lift_module.FORMULA,
            "counts": COUNT_FORMULA,
            "peers": PEERS_FORMULA,
        },
        **_json(asdict(terms)),
        "estimate": None if withheld else _estimate(baselines, creator),
        "withheld": withheld.reason.value if withheld else None,
        "posts": _posts(posts),
        "followers": None if audience is None else _audience(audience),
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


def read_log_followers(records: Sequence[Record | None]) -> Floats:
    """Read back the log of the follower count that each record's readings are relative to.

    nan where none was known, and in records that were sealed before followers counted.
    """
    counts = [((record or {}).get("followers") or {}).get("reference") for record in records]
    return np.log(np.array(counts, dtype=np.float64))


def unheard(record: Record | None) -> str:
    """Say that every post of a record shows 0; empty where the record has an estimate or few posts.

    Only that withholds a baseline of LEAST_POSTS posts or more.
    """
    if record is None or record["withheld"] is None:
        return ""
    return SILENT if record["posts"]["n"] >= LEAST_POSTS else ""


def in_force(records: Sequence[Record], hashes: Sequence[str]) -> list[bool]:
    """Say which records stand: those that none of the others supersedes.

    hashes: the SHA-256 of each. A record is superseded as soon as its correction is among them, so
    what was known before the correction still reads the old one.
    """
    replaced = {(record.get("correction") or {}).get("supersedes") for record in records}
    return [sha256 not in replaced for sha256 in hashes]


_CONTENT = (
    "withheld", "posts", "followers", "engagement_rates", "counts", "controls", "ageing_curve",
    "value_schedule", "metric_break",
)  # fmt: skip


def same_content(one: Record, other: Record) -> bool:
    """Say whether two records hold the same baseline, whoever sealed them, when and why."""

    def content(record: Record) -> list[object]:
        estimate = dict(record["estimate"] or {})
        estimate["peers"] = estimate.get("peers")  # records of version 1 know no peers
        return [estimate, *(record.get(name) for name in _CONTENT)]

    return content_hash(content(one)) == content_hash(content(other))


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
        "peers": _peers(baselines, creator),
    }


def _peers(baselines: Baselines, creator: int) -> Record | None:
    """Say what a level was shrunk to and how far; None where it stands on its own posts."""
    shrinkage = baselines.shrinkage
    if shrinkage is None or math.isnan(shrinkage.weight[creator]):
        return None
    prior = shrinkage.prior
    return {
        "level_alone": float(shrinkage.own[creator]),
        "weight_alone": float(shrinkage.weight[creator]),
        "peer_level": float(prior.mean[creator]),
        "peer_variance": float(prior.variance[creator]),
        "peers": int(prior.peers[creator]),
        "compared_by": "log followers and category" if prior.by_followers[creator] else "category",
    }


def _audience(audience: Audience) -> Record:
    """List the follower counts, or describe a long list by its ends and a hash."""
    at = [f"{one.isoformat()}" for one in audience.at.astype("datetime64[us]").tolist()]
    rows = list(zip(at, audience.followers.tolist(), strict=True))
    described: Record = {
        "rule": FOLLOWERS_RULE,
        "reference": rows[-1][1],
        "n": len(rows),
        "sha256": content_hash(rows),
        "carried_back": audience.carried_back,
    }
    told = [{"observed_at": one, "followers": count} for one, count in rows]
    if len(told) > MOST_POSTS_LISTED:
        return described | {"first": told[0], "last": told[-1]}
    return described | {"rows": told}


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
