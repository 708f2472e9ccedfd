"""Hits as rows: what the collector kept, as events of the kinds that everybody else imports.

In:   hits of the spool with their places, and by how much a simulated clock differs.
Out:  events (text, as a file would hold it), in batches that name no natural key twice; faults.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from truelift.connectors import (
    shopify_webhook,
    standard_webhook,
    stripe_webhook,
    woocommerce_webhook,
)
from truelift.connectors.webhook import NotReadable
from truelift.facts.agent_lists import HUMAN, agent_of
from truelift.facts.collectible import PUBLIC_KINDS
from truelift.facts.event import NOTES, DropReason, EventBatch, Fault
from truelift.facts.hit import (
    LARGEST_SKEW_US,
    Beacon,
    Cell,
    Click,
    Collected,
    Hit,
    Hook,
    Row,
    text_of,
)
from truelift.facts.kinds import KINDS
from truelift.facts.request_class import LONGEST_AGENT

COLLECTOR = "collector"
"""Origin of what our own links and pixel saw."""

SERVER, PAGE = "collect:server", "collect:page"
"""Origins of what was sent to /collect: with a server's key, with one that stands in a page.

The key itself stands in the notes: another key of the same trust may correct a row.
"""

SITE_KEY, CLOCK_AHEAD = "site key", "clock ahead minutes"
"""The key's id, and by how much the sender's clock was off, among the notes.

No cell of a sender can be called so: their names have no spaces.
"""
MINUTE_US = 60_000_000

PARSERS: Mapping[str, Callable[[str, bytes], Sequence[Row | NotReadable]]] = {
    "shopify": shopify_webhook.parse,
    "woocommerce": woocommerce_webhook.parse,
    "stripe": stripe_webhook.parse,
    "standard": standard_webhook.parse,
}
"""How the body of each source's webhooks is read; a row that cannot be read stops no other."""

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC inside
_ORDER = {name: at for at, name in enumerate(KINDS)}


Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """One row on its way in. file, line: the segment and a number that is unique within it.

    received: when others sent it, who may be wrong about the time (naive UTC). untimed:
    it did not say when it happened, so its time is that of its reception.
    """

    brand: str
    kind: str
    origin: str
    file: str
    line: int
    cells: Mapping[str, str | None]
    label: tuple[str, str] | None = None
    received: dt.datetime | None = None
    untimed: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """Of rows, by line: the labels of clicks, and when others sent us a row."""

    labels: Mapping[int, tuple[str, str]]
    received: Mapping[int, dt.datetime]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A hit or row of it that is not taken in."""

    brand: str
    kind: str
    fault: Fault


def taken(hit: Hit, file: str, line: int, shift: dt.timedelta) -> Iterator[Taken | Refusal]:
    """Give the rows of a hit."""
    match hit:
        case Click():
            yield _click(hit, file, line, shift)
        case Beacon():
            cells = {
                "click_id": hit.click_id,
                "landed_at": _moment(hit.received_us, shift),
                "visitor": hit.visitor,
            }
            yield Taken(hit.brand, "landings", COLLECTOR, file, line, cells)
        case Collected():
            yield from _collected(hit, file, line, shift)
        case Hook():
            yield from _hooked(hit, file, line, shift)


def batches(rows: Iterable[Taken]) -> Iterator[tuple[str, EventBatch, Beside]]:
    """Gather rows as (brand, batch, what is known beside), parents before what names them.

    Two rows of one natural key are two versions of it: they come in batches one after the other,
    in the order in which they arrived.
    """
    waves: dict[tuple[str, int, str, str, int], list[Taken]] = defaultdict(list)
    seen: dict[tuple[object, ...], int] = {}
    for each in rows:
        key = (each.brand, each.kind, *(each.cells.get(name) for name in KINDS[each.kind].key))
        wave = seen[key] = seen.get(key, -1) + 1
        waves[(each.brand, _ORDER[each.kind], each.origin, each.file, wave)].append(each)
    for (brand, _, origin, file, wave), found in sorted(
        waves.items(), key=lambda item: (item[0][1], item[0][4])
    ):
        kind = KINDS[found[0].kind]
        told = f"{file}:{found[0].line}:{wave}"
        beside = Beside(
            {each.line: each.label for each in found if each.label},
            {each.line: each.received for each in found if each.received},
        )
        yield (
            brand,
            EventBatch(
                kind=kind.name,
                origin=origin,
                source_file=file,
                sha256=hashlib.sha256(told.encode()).hexdigest(),
                rows=table_of(kind.names, [each.cells for each in found]),
                lines=pa.array([each.line for each in found], pa.int64()),
            ),
            beside,
        )


def with_notes(kind: str, cells: Mapping[str, Cell]) -> dict[str, str | None]:
    """Write cells as text; what the kind does not name goes to the notes."""
    names = KINDS[kind].names
    plain = {name: text_of(value) for name, value in cells.items() if name in names}
    notes = {name: value for name, value in cells.items() if name not in names}
    if notes:
        plain[NOTES] = json.dumps(notes, ensure_ascii=False, sort_keys=True)
    return plain


def table_of(names: Sequence[str], rows: Sequence[Mapping[str, str | None]]) -> pa.Table:
    """Lay rows out as a table of text, with the columns that any of them has."""
    columns = {
        name: pa.array([row.get(name) for row in rows], pa.string())
        for name in (*names, NOTES)
        if any(name in row for row in rows)
    }
    return pa.table(columns)


def _click(hit: Click, file: str, line: int, shift: dt.timedelta) -> Taken:
    cells: dict[str, Cell] = {
        "click_id": hit.click_id,
        "clicked_at": _moment(hit.received_us, shift),
        "slug": hit.slug,
        "visitor": hit.visitor,
        "user_agent": hit.user_agent or None,
        "referrer": hit.referrer or None,
        "country": hit.country,
        "consent": hit.consent,
    }
    seen: dict[str, Cell] = {
        "link": hit.link, "choice": hit.choice, "signal": hit.signal, "in_app": hit.in_app,
        "fallback": hit.fallback, "not passed on": not hit.passed_on,
    }  # fmt: skip
    cells |= {name: value for name, value in seen.items() if value}
    told = with_notes("clicks", cells)
    return Taken(hit.brand, "clicks", COLLECTOR, file, line, told, (hit.label, hit.rule))


def _collected(
    hit: Collected, file: str, line: int, shift: dt.timedelta
) -> Iterator[Taken | Refusal]:
    for at, row in enumerate(hit.rows):
        if row.kind not in KINDS:
            sentence = f"there is no kind {row.kind[:40]!r}"
            yield _refused(hit.brand, "", (file, line + at), DropReason.NOT_READABLE, sentence)
        elif not hit.trusted and row.kind not in PUBLIC_KINDS:
            sentence = (
                f"{row.kind} came with a key that stands in a page, where anybody can read it; "
                "send them with a server's key"
            )
            yield _refused(hit.brand, row.kind, (file, line + at), DropReason.NOT_TRUSTED, sentence)
        else:
            cells, untimed = _cells_of(hit, row, shift)
            yield Taken(
                hit.brand, row.kind, SERVER if hit.trusted else PAGE, file, line + at, cells,
                label=_label(hit, cells) if row.kind == "clicks" else None,
                received=_received(hit.received_us, shift), untimed=untimed,
            )  # fmt: skip


def _cells_of(hit: Collected, row: Row, shift: dt.timedelta) -> tuple[dict[str, str | None], bool]:
    """Give a row's cells with what is known of its request, and whether it named no time."""
    beside: dict[str, Cell] = {SITE_KEY: hit.key_id}
    if hit.skew_us is not None and abs(hit.skew_us) > LARGEST_SKEW_US:
        beside[CLOCK_AHEAD] = round(hit.skew_us / MINUTE_US)
    cells = with_notes(row.kind, {**row.cells, **beside})
    if row.kind == "clicks" and not hit.trusted:
        cells["visitor"] = cells.get("visitor") or hit.visitor
        cells["user_agent"] = cells.get("user_agent") or hit.user_agent or None
    column = KINDS[row.kind].occurred
    untimed = column is not None and not cells.get(column)
    if column is not None and untimed:
        cells[column] = _moment(hit.received_us, shift)
    return cells, untimed and column not in KINDS[row.kind].key


