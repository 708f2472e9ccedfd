"""Real processes: collectors beside the owner, one of them killed in the middle of its work."""

import contextlib
import http.client
import os
import re
import signal
import stat
import threading
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from truelift.collector.counters import CollectorCounters
from truelift.store.spool import SpoolCounters
from truelift.worker.beside import Told
from truelift.worker.crew import Crew

until = __import__("runpy").run_path(__file__.replace("test_crew.py", "conftest.py"))["until"]

CLICK_ID = re.compile(r"[?&]tl=([A-Za-z0-9_-]{22})")
WAITING = re.compile(r'truelift_spool_waiting\{worker="(worker-\d)"\} (\S+)')


SAFE_SECONDS = 1.0
"""On a slow machine a visitor is sent on before the click is safe; it is written soon after."""


def clicks(port, number, found):
    """Click on new connections, as visitors do; note the ids that were answered."""
    for _ in range(number):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            link.request("GET", "/r/ana", headers={"user-agent": "Firefox"})
            with link.getresponse() as answer:
                assert answer.status == 302
            found.append(CLICK_ID.search(answer.headers["location"])[1])
        except OSError:
            time.sleep(0.01)  # it was in the hands of the process that was killed
        finally:
            link.close()


def collectors(served):
    """Give the process of each collector, by the folder whose lock it holds."""
    found = {}
    tasks = Path(f"/proc/{served.process.pid}/task").glob("*/children")
    for child in " ".join(each.read_text() for each in tasks).split():
        for each in Path(f"/proc/{child}/fd").glob("*"):
            with contextlib.suppress(OSError):  # opened and closed meanwhile
                link = str(each.readlink())
                if link.startswith(f"{served.folder}/spool/") and link.endswith("/lock"):
                    found[link.split("/")[-2]] = int(child)
    return found


def streamed(port, lines):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", "/live")
    with contextlib.closing(link), link.getresponse() as answer:
        while line := answer.readline():
            lines.append(line)
    lines.append(b"ended")


@pytest.mark.soak
def test_two_collectors_share_the_port_and_one_that_dies_is_replaced(shop, serving):
    served = serving(shop, "serve", "--port", "0", "--workers", "2").ready()
    pages = shop / "pages.sock"
    assert stat.S_IMODE(pages.stat().st_mode) == 0o600
    assert served.ask("/healthz")[::2] == (200, "ok\n")
    assert until(lambda: served.ask("/readyz")[0] == 200)
    assert served.ask("/roi.json?by=campaign")[0] == 200
    told = []
    threading.Thread(target=streamed, args=(served.port, told), daemon=True).start()
    until(lambda: any(b"data: " in line for line in told))

    acknowledged = []
    given = (served.port, 200, acknowledged)
    visitors = [threading.Thread(target=clicks, args=given) for _ in range(4)]
    for each in visitors:
        each.start()
    until(lambda: len(acknowledged) > 60)
    safe = list(acknowledged)
    time.sleep(SAFE_SECONDS)
    before = collectors(served)
    assert set(before) == {"worker-1", "worker-2"}
    assert served.process.pid not in before.values()
    os.kill(before["worker-1"], signal.SIGKILL)
    for each in visitors:
        each.join()

    def replaced():
        found = collectors(served)
        return len(found) == 2 and found["worker-1"] != before["worker-1"] and found

    after = until(replaced)
    assert after["worker-2"] == before["worker-2"]
    until(lambda: served.ask("/readyz")[0] == 200)
    clicks(served.port, 20, safe)

    def drained():
        found = dict(WAITING.findall(served.ask("/metrics")[2]))
        return set(found) == {"worker-1", "worker-2"} and set(found.values()) == {"0.0"}

    until(drained)
    until(lambda: set(safe) <= {row["click_id"] for row in served.rows("clicks")})
    rows = served.rows("clicks")
    kept = Counter(row["click_id"] for row in rows)
    assert [each for each in safe if kept[each] != 1] == []
    assert max(kept.values()) == 1
    assert {path.parent.name for path in (shop / "spool").glob("*/*.log")} == set(before)
    for name in before:
        assert any(path.stat().st_size for path in (shop / "spool" / name).glob("*.log"))
    assert 'truelift_collector_total{route="/r/",status="302"}' in served.ask("/metrics")[2]

    links = shop / "links.csv"
    links.write_text("slug,destination,creator\nnew,https://shop.example/n,bo\n")
    assert served.command("import", links, "-w", shop)[0] == 0
    until(lambda: all(_status(served.port, "/r/new") == 302 for _ in range(8)))

    assert served.stop() < 5
    assert served.process.returncode == 0
    until(lambda: b"ended" in told)
    assert not pages.exists()
    assert not any(Path(f"/proc/{each}").exists() for each in after.values())


def _status(port, path):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("GET", path)
    try:
        with link.getresponse() as answer:
            return answer.status
    finally:
        link.close()


def told(hits, fault="", *, listens=True):
    collected = CollectorCounters(answers=Counter({("/r/", 302): hits}))
    return Told(listens, collected, SpoolCounters(hits=hits, fault=fault))


def test_counters_of_all_are_added_and_those_that_ended_are_not_forgotten(tmp_path):
    crew = Crew(tmp_path, "127.0.0.1", 2, lambda *_: None)
    assert crew.collected is None
    assert crew.spooled is None
    assert len(crew.faults) == 2
    first, second = crew._members
    first.told, second.told = told(3), told(4, "The disk is full.")
    assert crew.spooled.hits == 7
    assert crew.collected.answers["/r/", 302] == 7
    assert crew.faults == ["The disk is full."]
    first.process = SimpleNamespace(is_alive=lambda: False, exitcode=-9)
    crew._look_after(first)
    assert first.process is None
    assert first.due > time.monotonic()
    assert crew.spooled.hits == 7
    assert "worker-1 does not run" in crew.faults[1]
    first.told = told(1)
    assert crew.spooled.hits == 8


def test_one_that_ends_again_and_again_is_started_less_often(tmp_path):
    crew = Crew(tmp_path, "127.0.0.1", 1, lambda *_: None)
    (member,) = crew._members
    pauses = []
    for _ in range(6):
        member.process = SimpleNamespace(is_alive=lambda: False, exitcode=1)
        member.begun = time.monotonic()
        crew._look_after(member)
        pauses.append(member.pause)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 5.0
    member.process = SimpleNamespace(is_alive=lambda: False, exitcode=1)
    member.begun = time.monotonic() - 60
    crew._look_after(member)
    assert member.pause == 0.3


def test_one_that_does_not_end_in_time_is_cut_off(tmp_path):
    crew = Crew(tmp_path, "127.0.0.1", 1, lambda *_: None)
    done, living = [], [True]

    def kill():
        done.append("kill")
        living[0] = False

    crew._members[0].process = SimpleNamespace(
        terminate=lambda: done.append("terminate"), kill=kill, join=lambda *_: None,
        is_alive=lambda: living[0],
    )  # fmt: skip
    assert not crew.stop()
    assert done == ["terminate", "terminate", "kill"]


def test_what_is_told_can_be_sent_to_another_process():
    import pickle  # noqa: PLC0415 - only here

    given = told(2)
    assert pickle.loads(pickle.dumps(given)) == given
