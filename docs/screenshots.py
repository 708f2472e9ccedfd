"""Takes a picture of every page of a served workspace: light, dark, and as wide as a phone.

    python docs/screenshots.py WORKSPACE FOLDER

Needs Debian's chromium. `make screenshots` builds the sample programme and calls this.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGES = {
    "overview": "/", "campaign": "/campaign/summer", "creator": "/creator/vera",
    "content": "/content", "compare": "/compare?creators=carl&creators=vera&creators=will",
    "attribution": "/attribution", "baselines": "/baselines", "doubt": "/doubt?campaign=summer",
    "alerts": "/alerts", "pacing": "/pacing", "forecast": "/forecast",
    "reallocation": "/reallocation?campaign=summer", "leaks": "/leaks", "shortlist": "/shortlist",
    "scorecard": "/scorecard", "spend": "/spend", "reports": "/reports",
    "commitments": "/report/commitments", "reconciliation": "/reconciliation", "close": "/close",
    "ledger": "/ledger", "health": "/health", "explore": "/explore?kind=orders",
    "settings": "/settings",
}  # fmt: skip
LOOKS = {"light": ("light", 1280, 900), "dark": ("dark", 1280, 900), "phone": ("light", 390, 844)}
FLAGS = ["--no-sandbox", "--disable-gpu"]


def main(workspace: str, folder: str) -> None:
    """Serve the workspace on a free port and write `PAGE-LOOK.png` for every page and look."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    words = [sys.executable, "-m", "truelift", "serve", "-w", workspace, "--port", port]
    server = subprocess.Popen(words)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        _take(f"http://127.0.0.1:{port}", place)
    finally:
        server.terminate()
        server.wait()


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The server did not answer.")


def _take(address: str, place: Path) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for look, (scheme, width, height) in LOOKS.items():
            context = browser.new_context(
                color_scheme=scheme,  # type: ignore[arg-type] # one of the words it takes
                viewport={"width": width, "height": height},
            )
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(f"{address}{path}")
                _scroll(page)
                page.screenshot(path=place / f"{name}-{look}.png", full_page=look != "phone")
                sys.stderr.write(f"{name}-{look}.png\n")
            context.close()
        browser.close()


def _scroll(page: Page) -> None:
    """Walk down a page, since a chart is drawn when it comes into view, and up again."""
    while page.locator("meta[http-equiv=refresh]").count():
        page.wait_for_timeout(1_000)  # what takes long is being worked out
    for _ in range(12):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(120)
    page.wait_for_timeout(500)
    page.mouse.wheel(0, -20_000)
    page.wait_for_timeout(100)


if __name__ == "__main__":
    main(*sys.argv[1:])
