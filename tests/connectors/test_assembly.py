from truelift.connectors.assembly import Assembly, names_of, recognised, rows_of
from truelift.connectors.options import ReadOptions
from truelift.connectors.table import TextTable, chunk_of
from truelift.connectors.vendor import Format, Made, Need, Refused, Skipped
from truelift.facts.event import DropReason, Fault


def convert(rows, _):
    for row in rows:
        name = row.get("who")
        if name == "total":
            yield Skipped(row.line)
        elif name == "odd":
            yield Refused(row.line, "who", DropReason.NO_CREATOR, "who is that", name)
        else:
            values = {"creator": name, "category": row.get("what")}
            yield Made("creators", row.line, values, row.rest("who", "what"))
            if row.get("what"):
                yield Made("codes", row.line, {"code": row.get("what"), "creator": name})


LETTERS = Format(
    name="letters",
    title="letters",
    fingerprints=(frozenset({"who", "what"}),),
    columns=frozenset({"who", "what"}),
    kinds=("codes", "creators"),
    convert=convert,
    needs=(Need("codes", ("campaign",), "say --set campaign"),),
    private=frozenset({"phone"}),
    translate=lambda header: {"wer": "who"}.get(header, header),
)


def assembled(rows, said=None, header=("Wer", "What", "Größe", "Phone")):
    bad = Fault("x", 9, "", DropReason.MALFORMED_ROW, "bad")
    chunks = [chunk_of(header, rows, range(2, 2 + len(rows))), bad] if rows else []
    table = TextTable("x.csv", header, 1, lambda: iter(chunks))
    assembly = Assembly(LETTERS, table, "sha", ReadOptions(set=said or {}))
    return assembly, list(assembly.batches())


def test_rows_come_in_the_order_of_kinds_and_faults_are_none_lost():
    rows = [
        ("ana", "A", "7", "0"),
        ("total", "", "", ""),
        ("odd", "", "", ""),
        ("bo", " ", "", "1"),
    ]
    assembly, found = assembled(rows, {"campaign": "may"})
    faults = [item for item in found if isinstance(item, Fault)]
    codes, creators = (item for item in found if not isinstance(item, Fault))
    assert (codes.kind, creators.kind, creators.origin) == ("codes", "creators", "letters")
    assert codes.rows.to_pylist() == [{"code": "A", "creator": "ana", "campaign": "may"}]
    assert creators.rows.to_pylist() == [
        {"creator": "ana", "category": "A", "notes": '{"Größe": "7"}'},
        {"creator": "bo", "category": None, "notes": None},
    ]
    assert creators.lines.to_pylist() == [2, 5]
    assert assembly.skipped == 1
    assert sorted(fault.line for fault in faults) == [4, 9]


def test_what_an_export_needs_is_said_row_by_row():
    _, found = assembled([("ana", "A", "", ""), ("bo", "B", "", "")])
    faults = [item for item in found if isinstance(item, Fault) and item.column == "campaign"]
    assert [fault.message for fault in faults] == [
        "x.csv line 2: say --set campaign",
        "x.csv line 3: say --set campaign",
    ]
    assert faults[0].raw == '{"code": "A", "creator": "ana"}'


def test_of_two_headers_with_one_name_the_first_has_it():
    assert names_of(LETTERS, ("Wer", "Who", "What")) == ["who", "who", "what"]


def test_a_format_is_recognised_by_a_whole_fingerprint():
    assert recognised(LETTERS, ("WER", "what", "x")) == 2
    assert recognised(LETTERS, ("wer", "x")) == 0


def test_columns_that_no_row_fills_are_left_out():
    made = [Made("codes", 2, {"code": "A", "creator": None, "campaign": ""})]
    assert rows_of("codes", made, {}, frozenset()).column_names == ["code"]
