"""The leak that the sample programme plants is found within a day of data time, and then whole."""

import csv
import datetime as dt

import pytest

from truelift.connectors.sample_programme import write
from truelift.decisions.leak_rules import rules_of
from truelift.decisions.leaked_code import leaked_codes
from truelift.decisions.leaks import CodedOrder, judge

SEED = 11


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The orders by creators' codes, and the truth; a seed that no constant was chosen on."""
    folder = tmp_path_factory.mktemp("leak")
    programme = write(folder, SEED)

    def rows(kind):
        for path in sorted(folder.glob(f"*/{kind}.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)

    owners = {row["code"]: row["creator"] for row in rows("codes") if row["creator"]}
    handles = {row["handle"]: row["creator"] for row in rows("profiles")}
    posts = {}
    for row in rows("posts"):
        day = dt.date.fromisoformat(row["published_at"][:10])
        posts.setdefault(handles.get(row["handle"], row["handle"]), []).append(day)
    orders = {
        row["order_id"]: CodedOrder(
            order=row["order_id"], code=row["code"], creator=owners[row["code"]], campaign=None,
            at=dt.datetime.fromisoformat(row["ordered_at"].removesuffix("Z")),
            day=dt.date.fromisoformat(row["ordered_at"][:10]), clicked=bool(row["visitor"]),
            country=row["ship_country"], new_customer=row["new_customer"] == "true",
        )
        for row in rows("orders") if row["code"] in owners and not row["cancelled_at"]
    }  # fmt: skip
    return list(orders.values()), posts, programme.truth["special"]["leaked_code"]


def judged(sample, until):
    orders, posts, _ = sample
    known = [each for each in orders if each.day <= until]
    return judge(known, posts, rules_of(), until)


def test_the_code_is_named_on_the_first_day_and_no_other_is(sample):
    first = dt.date.fromisoformat(sample[2]["from"])
    named = [each for each in leaked_codes(judged(sample, first)) if each.named]
    assert [each.code for each in named] == [sample[2]["code"]]
    assert named[0].since.date() == first


def test_before_the_leak_no_code_is_named(sample):
    before = dt.date.fromisoformat(sample[2]["from"]) - dt.timedelta(days=1)
    assert [each.code for each in leaked_codes(judged(sample, before)) if each.named] == []


def test_in_the_end_its_orders_are_found_at_high_precision(sample):
    true = set(sample[2]["orders"])
    called = {each.order.order for each in judged(sample, dt.date(2026, 7, 5)) if each.leaked}
    found = len(called & true)
    assert found / len(true) >= 0.95
    assert found / len(called) >= 0.95
