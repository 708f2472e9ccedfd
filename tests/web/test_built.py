import hashlib

import pytest

from truelift.base.errors import TrueliftError
from truelift.web import built


def test_every_file_of_the_manifest_is_there_with_its_hash():
    told = built.manifest()
    for name, digest in told["sha256"].items():
        assert hashlib.sha256(built.static_file(name)).hexdigest() == digest
    assert set(told["names"].values()) <= told["sha256"].keys()
    assert {"app.js", "house.css", "mark.svg"} <= told["names"].keys()


def test_every_file_is_served_as_what_it_is_and_may_be_kept(client):
    for name in built.static_names():
        answer = client.get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == built.kind(name)
        kept = "no-cache" if name == built.THIRD_PARTY else "max-age=31536000, immutable"
        assert answer.headers["cache-control"] == kept
    for name in ("manifest.json", "house.css", "..%2fbuilt.py"):
        assert client.get(f"/static/{name}").status_code == 404


def test_an_address_changes_with_the_content():
    name = built.static_path("house.css").removeprefix("/static/")
    assert name.startswith("house-")
    assert name in built.manifest()["sha256"]


def test_a_package_that_was_never_built_says_what_to_do(tmp_path, monkeypatch):
    built.manifest.cache_clear()
    monkeypatch.setattr(built, "_folder", lambda: tmp_path)
    try:
        with pytest.raises(TrueliftError, match=r"not built. Run `make`"):
            built.manifest()
    finally:
        built.manifest.cache_clear()
