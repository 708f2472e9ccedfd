"""Work deeds: what people write and change from the pages, as acts.

In:   the columns of a kind, what a form says.
Out:  acts of the catalog (one form per kind, made from its columns) and of what waits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from truelift.base.columns import Column, ColumnType, Kind
from truelift.base.errors import UsageError
from truelift.catalog.link_making import SLUG, UTM, LinkPlan
from truelift.catalog.platform import PLATFORMS
from truelift.facts.kinds import KINDS
from truelift.reports.form_cells import APPROVER
from truelift.web.acts import Act, Field, Given
from truelift.web.door import Result, Workspace

READ = "read"
"""The hidden field that carries a row as the form showed it first."""

LONGEST_READ = 40_000
LONGEST_CELL = 10_000

TITLES = {
    "campaigns": "Campaigns", "creators": "Creators", "profiles": "Profiles",
    "agreements": "Agreements", "deliverables": "Deliverables", "codes": "Codes",
    "links": "Links", "targets": "Targets", "values": "Values", "margins": "Margins",
    "participants": "Participants", "aliases": "Aliases", "events": "Events",
}  # fmt: skip
"""The kinds that have pages, in the order in which they are brought in."""

MOST_CHOICES = 200
"""With more names than these a field is written and not chosen."""

_DECIMALS = frozenset({
    ColumnType.MONEY, ColumnType.UNIT_MONEY, ColumnType.RATE, ColumnType.DECIMAL,
    ColumnType.COUNT, ColumnType.INTEGER,
})  # fmt: skip
_WRITTEN = {
    ColumnType.MONEY: "such as 1250.00",
    ColumnType.UNIT_MONEY: "such as 0.05",
    ColumnType.RATE: "a share, 0.10 is ten percent",
    ColumnType.LIST: "parted by ;",
    ColumnType.SHARES: "such as spring:0.6;summer:0.4",
    ColumnType.CURRENCY: "three letters such as USD",
}


EXAMPLE = "0.10"
"""Where a column's own words give an example, none is added."""


def save_name(kind: str) -> str:
    """Name the act that saves a row of a kind."""
    return f"save-{kind}"


def fields_of(kind: Kind) -> list[Field]:
    """Make the fields of a kind's form from its columns; who approves is not written."""
    return [_field(column) for column in kind.columns if column.name != APPROVER]


def shown_fields(
    kind: Kind, names: Mapping[str, Sequence[str]], *, keys_fixed: bool
) -> list[Field]:
    """Make the fields as a page shows them: names to choose from, and a key that stays."""
    hidden = Field(READ, hidden=True, needed=False)
    fields = []
    for column in kind.columns:
        if column.name == APPROVER:
            continue
        known = () if column.key and column.required and len(kind.key) == 1 else names.get(
            column.name, ()
        )  # fmt: skip
        choices = tuple((each, each) for each in known) if len(known) <= MOST_CHOICES else ()
        fields.append(_field(column, choices, fixed=keys_fixed and column.key))
    return [hidden, *fields]


def _field(
    column: Column, choices: Sequence[tuple[str, str]] = (), *, fixed: bool = False
) -> Field:
    kind = {ColumnType.DATE: "date", ColumnType.INSTANT: "datetime-local"}.get(column.type, "text")
    if column.type is ColumnType.BOOLEAN:
        choices = (("true", "yes"), ("false", "no"))
    elif column.type is ColumnType.PLATFORM:
        choices = tuple((each, each) for each in PLATFORMS)
    elif column.choices:
        choices = tuple((each, each.replace("_", " ")) for each in column.choices)
    how = _WRITTEN.get(column.type) if EXAMPLE not in column.help else None
    hint = ", ".join(filter(None, [column.help, how]))
    return Field(
        column.name, needed=column.required, kind="choice" if choices else kind, choices=choices,
        hint=hint, fixed=fixed, numeric=column.type in _DECIMALS, longest=LONGEST_CELL,
    )  # fmt: skip


def _save(kind: str) -> Callable[[Workspace, Given], Result]:
    names = [each.name for each in fields_of(KINDS[kind])]

    def do(workspace: Workspace, given: Given) -> Result:
        told: Any = workspace
        found: Result = told.save_row(kind, {name: given[name] for name in names}, _read(given))
        return found

    return do


def _read(given: Given) -> dict[str, str] | None:
    """Give the row as the form showed it first; None for a new one."""
    if not given[READ]:
        return None
    try:
        found = json.loads(given[READ])
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        msg = "The form is damaged: open the row again and write your change anew."
        raise UsageError(msg)
    return found


