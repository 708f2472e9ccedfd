"""A hashtag is told apart exactly: what goes on is another tag."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.hashtags import hashtags, plain_tags


def tags_of(caption):
    rows, tags = hashtags(pa.array([caption], pa.string()))
    assert set(rows.to_pylist()) <= {0}
    return tags.to_pylist()


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        ("#sun", ["sun"]),
        ("#Sunday and #SUN_day", ["sunday", "sun_day"]),
        ("ad: #sun, #moon. (#star) #a-b", ["sun", "moon", "star", "a"]),
        ("#sun#moon##star", ["sun", "moon", "star"]),
        ("\uff03日本語 #r2d2\U0001f600 #\u0444lag", ["日本語", "r2d2", "\u0444lag"]),
        ("#Cafe\u0301 #CAF\xc9", ["caf\xe9", "caf\xe9"]),
        ("# sun #\u2014 sun", []),
        ("sun", []),
        ("", []),
        (None, []),
    ],
)  # fmt: skip
def test_a_tag_ends_at_the_first_other_character(caption, tags):
    assert tags_of(caption) == tags


def test_every_tag_carries_the_row_of_its_caption():
    rows, tags = hashtags(pa.array(["no tag", "#a", None, "#b #c"]))
    assert (rows.to_pylist(), tags.to_pylist()) == ([1, 3, 3], ["a", "b", "c"])
    assert [len(part) for part in hashtags(pa.array([], pa.string()))] == [0, 0]


@given(st.lists(st.text("aZ_9\xe9ß#-. ", max_size=12), max_size=5))
def test_tags_of_many_captions_are_the_tags_of_each(captions):
    rows, tags = hashtags(pa.array(captions, pa.string()))
    each = [(row, tag) for row, caption in enumerate(captions) for tag in tags_of(caption)]
    assert list(zip(rows.to_pylist(), tags.to_pylist(), strict=True)) == each


def test_equal_tags_are_equal_text():
    assert plain_tags(pa.array(["SUN", "E\u0301t\xe9"])).to_pylist() == ["sun", "\xe9t\xe9"]
