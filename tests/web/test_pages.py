import html
import re

import pytest
from litestar.testing import TestClient

from truelift.app import create, opened, people_of
from truelift.base.secret import Secret
from truelift.operations.brands import brand_record
from truelift.web.built import static_path
from truelift.web.pages import application

LINK = re.compile(r'href="(/explain[^"]*)"')
TITLE = re.compile("<title>(.*?)</title>")
HOSTILE = "<script>alert(1)</script>"
PAGES = (
    "/", "/roi", "/?by=creator", "/?by=post", "/?by=platform", "/?by=day", "/campaign/summer",
    "/campaign/glow", "/bridge", "/bridge?campaign=summer&period=2026-05", "/ledger",
    "/ledger?period=2026-05", "/quarantine", "/baselines",
    "/report/pnl?campaign=summer", "/report/exceptions", "/report/journal-audit",
    "/report/ageing?period=2026-05", "/creator/ana",
    "/creator/%3Cscript%3Ealert%281%29%3C%2Fscript%3E",
    "/compare", "/compare?creators=ana", "/spend", "/reconciliation", "/health", "/reports",
    "/settings", "/explore", "/explore?kind=codes", "/explore?kind=costs", "/content",
    "/attribution?models=all", "/conflicts",
)  # fmt: skip
LARGEST = 60_000  # bytes of a page


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_there_small_escaped_and_needs_no_script(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert len(answer.content) < LARGEST
    assert answer.text.startswith('<!doctype html><html lang="en">')
    assert "Brand &amp; &lt;Co&gt;" in answer.text
    for hostile in ("<script>", "<i>", "<Co>", "<b>", "B<B>", " style=", " onclick="):
        assert hostile not in answer.text


def test_every_response_carries_the_headers_of_the_house(client):
    for address in ("/", "/nowhere", "/roi.json?by=x", static_path("house.css"), "/healthz"):
        headers = client.get(address).headers
        assert headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            "script-src 'self'; connect-src 'self'; frame-ancestors 'none'; form-action 'self'"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"  # a form says where it comes from
    assert client.get("/").headers["cache-control"] == "no-store"
    assert "immutable" in client.get(static_path("house.css")).headers["cache-control"]


def test_each_twin_has_the_bytes_of_the_command_line(client, told):
    for address, written in told.items():
        answer = client.get(address)
        assert (address, answer.content) == (address, written)
        kind = "json" if ".json" in address else "csv"
        assert kind in answer.headers["content-type"]


def test_the_pages_link_their_twins(client):
    for page in ("/?by=creator", "/campaign/summer", "/ledger?period=2026-05", "/report/tax"):
        twins = re.findall(r'href="([^"]*\.(?:csv|json)[^"]*)"', client.get(page).text)
        assert twins
        for twin in twins:
            assert client.get(twin.replace("&amp;", "&")).status_code == 200


def test_a_campaign_with_an_odd_name_has_its_page_and_its_twins(client):
    link = re.search(r'href="(/campaign/a%2F[^"]*)"', client.get("/").text)[1]
    assert link == "/campaign/a%2Fb%2Ecsv%20%26%20%22c%22%20%3Ci%3E"
    page = client.get(link)
    assert page.status_code == 200
    assert "a/b.csv &amp; &#34;c&#34; &lt;i&gt;" in page.text
    assert client.get(f"{link}.csv").headers["content-type"].startswith("text/csv")


def test_every_figure_leads_to_its_explanation(client):
    links = re.findall(r'href="(/explain[^"]*)"', client.get("/campaign/summer").text)
    names = {link.partition("=")[2].partition(";")[0] for link in links}
    assert names == {
        "incremental_roi", "roi", "roas", "valued_roi", "lift", "cost", "incremental",
    }  # fmt: skip
    page = client.get(next(link for link in links if "=incremental_roi;" in link))
    assert page.status_code == 200
    assert "Formula" in page.text
    assert "orders.csv" in page.text


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/campaign/nope", 404, "There is no campaign &#39;nope&#39;"),
        ("/?campaign=nope", 404, "There is no campaign"),
        ("/campaign/", 404, "no page at this address"),
        ("/nowhere", 404, "no page at this address"),
        ("/?by=week", 400, "by &#39;week&#39; is not known; use one of campaign"),
        ("/?campain=summer", 400, "There is no parameter &#39;campain&#39; here"),
        ("/?by=day&by=post", 400, "by is given twice"),
        ("/?page=9", 400, "page 9 is beyond the last"),
        ("/?metric=joy", 400, "There is no metric &#39;joy&#39;"),
        ("/campaign/summer?as_of=soon", 400, "as_of &#39;soon&#39; is not a date"),
        ("/ledger?period=May", 400, "period &#39;May&#39; is not a period"),
        ("/report/gossip", 404, "no page at this address"),
        ("/report/budget?creator=ana", 400, "There is no parameter &#39;creator&#39; here"),
        ("/report/pnl?as_closed=yes", 400, "No period is closed yet"),
        ("/report/pnl?as_closed=no", 400, "write yes, or leave it out"),
        ("/report/pnl?campaign=nope", 404, "There is no campaign"),
        ("/explain", 400, "figure is missing"),
        ("/explain?figure=roi", 400, "is not a figure id"),
        ("/explain?figure=roi;campaign=summer", 400, "names as_of as"),
        ("/explain?figure=roi;campaign=summer;at=x-y", 400, "is not a figure id"),
        ("/explain?figure=joy;at=0-0", 400, "is no figure of the ROI report"),
        ("/explain?figure=roi;campaign=nope;at=64e8a8b2f0000-64e8a8b2f0000", 404, "no campaign"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(client, address, status, words):
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert "Traceback" not in answer.text
    path, _, query = address.partition("?")
    if path != "/campaign/" and "page" not in query:
        answer = client.get(f"{'/roi' if path == '/' else path}.json?{query}")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        if status == 400:
            (error,) = answer.json()["errors"]
            assert error["field"] in {
                "by", "campain", "metric", "as_of", "period", "figure", "creator", "as_closed",
            }  # fmt: skip


def test_a_page_of_a_twin_is_no_fault_beyond_the_last(client):
    assert client.get("/roi.csv?by=campaign&page=9").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7:8765", ""])
def test_another_host_is_not_answered_for(client, host):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "Brand" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8765", "[::1]:8765", "[::1]"])
def test_loopback_is_answered_for(client, host):
    assert client.get("/healthz", headers={"host": host}).text == "ok\n"


LONG = "a;b=c% é" + "n" * 2992


@pytest.mark.soak
def test_names_of_three_thousand_characters_break_no_page_and_no_link(tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    rows = {
        "campaigns": "campaign,goal,starts,ends,currency\nsummer,sales,2026-05-01,2026-05-31,USD\n",
        "codes": f"code,valid_from,creator,campaign\nLONG,2026-05-01,{LONG},summer\n",
        "orders": (
            "order_id,ordered_at,currency,subtotal,cogs,code\no1,2026-05-03,USD,90.00,30.00,LONG\n"
        ),
        "costs": (
            "document,state,date,creator,campaign,type,amount,currency\n"
            f"i1,accrued,2026-05-10,{LONG},summer,fee,30.00,USD\n"
        ),
        "posts": (
            f"platform,post_id,creator,published_at,campaign\nx,ad,{LONG},2026-05-03T12:00,summer\n"
        ),
        "observations": "platform,post_id,observed_at,likes\nx,ad,2026-05-09T12:00,70\n",
    }
    for kind, text in rows.items():
        (files / f"{kind}.csv").write_text(text, encoding="utf-8")
    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    with opened(tmp_path / "ws") as ws:
        assert not ws.import_files([files]).faults
        ws.seal(late=True)
        with TestClient(application(ws), base_url="http://127.0.0.1") as client:
            pages = [
                client.get(address)
                for address in ("/", "/campaign/summer", "/?by=post", "/baselines", "/ledger")
            ]
            links = {html.unescape(each) for page in pages for each in LINK.findall(page.text)}
            # every third: they differ in the figure they explain
            found = [(each, client.get(each)) for each in sorted(links)[::3]]
            assert [page.status_code for page in pages] == [200] * 5
            assert len([each for each in links if "creator=" in each]) >= 6
            assert {answer.status_code for _, answer in found} == {200}
            assert all(len(title) < 200 for _, each in found for title in TITLE.findall(each.text))
            whole = client.get("/campaign/summer.json").json()["rows"][0]
            assert whole["creator"] == LONG
            told = client.get("/explain.json", params={"figure": whole["figure_ids"]["roi"]})
            assert (told.status_code, told.json()["value"]) == (200, 1.0)


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    """Serve a workspace with kim, who reads, and tim, who only imports; give their tokens too."""
    monkeypatch.delenv("TRUELIFT_TOKEN", raising=False)
    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    with people_of(tmp_path / "ws") as people:
        people.add("kim", "auditor")
        people.add("tim", "marketer")
        tokens = [
            people.token(name, scopes).reveal()
            for name, scopes in (("kim", ()), ("tim", ["import"]))
        ]
    with (
        opened(tmp_path / "ws") as ws,
        TestClient(application(ws), base_url="http://127.0.0.1") as client,
    ):
        yield client, tokens, tmp_path / "ws"


def test_a_bearer_token_acts_as_its_person_on_the_twins(guarded):
    client, (kim, tim), _ = guarded
    assert client.get("/ledger.json").status_code == 200
    answers = [
        client.get(page, headers={"authorization": f"Bearer {token}"})
        for page in ("/ledger.json", "/ledger.csv", "/ledger")
        for token in (kim, tim, "truelift_1_x")
    ]
    assert [answer.status_code for answer in answers] == [200, 403, 401] * 3
    problem = answers[2].json()
    assert problem["status"] == 401
    assert "none of this workspace" in problem["detail"]
    assert answers[2].headers["www-authenticate"].startswith("Bearer")
    for answer in answers:
        assert kim not in answer.text
        assert tim not in answer.text


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_who_comes_by_another_server_is_not_taken_for_the_local_owner(guarded, header):
    client, (kim, _), _ = guarded
    elsewhere = {header: "203.0.113.9"}
    assert client.get("/", headers=elsewhere).status_code == 401
    assert client.get(static_path("house.css"), headers=elsewhere).status_code == 200
    token = {"authorization": f"Bearer {kim}"}
    assert client.get("/", headers=elsewhere | token).status_code == 200


def test_pages_ask_who_it_is_once_anybody_has_a_password(guarded):
    pytest.importorskip("argon2", reason="argon2-cffi is not installed")
    client, (kim, _), folder = guarded
    with people_of(folder) as people:
        people.set_password("kim", Secret("correct horse battery"))
    for page in ("/", "/roi.json", "/quarantine.csv", "/campaign/x"):
        assert client.get(page).status_code == 401
    for page in ("/healthz", static_path("house.css")):
        assert client.get(page).status_code == 200
    assert client.get("/", auth=("kim", "correct horse battery")).status_code == 200
    assert client.get("/", auth=("kim", "correct horse batterx")).status_code == 401
    assert client.get("/", headers={"authorization": f"Bearer {kim}"}).status_code == 200


OURS = {"origin": "http://127.0.0.1"}


def test_a_form_does_something_and_leads_back_to_its_page_that_says_so(client):
    given = {"alert": "nosuch", "owner": "kim", "once": "w1", "back": "/alerts?state=all"}
    answer = client.post("/act/own", data=given, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/alerts?state=all&done=w1"
    assert "There is no open alert nosuch" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"}, {"origin": "null"}, {},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1.evil.example", "sec-fetch-site": "same-origin"},
    ],
)  # fmt: skip
def test_a_form_of_another_page_is_refused(client, headers):
    answer = client.post("/act/seal", data={"campaign": "summer"}, headers=headers)
    assert answer.status_code == 403
    assert "not sent by a page of this server" in answer.text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_way_back_stays_here(client, back):
    given = {"campaign": "nope", "once": "w", "back": back}
    answer = client.post("/act/seal", data=given, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_a_form_is_no_larger_than_a_form_and_a_pack_is_of_a_closed_period(client):
    given = {"campaign": "x" * 300_000}
    assert client.post("/act/seal", data=given, headers=OURS).status_code == 413
    assert client.post("/act/nosuch", data={}, headers=OURS).status_code == 404
    assert client.get("/close/2026-05/pdf").status_code == 404
    assert client.get("/close/2026-05/exe").status_code == 404
    assert client.get("/close").status_code == 200
