import pytest

from truelift.base.errors import UsageError
from truelift.store import places
from truelift.store.places import Places


def test_without_a_file_everything_lies_in_the_folder(tmp_path):
    assert places.read(tmp_path) == Places()
    assert not places.read(tmp_path).outgrown


def test_what_is_written_is_read(tmp_path):
    told = Places(
        "postgresql://db/truelift", 's3://lake/"brand"', "sc://engine:15002", "node-2", "8GB",
        "200 GB",
    )  # fmt: skip
    places.write(tmp_path, told)
    assert places.read(tmp_path) == told
    assert places.read(tmp_path).outgrown
    assert [path.name for path in tmp_path.iterdir()] == [places.FILE]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lake = 3", "has lake"),
        ('lake = ""', "lake"),
        ('lakes = "x"', "lakes"),
        ("lake", "cannot be read"),
        ('engine = "mysql://x"', "engine that is none"),
        ('engine = "duckdbx"', "engine that is none"),
        ('database = "postgresql://me:hunter2@host/db"', "PGPASSWORD"),
        ('engine = "sc://x"', "no lake"),
        ('memory = "a lot"', "as in 8GB"),
        ('database = "postgresql://h:notaport/x"', "a database that cannot be"),
        ('spill = "-1GB"', "as in 8GB"),
        ('memory = "0GB"', "as in 8GB"),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused_by_name(tmp_path, text, said):
    (tmp_path / places.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        places.read(tmp_path)
    assert places.FILE in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_lake_beside_the_workspace_is_the_same_from_wherever_it_is_asked(tmp_path, monkeypatch):
    places.write(tmp_path, Places(lake="lake"))
    monkeypatch.chdir("/")
    assert places.read(tmp_path).lake == str(tmp_path / "lake")


def test_a_lake_given_to_a_program_is_where_that_program_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = places.of_address("postgresql://db/truelift", "lake", places.EMBEDDED)
    assert found.lake == str(tmp_path / "lake")
    assert places.of_address("postgresql://db/x", "s3://b/l", "duckdb").lake == "s3://b/l"


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / places.FILE).write_bytes(b"\xff\xfe lake")
    with pytest.raises(UsageError, match="cannot be read"):
        places.read(tmp_path)
