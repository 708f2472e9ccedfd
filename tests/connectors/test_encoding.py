import gzip
import hashlib

import pytest

from truelift.connectors.encoding import BLOCK, scan, sha256_of
from truelift.connectors.table import Unreadable


def test_the_hash_is_of_the_file_as_it_lies_on_disk(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert scan(path).sha256 == sha256_of(path)


@pytest.mark.parametrize(
    ("content", "clean"),
    [
        (b'a,b\n"x, y",2\n', True),
        (b'a,b\n"x ""y""",2\n', True),
        (b'a,b\n"x\ny",2\n', False),
        (b'a,b\n5" x,2\n', False),
        (b"a,b\r\n1,2\r\n", True),
        (b"a,b\r1,2\r", False),
        (b"a,b\n\xff,2\n", False),
    ],
)
def test_rows_are_lines_unless_a_cell_may_hold_a_line_end(tmp_path, content, clean):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert scan(path).one_line_each is clean


@pytest.mark.parametrize("fill", [b"x,1\n", b"\xc3\xa9,1\n", b'"x",1\r\n'])
def test_what_lies_across_two_blocks_is_seen_as_one(tmp_path, fill):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + fill * (BLOCK // len(fill) + 7))
    found = scan(path)
    assert (found.encoding, found.errors, found.one_line_each) == ("utf-8-sig", "strict", True)


def test_a_quoted_line_end_across_two_blocks_is_seen(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + b"x,1\n" * (BLOCK // 4 - 2) + b'"y' + b"\n" * 40 + b'z",1\n')
    assert scan(path).one_line_each is False


def test_a_line_beyond_four_mebibytes_is_no_row(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + b"x" * (3 * BLOCK))
    with pytest.raises(Unreadable, match="longer than 4 MiB"):
        scan(path)


def test_gzip_that_unpacks_to_much_more_than_itself_is_refused(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * (20 << 20)))
    with pytest.raises(Unreadable, match="100 times its size"):
        scan(path)


def test_damaged_gzip_is_one_sentence(reading):
    packed = gzip.compress(b"code,creator\n" + b"A,ana\n" * 9)
    for content in (packed[:-9], packed[:12] + b"\x00" * 20 + packed[32:]):
        found = reading("codes.csv.gz", content)
        assert len(found.faults) == 1
        assert "damaged" in found.messages[0]
