"""A browser of Debian's, driven as a person would; its pages say when something is wrong."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium():
    """Give one browser for the tests of a file.

    No longer: its driver keeps an event loop in this thread, beside which no other can run.
    """
    if not CHROMIUM.is_file():
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where it is used only

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """Give an empty page; errors of its scripts and its policy fail the test."""
    context = chromium.new_context()
    shown = context.new_page()
    wrong = []

    def heard(told):
        away = told.text.startswith("Failed to load resource")  # a server that is starting again
        if told.type == "error" and not away:
            wrong.append(told.text)

    shown.on("console", heard)
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    yield shown
    context.close()
    assert wrong == []


AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def faults():
    """Give what names the faults of access of a page; axe-core comes with the front end's build."""
    if not AXE.is_file():
        pytest.skip(
            "needs axe-core: remove src/truelift/web/static/built and run `make .make/frontend`"
        )
    script = AXE.read_text(encoding="utf-8")

    def found(page):
        page.evaluate(script)
        told = page.evaluate("axe.run().then(found => found.violations)")
        return [
            (each["id"], [node["target"] for node in each["nodes"]][:3], each["help"])
            for each in told
        ]

    return found


class Servers:
    """Serves folders in processes of their own, and one of them again at the same address."""

    def __init__(self):
        self._folders = {}
        self._running = {}

    def __call__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        self._folders[address] = (folder, port)
        self._start(address)
        return address

    def again(self, address):
        """Stop the server in the middle of its open streams, and start it again."""
        started = time.monotonic()
        self._running[address].send_signal(signal.SIGINT)
        self._running[address].wait(10)
        assert time.monotonic() - started < 5
        self._start(address)

    def _start(self, address):
        folder, port = self._folders[address]
        words = [sys.executable, "-m", "truelift", "serve", "-w", folder, "--port", str(port)]
        self._running[address] = subprocess.Popen(words)
        for _ in range(600):  # a busy machine loads the libraries slowly
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the server did not answer")

    def end(self):
        for process in self._running.values():
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def served():
    """Serve workspaces; all servers end with the tests of a file."""
    servers = Servers()
    yield servers
    servers.end()