def _state(result: Result) -> str:
    """Say what became of a row besides that it was taken."""
    row = next(iter(result.rows), {})
    unknown = "".join(f" {each}" for each in row.get("unknown", ()))
    return unknown + {
        "waiting": " It waits until another person approves it, and counts nowhere until then.",
        "unchanged": " It was the same before.",
    }.get(row.get("state", ""), "")


def _decide(*, reject: bool) -> Callable[[Workspace, Given], Result]:
    def do(workspace: Workspace, given: Given) -> Result:
        told: Any = workspace
        found: Result = told.decide_row(given["change"], reject=reject)
        return found

    return do


def _catalog_act(kind: str) -> Act:
    what = KINDS[kind]
    fields = [Field(READ, hidden=True, needed=False, longest=LONGEST_READ), *fields_of(what)]
    named = " ".join(f"{{{name}}}" for name in what.key)
    approved = APPROVER in what.names
    return Act(
        save_name(kind), "Propose" if approved else "Save", f"{named} is saved.", fields,
        _save(kind), "Another person approves it." if approved else "", _state,
        after=f"/catalog/{kind}",
    )  # fmt: skip


def _imported(result: Result) -> str:
    """Say what became of the rows of a file, kind by kind."""
    told = []
    for row in result.rows:
        counts = ", ".join(
            f"{row[name]:,} {name}" for name in ("accepted", "updated", "duplicate", "quarantined")
            if row.get(name)
        )  # fmt: skip
        told.append(f"{row.get('kind') or 'unread'}: {counts or 'no row'}")
    return f" {'; '.join(told)}." if told else ""


def _upload(name: str, *fields: str) -> Callable[[Workspace, Given], Result]:
    def do(workspace: Workspace, given: Given) -> Result:
        told: Any = workspace
        found: Result = getattr(told, name)(*(given[each] for each in fields))
        return found

    return do


def _correct(kind: str) -> Act:
    """Make the act that accepts a refused row again, as it was corrected."""
    what = KINDS[kind]
    cells = [Field(name, needed=False) for name in what.names if name != APPROVER]

    def do(workspace: Workspace, given: Given) -> Result:
        told: Any = workspace
        found: Result = told.correct_row(
            given[ROW], {each.name: given[each.name] for each in cells}
        )
        return found

    return Act(
        correct_name(kind), "Accept so", "The row is accepted as it was corrected.",
        (Field(ROW, hidden=True), *cells), do, after=QUARANTINE,
    )  # fmt: skip


def correct_name(kind: str) -> str:
    """Name the act that accepts a refused row of a kind."""
    return f"correct-{kind}"


def _dismiss(key: str) -> Callable[[Workspace, Given], Result]:
    def do(workspace: Workspace, given: Given) -> Result:
        told: Any = workspace
        found: Result = told.dismiss_rows(given["why"], **{key: given[key]})
        return found

    return do


def _count(*names: str) -> Callable[[Result], str]:
    def told(result: Result) -> str:
        row = next(iter(result.rows), {})
        return " " + ", ".join(f"{row.get(name, 0):,} {name}" for name in names) + "."

    return told


def _map_code(workspace: Workspace, given: Given) -> Result:
    told: Any = workspace
    found: Result = told.map_code(
        given["code"], given["creator"], given["campaign"], given["valid_from"]
    )
    return found


def _mapped(result: Result) -> str:
    """Say what a campaign had sold before, and has now, and what the audit log says of it."""
    row = next(iter(result.rows), {})
    words = []
    before, after = row.get("before"), row.get("after")
    if after:
        steps = "; ".join(
            f"{name} {(before or {}).get(name) or 'none'} \u2192 {after[name] or 'withheld'}"
            for name in ("orders", "net")
        )
        words.append(f"{row['campaign']}: {steps}.")
    if row:
        words.append(f"The audit log has it as: {row['by']}, import, row {row['row']}.")
    return "".join(f" {each}" for each in words)


def _names(given: Given) -> list[str]:
    """Read names, one a line or parted by commas."""
    parts = given["creators"].replace(",", "\n").splitlines()
    return [each.strip() for each in parts if each.strip()]


def _make_links(workspace: Workspace, given: Given) -> Result:
    plan = LinkPlan(
        given["destination"], given["campaign"], given["platform"], given["slug"] or SLUG,
        given["utm"] or UTM, given["code"], "campaign" if given["campaign"] else "evergreen",
    )  # fmt: skip
    told: Any = workspace
    found: Result = told.make_links(plan, _names(given))
    return found


