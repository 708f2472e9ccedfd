import pytest

from truelift.base.errors import Refused, Repeated, UsageError
from truelift.catalog.permission import Role
from truelift.operations.requests import Request, take_rows

ORDER = {"order_id": "1", "ordered_at": "2026-05-12T12:00:00Z", "currency": "USD", "subtotal": "10"}


def verdicts(done):
    return [each.verdict for each in done.verdicts]


def test_each_row_has_its_verdict_in_its_place(told):
    rows = (ORDER, {**ORDER, "order_id": "2", "subtotal": "ten"}, ORDER, {**ORDER, "order_id": "3"})
    done = take_rows(told.ground, Request("orders", rows))
    assert verdicts(done) == ["accepted", "quarantined", "duplicate", "accepted"]
    assert (done.verdicts[1].field, done.verdicts[1].reason) == ("subtotal", "NOT_A_NUMBER")
    assert done.status == 207
    again = take_rows(told.ground, Request("orders", ({**ORDER, "subtotal": "11"}, ORDER)))
    assert again.status == 207 or verdicts(again) == ["updated", "duplicate"]
    catalog = take_rows(told.ground, Request("creators", ({"creator": "ana"},)))
    assert verdicts(catalog) == ["accepted"]
    assert verdicts(take_rows(told.ground, Request("creators", ({"creator": "ana"},)))) == [
        "duplicate"
    ]


def test_a_request_under_a_key_is_answered_once_and_its_answer_repeated(told):
    first = take_rows(told.ground, Request("orders", (ORDER,), "k1", "sha"))
    second = take_rows(told.ground, Request("orders", (ORDER,), "k1", "sha"))
    assert (first.repeated, second.repeated) == (False, True)
    assert verdicts(first) == verdicts(second) == ["accepted"]
    with pytest.raises(Repeated, match="another request"):
        take_rows(told.ground, Request("orders", (ORDER,), "k1", "other"))
    assert verdicts(take_rows(told.ground, Request("orders", (ORDER,), "k2", "sha"))) == [
        "duplicate"
    ]


def test_keys_of_one_person_are_not_those_of_another(told, acting):
    take_rows(told.ground, Request("orders", (ORDER,), "k1", "sha"))
    other = acting("kim", Role.MARKETER)
    assert not take_rows(other, Request("orders", (), "k1", "sha2")).repeated
    with pytest.raises(Refused):
        take_rows(acting("audrey", Role.AUDITOR), Request("orders", (ORDER,)))
    with pytest.raises(UsageError, match="no kind"):
        take_rows(told.ground, Request("joy", (ORDER,)))
