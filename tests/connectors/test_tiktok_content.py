import pytest

HEADER = (
    "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views,"
    "Total play time,Average watch time,Watched full video,Add to favorites\n"
)
ROW = (
    "Soup,https://www.tiktok.com/@ana.cooks/video/7301234567890123456?lang=en,2026-05-03 18:05:00,"
    '1.2k,4,2,"12,400",{time},3.2s,12%,9\n'
)
SAID = {"set": {"observed_at": "2026-06-01T10:00"}}


@pytest.mark.parametrize(
    ("time", "seconds"), [("4000", "4000"), ("1h:2m:3s", "3723"), ("90s", "90"), ("12.7", "12")]
)
def test_the_link_holds_the_handle_and_the_id(reading, time, seconds):
    found = reading("x.csv", HEADER + ROW.format(time=time), **SAID)
    (post,) = found.rows("posts")
    assert (post["platform"], post["handle"]) == ("tiktok", "ana.cooks")
    assert post["post_id"] == "7301234567890123456"
    assert post["published_at"] == "2026-05-03T18:05:00"
    (row,) = found.rows("observations")
    assert (row["views"], row["likes"], row["saves"]) == ("12400", "1200", "9")
    assert row["watch_seconds"] == seconds


def test_a_link_that_is_none_is_refused_and_readings_wait_for_their_moment(reading):
    found = reading("x.csv", HEADER + "Soup,video 7,2026-05-03,1,1,1,1,1,1,1,1\n", **SAID)
    assert (found.kinds, found.faults[0].column) == ([], "Video link")
    assert "--set observed_at=" in reading("x.csv", HEADER + ROW.format(time="1")).messages[0]


def test_a_month_by_name_is_read_and_a_bare_number_is_not_guessed(reading):
    for text, expected in (("May 3; 2026", "May 3; 2026"), ("3 May 2026", "2026-05-03")):
        row = ROW.format(time="1").replace("2026-05-03 18:05:00", text)
        assert reading("x.csv", HEADER + row, **SAID).rows("posts")[0]["published_at"] == expected
