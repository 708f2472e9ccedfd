import datetime as dt
import threading

import duckdb
import pyarrow as pa
import pytest

from truelift.facts.kinds import KINDS
from truelift.store.cluster_engine import ClusterAway, ClusterEngine, ask, plain
from truelift.store.facts_engine import FactsEngine
from truelift.store.lake import Lake, versions


class Session:
    def sql(self, text, args):
        return text, args


def test_parameters_are_handed_over_and_never_written_into_a_query():
    text = "select 1 from t where brand = $brand and at <= $as_of and day = $day and n < $days"
    asked = {
        "brand": "x' or 1 = 1 --", "as_of": dt.datetime(2026, 5, 1, 2, 3, 4, 5),
        "day": dt.date(2026, 5, 1), "days": 7, "unused": "never sent",
    }  # fmt: skip
    found, given = ask(Session(), text, asked)
    assert found == (
        "select 1 from t where brand = :brand and at <= cast(:as_of as timestamp_ntz)"
        " and day = cast(:day as date) and n < :days"
    )
    assert given == {
        "brand": "x' or 1 = 1 --", "as_of": "2026-05-01 02:03:04.000005", "day": "2026-05-01",
        "days": 7,
    }  # fmt: skip


def test_only_heavy_questions_of_core_sql_go_to_the_cluster():
    assert ClusterEngine.answers("attribution.touchpoints")
    assert ClusterEngine.answers("valuation.order_shares")
    assert not ClusterEngine.answers("attribution.shares_last")  # of touchpoints that are here
    assert not ClusterEngine.answers("kept.shares")
    assert not ClusterEngine.answers("closure.orders")
    assert not ClusterEngine.answers("facts.judge")


def test_columns_have_the_types_of_the_embedded_engine():
    rows = pa.table({
        "few": pa.array([1], pa.int32()), "text": pa.array(["a"], pa.large_string()),
        "day": pa.array([dt.date(2026, 5, 1)]),
    })  # fmt: skip
    assert plain(rows).schema.types == [pa.int64(), pa.string(), pa.date32()]


def test_a_key_with_an_empty_part_has_no_other_version():
    text = versions(KINDS["clicks"], "`", 1)
    assert "`brand` is not null and `click_id` is not null" in text
    assert "partition by `brand`, `click_id`" in text
    assert "superseded.`brand` = rows.`brand` and superseded.`click_id` = rows.`click_id`" in text


def test_where_nothing_was_superseded_no_version_is_looked_for():
    text = versions(KINDS["clicks"], "`", 0)
    assert "partition" not in text
    assert "`click_id`" in text


def test_an_engine_that_is_not_there_is_told_in_a_sentence(tmp_path):
    lake = Lake(str(tmp_path / "lake"), "main")
    lake.make()
    engine = ClusterEngine("sc://127.0.0.1:9", lake)
    with pytest.raises(ClusterAway, match=r"The engine sc://127\.0\.0\.1:9 did not answer"):
        engine.read("decisions.post_days", {"as_of": dt.datetime(2026, 5, 1)}, {}, {})
    engine.close()


def test_the_embedded_engine_passes_on_what_is_heavy_and_whole(tmp_path):
    asked = []

    class Elsewhere:
        def answers(self, name):
            return name.startswith("attribution.")

        def read(self, name, parameters, relations, between):
            asked.append((name, set(parameters), set(relations), dict(between)))
            return pa.table({"found": [1]})

        def close(self):
            asked.append("closed")

    heavy, span = Elsewhere(), (dt.datetime(2026, 5, 1), dt.datetime(2026, 5, 2))
    facts = FactsEngine(tmp_path / "facts.duckdb", None, heavy)
    beside = facts.beside()
    parameters = {"brand": "acme", "known_at": span[1], "as_of": span[1], "lookback_days": 30}
    beside.read("attribution.touchpoints", parameters, {"catalog_codes": pa.table({})},
                spans={"orders": span})  # fmt: skip
    assert asked == [
        ("attribution.touchpoints", {*parameters, "orders_since", "orders_until"},
         {"catalog_codes"}, {"orders": "ordered_at"})
    ]  # fmt: skip
    assert facts.read("facts.currencies", parameters).num_rows == 0
    assert len(asked) == 1
    beside.close()
    assert len(asked) == 1
    facts.close()
    assert asked[1:] == ["closed"]
    over = FactsEngine.over(duckdb.connect(), None, heavy)  # as a process beside it has them
    over.beside().close()
    assert asked[1:] == ["closed"]
    over.close()
    assert asked[1:] == ["closed", "closed"]


class Stopped:
    def __init__(self):
        self.stops = 0

    def stop(self):
        self.stops += 1


def test_a_session_is_ended_and_a_question_that_goes_on_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr("truelift.store.cluster_engine.CLOSE_SECONDS", 0.05)
    session, asking, ended = Stopped(), threading.Event(), threading.Event()
    engine = ClusterEngine("sc://127.0.0.1:9", Lake(str(tmp_path), "main"), None, session)

    def ask_long():
        with engine._asking:
            asking.set()
            ended.wait(5)

    thread = threading.Thread(target=ask_long)
    thread.start()
    asking.wait(5)
    engine.close()
    engine.close()
    assert session.stops == 1
    ended.set()
    thread.join()
    ours = ClusterEngine("local[2]", engine.lake, None, session)  # others may still ask it
    ours.close()
    assert session.stops == 1
