"""The composition root: puts stores, operations and doors together. The only place that knows all.

In:   a workspace folder, a brand, who acts.
Out:  an opened Workspace (the Python door), which the command line and the pages use too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truelift import log
from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.base.time import Clock
from truelift.catalog.permission import Action
from truelift.collector.machinery import Machinery
from truelift.config import settings_from
from truelift.facts.kinds import KINDS
from truelift.facts.visitor import DAY_US
from truelift.operations import demonstrate as demonstration
from truelift.operations import desk, nodes
from truelift.operations.collect import ServedNow, datacenters
from truelift.operations.drain import KEPT_DAYS
from truelift.operations.recompute import recompute
from truelift.store import ground, places
from truelift.store import workspace_database as records
from truelift.store.hit_lake import HitLake
from truelift.store.node_folder import NodeFolder
from truelift.store.spool import Spool, SpoolLimits
from truelift.store.visitor_salts import VisitorSalts
from truelift.store.workspace_database import BrandRecord
from truelift.workspace.people import People
from truelift.workspace.workspace import Workspace

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from truelift.store.moving import Moved
    from truelift.web.visiting import Entry
    from truelift.worker.collecting import Collecting


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts in a command that is run for another process."""

    person: str
    token: Secret | None


_ACTING: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextlib.contextmanager
def acting(person: str, token: Secret | None) -> Iterator[None]:
    """Let somebody act on this thread in place of who started the process."""
    before = _ACTING.set(Acting(person, token))
    try:
        yield
    finally:
        _ACTING.reset(before)


class SystemClock:
    """Tells the machine's time as naive UTC."""

    def now(self) -> dt.datetime:
        """Give the present."""
        return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def create(folder: Path, record: BrandRecord, now: dt.datetime | None = None) -> str:
    """Make a workspace folder with its first brand; give the workspace's id."""
    return ground.create(folder, record, now or SystemClock().now())


@contextlib.contextmanager
def opened(folder: Path, brand: str | None = None) -> Iterator[Workspace]:
    """Open a workspace for one brand; it is closed at the end."""
    with ground.opened(folder, brand, SystemClock(), person(), given_token()) as base:
        yield Workspace(base)


def open_workspace(
    path: str | Path,
    brand: str | None = None,
    token: str | None = None,
    *,
    lake: str | None = None,
    engine: str = places.EMBEDDED,
) -> Workspace:
    """Open a workspace for a program or notebook; close it with `close()` or use it in `with`.

    path: its folder, or its PostgreSQL database's address to read it over a lake, by an engine.
    token: whose person acts; TRUELIFT_TOKEN's when none is given, else the local owner.
    """
    with contextlib.ExitStack() as held:
        folder = Path(path)
        if str(path).startswith("postgresql"):
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="truelift-")))
            places.write(folder, places.of_address(str(path), lake, engine))
        elif lake is not None or engine != places.EMBEDDED:
            msg = f"{path} is a folder: its workspace.toml says which lake and engine it has."
            raise UsageError(msg)
        given = Secret(token) if token else given_token()
        base = held.enter_context(ground.opened(folder, brand, SystemClock(), person(), given))
        return Workspace(base, held.pop_all())


@contextlib.contextmanager
def people_of(folder: Path) -> Iterator[People]:
    """Open a workspace's people: users, roles, tokens, passwords."""
    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        yield People(base)


def add_brand(folder: Path, record: BrandRecord) -> None:
    """Add a brand to a workspace."""
    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        desk.add_brand(base, record)


def rebuild(folder: Path) -> int:
    """Make the facts file again from its segments, and what is kept; give how many there are."""
    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        desk.require_everywhere(base, Action.MANAGE_BRANDS, "rebuild")
        with base.workspace.transaction() as connection:
            brands = [record.brand for record in records.brands(connection)]
    count = ground.rebuild(folder)
    for brand in brands:
        with ground.opened(folder, brand, SystemClock(), person(), given_token()) as base:
            recompute(base)
    return count


def migrate_workspace(folder: Path, to: str, told: Callable[[str, int], None]) -> Moved:
    """Move a workspace's database from its file to PostgreSQL; give what was moved."""
    from truelift.operations import migrate_workspace as moves  # noqa: PLC0415 - when it moves

    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        return moves.migrate_workspace(base, folder, to, told)


