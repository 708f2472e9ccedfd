"""The pages in a real browser: served as a user serves them, read from what the browser made."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from truelift.app import create, opened
from truelift.operations.brands import brand_record

BROWSER = Path("/usr/bin/chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--timeout=8000",  # no virtual time: it stands still while the stream of changes is open
)  # fmt: skip
FILES = {
    "campaigns": "campaign,name,goal,starts,ends,currency\n"
    "summer,Summer,sales,2026-05-01,2026-05-31,USD\n",
    "creators": "creator,name\nana,Ana\n",
    "costs": "document,line,state,date,creator,campaign,type,amount,currency\n"
    "inv1,1,accrued,2026-05-10,ana,summer,fee,300.00,USD\n",
}
HOSTILE = "ana<img src=x onerror=document.title='owned'>"

pytestmark = pytest.mark.skipif(not BROWSER.is_file(), reason="needs Debian's chromium")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    files = folder / "files"
    files.mkdir()
    for kind, text in FILES.items():
        named = text.replace(",ana,", f",{HOSTILE},")
        (files / f"{kind}.csv").write_text(named, encoding="utf-8")
    create(folder / "ws", brand_record("Sample", "USD", "UTC"))
    with opened(folder / "ws") as ws:
        ws.import_files([files])
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "truelift", "serve", "-w", folder / "ws", "--port", str(port)]
    )
    place = f"http://127.0.0.1:{port}"
    try:
        wait_for(place)
        yield place
        started = time.monotonic()
        server.send_signal(signal.SIGINT)
        server.wait(10)
        assert time.monotonic() - started < 5
    finally:
        server.kill()
        server.wait()


def wait_for(place):
    for _ in range(600):  # a busy machine loads the libraries slowly
        try:
            urllib.request.urlopen(f"{place}/healthz", timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer")


@pytest.fixture
def seen(tmp_path):
    def look(url):
        words = [BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", url]
        found = subprocess.run(
            words, check=True, capture_output=True, timeout=30, env=os.environ | {"LC_ALL": "C"}
        )
        return found.stdout.decode()

    return look


def test_a_browser_shows_the_overview_and_runs_nothing_of_a_hostile_name(address, seen):
    shown = seen(f"{address}/?by=creator")
    assert "<h1>What came back</h1>" in shown
    assert "300.00" in shown
    assert "<title>What came back - Sample - Truelift</title>" in shown
    assert "ana&lt;img" in shown
    assert "<img" not in shown


def test_a_browser_follows_a_figure_to_its_explanation(address, seen):
    shown = seen(f"{address}/campaign/summer")
    link = re.search(r'href="(/explain\?figure=cost[^"]*)"', shown)[1].replace("&amp;", "&")
    assert "sum of the ledger" in seen(address + link)
