"""The API: `POST /api/v1/<kind>` takes rows, `GET /api/v1/<question>` answers as the pages do.

In:   a Workspace, and two runners: for what writes and for what reads.
Out:  an application for paths under /api; problem+json for every error; OpenAPI at /api/schema.

Every request says who it is by with a bearer token. A browser never sends one by itself, so a page
elsewhere cannot write here in somebody's name.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Litestar, Response, get, post
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromQuery, HeaderParameter

from truelift.api.alerts import alert_routes
from truelift.api.decisions import decision_routes
from truelift.api.discovery import discovery
from truelift.api.door import Workspace
from truelift.api.leaks import leak_routes
from truelift.api.planning import planning_routes
from truelift.api.problem import BadField, NotSent, Unreadable, failed
from truelift.api.requesting import (
    JSON,
    PREFIX,
    Apart,
    Asking,
    Runner,
    Text,
    Word,
    bearer,
    plain,
    words_known,
)
from truelift.facts.hit import Cell
from truelift.facts.kinds import KINDS

MOST_ROWS = 5_000
MOST_BYTES = 8 * 2**20
LONGEST_KEY = 200
BODY_SECONDS = 20.0
KEY, BODY = "Idempotency-Key", "body"

_decoder = msgspec.json.Decoder(float_hook=str)

RequestKey = Annotated[
    str | None,
    HeaderParameter(
        name=KEY,
        description="Under it the request may be sent again for 7 days, and gets the same answer.",
    ),
]


class RowAnswer(msgspec.Struct, omit_defaults=True):
    """What became of one row: accepted, updated, duplicate or quarantined, and why."""

    row: int
    verdict: str
    field: str | None = None
    reason: str | None = None
    detail: str | None = None


class Answer(msgspec.Struct):
    """What became of a request that sent rows."""

    kind: str
    accepted: int
    updated: int
    duplicate: int
    quarantined: int
    rows: list[RowAnswer]


def application(
    writer: Workspace,
    reader: Workspace,
    *,
    writing: Runner[Any],
    reading: Runner[Any],
    apart: Apart | None = None,
) -> Litestar:
    """Make the API of a workspace.

    writing, reading: run a call on the thread that `writer` and `reader` are used on. apart: the
    same for what takes long; without it that stands in the line of what writes.
    """
    slow = apart or (writer, writing)
    return Litestar(
        route_handlers=[
            *(_take(writer, kind, writing) for kind in KINDS),
            *_ask(reader, reading),
            *planning_routes(writer, reader, writing=writing, reading=reading, apart=slow),
            *decision_routes(writer, reader, writing=writing, reading=reading),
            *alert_routes(writer, reader, writing=writing, reading=reading, apart=slow),
            *leak_routes(writer, reader, writing=writing, reading=reading),
            *discovery(reader, reading),
        ],
        exception_handlers={Exception: failed},
        before_request=words_known,
        openapi_config=OpenAPIConfig(
            title="Truelift",
            version="1",
            path="/api/schema",
            description="Rows in, figures out. Kinds and their columns are those of the files.",
            render_plugins=[JsonRenderPlugin(path="/")],
            components=Components(
                security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
            ),
            security=[{"token": []}],
        ),
        request_max_body_size=MOST_BYTES,
        logging_config=None,
    )


def _take(workspace: Workspace, kind: str, writing: Runner[Any]) -> Any:  # noqa: ANN401 - Litestar's handler
    about = KINDS[kind].help

    @post(
        f"{PREFIX}/{kind}",
        name=f"take_{kind}",
        operation_id=f"take_{kind}",
        summary=about,
        status_code=200,
        description="One row or a list of rows; each gets a verdict, 207 when some are refused.",
    )
    async def take(request: Asking, idempotency_key: RequestKey = None) -> Response[Answer]:
        token = bearer(request)
        if idempotency_key is not None and not 0 < len(idempotency_key) <= LONGEST_KEY:
            raise BadField(KEY, f"it has 1 to {LONGEST_KEY} characters")
        body = await sent(request)
        rows = rows_of(body)
        digest = hashlib.sha256(body).hexdigest()
        done = await writing(
            lambda: workspace.acting(token).take_rows(
                kind, rows, request_key=idempotency_key, body_sha256=digest
            )
        )
        told = [
            RowAnswer(each.row, each.verdict, each.field, each.reason, each.detail)
            for each in done.verdicts
        ]
        counts = {
            name: sum(each.verdict == name for each in told)
            for name in ("accepted", "updated", "duplicate", "quarantined")
        }
        headers = {"idempotent-replayed": "true"} if done.repeated else {}
        return Response(Answer(kind, **counts, rows=told), status_code=done.status, headers=headers)

    return take


def _ask(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    @get(f"{PREFIX}/roi", summary="Ladder, lift and ROI with limits and grade.")
    async def roi(  # noqa: PLR0917 - the query's fields
        request: Asking, campaign: Text = None, creator: Text = None, by: Word = "creator",
        metric: Text = None, basis: Word = "event", cost: Word = "accrued",
        model: Word = "code-first", as_of: Text = None, known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        asked = {
            "campaign": campaign, "creator": creator, "by": by, "metric": metric, "basis": basis,
            "cost": cost, "model": model,
        }  # fmt: skip
        token = bearer(request)
        return plain(
            await reading(
                lambda: workspace.acting(token).roi(as_of=as_of, known_at=known_at, **asked).data
            )
        )

    @get(f"{PREFIX}/attribution", summary="Conversions and net value per creator under a model.")
    async def attribution(
        request: Asking, model: Word = "code-first", as_of: Text = None, known_at: Text = None
    ) -> Response[Any]:
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    workspace.acting(token).attribute(model, as_of=as_of, known_at=known_at).data
                )
            )
        )

    @get(f"{PREFIX}/bridge", summary="Signed steps from reported to return; residual 0.")
    async def bridge(request: Asking, campaign: Text = None, period: Text = None) -> Response[Any]:
        token = bearer(request)
        return plain(await reading(lambda: workspace.acting(token).bridge(campaign, period).data))

    @get(f"{PREFIX}/trial-balance", summary="Balances by account and currency.")
    async def trial_balance(request: Asking, period: Text = None) -> Response[Any]:
        token = bearer(request)
        return plain(await reading(lambda: workspace.acting(token).trial_balance(period).data))

    @get(f"{PREFIX}/freshness", summary="When each source was heard of last.")
    async def freshness(request: Asking) -> Response[Any]:
        token = bearer(request)
        return plain(await reading(lambda: workspace.acting(token).freshness().data))

    @get(f"{PREFIX}/explain", summary="What a printed figure is made of.")
    async def explain(request: Asking, figure: Word) -> Response[Any]:
        token = bearer(request)
        return plain(await reading(lambda: workspace.acting(token).explain(figure)))

    return [
        roi,
        attribution,
        bridge,
        trial_balance,
        freshness,
        explain,
        *_lists(workspace, reading),
    ]


def _lists(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    def made(kind: str) -> Any:  # noqa: ANN401 - Litestar's handler
        @get(
            f"{PREFIX}/{kind}", name=f"list_{kind}", operation_id=f"list_{kind}",
            summary=f"The stored {kind.replace('_', ' ')}, with the file and line of each.",
        )  # fmt: skip
        async def rows(
            request: Asking, known_at: Text = None, limit: FromQuery[int | None] = None
        ) -> Response[Any]:
            token = bearer(request)
            return plain(
                await reading(
                    lambda: workspace.acting(token).list(kind, known_at=known_at, limit=limit).data
                )
            )

        return rows

    return [made(kind) for kind in (*KINDS, "baselines", "quarantine")]


async def sent(request: Asking) -> bytes:
    """Give a request's body; Unreadable when its header says no JSON, NotSent when it is late."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON and not kind.endswith("+json"):
        msg = f"The body is {kind or 'of no type'}; send it as {JSON}."
        raise Unreadable(msg)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.body()
    except TimeoutError:
        msg = "The body did not arrive in time; send it again."
        raise NotSent(msg) from None


def rows_of(body: bytes) -> list[dict[str, Cell]]:
    """Read a body that is one row or a list of rows; BadField names what is off.

    Numbers with a fraction stay the text they were sent as: money is never floating point.
    """
    try:
        found = _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise BadField(BODY, f"it is no JSON ({error})") from error
    rows = found if isinstance(found, list) else [found]
    if not 0 < len(rows) <= MOST_ROWS:
        raise BadField(BODY, f"it holds {len(rows)} rows; send 1 to {MOST_ROWS:,} at once")
    for at, row in enumerate(rows):
        if not isinstance(row, dict):
            where = f"[{at}]"
            raise BadField(where, "a row is a JSON object")
        for name, value in row.items():
            if not isinstance(value, str | int | float | bool | None):
                where = f"[{at}].{name}"
                raise BadField(where, "a cell is a text, a number, true, false or null")
    return rows
