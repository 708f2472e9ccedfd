"""Leak rules: the versioned numbers by which an order is called leaked, so that they can be re-run.

In:   nothing; a version is never changed, a better one is added.
Out:  LeakRules by version; words that say a referrer is a coupon site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from truelift.base.errors import UsageError

NONE, CLICK = "no click", "click"
COUPON, ELSEWHERE = "coupon site", "other"
NEW, OLD = "new customer", "old customer"

COUPON_WORDS = (
    "bargain", "capitaloneshopping", "cashback", "coupon", "deal", "discount", "dontpayfull",
    "gutschein", "honey", "promocode", "promo-code", "rabatt", "rakuten", "retailmenot",
    "savings", "voucher", "wikibuy",
)  # fmt: skip
"""A referrer or utm_source that holds one of these is a place where codes are passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakRules:
    """One version of the rules; probabilities, weights in orders, days.

    Of a code's orders `window_days` around a day, what is more than its own pace over
    `history_days` and `spread` standard deviations (variance m + m^2 / clumps) is what is suspected
    at first, from `least` to `most`. fresh, living: what a post of at most so many days multiplies
    the pace by. Whether the code leaks in these days at all starts at `active`, or at what it was
    the code's day before times `lasting` for every day between; `ever` is the share of leaked
    orders at any other time. pace_weight, own_weight, leak_weight, surplus_weight: how many days or
    orders the brand's pace, the brand's shares, the shares expected of leaks and the surplus count
    for beside what is seen. An order is called leaked from `threshold` on; `cap` is for what is
    shown of its evidence, in log-odds.
    """

    version: str
    threshold: float = 0.5
    active: float = 0.003
    lasting: float = 0.9
    surplus_weight: float = 4.0
    least: float = 0.02
    ever: float = 0.01
    most: float = 0.85
    spread: float = 1.0
    clumps: float = 6.0
    history_days: int = 28
    window_days: int = 1
    pace_weight: float = 7.0
    own_weight: float = 20.0
    leak_weight: float = 6.0
    cap: float = 4.0
    fresh_days: int = 3
    living_days: int = 14
    fresh: float = 3.0
    living: float = 1.5
    expected: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {
            "click": {NONE: 0.97, CLICK: 0.03},
            "referrer": {COUPON: 0.3, ELSEWHERE: 0.7},
            "customer": {NEW: 0.45, OLD: 0.55},
        }
    )
    """What share of leaked orders shows what, before any are seen; of countries: any alike."""


VERSIONS = {rules.version: rules for rules in (LeakRules(version="1"),)}
NEWEST = "1"


def rules_of(version: str | None = None) -> LeakRules:
    """Give a version of the rules, the newest by default; UsageError for one that never was."""
    chosen = version or NEWEST
    if chosen not in VERSIONS:
        msg = f"There are no leak rules {chosen!r}; the versions are {', '.join(VERSIONS)}."
        raise UsageError(msg)
    return VERSIONS[chosen]


def is_coupon_site(*texts: str | None) -> bool:
    """Say whether a referrer or a utm tag names a place where codes are passed on."""
    told = " ".join(text.lower() for text in texts if text)
    return any(word in told for word in COUPON_WORDS)
