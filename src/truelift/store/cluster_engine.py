"""The cluster engine: the same query files on Apache Spark or Sail, over the tables of the lake.

In:   the name of a query, its parameters, and relations handed in.
Out:  an Arrow table with the rows that the embedded engine gives.

What it reads is one version of each table and the tail of segments above it, so that an answer is
as fresh as the facts file. It never writes. One question is asked at a time: a cluster's memory is
one question's.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Kind
from truelift.base.errors import TrueliftError, UsageError
from truelift.base.time import Instant
from truelift.store import parts, queries
from truelift.store.ddl import FACT_KINDS
from truelift.store.delta_table import Snapshot
from truelift.store.lake import Lake, lake_schema, superseding, versions
from truelift.store.parts import VERSION, Matrix, Work
from truelift.store.segments import SegmentLog

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",  # a sum that overflows is an error and no other number
}
HEAVY = frozenset({"attribution", "content", "decisions", "measurement", "valuation"})
"""Stages whose queries go over many facts; the others ask for a few rows."""

CONNECT_PORT = 15_002
REACH_SECONDS, RETRIES = 5.0, 5
"""How long an engine may take to be reached, and how often a question is tried: some 20 s."""

CLOSE_SECONDS = 2.0
"""How long a question may take to its end when the session is closed."""

_PARAMETER = re.compile(r"\$([a-z_]+)")
_UNABLE = re.compile(f"ModuleNotFoundError|ImportError|PYTHON_VERSION_MISMATCH|{parts.ANOTHER}")
_KINDS = {kind.name: kind for kind in FACT_KINDS}
_CAST: dict[type, str] = {dt.datetime: "timestamp_ntz", dt.date: "date"}


class ClusterAway(TrueliftError):
    """The engine does not answer."""


@dataclass(slots=True)
class ClusterEngine:
    """Asks one session of a cluster.

    engine: `spark://…` or `local[N]` for Apache Spark, `sc://…` for whatever speaks Spark Connect.
    """

    engine: str
    lake: Lake
    log: SegmentLog | None = None
    _session: SparkSession | None = None
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    _asking: Any = field(default_factory=threading.RLock)

    @staticmethod
    def answers(name: str) -> bool:
        """Say whether a query is heavy, and one of those that give the same rows everywhere.

        One that reads no facts but only what is handed in stays where that is.
        """
        text = queries.text(name)
        heavy = name.partition(".")[0] in HEAVY and not text.startswith("-- dialect")
        return heavy and bool(queries.relations(text)["known"])

    def read(
        self,
        name: str,
        parameters: Mapping[str, object],
        relations: Mapping[str, pa.Table],
        between: Mapping[str, str],
    ) -> pa.Table:
        """Run the query of a file; the parameters hold the bounds of `between` too."""
        sql = queries.render(queries.text(name), "spark", between=between)
        with self._asking, self._answering():
            session = self.session()
            for kind in set(re.findall(r"\bfact_(\w+)\b", sql)):
                self._show(session, _KINDS[kind])
            for relation, table in relations.items():
                if relation in sql:
                    frame(session, table).createOrReplaceTempView(relation)
            return plain(ask(session, sql, parameters).toArrow())

    def apply(self, work: Work, inputs: Iterable[object]) -> Iterator[Matrix]:
        """Apply a pure function to inputs on the workers; results in their order.

        work: a function of a module, which the workers' Python imports. Few inputs are in memory
        at a time.
        """
        asked = partial(parts.answered, work, VERSION)
        for question in parts.questions(inputs):
            with self._asking, self._answering():
                rows = self.session().createDataFrame(question).repartition(question.num_rows)
                answers = self._run(rows, asked)
            yield from parts.matrices(answers)

    def _run(self, rows: DataFrame, asked: Any) -> pa.Table:  # noqa: ANN401 - as pyspark has it
        """Run a function of ours on the workers; UsageError where they have it not."""
        try:
            return rows.mapInArrow(asked, parts.FOUND).toArrow()
        except Exception as error:
            told = [line.strip() for line in str(error).splitlines() if _UNABLE.search(line)]
            if not told:
                raise
            msg = (
                f"The workers of {self.named} cannot run what Truelift sends them: {told[-1]}. "
                f"Their Python (PYSPARK_PYTHON) takes truelift {VERSION} with its libraries."
            )
            raise UsageError(msg) from error

    def session(self) -> SparkSession:
        """Give the session, opened when it is first asked for."""
        if self._session is None:
            from pyspark.sql import SparkSession  # noqa: PLC0415 - the extra, loaded when used

            # Said once per call by 4.2; what it uses of pandas is never used here.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
            # A main module without a file (python -c, a worker of a test run) is taken for a test
            # of the client's own, and the process would end.
            main: Any = sys.modules["__main__"]
            main.__file__ = getattr(main, "__file__", __file__)
            builder: Any = SparkSession.builder.appName("truelift")
            remote = self.engine.startswith("sc://")
            if self.engine.startswith("local["):
                os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            builder = builder.remote(self.engine) if remote else builder.master(self.engine)
            if remote:
                self._reach()
            # A session of its own: names of another workspace's rows stand in another one.
            session = builder.create() if remote else builder.getOrCreate().newSession()
            for name, value in SETTINGS.items():
                session.conf.set(name, value)
            self._session = session
            if remote:
                from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415 - as above

                session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
        return self._session

    def _reach(self) -> None:
        """See that somebody listens; the client itself would try for ten minutes."""
        try:
            address = urlsplit(self.engine)
            place = (address.hostname or "", address.port or CONNECT_PORT)
        except ValueError as error:
            msg = f"The engine {self.named} cannot be: {error}; name sc://host:port."
            raise UsageError(msg) from error
        socket.create_connection(place, REACH_SECONDS).close()

    def close(self) -> None:
        """End the session; a question that another thread still asks is cut off."""
        waited = self._asking.acquire(timeout=CLOSE_SECONDS)
        try:
            if self._session is not None and self.engine.startswith("sc://"):
                self._session.stop()  # in our own process others may still ask theirs
            self._session = None
            self._seen.clear()
        finally:
            if waited:
                self._asking.release()

    @property
    def named(self) -> str:
        """Name the engine without what follows its address, which may be a token."""
        return self.engine.partition(";")[0]

    def _show(self, session: SparkSession, kind: Kind) -> None:
        """Name a kind's rows, at the lake's newest version and with the tail above it."""
        # in this order: what is sealed in between is in the tail of the version that was asked
        snapshot = self.lake.snapshot(kind)
        tail = None if self.log is None else self.lake.tail(kind, self.log, snapshot)
        stands = (snapshot.version, 0 if tail is None else tail.num_rows)
        if self._seen.get(kind.name) == stands:
            return
        rows = _sealed(session, kind, snapshot)
        if tail is not None and tail.num_rows:
            rows = rows.unionByName(frame(session, tail))
        rows.createOrReplaceTempView(f"lake_{kind.name}")
        several = ask(session, superseding(kind), {}).collect()[0]["rows"]
        shown = versions(kind, "`", several)
        session.sql(shown).createOrReplaceTempView(f"fact_{kind.name}")
        self._seen[kind.name] = stands

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            from pyspark.errors import PySparkException  # noqa: PLC0415 - as above
        except ImportError:
            msg = f"The engine {self.named} takes an extra: pip install 'truelift[sail]'."
            raise UsageError(msg) from None
        try:
            yield
        except (PySparkException, OSError, RuntimeError) as error:
            self._session = None  # another one may find an engine that was started again
            self._seen.clear()
            told = str(error).strip().splitlines()
            msg = f"The engine {self.named} did not answer: {told[0] if told else error!r}."
            raise ClusterAway(msg) from error


def ask(session: SparkSession, sql: str, parameters: Mapping[str, object]) -> DataFrame:
    """Ask a rendered query; parameters are handed over as such and never written into it.

    A moment goes as text with its type beside it: what a client makes of a datetime hangs on the
    time zone of its machine.
    """

    def word(found: re.Match[str]) -> str:
        name = found[1]
        kind = _CAST.get(type(parameters[name]))
        return f":{name}" if kind is None else f"cast(:{name} as {kind})"

    asked: dict[str, Any] = {}
    for name in set(_PARAMETER.findall(sql)):
        value = parameters[name]
        asked[name] = value.isoformat(" ") if isinstance(value, Instant) else value
        if type(value) is dt.date:
            asked[name] = value.isoformat()
    return session.sql(_PARAMETER.sub(word, sql), args=asked)


def frame(session: SparkSession, rows: pa.Table) -> DataFrame:
    """Hand rows to the engine; of no rows it would know no types."""
    if rows.num_rows:
        return session.createDataFrame(rows)
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - the extra

    return session.createDataFrame([], from_arrow_schema(rows.schema, prefer_timestamp_ntz=True))


def plain(rows: pa.Table) -> pa.Table:
    """Give columns the types that the embedded engine gives them."""
    for place, each in enumerate(rows.schema):
        wanted = each.type
        if pa.types.is_integer(wanted):
            wanted = pa.int64()
        elif pa.types.is_large_string(wanted):
            wanted = pa.string()
        if wanted != each.type:
            rows = rows.set_column(place, each.name, pc.cast(rows[each.name], wanted))
    return rows


def _sealed(session: SparkSession, kind: Kind, snapshot: Snapshot) -> DataFrame:
    schema = lake_schema(kind)
    if not snapshot.files:
        return frame(session, schema.empty_table())
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - the extra

    # By our columns, not by those of whichever file is looked at: what an older one lacks is null.
    named = from_arrow_schema(schema, prefer_timestamp_ntz=True)
    return session.read.schema(named).parquet(*snapshot.files)
