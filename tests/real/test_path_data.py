"""10,000 real paths through a workspace: clicks and orders in, every model out of `attribute`.

tests/attribution/test_aggregate.py runs the models over the counted paths themselves. Here each
conversion of a path becomes a visitor with clicks on the links of its channels and one order, and
each path that led to nothing a visitor without one; what the workspace says of those 378,209 clicks
must be what the counted paths say. One hour lies between touches, so that the longest path (89
touches) stays inside the lookback of 30 days; time decay, which counts days, is therefore another
figure than over counted paths, where a touch is a day. Markov's removal effects must agree; its
orders differ on purpose: here a conversion is parted among the creators of its own path alone, so
that it can be traced, and not by one share for all conversions.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from truelift.attribution.aggregate import conversions_by_channel, parse_paths
from truelift.attribution.markov import markov_removal
from truelift.attribution.models import Model

MILLION = 10**6
START = np.datetime64("2026-01-01T00:00:00", "s")
AFTERWARDS = np.datetime64("2026-03-01T00:00:00", "s").astype(object)
HOUR = np.timedelta64(1, "h")
EXACT = {Model.CODE_FIRST, Model.LAST, Model.FIRST}
"""Whole conversions; other models split each to the millionth, counted paths only their sum."""


@pytest.fixture
def paths(real):
    with real("pathdata.csv").open(encoding="utf-8") as lines:
        return parse_paths(lines)


def visits(paths):
    """Give clicks (visitor, channel, hour) of every visitor, and which visitors ordered, when."""
    times = np.array([path.conversions + path.nulls for path in paths])
    lengths = np.repeat([len(path.channels) for path in paths], times)
    kind = np.repeat(np.arange(len(paths)), times)
    within = np.arange(len(kind)) - np.repeat(np.cumsum(times) - times, times)
    ordered = within < np.repeat([path.conversions for path in paths], times)
    starts = np.cumsum([len(path.channels) for path in paths])
    starts = starts - [len(path.channels) for path in paths]
    channels = np.array([channel for path in paths for channel in path.channels])
    visitor = np.repeat(np.arange(len(kind)), lengths)
    hour = np.arange(len(visitor)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return visitor, channels[starts[kind][visitor] + hour], hour, ordered, lengths


def files_of(paths):
    visitor, channel, hour, ordered, lengths = visits(paths)
    (buyers,) = np.nonzero(ordered)
    names = sorted(set(channel.tolist()))
    clicks = pa.table({
        "click_id": numbered("k", np.arange(len(visitor))),
        "clicked_at": written(START + hour * HOUR),
        "slug": channel,
        "visitor": numbered("v", visitor),
        "consent": np.full(len(visitor), True),  # noqa: FBT003 - a column, not a switch
        "user_agent": np.full(len(visitor), "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
    })  # fmt: skip
    orders = pa.table({
        "order_id": numbered("o", buyers),
        "ordered_at": written(START + lengths[buyers] * HOUR),
        "currency": np.full(len(buyers), "USD"),
        "subtotal": np.full(len(buyers), "1.00"),
        "visitor": numbered("v", buyers),
    })  # fmt: skip
    links = pa.table({
        "slug": names, "destination": ["https://shop.example/"] * len(names), "creator": names,
        "campaign": ["paths"] * len(names),
    })  # fmt: skip
    campaigns = pa.table({
        "campaign": ["paths"], "goal": ["sales"], "starts": ["2026-01-01"],
        "ends": ["2026-02-28"], "currency": ["USD"],
    })  # fmt: skip
    return {"campaigns": campaigns, "links": links, "clicks": clicks, "orders": orders}


def numbered(letter, numbers):
    return pc.binary_join_element_wise(letter, pa.array(numbers).cast(pa.string()), "")


def written(instants):
    return pc.strftime(pa.array(instants), format="%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.soak
def test_real_paths_as_clicks_and_orders_give_what_the_counted_paths_give(paths, play, show):
    played = play(AFTERWARDS)
    files = files_of(paths)
    taken = played.imported(files, "paths")
    assert taken["clicks"].accepted == 378_209
    assert taken["orders"].accepted == 19_785
    tables = {}
    for model in Model:
        with played.timed(model.value):
            rows = played.ws.attribute(model.value).rows
        tables[model] = {row["creator"]: row for row in rows}
    channels = sorted(tables[Model.LINEAR])
    lines = [f"{'orders':<10}" + "".join(f"{model:>12}" for model in Model)]
    for channel in channels:
        cells = (tables[model].get(channel, {"orders": 0})["orders"] for model in Model)
        lines.append(f"{channel:<10}" + "".join(f"{cell:12.1f}" for cell in cells))
    show("10,000 real paths, through clicks and orders", lines)
    show("times", played.times())

    for model, table in tables.items():
        assert sum(row["orders"] for row in table.values()) == pytest.approx(19_785, abs=1e-5)
        assert sum(row["value"] for row in table.values()) == 19_785 * 100
        counted = conversions_by_channel(model, paths)
        found = {channel: row["orders"] for channel, row in table.items()}
        if model in EXACT:
            assert found == {name: whole // MILLION for name, whole in counted.items() if whole}
        elif model not in {Model.TIME_DECAY, Model.MARKOV}:
            expected = {name: whole / MILLION for name, whole in counted.items() if whole}
            assert found == pytest.approx(expected, rel=2e-4)

    effects = {name: row["removal_effect"] for name, row in tables[Model.MARKOV].items()}
    counted = {name: part / MILLION for name, part in markov_removal(paths).effects_ppm.items()}
    assert effects == pytest.approx(counted, abs=1e-9)
