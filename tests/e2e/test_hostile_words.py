"""Names, UTM words, referrers and user agents that are scripts stay words on every page."""

from __future__ import annotations

import csv
import runpy
from pathlib import Path
from urllib.parse import quote

import pytest

from truelift.app import create, opened
from truelift.operations.brands import brand_record

pytestmark = pytest.mark.soak
"""Every page in a browser takes minutes; tests/web holds the same of each page's text."""

PAYLOADS = runpy.run_path(str(Path(__file__).with_name("payloads.py")))["PAYLOADS"]
PATHS = (
    "/", "/?by=creator", "/?by=post", "/compare", "/content", "/attribution", "/conflicts",
    "/alerts", "/shortlist", "/spend", "/reports", "/reconciliation", "/health", "/settings",
    "/explore?kind=clicks", "/explore?kind=sessions", "/explore?kind=codes",
    "/explore?kind=creators", "/quarantine", "/baselines", "/close",
)  # fmt: skip


def written(folder, kind, header, rows):
    with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    place = tmp_path_factory.mktemp("hostile")
    files = place / "files"
    files.mkdir()
    words = list(enumerate(PAYLOADS))
    written(files, "creators", "creator name", [(each, each) for each in PAYLOADS])
    written(
        files,
        "campaigns",
        "campaign name goal starts ends currency",
        [(each, each, "sales", "2026-05-01", "2026-05-31", "USD") for each in PAYLOADS[:8]],
    )
    written(
        files,
        "codes",
        "code valid_from creator campaign kind",
        [(f"C{at}", "2026-05-01", each, PAYLOADS[at % 8], "creator") for at, each in words],
    )
    written(
        files,
        "links",
        "slug destination creator campaign",
        [(f"s{at}", "https://shop.example/", each, PAYLOADS[at % 8]) for at, each in words],
    )
    written(
        files,
        "clicks",
        "click_id clicked_at slug user_agent referrer",
        [(f"k{at}", "2026-05-03T12:00", f"s{at}", each, each) for at, each in words],
    )
    written(
        files,
        "sessions",
        "date source medium campaign sessions",
        [("2026-05-03", each, each, each, 3) for each in PAYLOADS],
    )
    written(
        files,
        "orders",
        "source order_id ordered_at currency subtotal code utm_campaign",
        [
            ("shop", f"o{at}", "2026-05-04T12:00", "USD", "40.00", f"C{at}", each)
            for at, each in words
        ],
    )
    written(
        files,
        "costs",
        "document line state date creator campaign type amount currency",
        [
            (each, "1", "accrued", "2026-05-05", each, PAYLOADS[at % 8], "fee", "10.00", "USD")
            for at, each in words
        ]
        + [("<b>bad</b>", "1", "accrued", "never", "", "", "fee", "", "")],
    )
    create(place / "ws", brand_record(PAYLOADS[0], "USD", "UTC"))
    with opened(place / "ws") as ws:
        ws.import_files([files])
    return place / "ws"  # fmt: skip


@pytest.fixture(scope="module")
def address(served, hostile):
    return served(hostile)


def test_forty_scripts_in_words_run_nowhere_and_the_policy_has_nothing_to_report(chromium, address):
    assert len(PAYLOADS) == 40
    context = chromium.new_context()
    page = context.new_page()
    dialogs, reports = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda told: reports.append(told.text) if told.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith(address) or asked.url.startswith(
        ("data:", "blob:")) else reports.append(asked.url))  # fmt: skip
    named = [f"/creator/{quote(each, safe='').replace('.', '%2E')}" for each in PAYLOADS[:4]]
    named += [f"/campaign/{quote(each, safe='').replace('.', '%2E')}" for each in PAYLOADS[:2]]
    for path in (*PATHS, *named):
        answer = page.goto(f"{address}{path}")
        assert answer.status == 200, path
    rows = context.request.get(f"{address}/explore.json?kind=creators").json()["rows"]
    assert len(rows) == len(PAYLOADS)
    context.close()
    assert dialogs == []
    assert reports == []


FORMS = (
    "/catalog/campaigns", "/catalog/campaigns/new", "/catalog/links/bulk", "/upload", "/codes",
    "/people", "/tokens", "/sessions", "/audit", "/shares", "/me", "/palette", "/keys",
    "/chart/roi", "/explain?figure=nothing", "/nowhere",
)  # fmt: skip


EVERY = (*PATHS, *FORMS)


@pytest.mark.parametrize(
    ("scheme", "paths"),
    [
        ("light", EVERY), ("dark", EVERY),
    ],
)  # fmt: skip
def test_every_page_can_be_used_by_everybody_on_a_telephone_too(
    chromium, address, faults, scheme, paths
):
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": 390, "height": 844}, bypass_csp=True
    )
    page = context.new_page()
    wrong = []
    for path in paths:
        page.goto(f"{address}{path}")
        wrong += [(path, *each) for each in faults(page)]
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wrong.append((path, "wider than the screen"))
    context.close()
    assert wrong == []


def test_a_page_is_printed_without_what_a_pointer_does(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    page.emulate_media(media="print")
    for hidden in ("nav", "form.filter"):
        assert not page.locator(f"{hidden} >> nth=0").is_visible()
    assert page.locator("table >> nth=0").is_visible()
    assert len(page.pdf()) > 10_000
    context.close()
