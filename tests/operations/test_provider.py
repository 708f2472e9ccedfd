"""A provider says who somebody is only by a token that it signed for us, now, for this sign-in."""

from __future__ import annotations

import runpy
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from truelift.base.errors import NotAdmitted, TrueliftError, UsageError
from truelift.base.secret import Secret

pytest.importorskip("authlib", reason="authlib is not installed")

from truelift.operations.provider import LEEWAY_SECONDS, Provider

MADE = runpy.run_path(str(Path(__file__).with_name("identity_provider.py")))
BACK = "http://127.0.0.1/oidc/done"


@pytest.fixture(scope="module")
def there():
    made = MADE["IdentityProvider"]()
    yield made
    made.end()


@pytest.fixture
def provider(there):
    there.claims, there.algorithm = {}, "RS256"
    return Provider(there.issuer, MADE["CLIENT"], Secret(MADE["SECRET"]))


def there_and_back(provider, there):
    begun = provider.begin(BACK)
    back = dict(parse_qsl(urlsplit(there.agrees(begun.address)).query))
    assert back["state"] == begun.state
    return begun, back["code"]


def test_a_code_is_good_once_and_gives_the_verified_address(provider, there):
    begun, code = there_and_back(provider, there)
    assert provider.finish(begun, code) == "root@X.example"
    with pytest.raises(NotAdmitted, match="did not take the code"):
        provider.finish(begun, code)
    assert there.asked.count("/keys") == 1  # what it says of itself is asked for once
    assert MADE["SECRET"] not in repr(provider)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email_verified": False}, "no e-mail address that it has verified"),
        ({"email_verified": "true"}, "no e-mail address that it has verified"),
        ({"email": None}, "no e-mail address that it has verified"),
        ({"nonce": "another"}, "for another sign-in"),
        ({"nonce": None}, "for another sign-in"),
        ({"aud": "somebody"}, "does not hold"),
        ({"aud": ["truelift", "somebody"]}, "for another sign-in"),
        ({"azp": "somebody"}, "for another sign-in"),
        ({"iss": "https://evil.example"}, "does not hold"),
        ({"exp": 1}, "does not hold"),
        ({"exp": None}, "does not hold"),
        ({"iat": int(time.time()) + 3600}, "does not hold"),
        ({"sub": None}, "does not hold"),
    ],
)
def test_a_token_that_does_not_fit_lets_nobody_in(provider, there, claims, words):
    there.claims = claims
    begun, code = there_and_back(provider, there)
    with pytest.raises(NotAdmitted, match=words):
        provider.finish(begun, code)


def test_a_key_that_is_new_is_asked_for_and_one_of_somebody_else_is_refused(
    provider, there, monkeypatch
):
    begun, code = there_and_back(provider, there)
    provider.finish(begun, code)
    old = there.key
    there.key = type(old).generate_key(2048, {"kid": "second"})
    begun, code = there_and_back(provider, there)
    with pytest.raises(NotAdmitted, match="does not hold"):
        provider.finish(begun, code)
    there.shown = [old, there.key]
    monkeypatch.setattr(provider, "_asked_at", time.monotonic() - LEEWAY_SECONDS)
    begun, code = there_and_back(provider, there)
    assert provider.finish(begun, code) == "root@X.example"


def test_an_address_that_is_not_safe_or_not_a_providers_is_told_in_a_sentence():
    with pytest.raises(UsageError, match="begin with https://"):
        Provider("http://id.example", "x", Secret("y"))
    with pytest.raises(TrueliftError, match="does not answer as a provider"):
        Provider("http://127.0.0.1:9", "x", Secret("y")).begin(BACK)
