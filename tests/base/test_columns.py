"""A column is described once, in the field of its noun."""

import datetime as dt
from dataclasses import dataclass, field, fields

import pytest

from truelift.base.columns import Column, ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A thing that is sent.

    More about it.
    """

    parcel: str = column(ColumnType.NAME, "number", key=True, required=True)
    sender: str = column(ColumnType.NAME, key=True, required=True)
    state: str | None = column(ColumnType.CHOICE, choices=("sent", "lost"))
    from_: dt.date | None = column(ColumnType.DATE, "first day")
    to: dt.datetime | None = column(ColumnType.INSTANT, "until", closes=True)
    weight: int | None = column(ColumnType.INTEGER, "in grams", signed=True)
    seen: bool = field(default=False)


PARCELS = kind_of(Parcel, "parcels", Plane.FACTS, occurred="from")


def test_a_kind_is_read_from_the_fields_of_its_noun():
    assert PARCELS.name == "parcels"
    assert PARCELS.names == ("parcel", "sender", "state", "from", "to", "weight")
    assert PARCELS.key == ("parcel", "sender")
    assert PARCELS.help == "A thing that is sent."
    assert (PARCELS.plane, PARCELS.occurred) == (Plane.FACTS, "from")


def test_a_column_carries_what_was_said_of_it():
    assert PARCELS.column("parcel") == Column(
        "parcel", ColumnType.NAME, key=True, required=True, help="number"
    )
    assert PARCELS.column("state").choices == ("sent", "lost")
    assert PARCELS.column("to").closes
    assert PARCELS.column("weight").signed


def test_a_column_that_a_kind_does_not_have_is_a_key_error():
    with pytest.raises(KeyError, match="colour"):
        PARCELS.column("colour")


def test_required_columns_must_be_given_and_others_are_missing_by_default():
    parcel = Parcel(parcel="p1", sender="ana")
    assert parcel.state is parcel.to is parcel.weight is None
    with pytest.raises(TypeError, match="sender"):
        Parcel(parcel="p1")
    assert len(fields(Parcel)) == 7


def test_a_noun_without_a_docstring_cannot_become_a_kind():
    with pytest.raises(IndexError):
        kind_of(type("Bare", (), {"__dataclass_fields__": {}}), "bare", Plane.FACTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What stands on a parcel."""

    street: str | None = column(ColumnType.TEXT, kept="where")
    town: str | None = column(ColumnType.TEXT, kept="where")
    note: str | None = column(ColumnType.TEXT, kept="note")
    weight: int | None = column(ColumnType.INTEGER)


def test_columns_that_an_update_leaves_as_they_were_come_in_groups():
    assert kind_of(Label, "labels", Plane.FACTS).kept == (("street", "town"), ("note",))
    assert PARCELS.kept == ()
