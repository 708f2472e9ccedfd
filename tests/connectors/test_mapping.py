from pathlib import Path

import pytest

from truelift.base.errors import UsageError
from truelift.connectors.mapping import read_profile

SPEND = """
kind: costs
columns: {document: Beleg, date: Datum, creator: Person, amount: Betrag, campaign: Aktion}
set: {state: invoiced, type: fee, currency: EUR}
dates: "%d.%m.%Y"
decimal: ","
delimiter: ";"
skip_rows: 2
drop_rows: [{column: Beleg, equals: Summe}]
"""


def test_a_file_of_no_known_format_is_read_by_its_profile(reading):
    text = (
        "Ausgaben 2026;;\nStand;31.05.;\nBeleg;Datum;Person;Betrag;Aktion;Konto\n"
        "R1;03.05.2026;ana;1.234,50 €;mai;4711\nSumme;;;1.234,50;;\nR2;31.02.2026;bo;viel;;\n"
    )
    found = reading("x.csv", text, profile=read_profile(SPEND, "ausgaben"))
    assert found.rows("costs") == [
        {
            "document": "R1",
            "state": "invoiced",
            "date": "2026-05-03",
            "creator": "ana",
            "campaign": "mai",
            "type": "fee",
            "amount": "1234.50",
            "currency": "EUR",
            "notes": '{"Konto": "4711"}',
        },
        {
            "document": "R2",
            "state": "invoiced",
            "date": "31.02.2026",
            "creator": "bo",
            "type": "fee",
            "amount": "viel",
            "currency": "EUR",
        },
    ]
    assert (found.skipped, found.lines("costs")) == (1, [4, 6])
    assert found.batches[0].origin == "ausgaben"


def test_what_is_said_with_the_command_is_nearer_than_the_profile(reading):
    profile = read_profile("kind: codes\ncolumns: {code: C}\nset: {creator: ana}", "p")
    found = reading("x.csv", "C,D\nA,1\n", profile=profile, set={"creator": "bo"})
    assert found.rows("codes")[0]["creator"] == "bo"


def test_a_header_that_is_not_there_is_named(reading):
    found = reading("x.csv", "A,B\n1,2\n", profile=read_profile(SPEND.replace("2\n", "0\n"), "p"))
    assert "Aktion, Beleg, Betrag, Datum, Person, which the header lacks" in found.messages[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind: [", "no YAML"),
        ("just words", "'kind': expected a mapping"),
        ("columns: {code: C}", "'kind': say which kind"),
        ("kind: code", "no kind 'code'"),
        ("kind: codes\ncolumn: {}", "'column': there is no such key"),
        ("kind: codes\ncolumns: [a]", "'columns': expected a mapping"),
        ("kind: codes\ncolumns: {code: [a]}", "'columns.code': expected text"),
        ("kind: codes\ncolumns: {cod: C}", "'columns.cod': codes has no such column"),
        ("kind: codes\nset: {x: 1}", "'set.x': codes has no such column"),
        ("kind: codes\ndates: 7", "'dates': expected a pattern"),
        ("kind: codes\ndates: DD/MM", "'dates': 'DD/MM' is no pattern"),
        ("kind: codes\ndecimal: ';'", "'decimal': expected '.' or ','"),
        ("kind: codes\ndecimal: 1", "'decimal': expected text"),
        ("kind: codes\ndelimiter: ', '", "'delimiter': expected one character"),
        ("kind: codes\nskip_rows: -1", "'skip_rows': expected a number of lines"),
        ("kind: codes\ndrop_rows: {a: b}", "'drop_rows': expected a list"),
        ("kind: codes\ndrop_rows: [{column: a}]", "'drop_rows': expected a list"),
        ("!!python/object/apply:os.system [ls]", "no YAML"),
    ],
)
def test_a_profile_that_is_off_names_its_key_in_one_sentence(text, words):
    with pytest.raises(UsageError) as caught:
        read_profile(text, "p")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_list_of_creators_as_found_in_the_wild_becomes_follower_counts(reading):
    path = Path(__file__).parents[3] / "shared" / "data" / "top200_instagram.csv"
    if not path.exists():
        pytest.skip("../shared/data/top200_instagram.csv is not on this machine")
    profile = read_profile(
        "kind: followers\n"
        "columns: {handle: channel_info, followers: followers}\n"
        "set: {platform: instagram}",
        "top200",
    )
    found = reading(path, profile=profile, set={"observed_at": "2022-11-01"})
    rows = found.rows("followers")
    assert (len(rows), found.faults) == (200, [])
    assert (rows[0]["handle"], rows[0]["followers"]) == ("cristiano", "475800000")
    assert all(row["followers"].isdigit() for row in rows)
    assert {row["observed_at"] for row in rows} == {"2022-11-01"}


def test_percentages_become_rates(reading):
    profile = read_profile(
        "kind: margins\ncolumns: {key: Sku, margin_rate: Margin}\n"
        "set: {scope: sku, valid_from: 2026-01-01}",
        "p",
    )
    (row,) = reading("x.csv", "Sku;Margin\nA;1.39%\n", profile=profile).rows("margins")
    assert (row["margin_rate"], row["valid_from"]) == ("0.0139", "2026-01-01")
