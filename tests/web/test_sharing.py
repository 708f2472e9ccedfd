"""A link shows one page, under its policy, until it is revoked; it leads nowhere else."""

from __future__ import annotations

import html
import re

import pytest

from truelift.web.sharing import bare

PASSPHRASE = "a passphrase of ours"


@pytest.fixture
def made(peopled, form):
    """Make a link as somebody who may; give its path and id."""

    def make(page, **given):
        client = peopled.client("the-marketer")
        shown = form(client, "share", "/shares", page=page, days="3", **given).text
        address = html.unescape(re.search(r"<code>([^<]*/share/[^<]*)</code>", shown)[1])
        assert address.startswith("http://127.0.0.1/share/")
        return address.removeprefix("http://127.0.0.1")

    return make


def test_who_has_the_link_sees_the_page_and_no_way_from_it(peopled, made):
    path = made("/roi", filters="by=creator&campaign=summer")
    answer = peopled.client().get(path)
    assert answer.status_code == 200
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    for absent in ("<form", "<script", "<nav", "<button", "CSV", "/explain", "glow", "the-market"):
        assert absent not in answer.text
    links = re.findall(r' href="([^"]*)"', answer.text)
    assert all(each.startswith(("/static/", "?", "#")) for each in links)
    assert "ana" in answer.text
    assert "&lt;script&gt;" in answer.text  # a hostile name is still only a name
    assert "Brand &amp; &lt;Co&gt;" in answer.text


def test_nothing_that_is_asked_for_widens_it(peopled, made):
    client = peopled.client()
    path = made("/roi", filters="by=creator&campaign=summer")
    for query in (
        "campaign=glow", "by=campaign", "as_of=2026-05-20", "known_at=2026-05-20", "cost=paid",
        "columns=x", "creator=ana", "campaign=", "x=1", "campaign=summer&campaign=glow",
    ):  # fmt: skip
        answer = client.get(f"{path}?{query}")
        assert "glow" not in re.sub("<title>.*?</title>|shows campaign.*?<", "", answer.text)
        if query != "campaign=":
            assert (query, answer.status_code) == (query, 400)
    for ending in (".csv", ".json", "/people", "/..", ".csv.json"):
        assert client.get(path + ending).status_code == 404
    for elsewhere in ("/roi", "/me", "/act/share"):
        assert client.get(elsewhere).status_code in {401, 404, 405}
    assert client.get(f"{path}?campaign=summer&page=1").status_code == 200


def test_a_policy_may_allow_other_dates_and_the_table_as_a_file(peopled, made):
    client = peopled.client()
    path = made("/campaign/summer", may_change_dates="yes", may_export="yes")
    page = client.get(f"{path}?as_of=2026-05-20").text
    assert 'name="as_of" value="2026-05-20"' in page
    assert page.count("<form") == 1
    link = html.unescape(re.search(r'href="([^"]*\.csv[^"]*)"', page)[1])
    exported = client.get(link)
    same = peopled.client("the-auditor").get("/campaign/summer.csv?as_of=2026-05-20")
    assert exported.content == same.content
    assert client.get(f"{path}?cost=paid").status_code == 400


def test_a_link_is_dead_as_soon_as_it_is_revoked_and_is_shown_once(peopled, made, form):
    path = made("/report/accruals", filters="campaign=summer")
    share = path.split("_")[1]
    client, admin = peopled.client(), peopled.client("the-admin")
    assert client.get(path).status_code == 200
    listed = admin.get("/shares")
    assert share in listed.text
    assert path not in listed.text
    assert "opens nothing any more" in form(admin, "revoke-share", "/shares", share=share).text
    gone, never = client.get(path), client.get("/share/share_0_0")
    assert gone.status_code == never.status_code == 404
    code = re.compile("Request <code>.*?</code>")
    assert code.sub("", gone.text) == code.sub("", never.text)
    assert client.get(f"/b/bolt{path}").status_code == 404


def test_a_passphrase_is_asked_for_first(peopled, made):
    path = made("/roi", passphrase=PASSPHRASE)
    client = peopled.client()
    locked = client.get(path)
    assert locked.status_code == 401
    assert "summer" not in locked.text
    wrong = client.post(path, data={"passphrase": "wrong"})
    assert wrong.status_code == 401
    assert "This is not the passphrase." in wrong.text
    evil = peopled.client(origin="http://evil.example")
    assert evil.post(path, data={"passphrase": PASSPHRASE}).status_code == 403
    right = client.post(path, data={"passphrase": PASSPHRASE}, follow_redirects=False)
    assert right.status_code == 303
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert f"Path={path};" in cookie
    assert f"Path={path}.csv;" in ",".join(right.headers.get_list("set-cookie"))
    opened = client.get(path, headers={"cookie": cookie.partition(";")[0]})
    assert opened.status_code == 200
    assert "summer" in opened.text
    assert peopled.client().get(path).status_code == 401


def test_a_page_is_written_again_without_forms_and_ways_elsewhere():
    page = (
        '<!doctype html><p class="twins"><a href="/x">x</a></p><a href="/y">a &amp; <b>b</b></a>'
        '<a href="?sort=z">z</a><form><input><p>in<br></p></form><svg viewBox="0 0 1 1"><g/></svg>'
        '<details class="acts"><div></div></details><script>1</script>&#34;<br>end'
    )
    assert bare(page) == (
        '<!doctype html><span>a &amp; <b>b</b></span><a href="?sort=z">z</a>'
        '<svg viewBox="0 0 1 1"><g/></svg>&#34;<br>end'
    )
