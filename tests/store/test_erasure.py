"""What erasing leaves behind; the whole of it is tried in tests/operations/test_erase.py."""

from __future__ import annotations

import sqlalchemy as sa

from truelift.store import erasure


def test_the_hash_of_an_erased_row_says_nothing_of_what_was_erased():
    assert erasure.erased_hash("c-17") == erasure.erased_hash("c-17")
    assert erasure.erased_hash("c-17") != erasure.erased_hash("c-18")
    assert len(erasure.erased_hash("c-17")) == 32


def test_the_file_is_written_anew_so_that_free_pages_hold_nothing(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma secure_delete = off")  # Debian builds it in
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (a text)")
        connection.exec_driver_sql("insert into t values ('Anastasia Featherstone')")
    with engine.begin() as connection:
        connection.exec_driver_sql("delete from t")
    assert b"Featherstone" in (tmp_path / "x.db").read_bytes()
    erasure.scrub(engine)
    engine.dispose()
    assert b"Featherstone" not in (tmp_path / "x.db").read_bytes()
