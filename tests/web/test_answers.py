import asyncio
import logging
from types import SimpleNamespace

import pytest

from truelift.base.errors import NotFound, TrueliftError
from truelift.web.answers import WrongHost, failed, host_checked
from truelift.web.asked import BadParameter


def asking(path="/x.json", host="127.0.0.1"):
    return SimpleNamespace(url=SimpleNamespace(path=path), headers={"host": host})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadParameter("by", "By is off."), 400),
        (NotFound("It is not here."), 404),
        (WrongHost("Not this host."), 421),
        (TrueliftError("The disk is full."), 500),
    ],
)
def test_an_error_of_the_house_is_told_in_its_own_words(error, status):
    answer = failed(asking(), error)
    assert answer.status_code == status
    assert answer.media_type == "application/problem+json"
    assert str(error).encode() in answer.content
    assert (b'"field": "by"' in answer.content) == (status == 400)
    page = failed(asking("/x"), error)
    assert page.media_type == "text/html"
    assert str(error).encode() in page.content


def test_what_was_not_foreseen_goes_to_the_log_and_not_to_the_reader(caplog):
    with caplog.at_level(logging.ERROR, "truelift.web"):
        answer = failed(asking(), ZeroDivisionError("secret"))
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    ("served", "host", "fine"),
    [
        ("127.0.0.1", "localhost:8765", True),
        ("127.0.0.1", "[::1]", True),
        ("127.0.0.1", "192.168.1.4", False),
        ("127.0.0.1", "evil.example", False),
        ("0.0.0.0", "192.168.1.4:80", True),
        ("0.0.0.0", "[2001:db8::1]:80", True),
        ("0.0.0.0", "evil.example", False),
        ("roi.corp.example", "ROI.corp.example:80", True),
        ("roi.corp.example", "evil.example", False),
    ],
)
def test_no_name_of_another_site_reaches_the_pages(served, host, fine):
    check = host_checked(served)
    if fine:
        asyncio.run(check(asking(host=host)))
    else:
        with pytest.raises(WrongHost):
            asyncio.run(check(asking(host=host)))
