import hashlib
import re

import pytest

from truelift.catalog.platform import PLATFORMS
from truelift.facts import words

EMOJI = "Zoë 👩‍🚀"


@pytest.mark.parametrize("name", [EMOJI, "=1+1", "-Ana", "a;b", "  Ana B  "])
def test_a_name_is_kept_as_it_is_written(value_of, name):
    assert value_of("creators", "creator", name) == name.strip()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\x07b", "'a\\x07b' holds a control character; remove it."),
        ("a\x85b", "'a\\x85b' holds a control character; remove it."),
        ("a\nb", "'a\\nb' holds a control character; remove it."),
        ("Jos\ufffd", "'Jos\ufffd' holds bytes that are no text; save the file as UTF-8."),
    ],
)
@pytest.mark.parametrize(
    ("kind", "column"),
    [("creators", "creator"), ("codes", "code"), ("posts", "handle"), ("mentions", "tag")],
)
def test_a_name_of_broken_text_is_refused(fault_of, kind, column, text, sentence):
    reason, where, message = fault_of(kind, column, text)
    assert (reason, where) == ("BAD_TEXT", column)
    assert message.lower() == sentence.lower()


def test_free_text_may_hold_lines_and_broken_letters_but_no_nul(value_of, fault_of):
    assert value_of("posts", "caption", "a\nb\ufffd") == "a\nb\ufffd"
    assert fault_of("posts", "caption", "a\x00b") == (
        "BAD_TEXT",
        "caption",
        "'a\\x00b' holds a control character; remove it.",
    )


@pytest.mark.parametrize(
    ("kind", "column", "text", "value"),
    [
        ("codes", "code", " ana10 ", "ANA10"),
        ("codes", "code", "été", "ÉTÉ"),
        ("posts", "handle", "@Ana.B", "ana.b"),
        ("posts", "platform", "Twitter", "x"),
        ("posts", "platform", "TikTok", "tiktok"),
        ("orders", "currency", "usd", "USD"),
        ("orders", "order_type", "Renewal", "renewal"),
        ("orders", "codes", "b; a ;;B;", "A;B"),
        ("orders", "codes", " ; ", None),
        ("campaigns", "hashtags", "#Spring;spring;#Sale", "sale;spring"),
        ("posts", "collaborators", "Zoe;Ana;Zoe", "Ana;Zoe"),
        ("observations", "estimated", "Reach;views", "reach;views"),
        ("observations", "estimated", ";", None),
        ("mentions", "tag", "#Spring", "spring"),
        ("allocations", "shares", "b:0.4;a:0.6", "a:600000;b:400000"),
        ("allocations", "shares", "a: 60% ; b:40 %", "a:600000;b:400000"),
        ("allocations", "shares", "a:1", "a:1000000"),
        ("allocations", "shares", "http://x:1", "http://x:1000000"),
        ("allocations", "shares", "a:0.333333;b:0.333333;c:0.333334", "a:333333;b:333333;c:333334"),
    ],
)
def test_words_are_kept_in_one_form(value_of, kind, column, text, value):
    assert value_of(kind, column, text) == value


@pytest.mark.parametrize(
    ("kind", "alias", "kept"),
    [
        ("code", "ana10", "ANA10"),
        ("Handle", "@Ana", "ana"),
        ("utm_content", "Ana-Spring", "Ana-Spring"),
        ("name", "Ana B", "Ana B"),
    ],
)
def test_an_alias_is_written_as_what_it_is_matched_with(value_of, kind, alias, kept):
    assert value_of("aliases", "alias", alias, kind=kind) == kept


@pytest.mark.parametrize("word", ["true", "Yes", "1", "Y", "t", "1.0"])
def test_yes_may_be_written_in_many_ways(value_of, word):
    assert value_of("orders", "new_customer", word) is True


@pytest.mark.parametrize("word", ["FALSE", "no", "0", "n", "F", "0.0"])
def test_no_may_be_written_in_many_ways(value_of, word):
    assert value_of("orders", "new_customer", word) is False


NO_CURRENCY = "'dollars' is not an ISO 4217 currency code; use three letters such as USD."
SHARES_EXPECTED = "write shares of a whole such as a:0.6;b:0.4."


