"""The demo: builds the sample programme, prints estimate beside truth, and serves the pages."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from truelift.app import demonstrate, opened, sample_truth
from truelift.base.errors import UsageError
from truelift.cli.progress import step_progress
from truelift.cli.render import table_text, write
from truelift.cli.serving import Run, serve_here
from truelift.cli.summary import roi_summary, with_truth


def run_demo(folder: Path, *, seed: int, port: int, run: Run) -> None:
    """Make the demo workspace anew, print its ROI table, and serve unless DEMO_SERVE is 0."""
    if folder.exists():
        if not (folder / "programme").is_dir() and any(folder.iterdir()):
            msg = f"{folder} is not a demo workspace; name an empty folder with -w."
            raise UsageError(msg)
        shutil.rmtree(folder)
    with step_progress() as progress:
        demonstrate(folder, seed, progress)
    truth = sample_truth(folder)
    with opened(folder) as ws:
        sys.stderr.write(f"Simulated clock: {ws.simulated} UTC\n")
        for by in ("campaign", "creator"):
            data = ws.roi(by=by).data
            truths = truth["campaigns" if by == "campaign" else "pairs"]
            table = with_truth(roi_summary(data), data, truths)
            write(table_text(table, to_file=True), None)
    if os.environ.get("DEMO_SERVE", "1") != "0":
        serve_here(folder, None, "127.0.0.1", port, run, simulated=True)
