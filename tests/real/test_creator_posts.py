"""The main job on 619,082 real rows of creators: import, standing baselines, one campaign window.

The file holds final counters (likes, comments, shares, quotes) without saying when they were read.
A reading is therefore dated 30 days after publication, where the ageing curve calls a post mature:
a day too early would correct counts that need no correction, and one day for all posts (the day of
the crawl, in 2021) would leave nothing known before any campaign inside the data.

Quotes are shares with words, so they are counted as shares. Replies are not posts.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

FILE = "creator_posts_final.csv.gz"
MATURE = dt.timedelta(days=30)
AFTERWARDS = dt.datetime(2021, 6, 1)

RECENT = dt.datetime(2020, 1, 1)
STARTS, ENDS = dt.datetime(2020, 9, 1), dt.datetime(2020, 11, 1)
SPONSORED = 10
"""How many posts of the window, the first ones, are named sponsored per creator and platform."""
INJECTED = 2.0


@pytest.fixture
def rows(real):
    """Every row of the file, numbered; the number stands for the post's id."""
    found = pyarrow.csv.read_csv(real(FILE))
    number = pa.array(np.arange(found.num_rows)).cast(pa.string())
    platform = pc.replace_substring(found["platform"], "twitter", "x")
    posted = found["posted_at"].cast(pa.timestamp("us"))
    return (
        found.set_column(0, "platform", platform)
        .append_column("post_id", number)
        .set_column(found.schema.get_field_index("posted_at"), "posted_at", posted)
    )


def posts_of(rows, **more):
    columns = {
        "platform": rows["platform"],
        "post_id": rows["post_id"],
        "handle": rows["account"],
        "published_at": written(rows["posted_at"]),
    }
    return pa.table(columns | more)


def observations_of(rows, factor=None):
    counts = {
        "likes": rows["likes"],
        "comments": rows["comments"],
        "shares": pc.add(rows["shares"], rows["quotes"]),
    }
    if factor is not None:
        counts = {name: pc.multiply(count, factor) for name, count in counts.items()}
    return pa.table({
        "platform": rows["platform"],
        "post_id": rows["post_id"],
        "observed_at": written(pc.add(rows["posted_at"], pa.scalar(MATURE))),
        **counts,
    })  # fmt: skip


