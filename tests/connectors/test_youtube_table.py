HEADER = (
    "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,"
    "Average view duration,Impressions,Impressions click-through rate (%)\n"
)
ROWS = (
    "Total,,,,30000,1000.5,50,0:02:00,90000,4.5\n"
    '-abc_DEF123,"Soup, again","Sep 20, 2026",600,"12,400",12.5,-3,0:02:00,50000,4.1\n'
)
SAID = {"set": {"observed_at": "2026-10-01", "handle": "anacooks"}}


def test_a_row_is_a_post_and_a_reading_and_the_total_is_stepped_over(reading):
    found = reading("Table data.csv", HEADER + ROWS, **SAID)
    assert (found.skipped, found.faults) == (1, [])
    (post,) = found.rows("posts")
    assert (post["post_id"], post["handle"]) == ("-abc_DEF123", "anacooks")
    assert (post["published_at"], post["caption"]) == ("2026-09-20", "Soup, again")
    (row,) = found.rows("observations")
    assert (row["views"], row["watch_seconds"], row["impressions"]) == ("12400", "45000", "50000")
    assert "follows" not in row, "a net loss of subscribers is no count of follows"


def test_new_names_of_columns_are_known(reading):
    text = HEADER.replace("Impressions", "Thumbnail impressions", 1) + ROWS
    assert reading("x.csv", text, **SAID).rows("observations")[0]["impressions"] == "50000"


def test_what_the_table_lacks_has_to_be_said(reading):
    found = reading("Table data.csv", HEADER + ROWS)
    assert found.batches == []
    assert "--set handle=NAME" in found.messages[0]
    assert "--set observed_at=" in found.messages[1]
