PREAMBLE = (
    "# ----------------------------------------\n# Traffic acquisition\n# Account: Shop\n"
    "# Start date: 20260501\n# End date: 20260502\n# ----------------------------------------\n\n"
)
HEADER = (
    "Date,Session source / medium,Session campaign,Sessions,Engaged sessions,Key events,"
    "Total revenue\n"
)
ROWS = (
    '20260501,instagram / social,spring,"1,200",800,12,345.60\n'
    "20260502,(other),(other),7,1,0,0\n"
    ',,,"1,207",801,12,345.60\n'
)


def test_sessions_by_day_source_medium_and_campaign(reading):
    found = reading("x.csv", PREAMBLE + HEADER + ROWS, currency="USD")
    assert found.rows("sessions") == [
        {
            "date": "2026-05-01",
            "source": "instagram",
            "medium": "social",
            "campaign": "spring",
            "sessions": "1200",
            "engaged_sessions": "800",
            "key_events": "12",
            "revenue": "345.60",
            "currency": "USD",
        },
        {
            "date": "2026-05-02",
            "source": "(other)",
            "medium": "(other)",
            "campaign": "(other)",
            "sessions": "7",
            "engaged_sessions": "1",
            "key_events": "0",
            "revenue": "0",
            "currency": "USD",
        },
    ]
    assert (found.skipped, found.faults) == (1, [])
    assert found.lines("sessions") == [9, 10]


def test_a_grand_total_beside_the_rows_is_stepped_over(reading):
    found = reading("x.csv", HEADER + "Grand total,,,9,9,9,9\n" + ROWS, currency="USD")
    assert (len(found.rows("sessions")), found.skipped) == (2, 2)


def test_several_tables_in_a_file_are_read_each_by_its_own_header(reading):
    chart = "Nth day,Sessions\n0000,1200\n0001,7\n\n"
    second = "\n# Next table\nSession campaign,Date,Sessions,Session source,Session medium\n"
    text = PREAMBLE + chart + HEADER + ROWS + second + "may,20260503,5,ig,\n"
    found = reading("x.csv", text, currency="USD")
    assert [row["sessions"] for row in found.rows("sessions")] == ["1200", "7", "5"]
    assert found.skipped == 3
    assert found.rows("sessions")[2].get("medium") is None


def test_a_table_split_by_anything_else_is_refused(reading):
    text = HEADER.replace("Date,", "Date,Event name,") + "20260501,click,a / b,c,5,1,1,1\n"
    found = reading("x.csv", text, currency="USD")
    assert found.batches == []
    assert "also split by event name" in found.messages[0]


def test_a_table_without_days_or_campaigns_has_to_be_told(reading):
    text = "Session source / medium,Sessions\na / b,5\n"
    assert "--set date=" in reading("x.csv", text).messages[0]
    found = reading("x.csv", text, set={"date": "2026-05-01", "campaign": "may"})
    assert found.rows("sessions")[0]["campaign"] == "may"


def test_a_row_wider_than_its_table_is_refused(reading):
    found = reading("x.csv", HEADER + "20260501,a / b,c,1,1,1,1,9\n", currency="USD")
    assert [fault.reason.name for fault in found.faults] == ["MALFORMED_ROW"]
