"""Wording: sentences that name commands, said as pages say them.

In:   a sentence that the command line says as well.
Out:  the same with links in place of commands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from htpy import Node, a

PAGES: Mapping[str, tuple[str, str]] = {
    "alerts": ("/alerts", "Alerts"),
    "baselines": ("/baselines", "Baselines"),
    "chase": ("/report/accruals", "Accruals"),
    "close": ("/close", "Close"),
    "fee": ("/fees", "Highest fees"),
    "forecast": ("/forecast", "Forecast"),
    "import": ("/upload", "Upload"),
    "leaks": ("/leaks", "Leaks"),
    "ledger": ("/ledger", "Trial balance"),
    "link": ("/catalog/links", "Links"),
    "list": ("/explore", "Explore"),
    "quarantine": ("/quarantine", "Quarantine"),
    "reallocate": ("/reallocation", "Reallocation"),
    "roi": ("/roi", "Overview"),
    "seal": ("/baselines", "Baselines"),
}
"""By the command: the page where the same stands, or is done."""

_COMMAND = re.compile(r"(?:\brun )?`truelift\s([a-z]+)[^`]*`")
_PLAINER = (
    (re.compile(r", with `--late` after launch"), ""),
    (re.compile(r" \(columns: docs/kinds\.md\)"), ""),
    (re.compile(r": truelift close prepare \S+\.$"), "."),
    (re.compile(r"^Nothing matches the given URI\.$"), "There is no page at this address."),
)
_OPTION = re.compile(r"`?(?<![\w'-])--([a-z][a-z-]*)`?")


def worded(sentence: str) -> Node:
    """Say a sentence of the command line as a page does: by links and fields."""
    for what, instead in _PLAINER:
        sentence = what.sub(instead, sentence)
    parts: list[Node] = []
    at = 0
    for found in _COMMAND.finditer(sentence):
        page = PAGES.get(found[1])
        if page is None:
            continue
        first = "see " if found[0].startswith("run ") else ""
        parts += [_plain(sentence[at : found.start()]), first, a(href=page[0])[page[1]]]
        at = found.end()
    return [*parts, _plain(sentence[at:])] if parts else _plain(sentence)


def _plain(text: str) -> str:
    return _OPTION.sub(lambda found: found[1].replace("-", " "), text)
