"""One journal per database: SQLite in a file, PostgreSQL in a cluster of the session's own."""

from __future__ import annotations

import os
import shutil

import pytest
from benchmarks.clusters import connect_server, sail_server, standalone_cluster
from sqlalchemy import create_engine, event

from truelift.store import control_records
from truelift.store.cluster_engine import ClusterEngine
from truelift.store.journal_tables import create_all
from truelift.store.postgresql import grant_application_role
from truelift.store.sqlite import configure_sqlite

ROLE = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'truelift_application') THEN"
    " CREATE ROLE truelift_application NOLOGIN; END IF; END $$"
)
DIALECTS = ("sqlite", "postgresql")


def make_tables(engine):
    """Make what of the workspace runs on both databases: the journal and control records."""
    create_all(engine)
    with engine.begin() as connection:
        control_records.control_record.create(connection)
        control_records.create_control_guards(connection)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(ROLE)
            grant_application_role(connection)


class SQLite:
    """Makes databases as files, each a copy of one that has the tables."""

    name = "sqlite"

    def __init__(self, folder):
        self.folder = folder
        self.template = folder / "template"
        made = self.open(self.template)
        make_tables(made)
        made.dispose()

    @staticmethod
    def open(path):
        made = create_engine(f"sqlite:///{path}")
        event.listen(made, "connect", lambda connection, _: configure_sqlite(connection))
        return made

    def new(self, name):
        return shutil.copy(self.template, self.folder / f"{len(list(self.folder.iterdir()))}{name}")


class PostgreSQL:
    """Makes databases in the cluster, each a copy of one that has the tables."""

    name = "postgresql"

    def __init__(self, running):
        self.cluster = running
        self.template = running.new_database()
        made = running.engine(self.template)
        make_tables(made)
        made.dispose()

    def open(self, database, user="owner"):
        return self.cluster.engine(database, user)

    def new(self, _name):
        return self.cluster.new_database(self.template)


@pytest.fixture(scope="session", params=DIALECTS)
def server(request, tmp_path_factory):
    """Give what makes databases, once for each kind."""
    if request.param == "sqlite":
        return SQLite(tmp_path_factory.mktemp("sqlite"))
    return PostgreSQL(request.getfixturevalue("postgresql_cluster"))


@pytest.fixture(scope="session")
def postgresql(postgresql_cluster):
    return PostgreSQL(postgresql_cluster)


@pytest.fixture(scope="module")
def shared(server):
    """Give an engine on a database of the module's own, for tests that leave it as it was."""
    made = server.open(server.new("shared.db"))
    yield made
    made.dispose()


@pytest.fixture
def database(server, request):
    """Name a new database with the tables."""
    return server.new(f"{abs(hash(request.node.nodeid))}.db")


@pytest.fixture
def engine(server, database):
    """Give an engine on a new database with the tables."""
    made = server.open(database)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def sail():
    """Give the address of a Sail server of this run's own."""
    with sail_server() as address:
        yield address


SPARK_HOME = os.environ.get("TRUELIFT_SPARK_HOME")
"""Where Apache Spark lies; set by `make test-cluster`."""

CLUSTERS = ("sail", "spark", "standalone") if SPARK_HOME else ("sail",)


@pytest.fixture(scope="session")
def spark():
    """Give the address of Apache Spark on two cores of one process."""
    with connect_server(SPARK_HOME, "local[2]") as address:
        yield address


@pytest.fixture(scope="session")
def standalone():
    """Give the address of a driver of an Apache Spark cluster: a master and two workers."""
    with standalone_cluster(SPARK_HOME) as master, connect_server(SPARK_HOME, master) as address:
        yield address


@pytest.fixture(scope="session", params=CLUSTERS)
def address(request):
    """Give the address of each cluster."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def outgrown(address):
    """Give what asks a cluster over a world's lake and its tail of segments."""
    engines = {}

    def engine(world):
        if id(world) not in engines:
            engines[id(world)] = ClusterEngine(address, world.lake, world.log)
        return engines[id(world)]

    yield engine
    for each in engines.values():
        each.close()
