"""Beside a real owner: what happens when it is gone."""

import signal
import subprocess
import sys
import time
from pathlib import Path

OWNER = """
import multiprocessing, time
from multiprocessing.connection import Connection
from truelift.worker.beside import _end_with_owner

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=_end_with_owner, daemon=True)
    process.start()
    print(process.pid, flush=True)
    time.sleep(60)
"""


def test_a_collector_ends_when_its_owner_is_killed(tmp_path):
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as owner:
        child = Path("/proc") / owner.stdout.readline().decode().strip()
        assert child.exists()
        time.sleep(0.2)
        owner.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 30
    while child.exists() and "State:\tZ" not in (child / "status").read_text():
        assert time.monotonic() < ends
        time.sleep(0.05)
