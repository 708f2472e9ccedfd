import gzip

import pytest

HEADER = "code,creator,remark\n"


def test_a_row_keeps_its_line_over_blank_lines_bad_rows_and_windows_line_ends(reading):
    text = "code,creator\r\nA,ana\r\n\r\nB,bo,too,many\r\nC\r\nD,ana\r\n\r\nE,bo"
    found = reading("codes.csv", text)
    assert found.lines("codes") == [2, 6, 8]
    assert [(fault.line, fault.reason.name, fault.raw) for fault in found.faults] == [
        (4, "MALFORMED_ROW", "B,bo,too,many"),
        (5, "MALFORMED_ROW", "C"),
    ]
    assert "4 cells where the header has 2" in found.messages[0]


def test_lines_stay_right_where_cells_hold_line_breaks(reading):
    found = reading(
        "codes.csv", HEADER + 'A,ana,"two\nlines"\nB,bo,x\nC,bo\nD,bo,"a\n\nb"\nE,bo,\n'
    )
    assert found.lines("codes") == [2, 4, 6, 9]
    assert [fault.line for fault in found.faults] == [5]
    assert found.rows("codes")[0]["notes"] == '{"remark": "two\\nlines"}'


def test_a_quote_that_is_never_closed_costs_its_own_row_only(reading):
    found = reading("codes.csv", HEADER + 'A,ana,x\nB,"bo,y\nC,bo,z\nD,ana,w\n')
    assert [row["code"] for row in found.rows("codes")] == ["A", "C", "D"]
    assert found.lines("codes") == [2, 4, 5]
    assert [(fault.line, "quote" in fault.message) for fault in found.faults] == [(3, True)]


def test_a_quote_inside_a_cell_is_a_letter(reading):
    found = reading("codes.csv", HEADER + 'A,ana,5" screen\nB,bo,x\n')
    assert [row["notes"] for row in found.rows("codes")] == [
        '{"remark": "5\\" screen"}',
        '{"remark": "x"}',
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(reading, delimiter):
    rows = [
        ["code", "creator", "kind"],
        ["A", "ana", "creator"],
        ["B", "bo, the 2nd; x", "creator"],
    ]
    rows[2][1] = f'"{rows[2][1]}"'
    found = reading("x.csv", "\n".join(delimiter.join(row) for row in rows))
    assert [row["creator"] for row in found.rows("codes")] == ["ana", "bo, the 2nd; x"]


def test_what_stands_above_the_header_is_stepped_over(reading):
    found = reading("x.csv", "sep=;\ncode;creator\nA;ana\n")
    assert found.lines("codes") == [3]
    found = reading("x.csv", "# made by hand\n\nOur codes,\ncode,creator\nA,ana\n")
    assert found.lines("codes") == [5]


@pytest.mark.parametrize(
    ("encoding", "prefix"),
    [("utf-8", b"\xef\xbb\xbf"), ("utf-16", b""), ("cp1252", b""), ("latin-1", b"")],
)
def test_text_is_read_in_its_encoding(reading, encoding, prefix):
    found = reading("x.csv", prefix + "code,creator\r\nA,Zoë\r\n".encode(encoding))
    assert found.rows("codes") == [{"code": "A", "creator": "Zoë"}]


def test_bytes_that_do_not_decode_mark_only_their_own_row(reading):
    found = reading("x.csv", b"code,creator\nA,Zo\xc3\xab\nB,Zo\xeb\nC,ana\n")
    assert [row["creator"] for row in found.rows("codes")] == ["Zoë", "Zo\ufffd", "ana"]


def test_half_a_letter_at_the_end_of_a_file_is_marked(reading):
    found = reading("x.csv", b"code,creator\nA,Zo\xc3\xab\nB,Zo\xc3")
    assert found.rows("codes")[1]["creator"] == "Zo\ufffd"


def test_old_line_ends_are_lines_too(reading):
    found = reading("x.csv", b"code,creator\rA,ana\rB,bo\r")
    assert found.lines("codes") == [2, 3]


def test_gzip_is_unpacked_and_named_without_its_ending(reading):
    found = reading("x.csv.gz", gzip.compress(b"code,creator\nA,ana\n") + gzip.compress(b"B,bo\n"))
    assert [row["code"] for row in found.rows("codes")] == ["A", "B"]
    assert found.batches[0].origin == "x.csv"


def test_rows_that_never_fit_the_header_end_in_one_sentence_and_bounded_memory(reading):
    found = reading("x.csv", "code,creator\n" + "A,ana,x\n" * 250_000)
    assert len(found.faults) == 200_001
    assert "the rest was not read" in found.messages[-1]


def test_a_batch_never_holds_more_than_two_hundred_thousand_rows(reading):
    found = reading("x.csv", "code,creator\n" + "A,a\n" * 450_000)
    sizes = [batch.rows.num_rows for batch in found.batches]
    assert sum(sizes) == 450_000
    assert max(sizes) <= 200_000
    assert found.batches[-1].lines[-1].as_py() == 450_001


def test_a_mark_in_a_few_cells_is_no_delimiter(reading):
    found = reading("codes.csv", HEADER + 'A,ana,"x;y;z"\nB,bo,"a;b"\nC,bo,z\nD,bo,z\n')
    assert [row["code"] for row in found.rows("codes")] == ["A", "B", "C", "D"]
    two = reading("codes.csv", 'code,creator\n"A;1","ana;x;y"\nB,bo\n')
    assert [row["code"] for row in two.rows("codes")] == ["A;1", "B"]
