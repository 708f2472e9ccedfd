import dataclasses

import pytest

from truelift.connectors.options import MappingProfile, ReadOptions


def test_what_was_said_cannot_change_while_a_file_is_read():
    for said in (ReadOptions(), MappingProfile("p", "codes", {"code": "C"})):
        with pytest.raises(dataclasses.FrozenInstanceError):
            said.kind = "orders"


def test_nothing_said_means_that_the_header_decides():
    said = ReadOptions()
    assert (said.kind, said.profile, dict(said.set), said.today) == (None, None, {}, None)
