import gzip
import json


def test_objects_are_rows_and_what_is_nested_is_kept_as_notes(reading):
    text = (
        '{"order_id": "1", "ordered_at": "2026-05-01T10:00:00Z", "currency": "USD",'
        ' "subtotal": 10.10, "codes": ["A", "B"], "new_customer": true,'
        ' "cart": {"items": [1, 2]}, "cogs": null}\n'
    )
    (row,) = reading("x.jsonl", text).rows("orders")
    assert row == {
        "order_id": "1",
        "ordered_at": "2026-05-01T10:00:00Z",
        "currency": "USD",
        "subtotal": "10.10",
        "codes": "A;B",
        "new_customer": "true",
        "notes": '{"cart": {"items": ["1", "2"]}}',
    }


def test_numbers_keep_every_digit(reading):
    text = '{"code": 12345678901234567890123, "x": 0.10000000000000000001, "y": 1e3}\n'
    (row,) = reading("x.jsonl", text).rows("codes")
    assert row["code"] == "12345678901234567890123"
    assert json.loads(row["notes"]) == {"x": "0.10000000000000000001", "y": "1000"}


def test_a_line_that_is_no_object_is_a_fault_with_its_line(reading):
    text = '{"code": "A"}\n\n[1]\nnot json\n{"code": "B", "late": 1}\n' + "[" * 100_000 + "\n"
    found = reading("x.jsonl", text)
    assert found.lines("codes") == [1, 5]
    assert [fault.line for fault in found.faults] == [3, 4, 6]
    assert len(found.faults[-1].raw) == 500


def test_names_that_come_after_the_first_thousand_objects_are_notes(reading):
    text = '{"code": "A"}\n' * 1_000 + '{"code": "B", "creator": "ana"}\n'
    assert reading("x.jsonl", text).rows("codes")[-1] == {
        "code": "B",
        "notes": '{"creator": "ana"}',
    }


def test_packed_lines_are_read_and_a_file_without_objects_is_one_sentence(reading):
    assert reading("x.jsonl.gz", gzip.compress(b'{"code": "A"}\n')).rows("codes") == [{"code": "A"}]
    assert "no JSON object" in reading("x.jsonl", "[1]\n[2]\n").messages[0]
