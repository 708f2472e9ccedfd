"""What a unit and a sale are worth on a day: dated, signed, the campaign's own before the rest."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.valuation.value_schedule import UnitPrice, margin_ppm, schedule_version, unit_price

MAY = dt.date(2026, 5, 15)


def value(metric="engagement", since="2026-01-01", micro=50_000, **changed):
    row = {
        "metric": metric, "valid_from": dt.date.fromisoformat(since), "campaign": "",
        "valid_to": None, "unit_value": micro, "currency": "USD", "basis": "approved_value",
        "approved_by": "cfo",
    }  # fmt: skip
    return row | changed


def test_a_price_is_in_millionths_and_a_count_in_whole_minor_units():
    price = unit_price([value()], "engagement", MAY, "spring")
    assert price == UnitPrice(50_000, "USD", "approved_value")
    assert price.minor(3) == 15
    assert UnitPrice(5_000, "USD", "x").minor(1) == 0  # half a cent, to even
    assert UnitPrice(5_000_000, "JPY", "x").minor(3) == 15
    assert UnitPrice(1_000, "KWD", "x").minor(7) == 7


def test_the_newest_value_in_force_counts_and_the_campaigns_own_before_it():
    rows = [value(), value(since="2026-04-01", micro=60_000), value(since="2026-06-01", micro=1)]
    assert unit_price(rows, "engagement", MAY, None).micro == 60_000
    rows.append(value(since="2026-02-01", micro=90_000, campaign="spring"))
    assert unit_price(rows, "engagement", MAY, "spring").micro == 90_000
    assert unit_price(rows, "engagement", MAY, "summer").micro == 60_000


@pytest.mark.parametrize(
    "row",
    [
        value(metric="views"),
        value(approved_by=None),
        value(since="2026-05-16"),
        value(valid_to=dt.date(2026, 5, 14)),
        value(campaign="summer"),
        value(basis="media_value"),
    ],
)
def test_values_of_other_metrics_days_campaigns_unsigned_ones_and_media_value_do_not_count(row):
    assert unit_price([row], "engagement", MAY, "spring") is None


def test_the_last_day_of_a_value_is_still_its_own():
    assert unit_price([value(valid_to=MAY)], "engagement", MAY, None) is not None


def test_media_value_is_found_only_when_asked_for_signed_or_not():
    media = value(basis="media_value", approved_by=None)
    assert unit_price([media, value()], "engagement", MAY, None, media=True).basis == "media_value"


def test_a_schedule_is_named_by_the_days_it_was_signed_for_so_far():
    rows = [
        value(), value("views"), value(since="2026-03-01"), value(since="2026-07-01"),
        value(since="2026-02-01", approved_by=None), value(since="2026-02-02", basis="media_value"),
    ]  # fmt: skip
    assert schedule_version(rows, MAY) == "v2"
    assert schedule_version(rows, dt.date(2026, 7, 1)) == "v3"
    assert schedule_version(rows[-2:], MAY) is None
    assert schedule_version(rows, dt.date(2025, 12, 31)) is None


def margin(since, rate, scope="brand"):
    return {"scope": scope, "valid_from": dt.date.fromisoformat(since), "margin_rate": rate}


def test_the_brands_margin_is_the_newest_in_force():
    rows = [margin("2026-01-01", 600_000), margin("2026-05-15", 700_000)]
    rows += [margin("2026-05-16", 1), margin("2026-05-01", 2, "sku")]
    assert margin_ppm(rows, MAY) == 700_000
    assert margin_ppm(rows, dt.date(2026, 5, 14)) == 600_000
    assert margin_ppm(rows, dt.date(2025, 12, 31)) is None
