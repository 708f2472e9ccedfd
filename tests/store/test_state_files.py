import os
from pathlib import Path

import pytest

from truelift.store import state_files


def test_what_is_written_is_read_and_is_on_disk_before_it_is_said(tmp_path, monkeypatch):
    flushed, real = [], os.fsync

    def noted(descriptor):
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(state_files.os, "fsync", noted)
    path = tmp_path / "state.json"
    assert state_files.read(path) is None
    state_files.write(path, {"é": [1, None]})
    assert state_files.read(path) == {"é": [1, None]}
    assert flushed == [f"{path}.new", str(tmp_path)]
    assert path.stat().st_mode & 0o077 == 0


def test_a_crash_while_it_is_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "state.json"
    state_files.write(path, {"number": 1})

    def torn(_content, file, **_):
        file.write('{"num')
        raise OSError(28, "no space")

    monkeypatch.setattr(state_files.json, "dump", torn)
    with pytest.raises(OSError, match="no space"):
        state_files.write(path, {"number": 2})
    assert state_files.read(path) == {"number": 1}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000])
def test_a_damaged_file_is_no_state(tmp_path, content):
    path = tmp_path / "state.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        state_files.read(path)


def test_a_folder_in_its_place_is_none_either(tmp_path):
    with pytest.raises(ValueError, match="directory"):
        state_files.read(tmp_path)


def test_texts_and_counts_are_told_from_what_only_looks_like_them():
    assert (state_files.text("a"), state_files.count(0)) == ("a", 0)
    for wrong in (1, None, []):
        with pytest.raises(ValueError, match="is no text"):
            state_files.text(wrong)
    for wrong in ("1", -1, True, None, 1.0):
        with pytest.raises(ValueError, match="is no count"):
            state_files.count(wrong)
