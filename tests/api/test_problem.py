from http import HTTPStatus

import pytest
from litestar.exceptions import NotFoundException, ValidationException

from truelift.api.problem import BadField, NotSent, Unreadable, told
from truelift.base.errors import (
    Busy,
    NotAdmitted,
    NotFound,
    Overtaken,
    Refused,
    Repeated,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Busy("b"), 503), (NotAdmitted("a"), 401), (Refused("r"), 403), (Overtaken("o"), 409),
        (Repeated("k"), 409),
        (UsageError("u"), 400), (NotFound("n"), 404), (NotFoundException(), 404),
        (Unreadable("u"), 415), (NotSent("n"), 408), (OSError(28, "No space left on device"), 503),
        (ZeroDivisionError(), 500), (ValidationException(extra=[{"key": "by"}]), 400),
    ],
)  # fmt: skip
def test_each_error_has_its_status(error, status):
    assert told(error)[0] == HTTPStatus(status)


def test_a_field_that_is_off_is_named_and_a_fault_of_ours_tells_nothing():
    assert told(BadField("[1].tax", "it is off"))[2] == [
        {"field": "[1].tax", "detail": "[1].tax: it is off."}
    ]
    assert told(ZeroDivisionError("secret"))[1] == "This failed; the server's log says why."
