"""A small provider of identities on loopback: real HTTP, real keys, and a person who says yes."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "truelift", "a secret & of the client"


class IdentityProvider:
    """Signs people in; `claims` are put over those of the next token, None takes one out."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.claims, self.codes, self.algorithm, self.asked = {}, {}, "RS256", []
        self.shown = [self.key]
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def end(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def agrees(self, address):
        """Do what a browser does whose person says yes; give where it is led back to."""
        given = dict(parse_qsl(urlsplit(address).query))
        assert given["response_type"] == "code"
        assert given["client_id"] == CLIENT
        assert given["code_challenge_method"] == "S256"
        assert "openid" in given["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = given
        return f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"

    def token(self, form, header):
        given = self.codes.pop(form["code"], None)
        if given is None:
            return 400, {"error": "invalid_grant"}
        scheme, _, value = header.partition(" ")
        assert (scheme, base64.b64decode(value).decode()) == ("Basic", f"{CLIENT}:{SECRET}")
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == given["code_challenge"]
        assert form["redirect_uri"] == given["redirect_uri"]
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "17", "iat": now, "exp": now + 60,
            "nonce": given["nonce"], "email": "root@X.example", "email_verified": True,
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(
            {"alg": self.algorithm, "kid": self.key.kid}, claims, self.key, [self.algorithm]
        )
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider = None

    def do_GET(self):
        self.provider.asked.append(self.path)
        here = self.provider.issuer
        if self.path == "/.well-known/openid-configuration":
            self._answer(200, {
                "issuer": here, "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys",
            })  # fmt: skip
        else:
            keys = [each.as_dict(private=False) for each in self.provider.shown]
            self._answer(200, {"keys": keys})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.provider.token(form, self.headers.get("authorization", "")))

    def _answer(self, status, told):
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given):
        pass
