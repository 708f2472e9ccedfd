"""What comes in twice is kept once, what is newer supersedes, and what was known stays known."""

from __future__ import annotations

import contextlib
import itertools
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.errors import TrueliftError
from truelift.facts.kinds import KINDS
from truelift.store.facts_engine import FactsDamaged, FactsEngine

CONFTEST = str(Path(__file__).with_name("conftest.py"))
TOLD = runpy.run_path(CONFTEST)
order, content, Facts, MONDAY, DAY = map(TOLD.get, ("order", "content", "Facts", "MONDAY", "DAY"))
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY


def test_the_same_file_imported_twice_changes_nothing(facts):
    rows = [order(1), order(2)]
    assert facts.bring(rows) == (2, 0, 0, [])
    before = facts.contents(), facts.segments()
    assert facts.bring(rows, at=TUESDAY) == (0, 0, 2, [])
    assert (facts.contents(), facts.segments()) == before


def test_a_trial_gives_the_same_verdict_and_keeps_nothing(facts):
    facts.bring([order(1)])
    before = facts.contents(), facts.segments()
    assert facts.bring([order(1, "12.00"), order(2)], at=TUESDAY, keep=False) == (1, 1, 0, [])
    assert (facts.contents(), facts.segments()) == before


def test_an_update_supersedes_and_what_was_known_before_can_still_be_asked(facts):
    facts.bring([order(1, "10.00")])
    assert facts.bring([order(1, "12.00")], at=WEDNESDAY) == (0, 1, 0, [])
    assert facts.subtotals() == {"1": 1200}
    assert facts.subtotals(WEDNESDAY) == {"1": 1200}
    assert facts.subtotals(TUESDAY) == {"1": 1000}
    assert facts.subtotals(MONDAY - DAY) == {}


def test_a_newer_updated_at_is_an_update_whoever_says_so(facts):
    facts.bring([order(1, "10.00", updated_at="2026-05-02T00:00Z")], file="shop.csv")
    newer = [order(1, "12.00", updated_at="2026-05-03T00:00Z")]
    assert facts.bring(newer, file="other.csv", at=TUESDAY) == (0, 1, 0, [])
    assert facts.subtotals() == {"1": 1200}


@pytest.mark.parametrize("file", ["orders.csv", "other.csv"])
def test_an_older_updated_at_is_stale_and_counts_as_known(facts, file):
    facts.bring([order(1, "12.00", updated_at="2026-05-03T00:00Z")])
    older = [order(1, "10.00", updated_at="2026-05-02T00:00Z")]
    assert facts.bring(older, file=file, at=TUESDAY) == (0, 0, 1, [])
    assert facts.subtotals() == {"1": 1200}


def test_another_source_that_says_otherwise_is_refused_and_never_overwrites(facts):
    facts.bring([order(1, "10.00")])
    before = facts.contents(), facts.segments()
    said = facts.bring([order(1, "99.00")], file="other.csv", at=TUESDAY)
    assert said == (0, 0, 0, [(2, "orders.csv", False)])
    assert (facts.contents(), facts.segments()) == before


def test_a_key_that_stands_twice_in_a_file_is_refused_also_when_batches_part_it(facts):
    file = {"sha256": "a" * 64}
    facts.bring([order(1, "10.00")], **file)
    said = (0, 0, 0, [(7, "orders.csv", True)])
    assert facts.bring([order(1, "12.00")], first_line=7, **file) == said
    # and again when the whole file comes a second time
    assert facts.bring([order(1, "10.00")], at=TUESDAY, **file) == (0, 0, 1, [])
    assert facts.bring([order(1, "12.00")], first_line=7, at=TUESDAY, **file) == said


def test_the_same_line_read_in_another_way_is_an_update_and_back_again(facts):
    for campaign, at in (("spring", MONDAY), ("summer", TUESDAY), ("spring", WEDNESDAY)):
        rows = [order(1, utm_campaign=campaign)]
        said = facts.bring(rows, sha256="a" * 64, at=at)
        assert said == ((1, 0, 0, []) if at is MONDAY else (0, 1, 0, []))


