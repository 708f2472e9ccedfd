"""Site keys and hooks: made by who may, shown once, kept as hashes, ended for good."""

from __future__ import annotations

import base64
import json

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.base.secret import Secret
from truelift.catalog.permission import Role
from truelift.catalog.served import key_hash
from truelift.operations.site_keys import (
    SECRETS,
    add_hook,
    add_key,
    hook_rows,
    key_rows,
    revoke_hook,
    revoke_key,
)
from truelift.store import private_files

SECRET = Secret("a secret that the shop shows")


def test_a_key_is_shown_once_and_kept_as_a_hash(told):
    row, text = add_key(told.ground, origins=["https://shop.example"], note="the shop's pages")
    assert text.reveal().startswith("page_")
    assert row["sha256"] == key_hash(text.reveal())
    assert text.reveal() not in json.dumps(key_rows(told.ground))
    server, other = add_key(told.ground, server=True)
    assert other.reveal().startswith("server_")
    assert [each["key_id"] for each in key_rows(told.ground)] == [row["key_id"], server["key_id"]]


def test_a_revoked_key_stays_on_the_list(told):
    row, _ = add_key(told.ground)
    assert revoke_key(told.ground, row["key_id"])["revoked"]
    assert [each["revoked"] for each in key_rows(told.ground)] == [True]
    with pytest.raises(NotFound, match="key list"):
        revoke_key(told.ground, "nothing")


@pytest.mark.parametrize("origin", ["shop.example", "https://shop.example/", "*", "ftp://x"])
def test_an_origin_is_a_scheme_and_a_host(told, origin):
    with pytest.raises(UsageError, match="origin"):
        add_key(told.ground, origins=[origin])


def test_a_servers_key_has_no_origins(told):
    with pytest.raises(UsageError, match="no page"):
        add_key(told.ground, server=True, origins=["https://shop.example"])


def test_a_hook_has_two_live_secrets_at_most_and_no_record_shows_one(told):
    for number in range(3):
        row, given = add_hook(
            told.ground, "shopify", hook_id="main", secret=Secret(f"secret number {number} of it")
        )
    assert given.reveal() == "secret number 2 of it"
    assert (row["path"], len(row["live"])) == ("/hook/shopify/main", 2)
    kept = private_files.read(told.ground.folder, SECRETS)["shopify/main"]
    assert kept["secrets"] == ["secret number 1 of it", "secret number 2 of it"]
    assert "secret number" not in json.dumps(hook_rows(told.ground))
    add_hook(told.ground, "shopify", hook_id="main", secret=Secret("secret number 2 of it"))
    assert len(hook_rows(told.ground)[0]["live"]) == 2


@pytest.mark.parametrize("source", ["shopify", "standard"])
def test_a_secret_is_made_when_none_is_given(told, source):
    row, given = add_hook(told.ground, source)
    assert len(given.reveal()) >= 32
    assert row["hook_id"] in row["path"]
    if source == "standard":
        assert len(base64.b64decode(given.reveal().removeprefix("whsec_"))) == 32


def test_an_ended_hook_has_no_secret_left(told):
    add_hook(told.ground, "stripe", hook_id="main", secret=SECRET)
    assert revoke_hook(told.ground, "stripe/main")["revoked"]
    assert private_files.read(told.ground.folder, SECRETS) == {}
    assert hook_rows(told.ground)[0]["live"] == []
    with pytest.raises(NotFound, match="hook list"):
        revoke_hook(told.ground, "stripe/other")


@pytest.mark.parametrize(
    ("source", "more", "match"),
    [
        ("paypal", {}, "sources"),
        ("shopify", {"hook_id": "a/b"}, "id"),
        ("shopify", {"secret": Secret("short")}, "16"),
        ("standard", {"secret": Secret("whsec_not base64 at all")}, "base64"),
    ],
)
def test_a_hook_that_cannot_be_is_refused(told, source, more, match):
    with pytest.raises(UsageError, match=match):
        add_hook(told.ground, source, **more)


def test_a_hook_belongs_to_one_brand(told):
    add_hook(told.ground, "stripe", hook_id="main", secret=SECRET)
    with private_files.changing(told.ground.folder, SECRETS) as content:
        content["stripe/main"]["brand"] = "other"
    with pytest.raises(UsageError, match="another brand"):
        add_hook(told.ground, "stripe", hook_id="main", secret=SECRET)


def test_only_who_manages_keys_makes_them_and_it_is_logged(acting, logged):
    with pytest.raises(Refused, match="site keys"):
        add_key(acting("kim", Role.MARKETER))
    row, _ = add_key(acting("ada", Role.ADMIN), note="page")
    revoke_key(acting("ada", Role.ADMIN), row["key_id"])
    assert [line[:2] for line in logged()][-3:] == [
        ("kim", "manage_keys"), ("ada", "manage_keys"), ("ada", "manage_keys"),
    ]  # fmt: skip
