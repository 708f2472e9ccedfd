"""`python -m truelift` and the `truelift` command."""

from __future__ import annotations

import contextlib
import os
import sys
import threading


def main() -> None:
    """Run the command line; the exit code follows the contract."""
    from truelift.cli.main import run  # noqa: PLC0415 - so that importing the package stays cheap

    code = run()
    if threading.active_count() > 1:
        # What was cut off runs on in C++ code, which Python's own end would tear apart by force.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
