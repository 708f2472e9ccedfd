"""How often alerts are wrong in a year without any campaign, when nothing is to be said.

In:   drawn years of a shop: orders by hour, clicks of evergreen links by day, arrivals of sources,
      orders by evergreen code; no campaign, no leak, no fraud, no outage.
Out:  the `alerts` part of RESULTS.md: false alarms a year by rule, beside what is stated.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.results import circumstances, paragraph, table
from truelift.decisions.alert import Rule, step
from truelift.decisions.alert_rules import findings
from truelift.decisions.click_fraud import ClickDay, questioned
from truelift.decisions.leak_rules import rules_of
from truelift.decisions.leaked_code import leaked_codes
from truelift.decisions.leaks import CodedOrder, judge
from truelift.decisions.watched import Silence, Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

REPORTED_ON = range(2_000, 2_020)
STATED = 2.0
"""False alarms a year and brand that are stated as the most, over all rules together."""

DAYS, CREATORS = 365, 20
FIRST = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - instants are naive UTC inside
BY_HOUR = np.array(
    [1, 0.5, 0.3, 0.3, 0.3, 0.6, 2, 4, 5, 6, 6, 6, 7, 6, 6, 6, 6, 7, 8, 9, 9, 8, 5, 2]
)
CLUMPS = 6.0
LOOK_HOURS = 4
POSTED, CLICKED, COUPON, NEW = 0.15, 0.25, 0.003, 0.64
COUNTRIES, SHARES = ("US", "CA", "GB", "DE", "FR", "AU"), (0.8, 0.07, 0.05, 0.04, 0.03, 0.01)


def orders_of(random: np.random.Generator) -> list[dt.datetime]:
    """Draw the times of a shop's orders: 5 to 120 a day, by hour, over-dispersed by day."""
    daily = float(np.exp(random.uniform(np.log(5), np.log(120))))
    found = []
    for day in range(DAYS):
        rate = daily * random.gamma(CLUMPS, 1 / CLUMPS) * BY_HOUR / BY_HOUR.sum()
        for hour, count in enumerate(random.poisson(rate).tolist()):
            start = FIRST + dt.timedelta(days=day, hours=hour)
            found += [
                start + dt.timedelta(seconds=int(random.integers(3_600))) for _ in range(count)
            ]
    return sorted(found)


def silences(random: np.random.Generator) -> dict[dt.datetime, Watched]:
    """Look at orders and sources every few hours, as the watch does."""
    times = np.array(orders_of(random), dtype="datetime64[s]")
    arrivals = [FIRST + dt.timedelta(days=int(day), hours=9) for day in _import_days(random)]
    found = {}
    for number in range(29 * 24, DAYS * 24, LOOK_HOURS):
        at = FIRST + dt.timedelta(hours=number)
        upto = int(np.searchsorted(times, np.datetime64(at)))
        newest = times[upto - 1]
        since = int(np.searchsorted(times, newest - np.timedelta64(28, "D")))
        recent = times[since:upto]
        longest = float(np.diff(recent).max().astype(int)) / 3_600
        hours = float((np.datetime64(at) - newest).astype("timedelta64[s]").astype(int)) / 3_600
        orders = Silence("orders", "", hours, longest, len(recent))
        found[at] = Watched(at=at, day=at.date(), orders=orders, sources=_source(arrivals, at))
    return found


