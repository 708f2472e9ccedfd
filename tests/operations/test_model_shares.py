"""Models without an SQL twin run on the same touchpoints and give the same columns."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from truelift.attribution.models import Model
from truelift.operations.knowledge import knowledge
from truelift.operations.model_shares import SCHEMA, model_shares, removal_effects

AT = dt.datetime(2026, 5, 1, 12)


def touch(position, creator, *, order="1", days=0, click=None):
    return {
        "conversion_kind": "order", "source": "", "conversion_id": order, "converted_at": AT,
        "day": AT.date(), "creator": creator, "campaign": "spring" if creator else None,
        "platform": None, "post_id": None, "evergreen": False,
        "evidence": "click" if creator else None,
        "touched_at": AT - dt.timedelta(days=days) if creator else None, "reference": None,
        "click_id": click, "position": position,
    }  # fmt: skip


TOUCHES = [touch(2, "bo", days=0, click="b"), touch(1, "ana", days=7, click="a")]


def shares(model, touches, effects=None):
    table = model_shares(model, pa.Table.from_pylist(touches), effects)
    assert table.schema == SCHEMA
    return {(row["conversion_id"], row["creator"]): row["share_ppm"] for row in table.to_pylist()}


@pytest.mark.parametrize(
    ("model", "effects", "ana"),
    [
        (Model.TIME_DECAY, None, 333_333),  # a week older, half the weight
        (Model.POSITION, None, 500_000),
        (Model.SHAPLEY, None, 500_000),
        (Model.MARKOV, {"ana": 300_000, "bo": 100_000}, 750_000),
    ],
)
def test_each_model_weighs_a_path_in_its_order_whatever_order_the_rows_have(model, effects, ana):
    expected = {("1", "ana"): ana, ("1", "bo"): 1_000_000 - ana}
    assert shares(model, TOUCHES, effects) == expected
    assert shares(model, TOUCHES[::-1], effects) == expected


def test_every_conversion_is_accounted_for_also_one_that_nobody_touched():
    found = shares(Model.SHAPLEY, [*TOUCHES, touch(1, None, order="2")])
    assert found["2", None] == 1_000_000


def test_models_with_a_twin_agree_with_it_on_a_whole_season(season):
    columns = ["source", "conversion_id", "conversion_kind", "creator", "campaign", "share_ppm"]
    for name in ("code-first", "last", "first", "linear"):
        known = knowledge(season.ground, model=name.replace("-", "_"))
        reference = model_shares(Model(name), known.touchpoints)
        one, other = (
            sorted(table.select(columns).to_pylist(), key=str)
            for table in (known.shares, reference)
        )
        assert one == other


def test_a_creators_removal_takes_the_conversions_that_need_her():
    steps = [
        {"origin": None, "target": "ana", "outcome": "step", "transitions": 3},
        {"origin": None, "target": "bo", "outcome": "step", "transitions": 1},
        {"origin": "ana", "target": None, "outcome": "conversion", "transitions": 3},
        {"origin": "bo", "target": None, "outcome": "conversion", "transitions": 1},
    ]
    assert removal_effects(pa.Table.from_pylist(steps)) == {"ana": 750_000, "bo": 250_000}
