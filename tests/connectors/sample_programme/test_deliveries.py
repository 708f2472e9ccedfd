import numpy as np
import pytest

from truelift.connectors.sample_programme.deliveries import write_deliveries
from truelift.connectors.sample_programme.table import table_of_records
from truelift.connectors.sample_programme.timeline import DELIVERIES, FIRST_DELIVERY
from truelift.facts.kinds import KINDS


def test_every_header_is_of_the_contract(sample):
    for path in sample.files():
        header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        kind = KINDS[path.stem]
        assert set(header) <= set(kind.names)
        assert {column.name for column in kind.columns if column.required} <= set(header)


def test_a_natural_key_stands_once_in_a_file(sample):
    for path in sample.files():
        rows = sample.delivered(path.stem, path.parent.name)
        keys = [tuple(row.get(name, "") for name in KINDS[path.stem].key) for row in rows]
        assert len(set(keys)) == len(keys), path


@pytest.mark.parametrize(("kind", "again"), [("orders", 5), ("clicks", 10), ("observations", 20)])
def test_a_few_rows_are_sent_again_unchanged(sample, kind, again):
    seen, repeated = {}, 0
    for delivery in sample.deliveries:
        for row in sample.delivered(kind, delivery):
            key = tuple(row[name] for name in KINDS[kind].key)
            repeated += seen.get(key) == row
            seen[key] = row
    assert repeated == again * (len(sample.deliveries) - 1)


@pytest.mark.parametrize("kind", sorted({"posts", "agreements", "deliverables", "leads", "orders"}))
def test_other_repeated_keys_are_new_states(sample, kind):
    seen = {}
    again = 40 if kind == "orders" else 0
    for delivery in sample.deliveries:
        for row in sample.delivered(kind, delivery):
            key = tuple(row[name] for name in KINDS[kind].key if name in row)
            again -= seen.get(key) == row
            seen[key] = row
    assert again == 0


@pytest.mark.parametrize(
    ("kind", "column"),
    [("orders", "ordered_at"), ("clicks", "clicked_at"), ("observations", "observed_at")],
)
def test_nothing_is_delivered_before_it_happened(sample, kind, column):
    for delivery in DELIVERIES:
        rows = sample.delivered(kind, delivery.folder)
        assert all(row[column] <= f"{delivery.at.isoformat()}Z" for row in rows)


def test_only_the_last_state_of_a_delivery_is_written_and_late_rows_never(tmp_path):
    table = table_of_records("creators", "creator name", [("ana", "first"), ("ana", "second")])
    never = FIRST_DELIVERY + np.timedelta64(999, "D")
    table = table.with_rows([("bo", "never")], np.array([never]))
    write_deliveries(tmp_path, [table])
    files = list(tmp_path.glob("*/creators.csv"))
    assert [file.read_text(encoding="utf-8") for file in files] == ["creator,name\nana,second\n"]
