"""Provider: another server that says who somebody is, by OpenID Connect.

In:   the provider's address, our name and secret with it; what a browser brings back from there.
Out:  a verified e-mail address; NotAdmitted for anything that does not fit.

Authorization code with PKCE, state and nonce. Nobody is made by it: an address opens the account of
the person who has it here already, or none.
"""

from __future__ import annotations

import secrets
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from truelift.base.errors import NotAdmitted, TrueliftError, UsageError
from truelift.base.secret import Secret, same

SCOPE = "openid email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures of a key pair; one with our own secret, or none at all, is refused."""

TIMEOUT_SECONDS = 10.0
KEPT_SECONDS = 3600.0
"""How long what the provider says of itself, and its keys, are not asked for again."""

LEEWAY_SECONDS = 60
LOCAL = ("localhost", "127.0.0.1", "::1")


CODE = "it did not take the code that came back"
TOKEN = "its identity token does not hold"  # noqa: S105 - a sentence about one
OTHER = "its identity token is for another sign-in"
ADDRESS = "it names no e-mail address that it has verified"


class NotTaken(NotAdmitted):
    """What came back from the provider does not let anybody in."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(f"The provider's answer is not taken: {why}. Sign in again.")


@cache
def _library() -> Any:  # noqa: ANN401 - a class of the library
    """Load the library's client; its wish for the next version of its own client is not told."""
    try:
        with warnings.catch_warnings():
            import authlib.deprecate  # noqa: F401, PLC0415 - it turns its warnings on by itself

            warnings.simplefilter("ignore")
            from authlib.integrations.httpx_client import (  # noqa: PLC0415 - used here only
                OAuth2Client,
            )
    except ImportError:
        msg = "Signing in by a provider needs authlib; install it with `pip install authlib`."
        raise TrueliftError(msg) from None
    return OAuth2Client


@dataclass(frozen=True, slots=True)
class Begun:
    """A way to the provider that was begun: where it leads, and what has to come back from it."""

    address: str
    state: str
    nonce: str
    verifier: Secret
    came_back_to: str


@dataclass(slots=True)
class Provider:
    """A provider of identities; asked on one thread at a time."""

    issuer: str
    client_id: str
    client_secret: Secret
    name: str = ""
    _told: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _keys: Any = field(default=None, repr=False)
    _asked_at: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        """Refuse an address that others could read or answer for."""
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not (
            parts.scheme == "http" and (parts.hostname or "") in LOCAL
        ):
            msg = f"The provider's address {self.issuer!r} has to begin with https://."
            raise UsageError(msg)
        self.name = self.name or parts.hostname or self.issuer

    def begin(self, came_back_to: str) -> Begun:
        """Begin: give the address to lead a browser to, and what to expect from there."""
        verifier, nonce, state = (secrets.token_urlsafe(48) for _ in range(3))
        with self._client(came_back_to) as client:
            address, _ = client.create_authorization_url(
                self._describes()["authorization_endpoint"],
                state=state, code_verifier=verifier, nonce=nonce,
            )  # fmt: skip
        return Begun(address, state, nonce, Secret(verifier), came_back_to)

    def finish(self, begun: Begun, code: str) -> str:
        """Give the e-mail address of who came back with a code, which the provider has verified."""
        told = self._describes()
        try:
            with self._client(begun.came_back_to) as client:
                tokens = client.fetch_token(
                    told["token_endpoint"], code=code, code_verifier=begun.verifier.reveal(),
                    grant_type="authorization_code",
                )  # fmt: skip
        except Exception as error:
            raise NotTaken(CODE) from error
        claims = self._claims(str(tokens.get("id_token", "")), begun.nonce)
        address, verified = claims.get("email"), claims.get("email_verified")
        if not isinstance(address, str) or not address or verified is not True:
            raise NotTaken(ADDRESS)
        return address

    def _claims(self, text: str, nonce: str) -> Mapping[str, Any]:
        """Read an identity token that the provider signed for us, just now, for this browser."""
        from joserfc import jwt  # noqa: PLC0415 - where it is used
        from joserfc.errors import JoseError  # noqa: PLC0415 - where it is used

        try:
            token = self._decoded(text)
            registry = jwt.JWTClaimsRegistry(
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self._describes()["issuer"]},
                aud={"essential": True, "value": self.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
            )
            registry.validate(token.claims)
        except (JoseError, ValueError) as error:
            raise NotTaken(TOKEN) from error
        claims: Mapping[str, Any] = token.claims
        audience = claims["aud"]
        alone = isinstance(audience, str) or len(audience) == 1
        if not same(str(claims.get("nonce", "")), nonce) or not (
            claims.get("azp") == self.client_id or (alone and "azp" not in claims)
        ):
            raise NotTaken(OTHER)
        return claims

    def _decoded(self, text: str) -> Any:  # noqa: ANN401 - a token of the library
        """Read a signed token; a key that is not known is asked for once more."""
        from joserfc import jwt  # noqa: PLC0415 - where it is used
        from joserfc.errors import JoseError  # noqa: PLC0415 - where it is used

        try:
            return jwt.decode(text, self._keys, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            if time.monotonic() - self._asked_at < LEEWAY_SECONDS:
                raise
            self._asked_at = float("-inf")
            self._describes()
            return jwt.decode(text, self._keys, algorithms=list(ALGORITHMS))

    def _describes(self) -> Mapping[str, Any]:
        """Give what the provider says of itself, with its keys; TrueliftError when it does not."""
        if time.monotonic() - self._asked_at < KEPT_SECONDS:
            return self._told
        import httpx  # noqa: PLC0415 - the web extra
        from joserfc.jwk import KeySet  # noqa: PLC0415 - where it is used

        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
                place = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                told: Mapping[str, Any] = client.get(place).raise_for_status().json()
                keys = client.get(told["jwks_uri"]).raise_for_status().json()
            self._keys = KeySet.import_key_set(keys)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            msg = f"{self.name} does not answer as a provider of identities; try again later."
            raise TrueliftError(msg) from error
        if told.get("issuer", "").rstrip("/") != self.issuer.rstrip("/"):
            msg = f"{self.name} says that it is another provider; its address is set wrong."
            raise TrueliftError(msg)
        self._told, self._asked_at = told, time.monotonic()
        return told

    def _client(self, came_back_to: str) -> Any:  # noqa: ANN401 - a client of the library
        return _library()(
            self.client_id, self.client_secret.reveal(), scope=SCOPE, redirect_uri=came_back_to,
            code_challenge_method="S256", timeout=TIMEOUT_SECONDS,
        )  # fmt: skip