def demonstrate(folder: Path, seed: int, progress: Callable[[str], None]) -> None:
    """Build the sample programme's workspace."""
    demonstration.demonstrate(folder, seed=seed, progress=progress)


def sample_truth(folder: Path) -> dict[str, Any]:
    """Read the sample programme's truth."""
    return demonstration.truth(folder)


def serve(
    folder: Path,
    brand: str | None,
    host: str,
    port: int,
    *,
    commands: Callable[[Any], int],
    ready: Callable[[int], None],
    simulated: bool = False,
    workers: int = 1,
    first_run: Callable[[int, str], None] | None = None,
) -> None:
    """Serve a workspace until stopped: one brand, or all of them.

    commands: runs a command of another process. simulated: visitors of a sample send their traffic
    meanwhile. workers: how many processes collect; with more than one, each is a process of its own
    beside this one. first_run: told the port and a code by which the first admin can be made, if
    nobody has a password.
    """
    from truelift.worker import process  # noqa: PLC0415 - the web extra is loaded when it serves
    from truelift.worker.crew import Crew  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.local_socket import CommandSocket  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.simulated import Visitors  # noqa: PLC0415 - loaded when it runs

    with contextlib.ExitStack() as stack:
        stack.enter_context(logging_lines())
        held = stack.enter_context(ground.held(folder, SystemClock()))
        brands = [
            process.Served(*(stack.enter_context(opened(folder, name)) for _ in range(5)))
            for name in ([brand] if brand is not None else _seen(held))
        ]
        writer = brands[0].writer
        for each in brands[1:]:
            each.writer.join_entrance(writer)
        loop, minds = _due(stack, held)
        parts = process.Parts(
            brands=brands,
            loop=loop,
            minds=minds,
            commands=CommandSocket(held.folder, commands),
            largest_upload=settings_from(os.environ).largest_upload << 20,
            entry=_entry(),
        )
        if workers > 1:
            parts.crew = Crew(held.folder, host, workers, collect_beside)
        else:
            parts.collector = _collector(stack, held.folder, OWN_WORKER)
        begun = ready
        if first_run is not None and not writer.guarded:
            begun = both(begun, partial(_tell_first, first_run, writer.first_run_code()))
        if simulated:
            _, key = writer.add_key(server=True, note="simulated traffic of the demo")
            visitors = Visitors(writer.traffic(key.reveal()))
            stack.callback(visitors.stop)
            begun = both(begun, visitors.start)
        process.run(parts, host, port, begun)


def _entry() -> Entry:
    """Read how people come in; UsageError when a provider is named by half."""
    from truelift.operations.provider import Provider  # noqa: PLC0415 - loaded when it serves
    from truelift.web.visiting import Entry  # noqa: PLC0415 - the web extra, loaded when it serves

    settings = settings_from(os.environ)
    secret = settings.oidc_client_secret
    if secret is None and settings.oidc_client_secret_file is not None:
        try:
            text = Path(settings.oidc_client_secret_file).read_text(encoding="utf-8")
        except OSError as error:
            msg = f"The file of TRUELIFT_OIDC_CLIENT_SECRET_FILE cannot be read: {error.strerror}."
            raise UsageError(msg) from None
        secret = Secret(text.strip())
    parts = (settings.oidc_issuer, settings.oidc_client_id, secret)
    if not any(parts):
        return Entry(https=settings.https)
    issuer, client_id, _ = parts
    if issuer is None or client_id is None or secret is None:
        msg = "A provider takes TRUELIFT_OIDC_ISSUER, its CLIENT_ID and CLIENT_SECRET together."
        raise UsageError(msg)
    return Entry(https=settings.https, provider=Provider(issuer, client_id, secret))


def _seen(held: ground.Held) -> list[str]:
    """Name the brands that exist for who serves; UsageError or Refused when there are none."""
    with ground.desk(held.folder, SystemClock(), person(), given_token()) as base:
        found = [name for name in ground.brand_names(held) if base.actor.sees(name)]
        if not found:
            with base.workspace.transaction() as connection:
                records.brand_named(connection, None, base.actor.sees)
    return found


def _tell_first(tell: Callable[[int, str], None], code: Secret, port: int) -> None:
    tell(port, code.reveal())


