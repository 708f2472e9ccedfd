"""Every row of every file gets one verdict, and a file that comes again changes nothing."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.connectors.files import ReadOptions
from truelift.operations.ingest import import_frame, import_paths
from truelift.operations.knowledge import newest_recording
from truelift.operations.listing import listed, quarantine
from truelift.store import ground as grounds
from truelift.store.workspace_database import BrandRecord, imports

NEW_YEAR = dt.datetime(2026, 1, 1)
ORDER = "order_id,ordered_at,currency,subtotal"
REFUND = "refund_id,order_id,refunded_at,amount,currency"
CODE = "code,creator,valid_from,valid_to"
SHEET = (
    "Influencer,Fee ($),Code,Code Uses,Link Clicks,Total Rev ($),ROI (x)\nAna,100,ANA10,3,9,400,4\n"
)


class Desk:
    """A workspace and an inbox; every import happens a day after the one before."""

    def __init__(self, folder, ground, clock):
        self.inbox, self.ground, self.clock = folder / "inbox", ground, clock
        self.inbox.mkdir()

    def file(self, name, *lines):
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def bring(self, *paths, dry_run=False, **options):
        self.clock.at += dt.timedelta(days=1)
        return import_paths(self.ground, list(paths), ReadOptions(**options), dry_run=dry_run)

    def counted(self, *paths, **asked):
        """Import; give kind -> (accepted, updated, duplicate, quarantined), summed over files."""
        found = {}
        for record in self.bring(*paths, **asked).records:
            now = (record.accepted, record.updated, record.duplicate, record.quarantined)
            before = found.get(record.kind, (0, 0, 0, 0))
            found[record.kind] = tuple(map(sum, zip(before, now, strict=True)))
        return found

    def reasons(self, *paths, **asked):
        return [(fault.line, fault.reason.value) for fault in self.bring(*paths, **asked).faults]

    def state(self):
        """Give all that must not change: facts, records, quarantine, segments, newest recording."""
        kinds = ("orders", "refunds", "codes", "campaigns", "creators", "observations")
        with self.ground.workspace.transaction() as connection:
            files = imports(connection, "acme")
        segments = sorted(path.name for path in (self.inbox.parent / "ws/segments").iterdir())
        rows = {kind: listed(self.ground, kind) for kind in kinds}
        return rows, quarantine(self.ground), segments, newest_recording(self.ground), files


class Calendar:
    def __init__(self):
        self.at = NEW_YEAR

    def now(self):
        return self.at


@pytest.fixture
def desk(tmp_path):
    record = BrandRecord("acme", "acme", "USD", "America/New_York", "acme", "months")
    clock = Calendar()
    grounds.create(tmp_path / "ws", record, NEW_YEAR)
    with grounds.opened(tmp_path / "ws", None, clock, "ana") as ground:
        yield Desk(tmp_path, ground, clock)


def test_a_folder_is_imported_whole_in_the_order_of_its_names_hidden_files_left_out(desk):
    desk.file("b/refunds.csv", REFUND, "r1,1,2026-05-02T12:00Z,5.00,USD")
    desk.file("a/orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00")
    desk.file(".hidden/orders.csv", ORDER, "9,2026-05-01T12:00Z,USD,10.00")
    report = desk.bring(desk.inbox)
    assert [Path(record.source_file).name for record in report.records] == [
        "orders.csv",
        "refunds.csv",
    ]
    assert report.changed
    assert not report.faults


def test_a_path_that_is_not_there_and_an_empty_folder_are_said_before_anything_is_kept(desk):
    orders = desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00")
    (desk.inbox / "empty").mkdir()
    with pytest.raises(NotFound, match=r"no file or folder .*nothing\.csv"):
        desk.bring(orders, desk.inbox / "nothing.csv")
    with pytest.raises(UsageError, match="holds no file"):
        desk.bring(orders, desk.inbox / "empty")
    assert listed(desk.ground, "orders") == []


def test_a_compressed_file_is_the_same_source_as_the_plain_one(desk):
    plain = desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00")
    desk.bring(plain)
    packed = desk.inbox / "orders.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_text().replace("10.00", "12.00").encode()))
    assert desk.counted(packed) == {"orders": (0, 1, 0, 0)}


def test_importing_everything_again_changes_nothing_but_the_list_of_imports(desk):
    desk.file(
        "campaigns.csv",
        "campaign,goal,starts,ends,currency",
        "spring,sales,2026-05-01,2026-05-31,USD",
    )
    desk.file("codes.csv", CODE, "A10,ana,,", "A10,ben,,", "B10,ben,,")
    desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00", "2,2026-02-31,USD,1.00")
    desk.file("refunds.csv", REFUND, "r1,1,2026-05-02T12:00Z,50.00,USD")
    desk.file("late/orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,11.00")
    first = desk.counted(desk.inbox)
    *before, files = desk.state()
    again = desk.bring(desk.inbox)
    assert not again.changed
    assert all((record.accepted, record.updated) == (0, 0) for record in again.records)
    *after, listed_again = desk.state()
    assert after == before
    assert len(listed_again) == 2 * len(files)
    assert {kind: counts[3] for kind, counts in first.items()} == {
        "campaigns": 0, "codes": 1, "orders": 1, "refunds": 1,
    }  # fmt: skip


def test_a_dry_run_says_what_would_become_of_each_row_and_changes_nothing(desk):
    desk.bring(desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00"))
    before = desk.state()
    files = [
        desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,12.00", "2,2026-05-03,USD,x"),
        desk.file("codes.csv", CODE, "A10,ana,,", "A10,ben,,"),
    ]
    report = desk.bring(*files, dry_run=True)
    assert not report.changed
    counts = [
        (record.kind, record.accepted, record.updated, record.duplicate, record.quarantined)
        for record in report.records
    ]
    assert counts == [("orders", 0, 1, 0, 1), ("codes", 1, 0, 0, 1)]
    assert desk.state() == before


def test_the_counts_of_a_file_add_up_to_its_rows(desk):
    rows = [
        "1,2026-05-01T12:00Z,USD,10.00",
        "1,2026-05-01T12:00Z,USD,10.00",  # stands twice
        "2,2026-05-01T12:00Z,USD,10.00",
        "2,2026-05-01T12:00Z,USD,11.00",  # clashes
        "3,2026-02-31T12:00Z,USD,10.00",
        "4,2026-05-01T12:00Z,dollars,ten",  # two faults, one row
        "5,,,",
        "6,2026-05-01T12:00Z,USD,10.00",
    ]
    desk.bring(desk.file("orders.csv", ORDER, rows[7]))
    (record,) = desk.bring(desk.file("orders.csv", ORDER, *rows)).records
    assert (record.accepted, record.updated, record.duplicate, record.quarantined) == (2, 0, 2, 4)
    assert sum((record.accepted, record.updated, record.duplicate, record.quarantined)) == len(rows)


def test_a_refused_row_stands_in_quarantine_once_with_its_file_line_and_reason(desk):
    bad = desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,ten")
    for _ in range(2):
        report = desk.bring(bad)
        assert [fault.line for fault in report.faults] == [2]
    (row,) = quarantine(desk.ground)
    assert (row["line"], row["column"], row["reason"]) == (2, "subtotal", "NOT_A_NUMBER")
    assert row["source_file"].endswith("orders.csv")
    assert json.loads(row["raw"])["subtotal"] == "ten"


@pytest.mark.parametrize(
    ("refund", "reason"),
    [
        ("r1,1,2026-04-30T12:00Z,5.00,USD", "REFUND_BEFORE_ORDER"),
        ("r1,1,2026-05-02T12:00Z,10.01,USD", "REFUND_ABOVE_ORDER"),
        ("r1,1,2026-05-02T12:00Z,5.00,EUR", "MIXED_CURRENCY"),
    ],
)
def test_a_refund_that_its_order_contradicts_is_refused(desk, refund, reason):
    desk.bring(desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00"))
    assert desk.reasons(desk.file("refunds.csv", REFUND, refund)) == [(2, reason)]
    assert listed(desk.ground, "refunds") == []


def test_refunds_of_several_files_may_give_back_the_order_and_not_more(desk):
    desk.bring(desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00"))
    desk.bring(desk.file("refunds.csv", REFUND, "r1,1,2026-05-02T12:00Z,6.00,USD"))
    more = desk.file(
        "more.csv", REFUND, "r2,1,2026-05-03T12:00Z,4.01,USD", "r3,1,2026-05-04T12:00Z,4.00,USD"
    )
    assert desk.reasons(more) == [(2, "REFUND_ABOVE_ORDER")]
    lower = desk.file("refunds.csv", REFUND, "r1,1,2026-05-02T12:00Z,5.00,USD")
    assert desk.counted(lower) == {"refunds": (0, 1, 0, 0)}


def test_refunds_that_were_right_once_are_not_weighed_against_what_came_after(desk):
    desk.bring(desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00"))
    early = desk.file("1/refunds.csv", REFUND, "r1,1,2026-05-02T12:00Z,10.00,USD")
    late = ("r1,1,2026-05-02T12:00Z,6.00,USD", "r2,1,2026-05-03T12:00Z,4.00,USD")
    desk.bring(early)
    desk.bring(desk.file("2/refunds.csv", REFUND, *late))
    assert desk.counted(early) == {"refunds": (0, 0, 1, 0)}


def test_codes_that_were_right_once_are_not_held_against_their_successors(desk):
    early = desk.file("1/codes.csv", CODE, "A10,ana,,2026-12-31")
    desk.bring(early)
    desk.bring(desk.file("2/codes.csv", CODE, "A10,ana,,2026-06-01", "A10,ben,2026-06-02,"))
    assert desk.counted(early) == {"codes": (0, 0, 1, 0)}


def test_a_refund_may_come_before_its_order_has_arrived(desk):
    refund = desk.file("refunds.csv", REFUND, "r1,1,2026-05-02T12:00Z,5.00,USD")
    assert desk.counted(refund) == {"refunds": (1, 0, 0, 0)}


def test_a_code_owned_twice_is_refused_in_one_file_and_across_files(desk):
    twice = desk.file("codes.csv", CODE, "A10,ana,2026-05-01,2026-06-01", "A10,ben,2026-05-15,")
    assert desk.reasons(twice) == [(3, "CODE_OWNED_TWICE")]
    other = desk.file("other.csv", CODE, "A10,ben,2026-05-20,")
    assert desk.reasons(other) == [(2, "CODE_OWNED_TWICE")]
    later = desk.file("later.csv", CODE, "A10,ben,2026-06-02,")
    assert desk.reasons(later) == []


def test_a_code_may_be_handed_over_in_the_file_that_brought_it(desk):
    desk.bring(desk.file("codes.csv", CODE, "A10,ana,2026-05-01,"))
    moved = desk.file("codes.csv", CODE, "A10,ben,2026-05-01,")
    assert desk.counted(moved) == {"codes": (0, 1, 0, 0)}


def test_a_sheets_campaign_gives_way_to_the_campaign_that_is_known(desk):
    told = {"set": {"campaign": "spring", "date": "2026-05-31"}}
    sheet = desk.inbox / "sheet.csv"
    sheet.write_text(SHEET)
    known = desk.file(
        "campaigns.csv",
        "campaign,goal,starts,ends,currency,budget",
        "spring,awareness,2026-05-01,2026-06-30,USD,900",
    )
    desk.bring(known)
    counts = desk.counted(sheet, **told)
    assert counts["campaigns"] == (0, 0, 1, 0)
    assert counts["creators"][0] == 1
    (campaign,) = listed(desk.ground, "campaigns")
    assert (campaign["goal"], campaign["budget"]) == ("awareness", 90_000)
    assert desk.bring(sheet, **told).changed is False


def test_a_sheets_campaign_stands_until_somebody_says_more(desk):
    sheet = desk.inbox / "sheet.csv"
    sheet.write_text(SHEET)
    desk.bring(sheet, set={"campaign": "spring", "date": "2026-05-31"})
    known = desk.file(
        "campaigns.csv",
        "campaign,goal,starts,ends,currency",
        "spring,awareness,2026-05-01,2026-06-30,USD",
    )
    assert desk.counted(known) == {"campaigns": (0, 1, 0, 0)}
    assert listed(desk.ground, "campaigns")[0]["goal"] == "awareness"


def test_a_sheet_that_is_imported_again_with_another_day_updates_its_cost_and_claim(desk):
    def said(date):
        return {"set": {"campaign": "spring", "date": date}}

    sheet = desk.inbox / "plan.csv"
    sheet.write_text(SHEET)
    desk.bring(sheet, **said("2026-05-01"))
    sheet.write_text(SHEET.replace("100", "150").replace("400", "900"))
    counts = desk.counted(sheet, **said("2026-05-08"))
    assert (counts["costs"], counts["reported"]) == ((0, 1, 0, 0), (0, 1, 0, 0))
    assert [row["amount"] for row in listed(desk.ground, "costs")] == [15_000]
    assert [row["revenue"] for row in listed(desk.ground, "reported")] == [90_000]
    assert listed(desk.ground, "campaigns")[0]["starts"] == dt.date(2026, 5, 1)

    header = "campaign,goal,starts,ends,currency"
    known = desk.file("campaigns.csv", header, "spring,sales,2026-04-20,2026-06-30,USD")
    desk.bring(known)
    assert desk.counted(sheet, **said("2026-05-15"))["costs"] == (0, 0, 1, 0)


def test_a_file_read_with_other_words_is_an_update_not_a_clash(desk):
    posts = desk.file(
        "posts.csv", "platform,post_id,handle,published_at", "tiktok,p1,ana,2025-12-01T12:00Z"
    )
    for campaign, counts in (("spring", (1, 0, 0, 0)), ("summer", (0, 1, 0, 0))):
        assert desk.counted(posts, set={"campaign": campaign}) == {"posts": counts}


def test_a_file_that_cannot_be_read_is_one_fault_and_the_others_are_imported(desk):
    good = desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00")
    empty = desk.inbox / "empty.csv"
    empty.touch()
    report = desk.bring(empty, good)
    assert len(report.faults) == 1
    assert str(empty) in report.faults[0].message
    assert len(listed(desk.ground, "orders")) == 1
    assert len(quarantine(desk.ground)) == 1


def test_a_conflict_keeps_its_row_as_json(desk):
    desk.bring(desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00"))
    other = desk.file("shop.csv", ORDER, "1,2026-05-01T12:00Z,USD,11.00")
    desk.bring(other)
    (row,) = quarantine(desk.ground)
    assert row["reason"] == "CONFLICT"
    told = json.loads(row["raw"])
    assert (told["ordered_at"], told["subtotal"]) == ("2026-05-01T12:00:00Z", 1100)


def test_sums_of_floating_numbers_are_read_and_finer_amounts_are_refused(desk):
    told = {
        "order_id": ["1", "2"], "ordered_at": ["2026-05-01T12:00Z"] * 2, "currency": ["USD"] * 2,
        "subtotal": [19.999999999999996, 19.999],
    }  # fmt: skip
    report = import_frame(desk.ground, "orders", pa.table(told), "frame")
    assert [fault.reason.value for fault in report.faults] == ["TOO_MANY_DECIMALS"]
    assert [row["subtotal"] for row in listed(desk.ground, "orders")] == [2000]


def test_a_frame_is_imported_like_a_file_and_a_later_one_updates_it(desk):
    def frame(subtotal):
        return pa.table({
            "order_id": ["1"], "ordered_at": [dt.datetime(2026, 5, 1, 12)],
            "currency": ["USD"], "subtotal": [subtotal],
        })  # fmt: skip

    for subtotal, counts in (("10.00", (1, 0, 0)), ("12.00", (0, 1, 0)), ("12.00", (0, 0, 1))):
        desk.clock.at += dt.timedelta(days=1)
        (record,) = import_frame(desk.ground, "orders", frame(subtotal), "frame:orders").records
        assert (record.accepted, record.updated, record.duplicate) == counts
        assert record.quarantined == 0
    assert listed(desk.ground, "orders")[0]["subtotal"] == 1200


def test_progress_tells_each_file_and_all_its_rows(desk):
    orders = desk.file("orders.csv", ORDER, "1,2026-05-01T12:00Z,USD,10.00", "2,2026-05-01,USD,x")
    told = []
    import_paths(
        desk.ground, [orders], ReadOptions(), progress=lambda name, rows: told.append((name, rows))
    )
    assert told == [(str(orders), 0), (str(orders), 2)]


MEASURED = """
import resource, sys
from truelift.cli.main import run
assert run(["import", sys.argv[1], "-w", sys.argv[2]]) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
MORE_MEGABYTES = 350  # what the allocators keep differs from run to run by some 200
COUNTERS = (
    "views reach impressions likes comments shares saves replies follows link_clicks watch_seconds"
    " paid_views"
)


def megabytes_of_importing(rows, folder):
    columns = ", ".join(f"i * {place} as {name}" for place, name in enumerate(COUNTERS.split(), 1))
    path = folder / "observations.csv"
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'tiktok' as platform, 'p' || (i // 20) as post_id,"
            " timestamp '2026-01-01' + to_hours(cast(i % 20 as int)) as observed_at,"
            f" {columns} from range({rows}) as numbers(i)) to '{path}' (header)"
        )
    record = BrandRecord("acme", "acme", "USD", "UTC", "acme", "months")
    grounds.create(folder / "ws", record, NEW_YEAR)
    words = [sys.executable, "-c", MEASURED, str(path), str(folder / "ws")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    with duckdb.connect(str(folder / "ws" / "facts.duckdb")) as connection:
        assert connection.execute("select count(*) from fact_observations").fetchall() == [(rows,)]
    return int(done.stdout.split()[-1])


@pytest.mark.soak
def test_a_file_three_times_as_large_needs_no_more_memory(tmp_path):
    small = megabytes_of_importing(200_000, tmp_path / "small")
    large = megabytes_of_importing(600_000, tmp_path / "large")
    assert large < small + MORE_MEGABYTES
