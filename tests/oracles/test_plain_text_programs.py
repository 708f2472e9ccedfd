"""Beancount, hledger and ledger read our files without a word and sum them to our trial balance.

A break of one minor unit, in the base or in the entry's own currency, is refused by each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from truelift.base.money import exponent, format_minor, parse_minor
from truelift.ledger.trial_balance import trial_balance
from truelift.reports.journal_export import beancount, hledger, ledger_cli
from truelift.reports.journal_export.plain_text import account_path

RENDER = {"beancount": beancount.render, "hledger": hledger.render, "ledger": ledger_cli.render}
BROKEN = 1000
"""Which priced line is broken; any would do."""


def ours(batch):
    """Give what each account must show: in the base, and by currency.

    A balance in the base without an amount (exchange) stands in the base's own currency.
    """
    base, own = defaultdict(int), defaultdict(int)
    for row in trial_balance(batch.entries):
        path = account_path(batch, row.account)
        base[path, batch.currency] += row.base_minor
        own[path, row.currency] += row.amount_minor
    for entry in batch.entries:
        for posting in entry.postings:
            if not posting.amount_minor and posting.currency != batch.currency:
                own[account_path(batch, posting.account), batch.currency] += posting.base_minor
    return [{key: minor for key, minor in found.items() if minor} for found in (base, own)]


@pytest.fixture(params=RENDER)
def reader(request, readers):
    return readers[request.param]


@pytest.fixture(scope="session")
def written(dollars, tmp_path_factory):
    """Write each program's file once."""
    folder = tmp_path_factory.mktemp("plain")
    paths = {}
    for name, render in RENDER.items():
        (file,) = render(dollars)
        paths[name] = folder / f"books.{name}"
        paths[name].write_bytes(file.content)
    return paths


@pytest.fixture
def lines(reader, dollars):
    """Give the lines of a program's file with a fifth of the entries."""
    (file,) = RENDER[reader.name](replace(dollars, entries=dollars.entries[::5]))
    return file.content.decode().splitlines()


def test_there_are_ten_thousand_entries_in_currencies_of_0_2_and_3_decimals(dollars):
    assert len(dollars.entries) >= 10_000
    assert {exponent(currency) for currency in dollars.currencies} == {0, 2, 3}
    assert len(dollars.currencies) == 5


def test_the_program_accepts_the_file_and_says_nothing(reader, written):
    code, out, err = reader.check(written[reader.name])
    assert (code, err) == (0, "")
    assert reader.name == "ledger" or not out


def test_no_minor_unit_differs_from_our_trial_balance(reader, written, dollars):
    base, own = ours(dollars)
    assert reader.sums(written[reader.name], dollars.currency) == base
    assert reader.sums(written[reader.name]) == own


@pytest.mark.parametrize("side", ["base", "own"])
def test_a_break_of_one_minor_unit_is_refused(reader, lines, side, tmp_path):
    places = [place for place, line in enumerate(lines) if " @@ " in line]
    place = places[BROKEN]
    words = lines[place].split(" ")
    at = words.index("@@") + (1 if side == "base" else -2)
    currency = words[at + 1]
    words[at] = format_minor(parse_minor(words[at], currency) + 1, currency)
    sound, broken = tmp_path / "sound", tmp_path / "broken"
    sound.write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines[place] = " ".join(words)
    broken.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert reader.check(sound)[0] == 0
    code, _, err = reader.check(broken)
    assert code != 0
    assert err