def collect_beside(folder: Path, host: str, port: int, name: str, telling: Connection) -> None:
    """Collect in a process of its own, beside the one that serves the workspace."""
    from truelift.worker import beside  # noqa: PLC0415 - the web extra is loaded when it serves
    from truelift.worker.serving import shared_port  # noqa: PLC0415 - loaded when it runs

    with contextlib.ExitStack() as stack:
        stack.enter_context(logging_lines())
        collector = _collector(stack, folder, name)
        listening = stack.enter_context(shared_port(host, port))
        beside.collect_beside(collector, folder, listening, telling)


def collect_as_node(
    folder: Path,
    workspace: Path,
    name: str | None,
    place: tuple[str, int],
    *,
    address: str | None,
    seconds: tuple[float, float],
    ready: Callable[[int], None],
) -> None:
    """Collect for a workspace with a folder of one's own, until stopped; seal into the lake.

    seconds: how often it seals, and how long segments stay that are sealed.
    """
    from truelift.worker.node import (  # noqa: PLC0415 - when it serves
        CollectorNode,
        Sealer,
    )

    with contextlib.ExitStack() as stack:
        stack.enter_context(logging_lines())
        lake = HitLake(nodes.lake_of(workspace), ground.workspace_id(workspace))
        token = nodes.token(workspace, settings_from(os.environ).node_token)
        node = NodeFolder(folder, name)
        sealer = Sealer(node, lake, *seconds)
        sealer.admitted()
        collector = _collector(stack, workspace, node.name, node.spool)
        CollectorNode(collector, node, sealer, token, address).run(*place, ready)


def _following(folder: Path, workspace_id: str) -> Any:  # noqa: ANN401 - loaded when it runs
    """Make what follows the nodes of a workspace; None where no lake is named."""
    from truelift.worker.following import Following  # noqa: PLC0415 - loaded when it runs

    lake = places.read(folder).lake
    if lake is None:
        return None
    settings = settings_from(os.environ)
    token = nodes.token(folder, settings.node_token)
    hits = HitLake(lake, workspace_id)
    return Following(folder, hits, token, keep_days=settings.keep_hits_days or KEPT_DAYS)


def _collector(
    stack: contextlib.ExitStack, folder: Path, worker: str, spool: Path | None = None
) -> Collecting:
    from truelift.collector.application import Collector  # noqa: PLC0415 - when it serves
    from truelift.worker.collecting import Collecting  # noqa: PLC0415 - loaded when it runs

    machinery, kept, served = stack.enter_context(collecting(folder, worker, spool=spool))

    def refresh() -> bool:
        machinery.salt(machinery.now_us() // DAY_US)  # forgets old salts though nobody comes
        return served.refresh()

    return Collecting(
        around=lambda doors: Collector(machinery, doors),
        begin=kept.start,
        end=kept.close,
        refresh=refresh,
        probe=kept.probe,
        collected=machinery.counters,
        spooled=kept.counters,
    )


def both(first: Callable[[int], None], second: Callable[[int], None]) -> Callable[[int], None]:
    """Make a call that does two calls, one after the other."""

    def call(given: int) -> None:
        first(given)
        second(given)

    return call


def work(folder: Path, commands: Callable[[Any], int]) -> None:
    """Do what is due in a workspace until stopped, and run commands of other processes."""
    from truelift.worker.local_socket import CommandSocket  # noqa: PLC0415 - loaded when it works

    with contextlib.ExitStack() as stack:
        stack.enter_context(logging_lines())
        held = stack.enter_context(ground.held(folder, SystemClock()))
        loop, minds = _due(stack, held)
        socket = CommandSocket(held.folder, commands)
        socket.open()
        stack.callback(socket.close, STOP_SECONDS)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda _number, _frame: loop.interrupt())
        for mind in minds:
            mind.start()
            stack.callback(mind.stop, STOP_SECONDS)
        loop.run()


@contextlib.contextmanager
def logging_lines() -> Iterator[None]:
    """Write the log as lines of JSON on stderr until the end."""
    handler = log.begin()
    try:
        yield
    finally:
        log.end(handler)