def _import_days(random: np.random.Generator) -> list[int]:
    """Draw the days on which somebody imports: once a week, a day or two early or late."""
    return sorted({max(0, week * 7 + int(random.integers(-2, 3))) for week in range(DAYS // 7)})


def _source(arrivals: Sequence[dt.datetime], at: dt.datetime) -> tuple[Silence, ...]:
    known = [each for each in arrivals if at - dt.timedelta(days=90) <= each <= at]
    if not known:
        return ()
    longest = max((after - before for before, after in pairwise(known)), default=dt.timedelta(0))
    hours = (at - known[-1]).total_seconds() / 3_600
    return (Silence("sessions", "ga4", hours, longest.total_seconds() / 3_600, len(known)),)


def clicks_of(random: np.random.Generator) -> list[ClickDay]:
    """Draw a year of clicks on evergreen links; a post brings many in an hour or two."""
    found = []
    for number in range(CREATORS):
        usual, landing = np.exp(random.normal(2.5, 0.8)), random.uniform(0.7, 0.9)
        for day in range(DAYS):
            posted = random.random() < POSTED
            human = int(random.poisson(usual * random.gamma(2, 0.5) * (4 if posted else 1)))
            if not human:
                continue
            hours = random.exponential(4.0 if posted else 20.0, human) % 24
            busiest = int(np.bincount((hours * 6).astype(int)).max())
            found.append(
                ClickDay(
                    slug=f"s{number}", creator=f"c{number}", campaign=None,
                    day=(FIRST + dt.timedelta(days=day)).date(),
                    gross=human + int(random.poisson(human * 0.1)), human=human,
                    datacenter=int(random.poisson(human * 0.02)),
                    landed=int(random.binomial(human, landing)),
                    repeated=int(random.poisson(human * 0.01)), busiest=busiest,
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (each.day, each.slug))


def coded_of(random: np.random.Generator) -> list[CodedOrder]:
    """Draw a year of orders by evergreen codes."""
    found = []
    for number in range(CREATORS):
        rate = np.exp(random.normal(0.0, 0.6))
        counts = random.poisson(rate * random.gamma(CLUMPS, 1 / CLUMPS, DAYS))
        for day in np.repeat(np.arange(DAYS), counts).tolist():
            at = FIRST + dt.timedelta(days=day, seconds=int(random.integers(86_400)))
            found.append(
                CodedOrder(
                    order=f"o{len(found)}", code=f"C{number}", creator=f"c{number}", campaign=None,
                    at=at, day=at.date(), clicked=bool(random.random() < CLICKED),
                    coupon=bool(random.random() < COUPON),
                    country=str(random.choice(COUNTRIES, p=SHARES)),
                    new_customer=bool(random.random() < NEW),
                )
            )  # fmt: skip
    return found


def false_alarms(seed: int) -> Counter[str]:
    """Replay a year; give how many alerts opened, by rule."""
    random = np.random.default_rng(seed)
    looks = silences(random)
    clicks = questioned(clicks_of(random))
    judged = judge(coded_of(random), {}, rules_of(), (FIRST + dt.timedelta(days=DAYS - 1)).date())
    opened: Counter[str] = Counter()
    standing: dict[str, object] = {}
    for at, watched in looks.items():
        changed = step(standing, findings(watched), at)
        opened.update(each.rule for each in changed.values() if each.open and each.opened_at == at)
        standing |= changed
    opened[Rule.UNUSUAL_CLICKS.value] += sum(bool(each.reasons) for each in clicks)
    opened[Rule.CODE_LEAKED.value] += sum(each.named for each in leaked_codes(judged))
    return opened


def alert_lines(seeds: Sequence[int] = REPORTED_ON) -> list[str]:
    """Measure; give the part of RESULTS.md."""
    total: Counter[str] = Counter()
    years = [false_alarms(seed) for seed in seeds]
    for each in years:
        total.update(each)
    rules = (Rule.NO_ORDERS, Rule.SOURCE_QUIET, Rule.UNUSUAL_CLICKS, Rule.CODE_LEAKED)
    whole = sum(total.values()) / len(seeds)
    rows = [
        (rule.value, str(total[rule.value]), f"{total[rule.value] / len(seeds):.2f}")
        for rule in rules
    ]
    worst = max(sum(each.values()) for each in years)
    return [
        "## False alarms without a campaign",
        "",
        *paragraph(
            f"{circumstances()} {len(seeds)} drawn years of a brand without campaign, leak, fraud "
            f"or outage: 5 to 120 orders a day, {CREATORS} creators with evergreen codes and "
            f"links, one source imported by hand each week; looked at every {LOOK_HOURS} hours. "
            "The other rules state what is (a budget, a date, a missing seal), not by chance. "
            f"Stated: at most {STATED:g} a year. Measured: {whole:.2f} a year, {worst} in the "
            "worst one."
        ),
        *table(("rule", "false alarms", "a year"), rows),
    ]
