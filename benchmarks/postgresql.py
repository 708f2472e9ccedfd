"""A PostgreSQL of one's own for as long as it is needed: tests and benchmarks use the same.

In:   nothing; Debian's `postgresql` and the extra `postgresql` (psycopg) must be installed.
Out:  a running cluster in a folder of /tmp, on a socket and no port; SQLAlchemy engines on it.

The cluster is durable as it comes (fsync on). It runs as `postgres` when we are root, since
PostgreSQL refuses root, else as whoever we are.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INSTALLED = Path("/usr/lib/postgresql")
OWNER = "owner"


class Absent(Exception):
    """There is no PostgreSQL here, or no driver for it; the message says which."""


@dataclass(slots=True)
class Cluster:
    """A running PostgreSQL; each database that is asked for is new and empty.

    control: pg_ctl on it, with these words.
    """

    version: str
    socket: Path
    control: Callable[..., None]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def engine(self, database: str, user: str = OWNER) -> sa.Engine:
        """Give an engine on a database, as a user of the cluster."""
        address = sa.URL.create(
            "postgresql+psycopg", user, database=database, query={"host": str(self.socket)}
        )
        return sa.create_engine(address)

    def stop(self) -> None:
        """Stop it as a crash would: whoever is connected is cut off."""
        self.control("-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """Start it again after a stop."""
        self.control("-w", "start")

    def new_database(self, template: str = "template0") -> str:
        """Make a database, empty or as a copy of another one; give its name."""
        name = f"d{next(self._numbers)}"
        made = self.engine("postgres").execution_options(isolation_level="AUTOCOMMIT")
        with made.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.dispose()
        return name


def programs() -> Path:
    """Find the newest installed PostgreSQL; Absent when there is none, or no driver."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        msg = "PostgreSQL is not installed (Debian: apt install postgresql)"
        raise Absent(msg)
    if importlib.util.find_spec("psycopg") is None:
        msg = "psycopg is not installed (the extra truelift[postgresql])"
        raise Absent(msg)
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        msg = "PostgreSQL does not run as root, and there is no runuser to become postgres"
        raise Absent(msg)
    return found[-1].parent


@contextlib.contextmanager
def cluster(within: str | None = None, **settings: str) -> Iterator[Cluster]:
    """Run a cluster; it and its folder are gone at the end. Absent when it cannot run here.

    within: where its folder is made, the usual place for temporary files when None.
    """
    binaries = programs()
    folder = Path(tempfile.mkdtemp(prefix="truelift-postgresql-", dir=within))
    became = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if became:
        shutil.chown(folder, "postgres")
    folder.chmod(0o755)

    def run(program: str, *words: str) -> None:
        command: Sequence[str] = [*became, str(binaries / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)  # noqa: S603 - our words

    data = folder / "data"
    run(
        "initdb", "-D", str(data), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C",
        "--no-instructions",
    )  # fmt: skip
    options = {"listen_addresses": "", "unix_socket_directories": str(folder)} | settings
    words = " ".join(f"-c {name}='{value}'" for name, value in options.items())

    def control(*asked: str) -> None:
        run("pg_ctl", "-D", str(data), "-o", words, "-l", str(folder / "log"), *asked)

    try:
        control("-w", "start")
        yield Cluster(binaries.parts[-2], folder, control)
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
