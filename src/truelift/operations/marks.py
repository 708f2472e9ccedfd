"""Marks: what a person should know of the posts behind a campaign's figures, one sentence each.

In:   Knowledge, a campaign and a creator or all of them.
Out:  sentences; the figures themselves use the last complete reading as it is.
"""

from __future__ import annotations

from truelift.measurement.metric import metric_named
from truelift.measurement.outliers import outliers
from truelift.operations.knowledge import Knowledge, Row
from truelift.operations.metric_breaks import told_of
from truelift.operations.panels import COUNTERS, Panels


def marks(known: Knowledge, panels: Panels, campaign: str, creator: str | None) -> list[str]:
    """Give the marks of a campaign's posts, or of one creator's: readings, deletions, outliers."""
    found = [
        sentence
        for row in _readings(known)
        if row["campaign"] == campaign and creator in {None, row["creator"]}
        for sentence in _of_reading(row)
    ]
    mine = panels.posts.only(panels.sponsored_in(campaign))
    platforms = {mine.units[unit][1] for unit in mine.unit.tolist()}
    found += told_of(panels, sorted(platforms))
    return list(dict.fromkeys([*found, *_deleted(panels, campaign, creator),
                               *_outliers(panels, campaign, creator)]))  # fmt: skip


def _readings(known: Knowledge) -> list[Row]:
    rows: list[Row] = known.read(
        "measurement.reading_marks", sponsored=known.sponsored, readings=known.readings
    ).to_pylist()
    return rows


def _of_reading(row: Row) -> list[str]:
    where = f"The reading of {row['platform']} {row['post_id']} at {row['observed_at']} UTC"
    origin = f"({row['source_file']} line {row['source_line']})"
    if row["observed_at"] < row["published_at"]:
        return [f"{where} is older than the post and is not used {origin}."]
    if row["deleted_at"] is not None and row["observed_at"] > row["deleted_at"]:
        return [f"{where} is from after its deletion and is not used {origin}."]
    return [
        f"{row['platform']} {row['post_id']}: {name} corrected down from {before:,} to "
        f"{row[name]:,} on {row['observed_at']:%Y-%m-%d}; used as read {origin}."
        for name in COUNTERS
        if row[name] is not None
        and (before := row[f"{name}_before"]) is not None
        and row[name] < before
    ]


def _deleted(panels: Panels, campaign: str, creator: str | None) -> list[str]:
    mine = panels.posts.only(panels.sponsored_in(campaign))
    table = panels.known.readings
    return [
        f"{platform} {post} was deleted on {at:%Y-%m-%d}; its last reading before stays its output."
        for unit, row, post in zip(mine.unit, mine.rows, mine.post_ids, strict=True)
        for name, platform in (mine.units[unit],)
        if creator in {None, name} and (at := table["deleted_at"][int(row)].as_py()) is not None
    ]


def _outliers(panels: Panels, campaign: str, creator: str | None) -> list[str]:
    posts, engagement = panels.posts, metric_named("engagement")
    organic = posts.only(panels.organic)
    usual = organic.counts(engagement)
    told = []
    for what, group, counts in (
        ("has", mine := posts.only(panels.sponsored_in(campaign)), mine.counts(engagement)),
        ("is organic and has", organic, usual),
    ):
        found = outliers(group.unit, counts, organic.unit, usual, len(posts.units))
        for index in found.marked.nonzero()[0].tolist():
            name, platform = posts.units[group.unit[index]]
            if creator == name or (creator is None and what == "has"):
                told.append(
                    f"{platform} {group.post_ids[index]} of {name} {what} "
                    f"{found.times[index]:,.0f} times the engagement that is usual for the creator."
                )
    return told
