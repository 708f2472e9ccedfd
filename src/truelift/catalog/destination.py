"""Destination: where a link leads, checked once when it is written, so that no request can bend it.

In:   the text of a link's destination; at a request its click id and query.
Out:  a Destination, or why the text is none; the address to redirect to.

A redirect's scheme, host and path are the stored ones. Of a request's query only parameters on the
allow list are taken over, never one that the link stores, and the click id comes last.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

LONGEST = 2_048
MOST_TAKEN, LONGEST_VALUE = 20, 256
"""How many parameters of a request are taken over, and how long each may be."""

CLICK_PARAMETER = "tl"
"""Name of the click id's parameter unless the brand has another one."""

TAKEN_OVER = frozenset(
    {
        "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id",
        "fbclid", "gclid", "ttclid", "twclid", "sccid", "epik", "li_fat_id", "igshid",
    }
)  # fmt: skip
"""Parameters of a request that go on to the shop unless the brand has another list."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^/?#@:\[\]]+)(?::(?P<port>\d{1,5}))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_FOUR_NUMBERS = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)", re.IGNORECASE)
_UNSEEN = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\u180e\u2000-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff]"
)
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_LARGEST_PORT = 65_535
_SAFE = "/:@!$&'()*+,;=-._~%"


@dataclass(frozen=True, slots=True)
class DestinationFault:
    """Why a text is no destination: a sentence that ends with what to do."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked destination: host, the text before the click id's value, and what follows it.

    names: parameters it stores itself, in lower case.
    """

    host: str
    before: str
    parameter: str
    after: str
    names: frozenset[str]

    def location(self, click_id: str | None, taken: str = "") -> str:
        """Give the address to redirect to. taken: what `taken_over` gave; no id leaves it out."""
        if click_id is None:
            return f"{self.before}{taken}".rstrip("?&") + self.after
        return f"{self.before}{taken}{self.parameter}={click_id}{self.after}"

    def taken_over(self, query: str, allowed: Collection[str] = TAKEN_OVER) -> str:
        """Give what is taken over of a request's query, ready to stand before the click id."""
        if not query:
            return ""
        try:
            pairs = parse_qsl(query, max_num_fields=100)
        except ValueError:
            return ""
        taken: dict[str, str] = {}
        for name, value in pairs:
            lower = name.lower()
            if (
                lower in allowed
                and lower not in self.names
                and lower not in taken
                and len(value) <= LONGEST_VALUE
            ):
                taken[lower] = f"{quote_plus(name)}={quote_plus(value)}&"
        return "".join(list(taken.values())[:MOST_TAKEN])


def read_destination(
    text: str, parameter: str = CLICK_PARAMETER, hosts: Collection[str] | None = None
) -> Destination | DestinationFault:
    """Check a destination. hosts: the brand's allow list; None allows every host that is one."""
    fault = _fault_of_text(text)
    found = _URL.fullmatch(text)
    if fault is None and found is None:
        fault = "is no web address such as https://shop.example/page; write it whole"
    if fault is not None or found is None:
        return _fault(text, fault or "")
    host = _host_of(found["host"])
    if host is None:
        return _fault(text, "names no host of the internet; write the shop's own name")
    if hosts is not None and host not in hosts:
        return _fault(text, f"leads to {host}, which is not among the brand's hosts; add it first")
    if found["port"] and not 0 < int(found["port"]) <= _LARGEST_PORT:
        return _fault(text, "has a port that does not exist; leave it out")
    return _destination(found, host, parameter)


def allowed_hosts(destinations: Iterable[str]) -> frozenset[str]:
    """Give the hosts that a brand's stored destinations lead to."""
    read = (read_destination(each) for each in destinations)
    return frozenset(each.host for each in read if isinstance(each, Destination))


def is_parameter(name: str) -> bool:
    """Say whether a name can be the click id's parameter."""
    return _PARAMETER.fullmatch(name) is not None and name.lower() not in TAKEN_OVER


def _fault_of_text(text: str) -> str | None:
    if len(text) > LONGEST:
        return f"has {len(text)} characters; at most {LONGEST} are kept"
    if _UNSEEN.search(text):
        return "holds a space, a control character or one that cannot be seen; take it out"
    if "\\" in text:
        return "holds a backslash, which browsers read as a slash; take it out"
    authority = text.partition("//")[2]
    if "@" in re.split(r"[/?#]", authority, maxsplit=1)[0]:
        return "holds a name before @; write the host alone"
    return None


def _host_of(written: str) -> str | None:
    """Give a host in the form of the domain name system; None when it is none."""
    try:
        host = written.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return None
    if not _HOST.fullmatch(host) or "%" in written:
        return None
    if _NUMERIC.fullmatch(host.rpartition(".")[2]) and not _FOUR_NUMBERS.fullmatch(host):
        return None  # 2130706433 and 0x7f.1 are addresses in disguise
    return host


def _destination(found: re.Match[str], host: str, parameter: str) -> Destination:
    pairs = [pair for pair in (found["query"] or "").split("&") if pair]
    stored = [pair for pair in pairs if _name(pair) != parameter.lower()]
    port = f":{int(found['port'])}" if found["port"] else ""
    query = "".join(f"{quote(pair, safe=_SAFE + '?')}&" for pair in stored)
    path = quote(found["path"] or "/", safe=_SAFE)
    fragment = f"#{quote(found['fragment'], safe=_SAFE + '?')}" if found["fragment"] else ""
    return Destination(
        host=host,
        before=f"{found['scheme'].lower()}://{host}{port}{path}?{query}",
        parameter=parameter,
        after=fragment,
        names=frozenset({_name(pair) for pair in stored} | {parameter.lower()}),
    )


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0]).lower()


def _fault(text: str, words: str) -> DestinationFault:
    shown = ascii(text[:80])
    return DestinationFault(f"The destination {shown} {words}.")
