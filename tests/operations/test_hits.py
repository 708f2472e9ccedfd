import datetime as dt
import json

from truelift.facts.event import DropReason
from truelift.facts.hit import Beacon, Click, Collected, Hook, Row
from truelift.operations.hits import Refusal, Taken, batches, taken, with_notes

NONE = dt.timedelta(0)
FILE = "spool/w/1.log"


def rows_of(hit, line=7, shift=NONE):
    return list(taken(hit, FILE, line, shift))


def test_a_click_carries_its_label_and_what_was_seen_in_its_notes():
    hit = Click(
        brand="b", click_id="c", slug="s", received_us=1_000_000, label="bot", rule="r", in_app="x"
    )
    (row,) = rows_of(hit, shift=dt.timedelta(days=1))
    assert (row.kind, row.line, row.label) == ("clicks", 7, ("bot", "r"))
    assert row.cells["clicked_at"] == "1970-01-02T00:00:01Z"
    assert json.loads(row.cells["notes"]) == {"in_app": "x"}
    (landed,) = rows_of(Beacon(click_id="c", received_us=0))
    assert (landed.kind, landed.brand) == ("landings", "")


def test_money_from_a_pages_key_is_refused_and_from_a_servers_key_is_not():
    row = Row("orders", {"order_id": "1", "subtotal": "1.00"})
    hit = {"brand": "b", "key_id": "k", "received_us": 0, "rows": [row, Row("joy", {})]}
    first, second = rows_of(Collected(**hit))
    assert first.fault.reason is DropReason.NOT_TRUSTED
    assert second.fault.reason is DropReason.NOT_READABLE
    order, _ = rows_of(Collected(**hit, trusted=True))
    assert (order.kind, order.origin) == ("orders", "collect:server")
    assert json.loads(order.cells["notes"]) == {"site key": "k"}


def test_a_stale_or_unreadable_webhook_is_refused_and_not_applied():
    hook = {"brand": "b", "source": "stripe", "hook_id": "h", "delivery_id": "d", "received_us": 0}
    (stale,) = rows_of(Hook(**hook, body=b"{}", stale=True))
    assert stale.fault.reason is DropReason.STALE_SIGNATURE
    (broken,) = rows_of(Hook(**hook, body=b"{"))
    assert isinstance(broken, Refusal)
    assert "delivery d of the webhook stripe/h cannot be read" in broken.fault.message


def test_versions_of_one_row_come_in_batches_one_after_the_other_and_parents_first():
    def row(kind, line, **cells):
        return Taken("b", kind, "o", FILE, line, cells)

    found = list(batches([
        row("refunds", 1, source=None, refund_id="r", order_id="1"),
        row("orders", 2, source=None, order_id="1", subtotal="1"),
        row("orders", 3, source=None, order_id="1", subtotal="2"),
        row("orders", 4, source=None, order_id="2", subtotal="3"),
    ]))  # fmt: skip
    assert [(batch.kind, batch.lines.to_pylist()) for _, batch, _ in found] == [
        ("orders", [2, 4]), ("orders", [3]), ("refunds", [1]),
    ]  # fmt: skip
    assert len({batch.sha256 for _, batch, _ in found}) == 3


def test_what_a_kind_does_not_name_goes_to_the_notes():
    assert with_notes("orders", {"order_id": 7, "odd": True, "tax": None}) == {
        "order_id": "7", "tax": None, "notes": '{"odd": true}',
    }  # fmt: skip


def test_a_click_that_a_page_sends_is_labelled_by_its_request_then_by_its_agent():
    def label(*, trusted=False, cells=None, **request):
        row = Row("clicks", {"click_id": "c", "clicked_at": "2026-05-18", **(cells or {})})
        hit = Collected(
            brand="b", key_id="k", received_us=0, rows=[row], trusted=trusted, visitor="v",
            **request,
        )  # fmt: skip
        (found,) = rows_of(hit)
        return found.label[0], found.cells.get("visitor"), found.cells.get("user_agent")

    google = "Googlebot/2.1 (+http://www.google.com/bot.html)"
    assert label(label="bot", rule="r", user_agent=google) == ("bot", "v", google)
    assert label(cells={"user_agent": google, "visitor": "w"}) == ("bot", "w", google)
    assert label(trusted=True) == ("human", None, None)


def test_a_clock_that_is_off_is_said_in_the_notes_of_the_row():
    hit = {"brand": "b", "key_id": "k", "received_us": 0, "rows": [Row("leads", {"lead_id": "1"})]}
    (far,) = rows_of(Collected(**hit, skew_us=86_400_000_000))
    (near,) = rows_of(Collected(**hit, skew_us=-300_000_000))
    assert json.loads(far.cells["notes"]) == {"clock ahead minutes": 1440, "site key": "k"}
    assert json.loads(near.cells["notes"]) == {"site key": "k"}
    assert (far.cells["created_at"], far.untimed) == ("1970-01-01T00:00:00Z", True)
