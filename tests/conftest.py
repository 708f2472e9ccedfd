"""What every test run shares: no deadlines on a loaded machine, and nothing skipped in silence.

The demo is built once per run, by the command itself; every worker reads a copy of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from benchmarks.postgresql import Absent, cluster

from truelift.store.migrate import migrate

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "30"))
"""Examples of a property; `make soak` asks for more."""
hypothesis.settings.register_profile(
    "house", parent=hypothesis.settings(), deadline=None, max_examples=EXAMPLES
)
hypothesis.settings.load_profile("house")


DATABASE = os.environ.get("TRUELIFT_TEST_DATABASE", "sqlite")
"""What every workspace of the tests is kept in; `make test-cluster` says postgresql."""
BESIDE = Path(__file__).parent / "postgresql"
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@pytest.fixture(scope="session")
def postgresql_cluster():
    """Run a PostgreSQL of the session's own."""
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(cluster(MEMORY, fsync="off", full_page_writes="off"))
        except Absent as absent:
            pytest.skip(str(absent))
        yield running


@pytest.fixture(scope="session")
def copies(postgresql_cluster):
    """Give what keeps workspaces in the cluster; they begin as copies of one with the tables."""
    sys.path.insert(0, str(BESIDE))
    import copies as made  # noqa: PLC0415 - from a folder that is on the path only now

    template = postgresql_cluster.new_database()
    engine = postgresql_cluster.engine(template)
    migrate(engine)
    engine.dispose()
    postgresql_cluster.socket.chmod(0o777)  # a lock lies there
    os.environ[made.SOCKET] = str(postgresql_cluster.socket)
    os.environ[made.TEMPLATE] = template
    yield made
    del os.environ[made.SOCKET], os.environ[made.TEMPLATE]


@pytest.fixture(autouse=True, scope="session")
def workspaces_in(request):
    """Keep every workspace in PostgreSQL where the run says so, in processes of tests too."""
    if DATABASE == "postgresql":
        request.getfixturevalue("copies").install()
        before = os.environ.get("PYTHONPATH", "")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(BESIDE), before)))


@pytest.fixture(autouse=True)
def nothing_left(request):
    """Drop the databases that a test made."""
    if DATABASE != "postgresql" or "tmp_path" not in request.fixturenames:
        yield
        return
    copies, folder = (request.getfixturevalue(name) for name in ("copies", "tmp_path"))
    yield
    copies.drop_below(folder)


@pytest.fixture(scope="session")
def kept_in_a_file():
    """Run a test only where workspaces are files: it looks into one, or at what is loaded."""
    if DATABASE != "sqlite":
        pytest.skip("looks into the file of a workspace database, and this run keeps none")


@pytest.fixture(scope="session")
def unguarded():
    """Take the guards off until the transaction ends, or for good: unguarded(connection)."""

    def off(connection):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("set local session_replication_role = replica")
            return
        kinds = "select name from sqlite_master where type = 'trigger'"
        for (name,) in connection.exec_driver_sql(kinds).all():
            connection.exec_driver_sql(f"drop trigger {name}")
        connection.exec_driver_sql("pragma defer_foreign_keys = on")

    return off


PRINTED, ERRORS, SECONDS = "printed.txt", "errors.txt", "seconds.txt"


@dataclass
class Demo:
    """What `truelift demo` left: its workspace, what it printed and how long it took."""

    folder: Path
    code: int
    printed: str
    errors: str
    seconds: float

    @property
    def workspace(self) -> Path:
        return self.folder / "demo"

    @property
    def truth(self) -> dict[str, Any]:
        return json.loads((self.workspace / "programme" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Run `truelift demo` once, whichever worker comes first."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent / "shared-demo" if os.environ.get("PYTEST_XDIST_WORKER") else own / "shared"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / SECONDS).is_file():
            _build(shared)
    folder = own / "copy"
    shutil.copytree(shared, folder)
    printed, errors, ended = (
        (folder / name).read_text("utf-8") for name in (PRINTED, ERRORS, SECONDS)
    )
    code, seconds = ended.split()
    return Demo(folder, int(code), printed, errors, float(seconds))


def _build(folder):
    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "truelift", "demo", "-w", str(folder / "demo")],
        env=os.environ | {"DEMO_SERVE": "0", "COLUMNS": "250"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    (folder / PRINTED).write_text(ended.stdout, "utf-8")
    (folder / ERRORS).write_text(ended.stderr, "utf-8")
    took = time.perf_counter() - began
    (folder / SECONDS).write_text(f"{ended.returncode} {took}", "utf-8")


@pytest.fixture
def own(demo, tmp_path):
    """Give a copy of the demo's workspace that a test may change."""
    shutil.copytree(demo.workspace, tmp_path / "demo")
    return tmp_path / "demo"


def pytest_terminal_summary(terminalreporter):
    """Name what could not run on this machine, in the last lines, with its reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({(report.nodeid.split("::")[0], _reason(report)) for report in skipped})
    if reasons:
        terminalreporter.section("could not run here")
        for place, reason in reasons:
            terminalreporter.line(f"{place}: {reason}")


def _reason(report):
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
