from truelift.web.pages import SCREENS
from truelift.web.palette import GO, entries, fit, keys, matching

PATHS = {path for each in SCREENS for path in each}


def test_every_place_is_a_page_and_names_keep_their_letters():
    found = entries(["a/b & c"], ["ana?"])
    assert len({each.href for each in found}) == len(found)
    pages = {each.href for each in found if each.kind == "page"} | set(GO.values())
    assert pages - PATHS == {"/"}
    assert found[-2:] == [
        type(found[0])("campaign", "a/b & c", "/campaign/a%2Fb%20%26%20c"),
        type(found[0])("creator", "ana?", "/creator/ana%3F"),
    ]


def test_what_fits_best_stands_first():
    found = entries(["late-summer", "summer", "sum"], ["eve summerby", "sixmore"])
    names = [each.name for each in matching(found, " SUMM ")]
    assert names[:3] == ["summer", "late-summer", "eve summerby"]
    assert [fit("late-summer", typed) for typed in ("la", "su", "umm", "lsr", "xyz")] == [*range(5)]
    assert matching(found, "") == found
    assert matching(found, "zzzz") == []


def test_every_key_says_what_it_does():
    told = dict(keys())
    assert told["g then l"] == "Go to Trial balance"
    assert len(told) == len(keys())
