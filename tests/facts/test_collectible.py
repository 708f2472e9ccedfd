"""Collectible: rows within their limits are read, the first fault is named by its field."""

from __future__ import annotations

import json

import pytest

from truelift.facts.collectible import MOST_ROWS, SERVER_KINDS, CollectFault, read_rows
from truelift.facts.hit import Row, encode

NOW_US = 1_780_000_000_000_000
LEAD = {"kind": "leads", "lead_id": "l1", "created_at": "2026-05-01T10:00:00Z"}
ORDER = {
    "kind": "orders", "order_id": "o1", "ordered_at": "2026-05-01", "currency": "USD",
    "subtotal": "99.50",
}  # fmt: skip


def read(body, *, server=False):
    told = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_rows(told, server=server)


def without(row, *names):
    return {name: cell for name, cell in row.items() if name not in names}


def test_one_row_or_a_list_is_read_flat_or_with_its_cells_apart():
    cells = without(LEAD, "kind") | {"stage": "lead"}
    apart = {"kind": "leads", "row": without(LEAD, "kind")}
    for body in (LEAD, [LEAD], apart, [apart]):
        assert read(body) == [Row("leads", cells)]
    assert len(read([LEAD] * MOST_ROWS)) == MOST_ROWS


def test_a_row_need_not_say_when_it_happened():
    (row,) = read(without(LEAD, "created_at"))
    assert "created_at" not in row.cells


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""), (b"{", ""), (b"\xff", ""), (b"null", ""), (b"5", ""), ([], ""),
        ([LEAD] * (MOST_ROWS + 1), ""),
        ({}, ""),
        (without(LEAD, "kind"), "kind"),
        (LEAD | {"kind": "nonsense"}, "kind"),
        (LEAD | {"kind": 5}, "kind"),
        (without(LEAD, "lead_id"), "lead_id"),
        (LEAD | {"lead_id": ""}, "lead_id"),
        ([LEAD, without(LEAD, "lead_id")], "[1].lead_id"),
        (LEAD | {"note": "a" * 2_049}, "[...]"),
        (LEAD | {"n": 2**53 + 1}, "[...]"),
        (LEAD | {"Bad Name": 1}, "Bad Name"),
        (LEAD | {"deep": {"a": 1}}, "[...]"),
        (LEAD | {f"c{number}": 1 for number in range(70)}, ""),
    ],
)  # fmt: skip
def test_a_fault_names_its_field(body, field):
    found = read(body)
    assert isinstance(found, CollectFault)
    assert not found.forbidden
    assert field in found.field
    assert found.sentence


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (ORDER, "kind"),
        ({"kind": "refunds"}, "kind"),
        ({"kind": "costs"}, "kind"),
        ({"kind": "sessions"}, "kind"),
        (LEAD | {"value": "5.00"}, "value"),
        (LEAD | {"won_at": "2026-05-02"}, "won_at"),
        (LEAD | {"stage": "won"}, "stage"),
        ([LEAD, LEAD | {"stage": "qualified"}], "[1].stage"),
    ],
)
def test_a_page_never_sends_money(body, field):
    found = read(body)
    assert isinstance(found, CollectFault)
    assert found.forbidden
    assert found.field == field
    assert "server" in found.sentence or "signup" in found.sentence


def test_a_server_sends_money_too():
    (row,) = read(ORDER, server=True)
    assert row.kind == "orders"
    assert row.cells["subtotal"] == "99.50"
    assert read(LEAD | {"stage": "won", "value": "5.00"}, server=True)[0].cells["stage"] == "won"
    assert read({"kind": "links"}, server=True).field == "kind"
    assert {"orders", "refunds", "clicks", "observations"} <= SERVER_KINDS


def test_an_empty_cell_of_money_is_no_money():
    assert read(LEAD | {"value": None, "currency": ""})[0].kind == "leads"


@pytest.mark.parametrize("number", [2**53, -(2**53), 12.5, 1e300, True, None])
def test_whatever_is_read_can_be_kept(number):
    (row,) = read(LEAD | {"n": number})
    assert encode(row)