def written(instants):
    return pc.strftime(instants.cast(pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%SZ")


def units_of(rows):
    """Give the (platform, account) pairs of some rows."""
    found = rows.group_by(["platform", "account"]).aggregate([]).to_pylist()
    return {(row["platform"], row["account"]) for row in found}


def parties(rows):
    """Give the treated accounts, every other by name; every other of those is injected."""
    accounts = sorted(pc.unique(rows["account"]).to_pylist())
    return accounts[::2], set(accounts[::4])


def window(rows, treated, injected):
    """Say which posts are sponsored, and by what their counts are multiplied, row by row."""
    order = np.lexsort([
        rows["posted_at"].to_numpy(), *(codes(rows[name]) for name in ("account", "platform"))
    ])  # fmt: skip
    posted = rows["posted_at"].to_numpy()[order]
    inside = (posted >= np.datetime64(STARTS)) & (posted < np.datetime64(ENDS))
    inside &= pc.is_in(rows["account"], value_set=pa.array(treated)).to_numpy()[order]
    unit = (codes(rows["platform"]) * 1_000_000 + codes(rows["account"]))[order]
    first = np.concatenate([[True], unit[1:] != unit[:-1]])
    running = np.cumsum(inside)
    before = np.maximum.accumulate(np.where(first, running - inside, 0))
    sponsored = np.zeros(len(order), bool)
    sponsored[order] = inside & (running - before <= SPONSORED)
    doubled = sponsored & pc.is_in(rows["account"], value_set=pa.array(sorted(injected))).to_numpy()
    return sponsored, np.where(doubled, int(INJECTED), 1)


def codes(names):
    return names.combine_chunks().dictionary_encode().indices.to_numpy()


def catalog(rows, treated):
    """Write the campaign, its treated creators, and whose each handle is."""
    handles = rows.group_by(["platform", "account"]).aggregate([])
    return {
        "campaigns": pa.table({
            "campaign": ["autumn"], "goal": ["awareness"], "starts": [STARTS.date()],
            "ends": [ENDS.date() - dt.timedelta(days=1)], "currency": ["USD"],
        }),
        "participants": pa.table({
            "campaign": ["autumn"] * len(treated), "creator": treated,
            "arm": ["treated"] * len(treated),
        }),
        "profiles": pa.table({
            "platform": handles["platform"], "handle": handles["account"],
            "creator": handles["account"],
        }),
    }  # fmt: skip


def known_by(files, at):
    """Keep the readings that were taken by then; later ones cannot be known yet."""
    taken = files["observations"]
    upto = pc.less_equal(taken["observed_at"], f"{at:%Y-%m-%dT%H:%M:%SZ}")
    return files | {"observations": taken.filter(upto)}


def table(found, injected):
    """Write the lift of each creator, the injected ones first."""
    lines = [f"{'creator':<14}{'injected':<10}{'lift':>7}{'low':>8}{'high':>8}  grade"]
    for creator, lift in sorted(found.items(), key=lambda item: (item[0] not in injected, item[0])):
        name = f"{creator:<14}{'x2' if creator in injected else '-':<10}"
        if "log" not in lift:
            lines.append(name + lift["withheld"])
            continue
        cells = "".join(f"{math.exp(lift[part]):8.2f}" for part in ("log", "low", "high"))
        lines.append(f"{name}{cells}  {lift['grade']}")
    return lines


@pytest.mark.soak
def test_every_post_is_imported_and_every_platform_and_account_gets_a_baseline(rows, play, show):
    posts = rows.filter(pc.equal(rows["is_reply"], 0))
    assert (rows.num_rows, posts.num_rows) == (619_082, 399_838)
    played = play(AFTERWARDS)
    taken = played.imported({"posts": posts_of(posts)}, "posts")
    taken |= played.imported({"observations": observations_of(posts)}, "observations")
    with played.timed("seal"):
        verdicts = played.ws.seal().rows
    show(
        f"{rows.num_rows:,} rows, {posts.num_rows:,} without replies, {len(verdicts)} baselines",
        played.times(),
    )
    assert {kind: record.accepted for kind, record in taken.items()} == {
        "posts": posts.num_rows,
        "observations": posts.num_rows,
    }
    assert {row["verdict"] for row in verdicts} == {"sealed"}
    assert {tuple(row["creator"].split(":")) for row in verdicts} == units_of(posts)
    assert sum(row["posts"] for row in verdicts) == posts.num_rows


@pytest.mark.soak
def test_a_real_campaign_window_shows_the_injected_lift_and_no_other(rows, play, show):
    """Half of the treated had their sponsored counts doubled; the other half are placebos."""
    rows = rows.filter(
        pc.and_(pc.equal(rows["is_reply"], 0), pc.greater(rows["posted_at"], RECENT))
    )
    treated, injected = parties(rows)
    sponsored, factor = window(rows, treated, injected)
    earlier = pc.less(rows["posted_at"], STARTS)
    told = {True: "before", False: "after"}

    played = play(STARTS)
    played.imported(catalog(rows, treated), "catalog")
    for before in (True, False):
        mask = pc.equal(earlier, before)
        part = rows.filter(mask)
        campaign = pa.array(np.where(sponsored, "autumn", None)[mask.to_numpy()])
        counted = observations_of(part, pa.array(factor[mask.to_numpy()]))
        played.clock.at = STARTS if before else AFTERWARDS
        files = {"posts": posts_of(part, campaign=campaign), "observations": counted}
        played.imported(known_by(files, played.clock.at), told[before])
        if before:
            with played.timed("seal"):
                verdicts = played.ws.seal("autumn").rows
    with played.timed("roi"):
        report = played.ws.roi(metric="engagement", campaign="autumn").rows

    found = {row["creator"]: row["lift"] for row in report}
    assert {row["creator"] for row in verdicts if row["verdict"] == "sealed"} <= set(treated)
    assert not any(row["late"] for row in verdicts)
    measured = {creator: lift for creator, lift in found.items() if "log" in lift}
    show(f"{len(report)} creators, {len(measured)} measured", table(found, injected))
    show("times", played.times())
    for lift in measured.values():
        assert lift["expected"] + lift["units"] == pytest.approx(lift["observed"], abs=2e-6)
        assert lift["low"] <= lift["log"] <= lift["high"]
        assert not lift["late"]
    placebos = [lift for name, lift in measured.items() if name not in injected]
    doubled = [lift for name, lift in measured.items() if name in injected]
    middle = np.median([lift["log"] for lift in doubled]) - np.median([p["log"] for p in placebos])
    assert middle == pytest.approx(math.log(INJECTED), abs=0.35)
    assert np.mean([lift["low"] <= 0 <= lift["high"] for lift in placebos]) >= 0.8
