"""A person at the forms of the pages: fills one in, sends it, and reads what came of it."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

FORM = re.compile(r'<form class="[^"]*act.*?action="/act/([^"]+)">(.*?)</form>', re.DOTALL)
AREA = re.compile(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
CHOICE = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
CHOSEN = re.compile(r'<option value="([^"]*)"[^>]*selected')
HOME = {"origin": "http://127.0.0.1"}


def form(page, act, number=0):
    """Give the fields of a form on a page as they stand there."""
    found = [body for name, body in FORM.findall(page) if name == act][number]
    given = {}
    for name, body in CHOICE.findall(found):
        chosen = CHOSEN.search(body)
        given[name] = html.unescape(chosen[1]) if chosen else ""
    for name, text in AREA.findall(found):
        given[name] = html.unescape(text)
    for each in re.findall(r"<input[^>]*>", found):
        name, value = (re.search(rf' {key}="([^"]*)"', each) for key in ("name", "value"))
        given[name[1]] = html.unescape(value[1]) if value else ""
    return given


def sent(client, act, given):
    """Send a form as a browser does; give the page that it leads to."""
    answer = client.post(f"/act/{act}", data=given, headers=HOME, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["location"])


def outcome(page):
    """Give what a page says became of the form that was sent last."""
    found = re.search(r'<p class="outcome[^"]*"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    return unquote(html.unescape(found[1])) if found else None