def _label(hit: Collected, cells: Mapping[str, str | None]) -> tuple[str, str]:
    """Label a click that was sent: by its request, unless that is a person's, by its own agent."""
    if not hit.trusted and hit.label != HUMAN:
        return hit.label, hit.rule
    agent = agent_of((cells.get("user_agent") or "")[:LONGEST_AGENT])
    return agent.label, agent.rule


def _hooked(hit: Hook, file: str, line: int, shift: dt.timedelta) -> Iterator[Taken | Refusal]:
    told = f"delivery {hit.delivery_id[:80]} of the webhook {hit.source}/{hit.hook_id}"
    if hit.stale:
        sentence = f"{told} was signed over 5 minutes away from when it came; have it sent anew"
        yield _refused(hit.brand, "", (file, line), DropReason.STALE_SIGNATURE, sentence)
        return
    try:
        rows = PARSERS[hit.source](hit.topic, hit.body)
    except (NotReadable, KeyError) as error:
        rows = [error if isinstance(error, NotReadable) else NotReadable("source", str(error))]
    origin = hit.source if hit.source != "standard" else f"hook:{hit.hook_id}"
    for at, row in enumerate(rows):
        if isinstance(row, NotReadable):
            unread = row.reason is DropReason.NOT_READABLE
            sentence = f"{told} cannot be read: {row}" if unread else f"{told}: {row}"
            yield _refused(hit.brand, "", (file, line + at), row.reason, sentence)
        else:
            cells = with_notes(row.kind, row.cells)
            yield Taken(
                hit.brand, row.kind, origin, file, line + at, cells,
                received=_received(hit.received_us, shift),
            )  # fmt: skip


def _refused(brand: str, kind: str, place: Place, reason: DropReason, sentence: str) -> Refusal:
    file, line = place
    return Refusal(brand, kind, Fault(file, line, "", reason, f"{file} byte {line}: {sentence}."))


def _received(received_us: int, shift: dt.timedelta) -> dt.datetime:
    """Give when a row was received; where a clock is simulated, the later of the two."""
    return _EPOCH + dt.timedelta(microseconds=received_us) + max(shift, dt.timedelta(0))


def _moment(received_us: int, shift: dt.timedelta) -> str:
    return (_EPOCH + dt.timedelta(microseconds=received_us) + shift).isoformat() + "Z"
