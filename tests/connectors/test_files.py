import time
from pathlib import Path

import pyarrow as pa
import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.connectors.files import ReadOptions, find_sources, frame_source, open_source


def one_sentence(found):
    assert found.batches == []
    (fault,) = found.faults
    assert fault.line == 1
    assert "\n" not in fault.message
    return fault.message


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", bytes(range(256)) * 999, "binary file"),
        ("a.parquet", b"PAR1" + b"\x00" * 99, "Parquet file cannot be read"),
        ("a.parquet", b"code,creator\nA,ana\n", "no .parquet file"),
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 99, "not an Excel workbook"),
        ("a.xlsx", b"code,creator\nA,ana\n", "no .xlsx file"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(999), "binary file"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xef\xbb\xbf\r\n \r\n", "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.csv", b"code,creator\n", "no row below it"),
        ("a.csv", b"code,creator,Code\nA,ana,B\n", "'Code' twice"),
        ("a.csv", b",".join(b"c%d" % i for i in range(10**6)) + b"\n", "more than 512 columns"),
        ("a.csv", b"c1" + b",x" * 600 + b"\n", "more than 512 columns"),
        ("a.csv", b"x" * (9 << 20), "first line is no header"),
        ("a.xml", b"<?xml version='1.0'?><html/>", "no CAMT.053"),
        ("a.txt", b"just words\nand more words\n", "those of no kind"),
    ],
)
def test_a_file_that_is_no_table_is_one_sentence_at_once(reading, name, content, words):
    started = time.perf_counter()
    assert words in one_sentence(reading(name, content))
    assert time.perf_counter() - started < 2


def test_reading_twice_gives_the_same(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("code,creator,x\nA,ana,1\nB,bo\nC,bo,2\n")
    source = open_source(path, ReadOptions(set={"kind": "creator"}))
    assert list(source.batches()) == list(source.batches())


def test_a_folder_is_gone_through_in_sorted_order_without_hidden_files(tmp_path):
    for name in ("b/2.csv", "b/1.csv", "a.csv", ".hidden", ".git/x.csv", "~$open.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    names = [path.relative_to(tmp_path).as_posix() for path in find_sources([tmp_path])]
    assert names == ["a.csv", "b/1.csv", "b/2.csv"]
    assert find_sources([tmp_path, tmp_path / "a.csv"]) == find_sources([tmp_path])


def test_a_path_that_is_not_there_and_an_empty_folder_are_said(tmp_path):
    with pytest.raises(NotFound, match="no file or folder"):
        find_sources([tmp_path / "x"])
    with pytest.raises(UsageError, match="holds no file"):
        find_sources([tmp_path])
    with pytest.raises(NotFound, match="no file"):
        open_source(tmp_path / "x.csv", ReadOptions())


def test_words_of_the_command_that_are_off_are_said_before_reading(tmp_path):
    with pytest.raises(UsageError, match="no kind 'order'"):
        open_source(tmp_path / "x.csv", ReadOptions(kind="order"))
    with pytest.raises(UsageError, match="curency"):
        open_source(tmp_path / "x.csv", ReadOptions(set={"curency": "USD"}))


def test_a_frame_handed_in_is_read_like_a_file():
    frame = pa.table({"code": ["A"], "creator": ["ana"], "clicks": [7]})
    (batch,) = frame_source("codes", frame, "frame").batches()
    assert batch.rows.to_pylist() == [{"code": "A", "creator": "ana", "notes": '{"clicks": "7"}'}]
    assert (batch.kind, batch.origin, batch.lines.to_pylist()) == ("codes", "frame", [1])


def test_a_large_file_passes_in_bounded_memory(tmp_path):
    path = tmp_path / "observations.csv"
    rows = "".join(
        f"instagram,post-{i:06d},2026-05-{i % 28 + 1:02d}T10:00:00Z,{i},{i // 9},7,{'x' * 60}\n"
        for i in range(20_000)
    ).encode()
    with path.open("wb") as stream:
        stream.write(b"platform,post_id,observed_at,views,likes,comments,remark\n")
        for _ in range(100):
            stream.write(rows)
    assert path.stat().st_size > 200 << 20
    before = pa.total_allocated_bytes()
    read = largest = 0
    for batch in open_source(path, ReadOptions()).batches():
        read += batch.rows.num_rows
        largest = max(largest, pa.total_allocated_bytes() - before)
        assert batch.rows.nbytes < 80 << 20
    assert read == 2_000_000
    assert largest < 300 << 20, "Arrow held more than a few blocks"
    path.unlink()


@pytest.mark.parametrize("name", ["creator_posts_final.csv.gz", "pathdata.csv"])
def test_real_files_of_no_kind_say_so_in_a_sentence(reading, name):
    path = Path(__file__).parents[3] / "shared" / "data" / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not on this machine")
    assert "--map PROFILE" in one_sentence(reading(path))