@pytest.mark.parametrize(
    ("place", "text", "reason", "sentence"),
    [
        (
            "posts.platform",
            "myspace",
            "NOT_A_CHOICE",
            f"'myspace' is not one of {', '.join(PLATFORMS)}.",
        ),
        ("orders.currency", "dollars", "NOT_A_CURRENCY", NO_CURRENCY),
        ("orders.order_type", "gift", "NOT_A_CHOICE", "'gift' is not one of first, renewal."),
        ("orders.new_customer", "maybe", "NOT_A_BOOLEAN", "'maybe' is neither yes nor no."),
        ("posts.handle", " @ ", "BAD_TEXT", "there is no name after the @."),
        ("mentions.tag", "#", "BAD_TEXT", "'#' has no name after the # or @."),
        ("posts.campaigns", "a:0.6;b:0.3", "BAD_SHARES", "the shares sum to 0.9 and not to 1"),
        ("posts.campaigns", "a:0.5;a:0.5", "BAD_SHARES", "'a' stands in it twice"),
        ("posts.campaigns", "a;b", "BAD_SHARES", "'a' does not read as name:share"),
    ],
)
def test_a_word_that_cannot_be_read_says_what_was_expected(fault_of, place, text, reason, sentence):
    kind, column = place.split(".")
    if reason == "BAD_SHARES":
        sentence = f"in '{text}' {sentence}; {SHARES_EXPECTED}"
    assert fault_of(kind, column, text) == (reason, column, sentence)


@pytest.mark.parametrize("text", [":1", "a:-1", "a:nan", "a:1.5;b:-0.5", "a:0.0000001;b:1", ";"])
def test_shares_that_are_none_are_refused(fault_of, text):
    assert fault_of("posts", "campaigns", text)[:2] == ("BAD_SHARES", "campaigns")


def test_an_estimated_column_that_does_not_exist_would_pass_for_measured(fault_of):
    reason, column, sentence = fault_of("observations", "estimated", "veiws;reach")
    assert (reason, column) == ("NOT_A_CHOICE", "estimated")
    assert sentence.startswith("'veiws' is not one of views, reach, ")


def test_a_customer_is_hashed_with_the_workspaces_salt(value_of):
    expected = hashlib.blake2b(b"bob@example.com", key=b"a salt of the workspace", digest_size=32)
    assert value_of("orders", "customer", " Bob@Example.com ") == expected.hexdigest()


def test_a_customer_that_is_a_hash_already_stays_as_it_is(value_of):
    assert value_of("orders", "customer", "AB" * 32) == "ab" * 32


def test_a_customer_stays_hashed_in_quarantine(accepting):
    (fault,) = accepting("orders", {"customer": "bob@example.com", "subtotal": "x"}).faults
    assert "bob" not in fault.raw
    assert '"customer":"' in fault.raw


def test_the_address_of_a_creator_is_kept(value_of):
    assert value_of("creators", "email", "Ana@example.com") == "Ana@example.com"


def test_a_metric_break_names_its_platform_as_today_and_a_metric_that_grows(accepting):
    breaks = [
        {"event": str(number), "kind": kind, "scope": scope}
        for number, (kind, scope) in enumerate((
            ("metric_break", "Instagram : Views"),
            ("metric_break", "twitter:likes"),
            ("promotion", "all: of it"),
            ("promotion", None),
            ("metric_break", "myspace:views"),
            ("metric_break", "instagram:orders"),
            ("metric_break", None),
        ))
    ]  # fmt: skip
    accepted = accepting("events", *breaks)
    scopes = accepted.rows["scope"].to_pylist()
    assert scopes == ["instagram:views", "x:likes", "all: of it", None]
    assert [(fault.column, fault.reason.value) for fault in accepted.faults] == [
        ("scope", "NOT_A_CHOICE")
    ] * 3
    assert "'myspace:views' is no platform:metric such as" in accepted.faults[0].message


def test_whom_a_document_names_is_known_to_the_books_by_a_keyed_hash():
    party = words.hashed_party("Ana Cooks & Co", b"salt")
    assert re.fullmatch("party-[0-9a-f]{16}", party)
    assert words.hashed_party(" ana cooks & co", b"salt") == party
    assert words.hashed_party("Ana Cooks & Co", b"other") != party