def _due(stack: contextlib.ExitStack, held: ground.Held) -> Any:  # noqa: ANN401 - loaded when it runs
    """Make what is due, over every brand of a workspace that this process holds: loop and minds."""
    from truelift.worker.apart import Apart  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.books import Books  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.loop import Loop  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.sealing import Sealing  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.watch import Watch  # noqa: PLC0415 - loaded when it runs

    simulated = held.simulated
    apart = settings_from(os.environ).apart
    if apart is None:
        apart = held.facts.read("facts.size", {})["rows"][0].as_py() >= MANY_FACTS
    open_new, (taking, *others) = _brands(stack, [held] if apart else [held] * 3)

    def shift() -> dt.timedelta:
        return dt.timedelta(0) if simulated is None else simulated.now() - SystemClock().now()

    first = next(iter(taking.values()))
    loop = Loop(taking, shift, open_new, nodes=_following(held.folder, first.workspace_id))
    sealing = [] if first.lake is None else [Sealing(_aside(stack, first), loop.pulse)]
    if apart:
        target = partial(think_apart, held.folder, simulated)
        return loop, [Apart(target, held.facts, held.turn, loop.pulse), *sealing]
    booking, watching = others
    return loop, [Books(booking, loop.pulse), Watch(watching), *sealing]


def _aside(stack: contextlib.ExitStack, first: ground.Ground) -> ground.Ground:
    """Give a ground on a cursor of its own, for another thread; the other's is busy under load."""
    facts = stack.enter_context(contextlib.closing(first.facts.beside()))
    return replace(first, facts=facts)


def _brands(
    stack: contextlib.ExitStack, several: Sequence[ground.Held]
) -> tuple[Callable[[], None], list[dict[str, ground.Ground]]]:
    """Open every brand on each of some stores; give what opens those that are added later, too."""
    known: list[dict[str, ground.Ground]] = [{} for _ in several]

    def open_new() -> None:
        for name in ground.brand_names(several[0]):
            for held, opened_brands in zip(several, known, strict=True):
                if name not in opened_brands:
                    opened_brands[name] = stack.enter_context(
                        ground.opened(
                            held.folder, name, SystemClock(), person(), given_token(), shared=held
                        )
                    )

    open_new()
    return open_new, known


def think_apart(folder: Path, simulated: Clock | None, pipes: Mapping[str, Connection]) -> None:
    """Keep books and look for alerts in a process of its own, beside the one that serves."""
    from truelift.worker import apart  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.books import Books  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.loop import Pulse  # noqa: PLC0415 - loaded when it runs
    from truelift.worker.watch import Watch  # noqa: PLC0415 - loaded when it runs

    with contextlib.ExitStack() as stack:
        stack.enter_context(logging_lines())
        several = [
            stack.enter_context(ground.borrowing(folder, pipes[name], simulated))
            for name in apart.PIPES
        ]
        open_new, (booking, watching) = _brands(stack, several)
        books = Books(booking, Pulse(), due=set(KINDS))  # what was cut off is taken up
        apart.think(books, Watch(watching), open_new, several[0].tell)


MANY_FACTS = 300_000
"""From so many on, books and alerts are thought of in a process of their own."""
OWN_WORKER = "serve"
"""Whose folder of the spool the serving process writes to."""
STOP_SECONDS = 2.0
"""How long commands of other processes have to end when the work is stopped."""


@contextlib.contextmanager
def collecting(
    folder: Path, worker: str, limits: SpoolLimits | None = None, spool: Path | None = None
) -> Iterator[tuple[Machinery, Spool, ServedNow]]:
    """Open what a collector stands on: hand the machinery to `Collector`, start the spool.

    Whoever runs it starts and closes the spool in the event loop and refreshes what is served.
    spool: where it is kept, in place of the workspace's own folder.
    """
    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        now = ServedNow(base, folder)
        kept = Spool(spool or folder / "spool", worker, limits)
        salts = VisitorSalts(folder)
        yield Machinery(now, kept.append, salts, datacenters=datacenters(folder)), kept, now


def person() -> str:
    """Name who acts: the local owner, as the machine knows them.

    The account of the process comes first, not $LOGNAME or $USER: setting a variable must not make
    a second person who approves what the first one prepared.
    """
    given = _ACTING.get()
    if given is not None:
        return given.person
    try:
        import pwd  # noqa: PLC0415 - not on every system

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        pass
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"


def given_token() -> Secret | None:
    """Give the token that this process, or the command it runs for another one, was given."""
    given = _ACTING.get()
    if given is not None:
        return given.token
    return settings_from(os.environ).token
