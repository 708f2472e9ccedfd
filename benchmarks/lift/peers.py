"""The peers of PyPI: asked in their own environment, on as many windows as time allows.

In:   Looks, the interpreter of the peers' environment.
Out:  Intervals, or the sentence why there are none.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lift import Intervals

if TYPE_CHECKING:
    from benchmarks.lift import Looks

SCRIPT = Path(__file__).with_name("foreign.py")


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer: what the script calls it, how it is printed, and how many window-looks it is asked.

    window_looks: per source, number of looks and seed; the windows are drawn at random.
    """

    name: str
    shown: str
    window_looks: int


PEERS = (
    Peer("savvi", "savvi LinearRegression, phi 1", 5_000),
    Peer("causal-impact", "bsts-causalimpact, as it comes", 1_500),
)


def asked(peer: Peer, looks: Looks, python: str, seed: int) -> Intervals | str:
    """Ask a peer about a random sample of the windows."""
    count, total = len(looks.readings), len(looks.baseline)
    wanted = min(peer.window_looks // count, total)
    windows = np.sort(np.random.default_rng([seed, 5]).permutation(total)[:wanted])
    some = looks.some(windows)
    with tempfile.TemporaryDirectory() as folder:
        given, told = Path(folder) / "given.npz", Path(folder) / "told.npz"
        np.savez(given, baseline=some.baseline, readings=some.readings)
        try:
            subprocess.run(  # noqa: S603 - our own script
                [python, SCRIPT, peer.name, given, told], check=True, capture_output=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            text = getattr(error, "stderr", None) or str(error).encode()
            return f"not here: {text.decode(errors='replace').strip().splitlines()[-1][:100]}"
        with np.load(told) as found:
            limits = (found[name] for name in ("log", "low", "high"))
            return Intervals(*limits, windows, float(found["seconds"]), str(found["version"]))
