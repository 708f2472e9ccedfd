"""The same content gives the same id, whatever the order it was written in."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.ids import canonical_json, content_hash, name_id

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_canonical_json_reads_back_as_what_was_written(value):
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.integers(), max_size=8), st.randoms())
def test_the_order_of_keys_does_not_matter(value, random):
    items = list(value.items())
    random.shuffle(items)
    assert content_hash(dict(items)) == content_hash(value)


def test_the_form_is_fixed():
    written = canonical_json({"b": [1, None], "a": "é"})
    assert written == '{"a":"é","b":[1,null]}'.encode()
    assert content_hash({"b": [1, None], "a": "é"}) == hashlib.sha256(written).hexdigest()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_json_does_not_know_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        content_hash([value])


def test_names_give_the_same_id_on_every_machine():
    assert str(name_id("brand", 1)) == "02817873-ff27-585b-a61d-842d33147f09"
    assert name_id("brand", 1) == name_id("brand", "1")
    assert name_id("a", "b") != name_id("b", "a")
