"""Charts, palette and keys in a real browser: what is drawn stands where the figures say."""

from __future__ import annotations

import json
import time
import urllib.request

import pytest

from truelift.app import create, opened
from truelift.operations.brands import brand_record

FILES = {
    "campaigns": "campaign,goal,starts,ends,currency\nspring,sales,2026-03-01,2026-03-31,USD\n",
    "creators": "creator\nana\nbo\n",
    "codes": "code,creator,campaign\nANA,ana,spring\nBO,bo,spring\n",
    "costs": "document,state,date,creator,campaign,type,amount,currency\n"
    "inv1,accrued,2026-03-02,ana,spring,fee,3000.00,USD\n"
    "inv2,accrued,2026-03-02,bo,spring,fee,200.00,USD\n",
    "experiments": "experiment,campaign,design,outcome,factor,low,high,level,from,to\n"
    "geo1,spring,geo,orders,0.6,0.3,0.9,0.95,2026-03-01,2026-03-20\n",
    "orders": "order_id,ordered_at,currency,subtotal,cogs,code\n"
    + "".join(
        f"{number},2026-03-{number % 24 + 4:02}T12:00:00Z,USD,100.00,30.00,{code}\n"
        for number, code in enumerate(["ANA", "BO"] * 12)
    ),
}
AREA = '[data-chart*="/{}.json"] .chart-area'


@pytest.fixture(scope="module")
def shop(served, tmp_path_factory):
    """Serve a campaign that lost money with one creator; give its address and its shop's key."""
    place = tmp_path_factory.mktemp("charts")
    (place / "files").mkdir()
    for kind, text in FILES.items():
        (place / "files" / f"{kind}.csv").write_text(text, encoding="utf-8")
    create(place / "ws", brand_record("Sample", "USD", "UTC"))
    with opened(place / "ws") as ws:
        ws.import_files([place / "files"])
        _, key = ws.add_key(server=True)
    return served(place / "ws"), key.reveal()


def comes(page, script):
    """Wait until a script of ours is true; the page's own policy lets none wait inside it."""
    ends = time.monotonic() + 60
    while not page.evaluate(script):
        assert time.monotonic() < ends, script
        page.wait_for_timeout(50)


def drawn(page, name):
    """Bring a chart into view and wait until it is drawn."""
    figure = page.locator(f'[data-chart*="/{name}.json"]')
    figure.scroll_into_view_if_needed()
    state = f"document.querySelector('[data-chart*=\"/{name}.json\"]').dataset.state"
    comes(page, f"['drawn', 'empty', 'failed'].includes({state})")
    assert page.evaluate(state) == "drawn", figure.inner_text()
    return figure


