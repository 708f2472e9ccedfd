"""CAMT.053 bank statements (ISO 20022 XML): payments out, to be matched to what they settle.

Only booked debits are payments, and those that came back; each becomes a bank line that is matched
with what it settles. The reader takes no document type, so no entity can be declared, and holds one
entry at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

from truelift.connectors.encoding import open_bytes
from truelift.connectors.table import Unreadable
from truelift.connectors.vendor import Context, Converted, Format, Made, Skipped

_BLOCK = 1 << 20
_MOST_TEXT = 10_000
_MOST_DEPTH = 64
_NOT_PROVIDED = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF"})
COLUMNS = (
    "line",
    "status",
    "direction",
    "reversal",
    "date",
    "amount",
    "currency",
    "reference",
    "end_to_end",
    "invoice",
    "text",
    "counterparty",
    "account",
)
"""What a record of a statement holds, in order."""

_PATHS = {
    "NtryDtls/TxDtls/Refs/EndToEndId": "end_to_end",
    "NtryDtls/TxDtls/RmtInf/Strd/RfrdDocInf/Nb": "invoice",
    "NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref": "text",
    "NtryDtls/TxDtls/RmtInf/Ustrd": "text",
    "NtryDtls/TxDtls/RltdPties/Cdtr/Nm": "counterparty",
    "NtryDtls/TxDtls/RltdPties/Cdtr/Pty/Nm": "counterparty",
    "NtryDtls/TxDtls/RltdPties/CdtrAcct/Id/IBAN": "account",
    "NtryDtls/TxDtls/RltdPties/CdtrAcct/Id/Othr/Id": "account",
    "NtryDtls/TxDtls/Amt": "amount",
    "NtryDtls/TxDtls/AmtDtls/TxAmt/Amt": "amount",
    "NtryDtls/TxDtls/Refs/AcctSvcrRef": "reference",
    "Sts": "status",
    "Sts/Cd": "status",
    "CdtDbtInd": "direction",
    "RvslInd": "reversal",
    "BookgDt/Dt": "date",
    "BookgDt/DtTm": "date",
    "ValDt/Dt": "value_date",
    "Amt": "amount",
    "AcctSvcrRef": "reference",
    "NtryRef": "entry_reference",
}
"""Where things stand within an entry (Ntry), without namespaces."""


@dataclass(slots=True)
class _Entry:
    """An entry of the statement and the transactions it is made of."""

    line: int
    own: dict[str, str] = field(default_factory=dict)
    parts: list[dict[str, str]] = field(default_factory=list)


class _Reader:
    """Gathers entries from expat's calls; knows where it is by the names of the open elements."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.entries: list[_Entry] = []
        self.root: str | None = None
        self._path: list[str] = []
        self._entry: _Entry | None = None
        self._depth = 0
        self._words: list[str] = []
        self._length = 0
        self._currency = ""

    def _refuse(self, *_: object) -> None:
        msg = "the statement declares a document type, which no bank does; ask for it anew"
        raise Unreadable(msg, self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(" ")[2]
        if self.root is None:
            self.root = name
        self._path.append(bare)
        if len(self._path) > _MOST_DEPTH:
            msg = "the statement is nested deeper than any is"
            raise Unreadable(msg, self.parser.CurrentLineNumber)
        if bare == "Ntry":
            self._entry = _Entry(self.parser.CurrentLineNumber)
            self._depth = len(self._path)
        elif bare == "TxDtls" and self._entry is not None:
            self._entry.parts.append({})
        self._words, self._length = [], 0
        self._currency = attributes.get("Ccy", "")

    def _text(self, text: str) -> None:
        if self._length < _MOST_TEXT:
            self._words.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        if self._entry is not None:
            self._take(self._entry)
            if name.rpartition(" ")[2] == "Ntry":
                self.entries.append(self._entry)
                self._entry = None
        self._path.pop()
        self._words = []

    def _take(self, entry: _Entry) -> None:
        where = "/".join(self._path[self._depth :])
        what = _PATHS.get(where)
        text = "".join(self._words).strip()
        if what is None or not text:
            return
        target = entry.parts[-1] if where.startswith("NtryDtls/TxDtls") else entry.own
        target[what] = f"{target[what]} {text}" if what == "text" and what in target else text
        if what == "amount":
            target["currency"] = self._currency


def is_statement(head: bytes) -> bool:
    """Say whether a file begins as a CAMT.053 statement does."""
    return b"camt.053" in head or b"BkToCstmrStmt" in head


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read the transactions of a statement as records of COLUMNS; Unreadable when it is no XML."""
    reader = _Reader()
    with open_bytes(path) as stream:
        last = False
        while not last:
            block = stream.read(_BLOCK)
            last = not block
            try:
                reader.parser.Parse(block, last)
            except expat.ExpatError as error:
                msg = f"the statement is no XML ({error}); ask the bank for it anew"
                raise Unreadable(msg, error.lineno) from error
            for entry in reader.entries:
                yield from _records_of(entry)
            reader.entries.clear()


def _records_of(entry: _Entry) -> Iterator[tuple[int, list[str]]]:
    """Give a record for each transaction; an entry without details is its own transaction."""
    for position, part in enumerate(entry.parts or [{}], start=1):
        found = {**entry.own, **part}
        found.setdefault("date", found.get("value_date", ""))
        reference = entry.own.get("reference") or entry.own.get("entry_reference") or ""
        if len(entry.parts) > 1:
            reference = part.get("reference") or f"{reference}:{position}"
            found["amount"] = part.get("amount", "")
        found["reference"] = reference
        found["line"] = str(entry.line)
        yield entry.line, [found.get(name, "") for name in COLUMNS]


def convert(rows: Iterator[tuple[int, list[str]]], _: Context) -> Iterator[Converted]:
    """Convert the transactions of a statement: booked debits, and those that came back."""
    for line, cells in rows:
        found = dict(zip(COLUMNS, cells, strict=True))
        reversed_ = found["reversal"].lower() in {"true", "1"}
        paid = found["direction"] == ("CRDT" if reversed_ else "DBIT")
        if not paid or found["status"] not in {"BOOK", ""}:
            yield Skipped(line)
        else:
            yield _bank_line(line, found, reversed_=reversed_)


def _bank_line(line: int, found: dict[str, str], *, reversed_: bool) -> Made:
    end_to_end = found["end_to_end"]
    named = "" if end_to_end.upper() in _NOT_PROVIDED else end_to_end
    reference = found["reference"].strip(":")
    if not reference:
        settles = found["invoice"] or named or found["text"]
        reference = f"{found['date'][:10]}:{named or settles}:{found['amount']}"
    values = {
        "bank_line": f"bank:{reference}",
        "date": found["date"][:10],
        "amount": _amount(found["amount"], reversed_=reversed_),
        "currency": found["currency"],
        "counterparty": found["counterparty"] or None,
        "iban": found["account"] or None,
        "invoice": found["invoice"] or None,
        "reference": found["text"] or None,
        "end_to_end_id": named or None,
    }
    return Made("bank_lines", line, values)


def _amount(text: str, *, reversed_: bool) -> str:
    """Write an amount with its sign: what left the account is below zero, what came back above."""
    try:
        return text if reversed_ else format(-Decimal(text), "f")
    except ArithmeticError:
        return text


FORMAT = Format(
    name="camt053",
    title="CAMT.053 bank statement",
    fingerprints=(frozenset(COLUMNS),),
    columns=frozenset(COLUMNS),
    kinds=("bank_lines",),
    convert_records=convert,
)
