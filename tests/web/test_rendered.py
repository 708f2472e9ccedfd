"""A page is written once for all who may read it, and each sees their own name."""

from types import SimpleNamespace

import pytest
from litestar import Response

from truelift.catalog.permission import Rights, Role
from truelift.web import rendered
from truelift.web.asked import Asked
from truelift.web.rendered import SECONDS, Rendered
from truelift.web.visiting import CALLER, NAME, UNNAMED, Caller

ASKED = Asked("/", {})


class Desk:
    """A desk that counts the pages it wrote."""

    def __init__(self):
        self.reading = SimpleNamespace(version="a.0", settled=0)
        self.written, self.more, self.told = 0, "", None

    def show(self):
        assert UNNAMED.get()
        self.written += 1
        return Response(
            f"page {self.written} of {NAME}{self.more}".encode(), media_type="text/html"
        )


@pytest.fixture
def desk():
    return Desk()


def visit(name, *roles):
    visitor = SimpleNamespace(name=name, rights=Rights(frozenset(roles)), session="s", owner=False)
    CALLER.set(Caller(visitor, "", ("acme",), ""))


def test_two_people_with_the_same_rights_get_one_page_with_their_own_names(desk):
    pages = Rendered(desk)
    visit("kim <b>", Role.MARKETER)
    assert pages.answer("/", ASKED, desk.show).content == b"page 1 of kim &lt;b&gt;"
    visit("lee", Role.MARKETER)
    assert pages.answer("/", ASKED, desk.show).content == b"page 1 of lee"
    visit("ada", Role.ADMIN)
    assert pages.answer("/", ASKED, desk.show).content == b"page 2 of ada"
    assert pages.answer("/", Asked("/", {"by": "day"}), desk.show).content == b"page 3 of ada"
    assert pages.answer("/spend", ASKED, desk.show).content == b"page 4 of ada"


def test_what_a_person_did_is_on_the_next_page_and_what_comes_in_a_second_later(desk):
    now = [0.0]
    pages = Rendered(desk, lambda: now[0])
    visit("kim", Role.MARKETER)
    for _ in range(3):
        pages.answer("/", ASKED, desk.show)
    desk.reading.version = "a.1"
    pages.answer("/", ASKED, desk.show)
    assert desk.written == 1
    now[0] += SECONDS
    pages.answer("/", ASKED, desk.show)
    assert desk.written == 2
    desk.reading.settled = 1
    pages.answer("/", ASKED, desk.show)
    assert desk.written == 3


@pytest.mark.parametrize("more", ['<input name="once" value="x">', '<meta http-equiv="refresh">'])
def test_a_page_with_a_form_or_one_that_waits_is_written_for_each(desk, more):
    pages, desk.more = Rendered(desk), more
    visit("kim", Role.MARKETER)
    for at in (1, 2):
        assert pages.answer("/", ASKED, desk.show).content.startswith(f"page {at} of kim".encode())


def test_a_page_of_older_answers_is_written_again_a_second_later(desk):
    now = [0.0]
    pages, desk.told = Rendered(desk, lambda: now[0]), "a.-1"
    visit("kim", Role.MARKETER)
    pages.answer("/", ASKED, desk.show)
    pages.answer("/", ASKED, desk.show)
    assert desk.written == 1
    now[0] += SECONDS
    pages.answer("/", ASKED, desk.show)
    assert desk.written == 2


def test_only_so_many_are_kept(desk, monkeypatch):
    monkeypatch.setattr(rendered, "KEPT", 2)
    pages = Rendered(desk)
    visit("kim", Role.MARKETER)
    for path in ("/a", "/b", "/c", "/b", "/a"):
        pages.answer(path, ASKED, desk.show)
    assert desk.written == 4