def test_a_folder_of_exports_imported_again_and_again_stays_as_its_last_file_left_it(facts):
    may, june = [order(1, "10.00"), order(2)], [order(1, "12.00"), order(3)]
    facts.bring(may)
    facts.bring(june, at=TUESDAY)
    before = facts.contents(), facts.segments()
    for rows in (may, june, may):
        assert facts.bring(rows, at=WEDNESDAY) == (0, 0, 2, [])
    assert (facts.contents(), facts.segments()) == before


def test_brands_never_see_each_others_rows(facts):
    facts.bring([order(1, "10.00")], brand="acme")
    assert facts.bring([order(1, "99.00")], brand="bolt", file="other.csv") == (1, 0, 0, [])
    assert facts.bring([order(1, "98.00")], brand="bolt", at=TUESDAY, file="other.csv") == (
        0, 1, 0, [],
    )  # fmt: skip
    assert facts.subtotals(brand="acme") == {"1": 1000}
    assert facts.subtotals(brand="bolt") == {"1": 9800}
    assert facts.subtotals(brand="nobody") == {}


def test_a_row_without_a_source_has_the_same_key_every_time(facts):
    cost = {"document": "I1", "state": "invoiced", "date": "2026-05-01", "type": "fee",
            "amount": "5.00", "currency": "USD"}  # fmt: skip
    assert facts.bring([cost], kind="costs") == (1, 0, 0, [])
    assert facts.bring([cost], kind="costs", at=TUESDAY) == (0, 0, 1, [])


def test_a_batch_whose_commit_failed_is_taken_in_once_whatever_happens_next(facts, monkeypatch):
    class Gone(Exception):
        pass

    def lost(*_, **__):
        raise Gone

    with monkeypatch.context() as patched:
        patched.setattr(FactsEngine, "_apply", lost)
        with pytest.raises(Gone):
            facts.bring([order(1)])
    assert facts.subtotals() == {}
    assert len(facts.segments()) == 1
    assert facts.bring([order(1), order(2)], at=TUESDAY) == (1, 0, 1, [])
    before = facts.contents()
    assert facts.open().contents() == before
    assert len(facts.segments()) == 2


CRASH = """
import os, runpy, sys
from pathlib import Path
from truelift.store import facts_engine, segments
told = runpy.run_path(sys.argv[1])
facts = told["Facts"](Path(sys.argv[2]))
point = sys.argv[3]
if point == "before the segment has its name":
    segments._synchronise = lambda _path: os._exit(9)
if point == "before the rows are applied":
    facts_engine.FactsEngine._apply = lambda *_, **__: os._exit(9)
if point == "before the commit":
    facts_engine.queries.text("facts.applied")
    found = facts_engine.queries.text
    facts_engine.queries.text = lambda name: os._exit(9) if name == "facts.applied" else found(name)
facts.bring([told["order"](1), told["order"](2)])
"""


@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("before the segment has its name", 0),
        ("before the rows are applied", 2),
        ("before the commit", 2),
    ],
)
def test_a_crash_loses_nothing_that_was_accepted_and_takes_nothing_in_twice(tmp_path, point, kept):
    words = [sys.executable, "-c", CRASH, CONFTEST, str(tmp_path), point]
    assert subprocess.run(words, check=False).returncode == 9
    facts = Facts(tmp_path)
    assert len(facts.subtotals()) == kept
    assert not [name for name in facts.segments() if name.endswith(".writing")]
    once = facts.contents()
    assert facts.open().contents() == once
    assert facts.bring([order(1), order(2)], at=TUESDAY) == (2 - kept, 0, kept, [])
    facts.close()


def test_a_lost_segment_is_named_in_one_sentence(facts):
    for number in (1, 2, 3):
        facts.bring([order(number)])
    (facts.folder / "segments" / "00000002.orders.parquet").unlink()
    with pytest.raises(TrueliftError, match=r"Segment 00000002 is missing.*restore.*backup\.$"):
        facts.open()
    (facts.folder / "facts.duckdb").unlink()  # also when nothing remembers its rows
    with pytest.raises(TrueliftError, match="Segment 00000002 is missing"):
        facts.open()


