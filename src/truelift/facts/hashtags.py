"""Hashtags: the tags that stand in captions, told apart exactly.

In:   captions as they were published.
Out:  each tag with the row it stands in.

A tag is # (also the full-width one) and the letters, marks, digits and underscores after it, in any
case; the first other character ends it. So #sun stands in neither #sunday nor #sun_day.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_SIGNS = "#\uff03"
_TAG = r"^(?P<tag>[\p{L}\p{M}\p{N}_]+)"


def hashtags(captions: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Give (row, tag) of every hashtag in captions (null: none), tags as `plain_tags` writes them.

    row: its caption, 0-based. What stands before the first # of a caption is no tag.
    """
    pieces = pc.split_pattern_regex(captions, f"[{_SIGNS}]")
    rows = pc.list_parent_indices(pieces)
    flat = pc.list_flatten(pieces)
    firsts = pc.not_equal(rows, _before(rows))
    found = pc.extract_regex(plain_tags(flat), _TAG)
    tags = pc.if_else(pc.fill_null(firsts, True), None, pc.struct_field(found, 0))  # noqa: FBT003 - the first piece of all is a first piece
    stands = pc.is_valid(tags)
    return rows.filter(stands), tags.filter(stands)


def plain_tags(tags: pa.Array) -> pa.Array:
    """Write tags so that equal ones are equal text: composed (NFC) and in lower case."""
    return pc.utf8_lower(pc.utf8_normalize(tags, form="NFC"))


def _before(rows: pa.Array) -> pa.Array:
    """Give each element's predecessor; null before the first."""
    return pa.concat_arrays([pa.nulls(1, rows.type), rows])[: len(rows)]
