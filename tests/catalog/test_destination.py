"""Destination: a redirect leads to the stored host, whatever stands in a link or a request."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.catalog.destination import (
    CLICK_PARAMETER,
    TAKEN_OVER,
    Destination,
    allowed_hosts,
    is_parameter,
    read_destination,
)

CLICK = "A" * 22

NO_DESTINATIONS = [
    "", " ", "shop.example", "//shop.example", "/path", "///evil.example", "\\\\evil.example",
    "http:evil.example", "http:/evil.example", "https:///evil.example", "https:\\\\evil.example",
    "https:/\\evil.example", "https://shop.example\\@evil.example", "https://\\evil.example",
    "https://shop.example\\.evil.example", "https://user@evil.example", "https://u:p@evil.example",
    "https://shop.example@evil.example", "https://shop.example:80@evil.example",
    "https://shop.example%40evil.example", "https://%65vil.example", "https://@evil.example",
    "https://shop.example\r\nLocation: https://evil.example", "https://shop.example/\r\nX: y",
    "https://shop.example/\nSet-Cookie: a=b", "https://shop.example/\tx", "https://shop .example",
    "https://shop.example/ x", "\thttps://evil.example", " https://evil.example",
    "https://evil.example ", "https://shop.example\x00.evil.example", "https://shop.example\x7f",
    "https://shop\u200b.example", "https://shop.example/\u202eexe", "https://shop.example/\ufeff",
    "https://shop\u00ad.example", "https://shop.example\u2028", "javascript:alert(1)",
    "JavaScript://shop.example/%0aalert(1)", "data:text/html,x", "vbscript:x", "FILE:///etc/passwd",
    "ftp://shop.example", "blob:https://shop.example/x", "ws://shop.example", "mailto:a@b.example",
    "https://", "https://?x", "https://#x", "https://.", "https://..", "https://-shop.example",
    "https://shop-.example", "https://shop_x.example", "https://[::1]", "https://[::1]/x",
    "https://2130706433", "https://0x7f000001", "https://0x7f.1", "https://127.1",
    "https://017700000001", "https://1.2.3.256", "https://shop.example:0",
    "https://shop.example:99999",
    "https://shop.example:8o", "https://shop.example:", "https://" + "a" * 64 + ".example",
    "https://shop.example/" + "a" * 2_048, "https://sh<op.example", "https://shop.example\u2100",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DESTINATIONS, ids=ascii)
def test_what_could_lead_elsewhere_is_no_destination(text):
    found = read_destination(text)
    assert not isinstance(found, Destination)
    assert found.sentence.endswith(".")
    assert "\n" not in found.sentence


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("https://shop.example", f"https://shop.example/?tl={CLICK}"),
        ("HTTPS://Shop.Example/A", f"https://shop.example/A?tl={CLICK}"),
        ("https://shop.example?a=1", f"https://shop.example/?a=1&tl={CLICK}"),
        ("https://shop.example/p?a=1&b=%20#top", f"https://shop.example/p?a=1&b=%20&tl={CLICK}#top"),
        ("https://shop.example/p?tl=old&a=1", f"https://shop.example/p?a=1&tl={CLICK}"),
        ("https://shop.example/p?", f"https://shop.example/p?tl={CLICK}"),
        ("http://127.0.0.1:8080/x", f"http://127.0.0.1:8080/x?tl={CLICK}"),
        ("https://shop.example./", f"https://shop.example/?tl={CLICK}"),
        ("https://b\u00fccher.example/\u00fc", f"https://xn--bcher-kva.example/%C3%BC?tl={CLICK}"),
        ("https://\uff53hop.example", f"https://shop.example/?tl={CLICK}"),
        ("https://shop.example//evil.example", f"https://shop.example//evil.example?tl={CLICK}"),
        ("https://shop.example/@evil", f"https://shop.example/@evil?tl={CLICK}"),
        ("https://shop.example/%0d%0aX:y", f"https://shop.example/%0d%0aX:y?tl={CLICK}"),
        ("https://shop.example/<b>'\"", f"https://shop.example/%3Cb%3E'%22?tl={CLICK}"),
        ("https://shop.example/?u=https://x.example/?y=1",
         f"https://shop.example/?u=https://x.example/?y=1&tl={CLICK}"),
    ],
)  # fmt: skip
def test_the_click_id_is_the_last_parameter_of_what_is_stored(text, location):
    assert read_destination(text).location(CLICK) == location


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("https://shop.example", "https://shop.example/"),
        ("https://shop.example/p?a=1#top", "https://shop.example/p?a=1#top"),
    ],
)
def test_without_a_click_id_the_stored_address_is_left(text, location):
    assert read_destination(text).location(None) == location


STORED = read_destination("https://shop.example/p?utm_source=ours&size=m")


@pytest.mark.parametrize(
    ("query", "taken"),
    [
        ("", ""),
        ("utm_medium=social", "utm_medium=social&"),
        ("utm_source=theirs", ""),
        ("UTM_Source=theirs", ""),
        ("utm%5Fsource=theirs", ""),
        ("size=xl", ""),
        ("tl=forged", ""),
        ("TL=forged&utm_term=a", "utm_term=a&"),
        ("url=//evil.example&redir_url=https://evil.example&next=x", ""),
        ("utm_term=a&utm_term=b", "utm_term=a&"),
        ("utm_term=%0d%0aX:%20//evil.example", "utm_term=%0D%0AX%3A+%2F%2Fevil.example&"),
        ("utm_term=a%26tl%3Dforged", "utm_term=a%26tl%3Dforged&"),
        ("utm_term=%23x", "utm_term=%23x&"),
        ("utm_term=" + "a" * 257, ""),
        ("&".join("a=1" for _ in range(200)), ""),
        ("fbclid=abc&gclid=def", "fbclid=abc&gclid=def&"),
    ],
)  # fmt: skip
def test_of_a_request_only_what_is_allowed_is_taken_over_and_nothing_stored_changes(query, taken):
    assert STORED.taken_over(query) == taken


@given(st.text(max_size=200), st.text(alphabet="utm_sorce=&%0dA/\\#?@:", max_size=120))
def test_no_query_changes_where_a_link_leads(anything, crafted):
    for query in (anything, crafted, f"utm_term={anything}", f"utm_term={crafted}"):
        location = STORED.location(CLICK, STORED.taken_over(query))
        assert location.isascii()
        assert location.isprintable()
        found = urlsplit(location)
        assert (found.scheme, found.netloc, found.path) == ("https", "shop.example", "/p")
        pairs = parse_qsl(found.query, keep_blank_values=True)
        assert pairs[:2] == [("utm_source", "ours"), ("size", "m")]
        assert pairs[-1] == (CLICK_PARAMETER, CLICK)
        assert {name for name, _ in pairs[2:-1]} <= TAKEN_OVER


@given(st.text(max_size=60))
def test_any_text_is_a_destination_of_a_plain_host_or_none(text):
    for each in (text, f"https://{text}", f"https://shop.example{text}"):
        found = read_destination(each)
        if isinstance(found, Destination):
            location = found.location(CLICK)
            assert urlsplit(location).hostname == found.host
            assert "\\" not in location
            assert "@" not in urlsplit(location).netloc


def test_a_brand_with_a_list_of_hosts_leads_nowhere_else():
    hosts = allowed_hosts(["https://shop.example/a", "https://go.shop.example", "no address"])
    assert hosts == {"shop.example", "go.shop.example"}
    assert isinstance(read_destination("https://shop.example/b", hosts=hosts), Destination)
    fault = read_destination("https://evil.example", hosts=hosts)
    assert "not among the brand's hosts" in fault.sentence


def test_the_click_parameter_has_a_plain_name_of_its_own():
    assert is_parameter("tl")
    assert is_parameter("rc_id")
    assert not any(map(is_parameter, ["", "1x", "a=b", "a&b", "utm_source", "x" * 40]))
    own = read_destination("https://shop.example/?RC=1&tl=2", "rc")
    assert own.location(CLICK) == f"https://shop.example/?tl=2&rc={CLICK}"
