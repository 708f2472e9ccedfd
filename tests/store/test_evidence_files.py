"""Evidence is stored by the hash of what it holds, whole or not at all, and once."""

from __future__ import annotations

import hashlib

import pytest

from truelift.base.errors import UsageError
from truelift.store import evidence_files
from truelift.store.evidence_files import EvidenceFiles


@pytest.fixture
def files(tmp_path):
    return EvidenceFiles(tmp_path / "evidence")


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_found_by_its_hash_and_the_same_one_is_one(files, tmp_path):
    first = files.keep(write(tmp_path, "invoice.pdf", b"%PDF of an invoice"))
    again = files.keep(write(tmp_path, "copy of invoice.pdf", b"%PDF of an invoice"))
    assert first.sha256 == again.sha256 == hashlib.sha256(b"%PDF of an invoice").hexdigest()
    assert (first.fresh, again.fresh, first.size) == (True, False, 18)
    place = files.place(first.sha256)
    assert place.relative_to(files.folder).as_posix() == (f"{first.sha256[:2]}/{first.sha256[2:]}")
    assert files.stored() == [first.sha256]
    assert [path for path in files.folder.iterdir() if path.is_file()] == []
    assert files.fault(first.sha256) is None


def test_damage_is_seen_and_storing_again_heals_it(files, tmp_path):
    paper = write(tmp_path, "a", b"what was signed")
    stored = files.keep(paper)
    place = files.place(stored.sha256)
    place.chmod(0o600)
    place.write_bytes(b"what was Signed")
    assert files.fault(stored.sha256) == "changed"
    assert files.keep(paper).fresh
    assert files.fault(stored.sha256) is None
    place.unlink()
    assert files.fault(stored.sha256) == "missing"


@pytest.mark.parametrize("name", ["../../etc/passwd", "ab", "A" * 64, "g" * 64, "/" * 64, ""])
def test_only_a_hash_leads_to_a_file(files, name):
    with pytest.raises(UsageError, match="64 hex digits"):
        files.place(name)


def test_what_is_no_file_empty_or_too_large_is_refused_and_leaves_nothing(
    files, tmp_path, monkeypatch
):
    monkeypatch.setattr(evidence_files, "LARGEST_BYTES", 2**20)
    for path, why in (
        (tmp_path, "is no file"),
        (tmp_path / "none", "is no file"),
        (write(tmp_path, "empty", b""), "is empty"),
        (write(tmp_path, "large", b"x" * (2**20 + 1)), "larger than 1 MiB"),
    ):
        with pytest.raises(UsageError, match=why):
            files.keep(path)
    assert files.stored() == []
    assert not files.folder.exists() or list(files.folder.iterdir()) == []
