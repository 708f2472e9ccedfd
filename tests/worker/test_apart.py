"""Books and alerts in a real process beside the one that serves; it is killed, and stopped."""

import os
import re
import signal
from pathlib import Path

import pytest

until = __import__("runpy").run_path(__file__.replace("test_apart.py", "conftest.py"))["until"]

BOOKINGS = re.compile(r"^truelift_bookings_total (\S+)$", re.MULTILINE)


def children(served):
    """Give the processes beside the one that serves, which are not those that track resources."""
    tasks = Path(f"/proc/{served.process.pid}/task").glob("*/children")
    names = " ".join(each.read_text() for each in tasks).split()
    lines = {name: Path(f"/proc/{name}/cmdline").read_bytes() for name in names}
    return [int(name) for name, line in lines.items() if b"spawn_main" in line]


def bookings(served):
    found = BOOKINGS.search(served.ask("/metrics")[2])
    return float(found[1])


def ordered(served, headers, number):
    row = {
        "order_id": f"n{number}", "ordered_at": "2026-03-07T12:00:00Z", "currency": "USD",
        "subtotal": "10.00", "cogs": "1.00", "code": "ANA",
    }  # fmt: skip
    assert served.ask("/api/v1/orders", body=[row], headers=headers)[0] in {200, 207}


@pytest.fixture
def apart(shop, serving, token, monkeypatch):
    monkeypatch.setenv("TRUELIFT_APART", "1")
    headers = {"authorization": f"Bearer {token()}", "content-type": "application/json"}
    served = serving(shop).ready()
    (process,) = until(lambda: children(served))
    return served, headers, process


@pytest.mark.soak
def test_books_are_kept_by_a_process_beside_and_again_when_it_was_killed(apart):
    served, headers, process = apart
    assert until(lambda: bookings(served) >= 1)  # what may have been cut off before
    assert os.getpriority(os.PRIO_PROCESS, process) > os.getpriority(
        os.PRIO_PROCESS, served.process.pid
    )
    ordered(served, headers, 1)
    assert until(lambda: bookings(served) >= 2)
    code, out, _ = served.command("ledger", "verify", "-w", served.folder)
    assert code == 0, out
    os.kill(process, signal.SIGKILL)
    (again,) = until(lambda: [each for each in children(served) if each != process])
    count = bookings(served)
    ordered(served, headers, 2)
    assert until(lambda: bookings(served) > count)
    assert "it is started again" in served.said()
    assert served.stop() < 5
    assert not Path(f"/proc/{again}").exists()
    assert "something was cut off" not in served.said()


def test_it_ends_with_the_one_that_serves(apart):
    served, _, process = apart
    served.stop(signal.SIGKILL)
    assert until(lambda: not Path(f"/proc/{process}").exists())
