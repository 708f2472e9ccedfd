import time
from collections import Counter
from types import SimpleNamespace

from truelift.collector.counters import CollectorCounters
from truelift.store.spool import SpoolCounters
from truelift.worker.health import STALE_SECONDS, Watched
from truelift.worker.loop import Pulse


def test_numbers_are_written_as_prometheus_reads_them():
    watched = Watched(Pulse(hits=3, waiting_bytes=9, waiting={"worker-1": 9}))
    watched.answers[("pages", 200)] += 2
    collected = CollectorCounters(answers=Counter({("/r/", 302): 5}), lost=1)
    collected.classes["human"] = 4
    watched.counting = SimpleNamespace(collected=collected, spooled=SpoolCounters(hits=8))
    watched.streams = SimpleNamespace(streams=1)
    watched.heard = (("orders", "shop", 3.0),)
    watched.heard_at = time.monotonic()
    text = watched.text().decode()
    for line in (
        "truelift_hits_total 3.0", "truelift_spool_waiting_bytes 9.0",
        'truelift_requests_total{door="pages",status="200"} 2.0',
        'truelift_collector_total{route="/r/",status="302"} 5.0',
        'truelift_clicks_total{class="human"} 4.0', "truelift_collector_lost_total 1.0",
        "truelift_spool_hits_total 8.0", 'truelift_spool_waiting{worker="worker-1"} 9.0',
         "truelift_live_streams 1.0",
        'truelift_last_seconds{kind="orders",source="shop"} 3.',
    ):  # fmt: skip
        assert line in text
    assert "truelift_hits_total 0.0" in Watched(Pulse()).text().decode()


def test_what_keeps_it_from_being_ready_is_said():
    watched = Watched(Pulse())
    assert watched.faults == []
    watched.pulse.beat -= STALE_SECONDS + 1
    watched.pulse.fault = "It broke."
    watched.counting = SimpleNamespace(faults=["The disk is full."])
    assert len(watched.faults) == 3
    assert watched.faults[2] == "The disk is full."
