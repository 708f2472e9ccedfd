"""A file comes in by a form, is looked at and tried, and only then imported."""

from __future__ import annotations

import shutil

import pytest
from litestar.testing import TestClient
from tests.web.working import HOME, form, outcome, sent

from truelift.app import opened, people_of
from truelift.base.secret import Secret
from truelift.web.pages import application

ODD = (
    "Order No;Order Date;Net Sales;Coupon;CCY\n"
    "Z1;2026-05-02;10.50;NOBODY;USD\n"
    "Z2;2026-05-99;<b>x</b>;;USD\n"
)
LARGEST = 1 << 20


@pytest.fixture(scope="module")
def copy(folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("uploading") / "ws"
    shutil.copytree(folder.with_name("closed"), place)
    return place


@pytest.fixture(scope="module")
def own(copy):
    """Give pages of a copy that these tests import into."""
    with opened(copy) as workspace:
        made = application(workspace, largest_upload=LARGEST)
        with TestClient(made, base_url="http://127.0.0.1", raise_server_exceptions=False) as found:
            yield found


def send(client, content, name="odd.csv", **more):
    """Send a file as a browser does; give the answer."""
    return client.post(
        "/upload", data={"once": "w1", "text": "", **more}, files={"file": (name, content)},
        headers=HOME,
    )  # fmt: skip


def test_a_strange_file_is_mapped_tried_and_imported(own, copy):
    page = send(own, ODD)
    assert page.url.path == "/upload/look"
    assert "no file that we know" in page.text
    assert '<option value="Order No" selected>' in page.text
    assert "import-upload" not in page.text
    upload = page.url.params["upload"]
    tried = own.get(f"/upload/look?upload={upload}&check=yes")
    assert "New rows bring 10.50 of orders, USD" in tried.text
    assert "NOT_A_NUMBER" in tried.text
    assert "<b>x" not in tried.text
    assert upload in own.get("/upload").text
    done = sent(own, "import-upload", form(tried.text, "import-upload"))
    assert outcome(done) == "The file is imported. orders: 1 accepted, 1 quarantined."
    assert list((copy / "uploads").iterdir()) == []
    assert own.get(f"/upload/look?upload={upload}").status_code == 404


def test_rows_are_pasted_and_a_mapping_of_ones_own_is_taken(own):
    pasted = "who,what\nnew-one,New\n"
    page = own.post("/upload", data={"once": "w2"}, files={"text": (None, pasted)}, headers=HOME)
    upload = page.url.params["upload"]
    address = f"/upload/look?upload={upload}&kind=creators&mapped=creators&c.creator=who&f.name=Ann"
    shown = own.get(address)
    assert "new-one" in shown.text
    assert ">Ann<" in shown.text
    switched = own.get(f"/upload/look?upload={upload}&kind=orders&mapped=creators&c.creator=who")
    assert "ordered at *" in switched.text
    removed = sent(own, "drop-upload", form(shown.text, "drop-upload"))
    assert "nothing of it was imported" in outcome(removed)


def test_a_known_file_says_what_it_is_and_needs_one_step(own):
    content = "creator,name\nann,Ann\n"
    page = send(own, content, "people.csv")
    assert "holds creators, in our own columns" in page.text
    assert "Check all rows" in page.text
    wide = ",".join(f"c{number}" for number in range(400)) + "\n" + ",".join("1" * 400) + "\n"
    many = send(own, wide, "wide.csv")
    assert '<datalist id="headers">' in many.text
    assert len(many.content) < 60_000


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "x.csv", "No file was chosen"),
        (b"\x00\x01" * 90, "x.csv", "binary file"),
        (b"PK\x03\x04x", "../../x.xlsx", "not an Excel workbook"),
    ],
)
def test_a_file_of_nothing_is_one_sentence(own, content, name, words):
    page = send(own, content, name)
    assert page.status_code == 200
    assert words in page.text


def test_a_file_that_is_too_large_is_refused_and_none_of_it_stays(own, copy):
    before = len(list((copy / "uploads").iterdir()))
    declared = send(own, b"x" * (LARGEST + (1 << 17)))
    assert declared.status_code == 413
    assert "larger than 1 MiB" in declared.text
    counted = send(own, b"a,b\n" * (LARGEST // 4 + 1))  # the form around it hides it
    assert counted.status_code == 413
    assert len(list((copy / "uploads").iterdir())) == before


def test_a_form_that_is_none_or_comes_half_is_refused(own, copy):
    before = len(list((copy / "uploads").iterdir()))
    assert own.post("/upload", content=b"x", headers=HOME).url.path == "/upload"
    half = b'--b\r\ncontent-disposition: form-data; name="file"; filename="x.csv"\r\n\r\nabc'
    kind = {"content-type": "multipart/form-data; boundary=b"}
    page = own.post("/upload", content=half, headers=HOME | kind)
    assert page.status_code == 200
    assert len(list((copy / "uploads").iterdir())) == before
    assert own.post("/upload", content=half, headers=kind).status_code == 403


def test_who_may_not_import_is_refused_before_anything_is_read(copy):
    with people_of(copy) as people:
        people.add("kim", "auditor")
        people.add("pat", "marketer")
        people.set_password("kim", Secret("correct horse battery"))
        tokens = {name: people.token(name).reveal() for name in ("kim", "pat")}
    with (
        opened(copy) as workspace,
        TestClient(
            application(workspace), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client,
    ):
        kim, pat = ({"authorization": f"Bearer {tokens[name]}"} for name in ("kim", "pat"))
        files = {"file": ("x.csv", ODD)}
        refused = client.post("/upload", files=files, headers=HOME | kim)
        assert refused.status_code == 403
        assert "kim may not import" in refused.text
        taken = client.post("/upload", files=files, headers=HOME | pat, follow_redirects=False)
        look = taken.headers["location"]
        assert client.get(look, headers=pat).status_code == 200
        assert client.get(look, headers=kim).status_code == 403
        assert client.get("/upload").status_code == 401