def _make_codes(workspace: Workspace, given: Given) -> Result:
    told: Any = workspace
    found: Result = told.make_codes(
        given["template"], given["campaign"], _names(given), given["valid_from"]
    )
    return found


def _made(result: Result) -> str:
    """Say how many rows were made, and why others were not."""
    row = next(iter(result.rows), {})
    refused = row.get("refused", ())
    rest = f" and {len(refused) - FEW_TOLD} more" if len(refused) > FEW_TOLD else ""
    why = f" Not made: {' '.join(refused[:FEW_TOLD])}{rest}" if refused else ""
    return f" {row.get('taken', 0):,} new or changed.{why}"


FEW_TOLD = 5
"""Refused rows that are told one by one."""

LINKS_BULK, CODES_BULK = "/catalog/links/bulk", "/catalog/codes/bulk"
LINKS_MADE = "/catalog/links/made"
LONGEST_NAMES = 40_000
_CREATORS = Field(
    "creators", "Creators", kind="area", hint="one a line, or parted by commas",
    longest=LONGEST_NAMES,
)  # fmt: skip
_CAMPAIGN = Field("campaign", needed=False, hint="empty for evergreen ones")
_BULK = (
    Act(
        "make-links", "Make", "The links are made.",
        (
            _CREATORS,
            Field("destination", "Where they lead", hint="the whole address of the page"),
            _CAMPAIGN,
            Field("platform", needed=False, hint="fills {platform}, such as instagram"),
            Field("slug", "End of the address", needed=False, hint="after /r/"),
            Field("utm", "Tags for your analytics", needed=False, hint="added to the destination"),
            Field("code", needed=False, hint="a code each as well, such as {CREATOR}10"),
        ),
        _make_links, "", _made, after=f"{LINKS_MADE}?campaign={{campaign}}",
    ),
    Act(
        "make-codes", "Make", "The codes are made.",
        (
            _CREATORS,
            Field("template", "Code", hint="such as {CREATOR}10"),
            _CAMPAIGN,
            Field("valid_from", "From", kind="date", needed=False, hint="their owner since"),
        ),
        _make_codes, "", _made, after="/catalog/codes",
    ),
)  # fmt: skip

ROW, QUARANTINE, CODES = "row", "/quarantine", "/codes"
_WHY = Field("why", "Why nothing has to be done")
_CHANGE = Field("change", hidden=True)

WORK: Sequence[Act] = (
    *(_catalog_act(kind) for kind in TITLES),
    Act(
        "approve-value", "Approve", "The value is approved and counts from now on.", (_CHANGE,),
        _decide(reject=False), "You are not who proposed it.",
    ),
    Act(
        "import-upload", "Import", "The file is imported.",
        (Field("upload", hidden=True), Field("how", hidden=True, needed=False,
                                             longest=LONGEST_READ)),
        _upload("take_upload", "upload", "how"),
        "Refused rows go to quarantine; nothing that is known already counts twice.", _imported,
        after="/upload",
    ),
    Act(
        "drop-upload", "Remove", "The file is removed; nothing of it was imported.",
        (Field("upload", hidden=True),), _upload("drop_upload", "upload"), after="/upload",
    ),
    *_BULK,
    *(_correct(kind) for kind in KINDS),
    Act(
        "dismiss-row", "Dismiss", "The row is dismissed.",
        (Field("name", hidden=True), _WHY), _dismiss("name"), after=QUARANTINE,
    ),
    Act(
        "dismiss-reason", "Dismiss all", "They are dismissed:",
        (Field("reason", hidden=True), _WHY), _dismiss("reason"), "", _count("dismissed"),
        after=QUARANTINE,
    ),
    Act(
        "retry-reason", "Try all again as they are", "They were tried again:",
        (Field("reason", hidden=True),), _upload("retry_rows", "reason"),
        "What they lacked may have come since.", _count("accepted", "refused"), after=QUARANTINE,
    ),
    Act(
        "map-code", "Map", "{code} is mapped from {valid_from} on.",
        (
            Field("code", hidden=True),
            Field("creator", needed=False, hint="whose it is; empty for a code of the whole site"),
            Field("campaign", needed=False, hint="campaign it was made for; empty for none"),
            Field("valid_from", "From", kind="date", hint="the first day it was theirs"),
        ),
        _map_code, "What it sold is theirs at once, in every figure.", _mapped, after=CODES,
    ),
    Act("reject-value", "Reject", "The value is rejected.", (_CHANGE,), _decide(reject=True)),
)  # fmt: skip
