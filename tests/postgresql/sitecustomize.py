"""Run by every Python process that a test starts: its workspaces are on PostgreSQL too."""

import os
import sys

if "TRUELIFT_TEST_SOCKET" in os.environ:
    sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 - as little as possible is loaded
    import copies

    copies.install()