def sold(address, key, number):
    row = {
        "kind": "orders", "order_id": f"live-{number}", "ordered_at": "2026-03-28T12:00:00Z",
        "currency": "USD", "subtotal": "500.00", "cogs": "10.00", "code": "BO",
    }  # fmt: skip
    request = urllib.request.Request(
        f"{address}/collect",
        json.dumps(row).encode(),
        {"content-type": "application/json", "x-truelift-key": key},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202


PLACES = """name => {
  const area = document.querySelector(`[data-chart*="/${name}.json"] .chart-area`);
  const across = area.view.scale("x"), up = area.view.scale("y");
  const boxes = kind => [...area.querySelectorAll(`.mark-${kind}.role-mark > *`)].map(
    each => each.getBoundingClientRect()).map(
    ({ left, right, top, bottom }) => ({ left, right, top, bottom }));
  return { zero: name === "roi" ? across(0) : up(0), rules: boxes("rule"), lines: boxes("line"),
    areas: boxes("area"), symbols: boxes("symbol") };
}"""


def test_limits_below_zero_are_drawn_below_zero_and_break_no_policy(shop, page, faults):
    address, _ = shop
    page.goto(f"{address}/campaign/spring")
    drawn(page, "roi")
    found = page.evaluate(PLACES, "roi")
    even, ana, bo = found["rules"]
    middle = (even["left"] + even["right"]) / 2
    assert ana["right"] < middle < bo["right"]  # ana lost money at both limits
    told = page.request.get(f"{address}/chart/roi.json?by=creator&campaign=spring").json()
    low, high = (told["data"]["values"][0][name] for name in ("low", "high"))
    assert low < high < 0
    place = f"document.querySelector('{AREA.format('roi')}').view.scale('x')"
    width = page.evaluate(f"{place}({high}) - {place}({low})")
    assert ana["right"] - ana["left"] == pytest.approx(width, abs=1.5)
    drawn(page, "to-date")
    dated = page.evaluate(PLACES, "to-date")
    (band,), dots = dated["areas"], dated["symbols"]
    assert len(dots) >= 2
    for dot in dots:
        assert band["top"] - 6 <= dot["top"] <= dot["bottom"] <= band["bottom"] + 6
    assert dated["rules"][0]["top"] < band["top"]  # the whole campaign is below break-even
    for name in ("expected", "funnel", "bridge"):
        page.locator(f'[data-chart*="/{name}.json"]').scroll_into_view_if_needed()
    drawn(page, "bridge")
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    ink = "getComputedStyle(document.querySelector('.chart-area .role-axis-label text')).fill"
    assert page.evaluate(ink) == "rgb(162, 169, 176)"  # --soft of dark pages, not drawn again
    assert faults(page) == []


@pytest.mark.soak
def test_a_chart_is_walked_by_arrows_and_told_to_a_pointer(shop, page):
    address, _ = shop
    page.goto(f"{address}/campaign/spring")
    area = drawn(page, "roi").locator(".chart-area")
    assert "Arrow keys" in area.get_attribute("aria-label")
    area.focus()
    tip = area.locator(".chart-tip")
    page.keyboard.press("ArrowDown")
    assert "ana" in tip.inner_text()
    page.keyboard.press("ArrowDown")
    assert "bo" in tip.inner_text()
    assert "limits" in tip.inner_text()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    area.locator(".mark-symbol.role-mark path").first.hover()
    assert "ana" in tip.inner_text()


def test_a_drawn_chart_stays_and_moves_while_orders_come_in(shop, page):
    address, key = shop
    page.goto(f"{address}/campaign/spring")
    drawn(page, "roi")
    area = f"document.querySelector('{AREA.format('roi')}')"
    version = "document.getElementById('live').dataset.version"
    assert page.evaluate(f"{area}.mine = true")
    shown = page.evaluate(version)
    page.locator(AREA.format("roi")).focus()
    at = f"{area}.querySelectorAll('.mark-symbol.role-mark path')[1].getAttribute('aria-label')"
    before = page.evaluate(at)
    sold(address, key, 1)
    comes(page, f"{version} !== {json.dumps(shown)}")  # the page has moved
    assert page.evaluate(f"{area}.mine && Boolean({area}.querySelector('svg'))")
    assert page.evaluate(f"document.activeElement === {area}")
    comes(page, f"{at} !== {json.dumps(before)}")


def test_the_palette_and_keys_lead_everywhere_and_leave_writing_alone(shop, page, faults):
    address, _ = shop
    page.goto(address)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Page, campaign or creator")
    field.fill("spr")
    page.get_by_role("dialog").get_by_role("option", name="spring").wait_for()
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/campaign/spring")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_text("Explain the first figure").wait_for()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "bo" in page.evaluate("document.activeElement.closest('tr').innerText")
    page.keyboard.press("k")
    page.keyboard.press("e")
    page.wait_for_url("**/explain?**creator=ana**")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/ledger")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "period"
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.keyboard.press("?")
    page.wait_for_timeout(200)
    assert page.url.endswith("/ledger")
    assert page.locator("dialog").count() == 0
