from truelift.reports.journal_export.datev_columns import COLUMNS


def test_columns_stand_where_datev_reads_them():
    assert len(COLUMNS) == len(set(COLUMNS)) == 125
    placed = {COLUMNS.index(title) + 1: title for title in COLUMNS}
    assert placed[7] == "Konto"
    assert placed[37] == "KOST1 - Kostenstelle"
    assert placed[48] == "Zusatzinformation - Art 1"
    assert placed[114] == "Festschreibung"
