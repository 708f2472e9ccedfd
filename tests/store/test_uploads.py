"""A file that was sent lies in a folder of its own, under a plain name, for a day."""

import os
import time

import pytest

from truelift.store import uploads


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("orders.csv", "orders.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\files\\orders.xlsx", "orders.xlsx"),
        ("a\x00b\n\u202ec.csv", "abc.csv"),
        ("", "file"),
        ("..", "file"),
        (".hidden", "hidden"),
        ("x" * 300 + ".csv.gz", "x" * 98 + ".gz"),
    ],
)
def test_a_name_is_made_plain(sent, kept):
    assert uploads.plain_name(sent) == kept


def test_a_file_is_found_by_its_id_until_it_is_removed(tmp_path):
    kept = uploads.begin(tmp_path, "a.csv", "acme", "kim")
    assert kept.size == 0
    kept.path.write_text("x", encoding="utf-8")
    assert uploads.found(tmp_path, kept.upload) == kept
    assert kept.size == 1
    assert (tmp_path / "uploads" / kept.upload).stat().st_mode & 0o077 == 0
    for other in ("", "..", "0" * 32, f"{kept.upload}/.."):
        assert uploads.found(tmp_path, other) is None
    uploads.remove(tmp_path, "..")
    uploads.remove(tmp_path, kept.upload)
    assert uploads.waiting(tmp_path) == []


def test_what_lies_for_a_day_is_gone(tmp_path, monkeypatch):
    old, fresh = (uploads.begin(tmp_path, "a.csv", "acme", "kim") for _ in "ab")
    assert [each.upload for each in uploads.waiting(tmp_path)] == [fresh.upload, old.upload]
    day_ago = time.time() - uploads.KEPT_SECONDS - 1
    home = tmp_path / "uploads" / old.upload
    os.utime(home, (day_ago, day_ago))
    uploads.sweep(tmp_path)
    assert not home.exists()
    later = time.time() + uploads.KEPT_SECONDS
    monkeypatch.setattr(uploads.time, "time", lambda: later)
    assert uploads.found(tmp_path, fresh.upload) is None
