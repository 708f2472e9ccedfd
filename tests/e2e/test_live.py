"""An open page while orders come in: its figures move by themselves, and what is written stays."""

from __future__ import annotations

import json
import re
import time
import urllib.request

import pytest

from truelift.app import create, opened
from truelift.operations.brands import brand_record

FILES = {
    "campaigns": "campaign,goal,starts,ends,currency\nspring,sales,2026-03-01,2026-03-31,USD\n",
    "creators": "creator\nana\n",
    "codes": "code,creator,campaign\nANA,ana,spring\n",
    "costs": "document,state,date,creator,campaign,type,amount,currency\n"
    "inv1,accrued,2026-03-02,ana,spring,fee,300.00,USD\n",
    "orders": "order_id,ordered_at,currency,subtotal,cogs,code\n"
    "1,2026-03-05T12:00:00Z,USD,100.00,30.00,ANA\n",
}


@pytest.fixture
def shop(served, tmp_path):
    """Serve a campaign with one order; give its address and the key of its shop."""
    files = tmp_path / "files"
    files.mkdir()
    for kind, text in FILES.items():
        (files / f"{kind}.csv").write_text(text, encoding="utf-8")
    create(tmp_path / "ws", brand_record("Sample", "USD", "UTC"))
    with opened(tmp_path / "ws") as ws:
        ws.import_files([files])
        _, key = ws.add_key(server=True)
    return served(tmp_path / "ws"), key.reveal()


def shows(page, text):
    """Wait until the creator's row shows a text; the page has to do so by itself."""
    expect = __import__("playwright.sync_api", fromlist=["expect"]).expect
    expect(page.locator("main tr", has_text="ana").first).to_contain_text(text, timeout=30_000)


def comes(page, script):
    """Wait until a script of ours is true; the page's own policy lets none wait inside it."""
    ends = time.monotonic() + 30
    while not page.evaluate(script):
        assert time.monotonic() < ends, script
        page.wait_for_timeout(100)


def sold(address, key, number, amount="50.00"):
    row = {
        "kind": "orders", "order_id": f"live-{number}", "ordered_at": "2026-03-06T12:00:00Z",
        "currency": "USD", "subtotal": amount, "cogs": "10.00", "code": "ANA",
    }  # fmt: skip
    request = urllib.request.Request(
        f"{address}/collect",
        json.dumps(row).encode(),
        {"content-type": "application/json", "x-truelift-key": key},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202


def test_an_open_page_moves_by_itself_and_keeps_what_is_being_written(shop, page):
    address, key = shop
    page.goto(f"{address}/?by=creator")
    row = page.locator("main tr", has_text="ana").first
    assert "77%" in row.inner_text()
    marked = page.evaluate("window.kept = document.body.dataset.kept = 'this very page'")
    page.evaluate("window.row = document.querySelector('main tbody tr')")
    field = page.locator("main form input:not([type=hidden])").first
    field.focus()
    sold(address, key, 1)
    shows(page, "63%")
    assert page.evaluate("window.kept") == marked  # nothing was loaded anew
    assert page.evaluate("window.row.isConnected")  # a row changes where it stands
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    assert re.search(r"\d", page.locator("#live").inner_text())
    sold(address, key, 2, "25.00")
    shows(page, "58%")


@pytest.mark.soak
def test_a_page_whose_server_comes_back_goes_on_from_there(shop, served, page):
    address, key = shop
    page.goto(f"{address}/?by=creator")
    served.again(address)
    sold(address, key, 1)
    shows(page, "63%")


@pytest.mark.soak
def test_a_page_that_was_refused_its_stream_asks_again(shop, page):
    address, key = shop
    refused = []
    page.route("**/live", lambda route: (refused.append(1), route.fulfill(status=503)), times=1)
    page.goto(f"{address}/?by=creator")
    comes(page, "document.getElementById('live').classList.contains('quiet')")
    assert refused
    sold(address, key, 1)
    shows(page, "63%")


def test_of_several_forms_the_one_that_is_written_in_stays_where_it_is(shop, page):
    address, key = shop
    page.goto(f"{address}/leaks")
    page.get_by_text("Hold or release a payout").click()
    reason = page.locator("form[action='/act/release'] input[name=reason]")
    reason.fill("a word half wri")
    assert page.evaluate("window.field = document.activeElement, window.field.name") == "reason"
    before = page.evaluate("document.getElementById('live').dataset.version")
    sold(address, key, 1)
    comes(page, f"document.getElementById('live').dataset.version !== '{before}'")  # it has moved
    assert page.evaluate("document.activeElement === window.field")
    assert reason.input_value() == "a word half wri"
    assert page.locator("form[action='/act/hold']").count() == 1
    assert page.locator("details.acts[open]").count() == 1


HIDDEN = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


STREAMS = re.compile(r"^truelift_live_streams (\S+)$", re.MULTILINE)


def streams(address):
    with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:
        return float(STREAMS.search(answer.read().decode())[1])


def test_a_page_that_nobody_sees_gives_its_connection_back_and_takes_it_up_again(shop, page):
    address, key = shop
    page.goto(f"{address}/?by=creator")
    for hidden, count in ((False, 1), (True, 0)):
        page.evaluate(HIDDEN, hidden)
        ends = time.monotonic() + 30
        while streams(address) != count:
            assert time.monotonic() < ends
            page.wait_for_timeout(100)
    sold(address, key, 1)
    seen = False
    page.evaluate(HIDDEN, seen)
    shows(page, "63%")
