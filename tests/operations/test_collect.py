"""Collect: what is served is what the workspace says, swapped whole when it changes."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.secret import Secret
from truelift.operations.collect import DATACENTERS, ServedNow, datacenters, keep_salts, served
from truelift.operations.site_keys import add_hook, add_key, revoke_hook, revoke_key
from truelift.store import control_records
from truelift.store.control_records import LINK_SETTING
from truelift.store.ground import Desk
from truelift.store.visitor_salts import NAME, VisitorSalts

LINKS = """
links
slug | destination            | creator | valid_from | valid_to
ana1 | https://shop.example/a | ana     |            |
bo1  | https://shop.example/b | bo      | 05-01      | 05-31
"""


@pytest.fixture
def now(told):
    """What is served of a workspace with two links."""
    told.given(LINKS)
    ground = told.ground
    return ServedNow(Desk(ground.workspace, ground.clock, None), ground.folder)


def setting(told, name, **words):
    with told.ground.workspace.transaction() as connection:
        control_records.keep(
            connection, "acme", LINK_SETTING, name, words, at=told.clock.now(), by="ana"
        )


def test_stored_links_are_served_within_their_time(now):
    links = now().links
    assert set(links) == {"ana1", "bo1"}
    assert links["ana1"].choices[0].host == "shop.example"
    assert links["ana1"].from_us is None
    assert links["bo1"].from_us < links["bo1"].to_us


def test_nothing_is_read_again_until_something_changes(told, now):
    before = now()
    assert not now.refresh()
    assert now() is before
    told.given(LINKS.replace("shop.example/a", "shop.example/new"))
    assert now.refresh()
    assert "new" in now().links["ana1"].choices[0].before


def test_a_key_is_admitted_until_it_is_revoked(told, now):
    row, text = add_key(told.ground, server=True)
    assert now.refresh()
    (key,) = now().keys.values()
    assert (key.key_id, key.brand, key.server) == (row["key_id"], "acme", True)
    revoke_key(told.ground, row["key_id"])
    assert now.refresh()
    assert now().keys == {}
    assert text.reveal() not in repr(now())


def test_a_hook_is_served_with_its_secrets_until_it_is_revoked(told, now):
    add_hook(told.ground, "stripe", hook_id="main", secret=Secret("whsec_of_the_shop_itself"))
    now.refresh()
    assert now().hooks["stripe", "main"].secrets == (b"whsec_of_the_shop_itself",)
    revoke_hook(told.ground, "stripe/main")
    now.refresh()
    assert now().hooks == {}


def test_settings_of_a_link_and_of_every_link_are_used(told, now):
    setting(told, "*", parameter="rc", taken_over=["ref"], fallback="https://shop.example/end")
    setting(told, "ana1", others=["https://shop.example/c"], fallback="https://shop.example/own")
    now.refresh()
    links = now().links
    assert [each.parameter for each in links["ana1"].choices] == ["rc", "rc"]
    assert links["ana1"].taken_over == {"ref"}
    assert links["ana1"].fallback.before.startswith("https://shop.example/own")
    assert links["bo1"].fallback.before.startswith("https://shop.example/end")


def test_a_parameter_that_is_none_is_the_usual_one(told, now):
    setting(told, "*", parameter="a&b")
    now.refresh()
    assert now().links["ana1"].choices[0].parameter == "tl"


def test_the_list_of_datacenters_is_the_users_own(told, tmp_path):
    assert not datacenters(tmp_path).holds("192.0.2.1")
    (tmp_path / DATACENTERS).write_text("192.0.2.0/24\n", encoding="utf-8")
    assert datacenters(tmp_path).holds("192.0.2.1")
    assert served(Desk(told.ground.workspace, told.clock, None), tmp_path).links == {}


def test_old_salts_are_destroyed_though_nobody_comes(tmp_path):
    salt = VisitorSalts(tmp_path)(20_000)
    first = dt.date(1970, 1, 1) + dt.timedelta(days=20_000)
    file = tmp_path / "private" / NAME
    keep_salts(tmp_path, first + dt.timedelta(days=1))
    assert salt.hex() in file.read_text(encoding="utf-8")
    keep_salts(tmp_path, first + dt.timedelta(days=2))
    assert salt.hex() not in file.read_text(encoding="utf-8")
