"""Private files: only the owner reads them, they are written whole, changes wait for each other."""

from __future__ import annotations

import threading

import pytest

from truelift.base.errors import TrueliftError
from truelift.store.private_files import changing, read


def test_what_is_kept_comes_back_and_only_the_owner_may_read_it(tmp_path):
    assert read(tmp_path, "a.json") == {}
    with changing(tmp_path, "a.json") as content:
        content["secret"] = "hush"
    assert read(tmp_path, "a.json") == {"secret": "hush"}
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "private").iterdir()}
    assert modes == {"a.json": 0o600, "a.json.lock": 0o600}
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700


def test_a_change_that_fails_leaves_what_was(tmp_path):
    with changing(tmp_path, "a.json") as content:
        content["n"] = 1

    def fail():
        with changing(tmp_path, "a.json") as content:
            content["n"] = 2
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert read(tmp_path, "a.json") == {"n": 1}


def test_changes_at_the_same_time_wait_for_each_other(tmp_path):
    def count():
        for _ in range(20):
            with changing(tmp_path, "a.json") as content:
                content["n"] = content.get("n", 0) + 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert read(tmp_path, "a.json") == {"n": 80}


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_damaged_file_is_no_empty_one(tmp_path, text):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(TrueliftError, match="damaged"):
        read(tmp_path, "a.json")
