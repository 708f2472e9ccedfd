"""What both servers serve and what wrk asks: links, a key, requests as Lua scripts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

LINKS = [f"s{number:05d}" for number in range(10_000)]
KEY = "server_key_of_the_benchmark"
SECRET = b"the secret of the benchmark"
AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 Instagram 330.0.0.35.98 "
    "(iPhone15,2; iOS 17_5; en_US; en; scale=3.00; 1179x2556)"
)
_HEADERS = {
    "User-Agent": AGENT,
    "Referer": "https://l.instagram.com/",
    "Accept-Language": "en-US,en;q=0.9",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip, deflate",
}

_FOLLOW = """
local made = {{}}
local at = 0
function init(args)
  for i = 0, 9999 do
    made[i] = wrk.format("{method}", string.format("{path}", i), {headers})
  end
end
function request()
  at = (at + 7919) % 10000
  return made[at]
end
"""
_SEND = """
local made
function init(args)
  made = wrk.format("POST", "{path}", {headers}, {body})
end
function request()
  return made
end
"""
DONE = """
function done(summary, latency, requests)
  io.write(string.format("FOUND %d %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write, summary.errors.timeout))
end
"""


def _lua(headers: dict[str, str]) -> str:
    pairs = ", ".join(f"[{json.dumps(name)}]={json.dumps(text)}" for name, text in headers.items())
    return "{" + pairs + "}"


def follow(path: str = "/r/s%05d", method: str = "GET") -> str:
    """Ask for links, one after the other out of 10,000."""
    return _FOLLOW.format(method=method, path=path, headers=_lua(_HEADERS)) + DONE


def collect(rows: int) -> str:
    """Send rows of about 380 bytes."""
    row = {
        "kind": "clicks", "click_id": "A" * 22, "clicked_at": "2026-05-01T10:00:00Z",
        "slug": "s00001", "visitor": "0" * 32, "user_agent": AGENT[:100],
        "referrer": "https://l.instagram.com/", "country": "US", "consent": True,
    }  # fmt: skip
    body = json.dumps(row if rows == 1 else [row] * rows)
    headers = {"Content-Type": "application/json", "X-Truelift-Key": KEY}
    return _SEND.format(path="/collect", headers=_lua(headers), body=json.dumps(body)) + DONE


def hook(size: int) -> str:
    """Deliver a signed body of a size."""
    body = json.dumps({"id": 1, "note": "a" * (size - 24)})
    made = hmac.digest(SECRET, body.encode(), hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Webhook-Id": "w1",
        "X-Shopify-Hmac-Sha256": base64.b64encode(made).decode(),
    }
    path = "/hook/shopify/bench"
    return _SEND.format(path=path, headers=_lua(headers), body=json.dumps(body)) + DONE


NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  map_hash_max_size 65536;
  map_hash_bucket_size 128;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  log_format click escape=json '{{"id":"$request_id","slug":"$slug","at":$msec,'
    '"address":"$remote_addr","agent":"$http_user_agent","referrer":"$http_referer"}}';
  access_log {folder}/clicks.log click buffer=64k flush=10ms;
  map $uri $slug {{ ~^/r/(?<found>.+)$ $found; default ""; }}
  map $slug $leads_to {{ include {folder}/links.map; default ""; }}
  server {{
    listen 127.0.0.1:{port};
    location /r/ {{
      add_header Cache-Control "no-store, private" always;
      if ($leads_to = "") {{ return 404; }}
      return 302 "$leads_to?tl=$request_id";
    }}
  }}
}}
"""


def nginx_links() -> str:
    """Write the map of slugs as nginx reads it."""
    return "".join(f"{slug} https://shop.example/p/{slug};\n" for slug in LINKS)