def test_a_damaged_segment_is_named_in_one_sentence(facts):
    facts.bring([order(1)])
    facts.close()
    (facts.folder / "facts.duckdb").unlink()
    segment = facts.folder / "segments" / "00000001.orders.parquet"
    segment.write_bytes(segment.read_bytes()[:100])
    with pytest.raises(TrueliftError, match=r"00000001\.orders\.parquet cannot be read"):
        facts.open()


def test_a_segment_of_a_kind_from_the_future_is_not_skipped(facts):
    facts.bring([order(1)])
    folder = facts.folder / "segments"
    (folder / "00000001.orders.parquet").rename(folder / "00000001.holograms.parquet")
    facts.close()
    (facts.folder / "facts.duckdb").unlink()
    with pytest.raises(TrueliftError, match="holds holograms, which this version does not know"):
        facts.open()


def test_a_facts_file_in_use_and_a_damaged_one_are_told_apart(tmp_path):
    path = tmp_path / "facts.duckdb"
    holding = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    words = [sys.executable, "-c", holding, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(TrueliftError, match="open in another process") as told:
            FactsEngine(path)
        assert not isinstance(told.value, FactsDamaged)
        other.communicate(b"\n")
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(FactsDamaged, match="damaged; run `truelift rebuild`"):
        FactsEngine(path)


def test_a_facts_file_of_another_version_is_made_again_from_its_segments(facts):
    facts.bring([order(1)])
    before = facts.contents()
    facts.close()
    with duckdb.connect(str(facts.folder / "facts.duckdb")) as connection:
        connection.execute("alter table fact_orders drop column notes")
    with pytest.raises(FactsDamaged, match=r"\(orders has other columns\); run `truelift rebuild`"):
        facts.open()
    (facts.folder / "facts.duckdb").unlink()
    assert facts.open().contents() == before


def test_an_engine_that_fails_to_open_lets_go_of_its_file(facts):
    facts.bring([order(1)])
    (facts.folder / "segments" / "00000001.orders.parquet").unlink()
    with pytest.raises(TrueliftError, match="missing"):
        facts.open()
    duckdb.connect(str(facts.folder / "facts.duckdb")).close()


def test_an_engine_in_memory_needs_no_segments():
    engine = FactsEngine()
    engine.close()


# Any history of imports gives the same facts as a dictionary with the rules written plainly.

VALUES = st.sampled_from(["10.00", "11.00", "12.00"])
UPDATED = st.sampled_from([None, "2026-05-01T00:00Z", "2026-05-02T00:00Z", "2026-05-03T00:00Z"])
ORDERED = "2026-05-01T12:00Z"
ROWS = st.dictionaries(st.integers(1, 4), st.tuples(VALUES, UPDATED), min_size=1, max_size=4)
FILES = st.lists(
    st.tuples(st.sampled_from(["acme", "bolt"]), st.sampled_from(["a.csv", "b.csv"]), ROWS),
    min_size=1, max_size=4,
)  # fmt: skip


class Model:
    """The rules of contract section 2, one row at a time."""

    def __init__(self):
        self.known, self.given = {}, set()

    def take(self, brand, file, sha256, number, row):
        key = (brand, str(number))
        before = self.known.get(key)
        told_before = (sha256, key, row) in self.given
        if before is None or (
            before[:2] != row and self.wins(before, file, sha256, told_before, row)
        ):
            self.known[key] = (*row, file, sha256)
            self.given.add((sha256, key, row))

    @staticmethod
    def wins(before, file, sha256, told_before, row):
        if before[1] and row[1] and before[1] != row[1]:
            return row[1] > before[1]
        if before[1] and not row[1] and before[1] < ORDERED:
            return True  # it tells of something later than the dated row
        if before[3] == sha256:
            return True
        if before[1] and not row[1]:
            return False
        return before[2] == file and not told_before


def cells(rows):
    return [
        order(number, value) | ({"updated_at": updated} if updated else {})
        for number, (value, updated) in rows.items()
    ]


@settings(max_examples=10)
@given(files=FILES, order_of=st.lists(st.integers(0, 3), min_size=1, max_size=7))
def test_any_history_of_imports_equals_the_plain_rules_before_and_after_a_rebuild(files, order_of):
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        facts = Facts(Path(folder))
        for step, chosen in enumerate(order_of):
            brand, file, rows = files[chosen % len(files)]
            sha256 = content([file, *cells(rows)])
            stamp = {"file": file, "brand": brand, "at": MONDAY + step * DAY, "sha256": sha256}
            facts.bring(cells(rows), **stamp)
            for number, row in rows.items():
                model.take(brand, file, sha256, number, row)
            check(facts, model)
        before = facts.contents()
        facts.close()
        (facts.folder / "facts.duckdb").unlink()
        assert facts.open().contents() == before
        check(facts, model)
        facts.close()


def check(facts, model):
    for brand in ("acme", "bolt"):
        wanted = {
            number: int(value.replace(".", ""))
            for (whose, number), (value, *_) in model.known.items()
            if whose == brand
        }
        assert facts.subtotals(brand=brand) == wanted


def post(number, **more):
    named = {"platform": "x", "post_id": str(number), "published_at": "2026-05-01T12:00:00Z"}
    return named | {"creator": "ana"} | more


def named(facts, number="1"):
    """Give what names a stored post: campaign, campaigns, deliverable, caption."""
    parameters = {"brand": "acme", "known_at": MONDAY + 365 * DAY, "limit": 10}
    rows = facts.engine.listing(KINDS["posts"], (), parameters).to_pylist()
    (row,) = (row for row in rows if row["post_id"] == number)
    return [row[name] for name in ("campaign", "campaigns", "deliverable", "caption")]


def test_an_empty_cell_of_an_update_never_takes_a_post_from_its_campaign(facts):
    given_first = [post(1, campaign="spring", deliverable="d1", caption="#spring")]
    facts.bring(given_first, kind="posts")
    emptied = [post(1, url="https://x.example/1")]
    assert facts.bring(emptied, kind="posts", at=TUESDAY) == (0, 1, 0, [])
    assert named(facts) == ["spring", None, "d1", "#spring"]
    # The same files again are known: what was kept is no part of what they say.
    before = facts.contents()
    assert facts.bring(emptied, kind="posts", at=WEDNESDAY) == (0, 0, 1, [])
    assert facts.bring(given_first, kind="posts", at=WEDNESDAY) == (0, 0, 1, [])
    assert facts.contents() == before


def test_what_an_update_says_of_campaigns_stands_alone(facts):
    facts.bring([post(1, campaign="spring")], kind="posts")
    facts.bring([post(1, campaigns="a:0.6;b:0.4")], kind="posts", at=TUESDAY)
    assert named(facts)[:2] == [None, "a:600000;b:400000"]
    facts.bring([post(1, campaign="summer"), post(2)], kind="posts", at=WEDNESDAY)
    assert named(facts)[:2] == ["summer", None]
    assert named(facts, "2") == [None] * 4


def test_what_was_kept_stands_in_the_log_too(facts):
    facts.bring([post(1, campaign="spring")], kind="posts")
    facts.bring([post(1, url="https://x.example/1")], kind="posts", at=TUESDAY)
    facts.close()
    (facts.folder / "facts.duckdb").unlink()
    facts.open()
    assert named(facts)[0] == "spring"


# Merging the log changes nothing that is made of it, wherever it is cut off.


class Cut(Exception):
    """The process ends here."""


def cut(*_, **__):
    raise Cut


def cut_after(path, target, rename=Path.rename):
    rename(path, target)
    raise Cut


def cut_later(path, unlink=Path.unlink, gone=itertools.count()):  # noqa: B008 - one for all
    if next(gone) % 6 == 5:
        raise Cut
    unlink(path)


CUTS = {
    "nowhere": None,
    "before it is written": ("truelift.store.segments.pq.write_table", cut),
    "before it is safe": ("truelift.store.segments._synchronise", cut),
    "before it has its name": ("pathlib.Path.rename", cut),
    "after it has its name": ("pathlib.Path.rename", cut_after),
    "before anything is removed": ("pathlib.Path.unlink", cut),
    "between two that are removed": ("pathlib.Path.unlink", cut_later),
}


@contextlib.contextmanager
def cut_at(point):
    """Let a merge end as a crash would end it; what was done until then stays."""
    with pytest.MonkeyPatch.context() as patched:
        if CUTS[point]:
            patched.setattr(*CUTS[point])
        with contextlib.suppress(Cut):
            yield


def rebuilt(facts):
    facts.close()
    (facts.folder / "facts.duckdb").unlink()
    return facts.open().contents()


@settings(max_examples=5)
@given(
    orders=st.lists(
        st.dictionaries(st.integers(1, 3), VALUES, min_size=1), min_size=16, max_size=20
    ),
    points=st.lists(st.sampled_from(sorted(CUTS)), min_size=1, max_size=3),
)
@pytest.mark.soak
def test_a_log_that_is_merged_makes_the_same_facts_wherever_the_merge_is_cut_off(orders, points):
    with tempfile.TemporaryDirectory() as folder:
        facts = Facts(Path(folder))
        for step, rows in enumerate(orders):  # each step changes something: 16 segments at least
            cells_of = [order(f"new{step}"), *(order(*row) for row in rows.items())]
            facts.bring(cells_of, at=MONDAY + step * DAY)
        before = facts.contents()
        for point in points:
            with cut_at(point):
                facts.engine.compact(2**40)
            facts.open()  # as after a crash: the log is taken anew
            assert facts.contents() == before
            assert rebuilt(facts) == before
        facts.engine.compact(2**40)
        assert len(facts.segments()) == 1
        assert rebuilt(facts) == before
        facts.bring([order(1, "77.00")], at=MONDAY + 99 * DAY)
        after = facts.contents()
        assert rebuilt(facts) == after
        facts.close()


@pytest.mark.parametrize("point", sorted(CUTS))
def test_each_way_to_cut_off_a_merge_leaves_every_row_in_the_log_once(facts, point):
    for step in range(16):
        facts.bring([order(1, f"{step}.00"), order(f"n{step}")], at=MONDAY + step * DAY)
    before = facts.contents()
    with cut_at(point):
        facts.engine.compact(2**40)
    assert rebuilt(facts) == before
    facts.engine.compact(2**40)
    assert len(facts.segments()) == 1
    assert rebuilt(facts) == before


def test_a_facts_file_that_is_older_than_a_merge_takes_in_only_what_it_misses(facts):
    for step in range(10):
        facts.bring([order(1, f"{step}.00"), order(f"n{step}")], at=MONDAY + step * DAY)
    facts.close()
    old = (facts.folder / "facts.duckdb").read_bytes()
    facts.open()
    for step in range(10, 17):
        facts.bring([order(1, f"{step}.00"), order(f"n{step}")], at=MONDAY + step * DAY)
    before = facts.contents()
    assert facts.engine.compact(2**40) == 17
    facts.close()
    (facts.folder / "facts.duckdb").write_bytes(old)
    assert facts.open().contents() == before
    assert FactsEngine(":memory:").compact(2**40) == 0


def test_a_file_of_a_version_that_did_not_know_whose_segments_are_is_used_on(facts):
    facts.bring([order(1)])
    facts.engine._connection.execute("alter table applied_segment drop column brand")
    facts.open()
    facts.bring([order(2)], file="more.csv")
    asked = "select number, brand from applied_segment order by number"
    assert facts.engine._connection.sql(asked).fetchall() == [(1, None), (2, "acme")]


def test_what_is_written_at_once_is_committed_with_the_transaction_around_it(facts):
    taken = {"worker": "w", "segment": "s", "byte": 1}
    with contextlib.suppress(ZeroDivisionError), facts.engine.together():
        with facts.engine.at_once():
            facts.engine.keep("live.take", taken)
        assert facts.engine.read("live.taken", {}).num_rows == 1
        raise ZeroDivisionError
    assert facts.engine.read("live.taken", {}).num_rows == 0
    with facts.engine.at_once():
        facts.engine.keep("live.take", taken)
    assert facts.engine.read("live.taken", {}).num_rows == 1
