"""Every model over counted paths: by hand, and over 10,000 real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from truelift.attribution.aggregate import conversions_by_channel, parse_paths
from truelift.attribution.markov import AggregatedPath, markov_removal
from truelift.attribution.models import Model

DATA = Path(__file__).parents[3] / "shared" / "data" / "pathdata.csv"
TEXT = """path;total_conversions;total_conversion_value;total_null
ana > bo > ana;3;1.5;4
bo;1;0.5;0
"""


def test_paths_are_read_from_lines():
    assert parse_paths(TEXT.splitlines()) == [
        AggregatedPath(("ana", "bo", "ana"), 3, 4),
        AggregatedPath(("bo",), 1, 0),
    ]


@pytest.mark.parametrize(
    ("model", "ana", "bo"),
    [
        (Model.CODE_FIRST, 3_000_000, 1_000_000),
        (Model.LAST, 3_000_000, 1_000_000),
        (Model.FIRST, 3_000_000, 1_000_000),
        (Model.LINEAR, 2_000_000, 2_000_000),
        # one day a step: 820335, 905724 and 1000000 of 2726059
        (Model.TIME_DECAY, 2_003_260, 1_996_740),
        (Model.POSITION, 2_400_000, 1_600_000),
        (Model.SHAPLEY, 1_500_000, 2_500_000),
    ],
)
def test_every_model_over_counted_paths(model, ana, bo):
    found = conversions_by_channel(model, parse_paths(TEXT.splitlines()))
    assert found == {"ana": ana, "bo": bo}


def test_paths_without_channels_are_nobodys():
    assert conversions_by_channel(Model.LINEAR, [AggregatedPath((), 5, 1)]) == {}


@pytest.mark.skipif(not DATA.exists(), reason=f"no real paths: {DATA.name} is not beside the tree")
def test_real_paths_under_every_model(capsys):
    """The MIT-licensed package mta carries these paths; its simulated Markov is off, ours exact."""
    with DATA.open(encoding="utf-8") as lines:
        paths = parse_paths(lines)
    tables = {model: conversions_by_channel(model, paths) for model in Model}
    channels = sorted(tables[Model.LINEAR])
    lines = ["conversions  " + "".join(f"{model:>12}" for model in Model)]
    for channel in channels:
        cells = (f"{tables[model].get(channel, 0) / 10**6:12.1f}" for model in Model)
        lines.append(f"{channel:<13}" + "".join(cells))
    with capsys.disabled():
        print("", *lines, sep="\n")  # noqa: T201 - the table of all models is for the reader
    assert len(paths) == 10_000
    for table in tables.values():
        assert sum(table.values()) == 19_785 * 10**6
    for model, expected in (
        (Model.FIRST, {"alpha": 6308, "iota": 4606, "eta": 3164}),
        (Model.LAST, {"alpha": 8447, "iota": 3355, "eta": 4167}),
    ):
        for channel, conversions in expected.items():
            assert tables[model][channel] == conversions * 10**6
    assert round(markov_removal(paths).shares_ppm["alpha"], -3) == 270_000
