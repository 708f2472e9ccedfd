import io
import json
import logging

from truelift import log


def test_a_line_is_json_with_the_request_and_no_traceback_outside_its_field():
    stream = io.StringIO()
    handler = log.begin(stream)
    token = log.REQUEST.set("r1")
    try:
        logging.getLogger("truelift.web").info("answered %s", "a", extra={"ms": 3})
        try:
            raise ValueError("no")  # noqa: EM101, TRY301 - a fault to be told
        except ValueError:
            logging.getLogger("truelift.web").exception("it failed")
    finally:
        log.REQUEST.reset(token)
        log.end(handler)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["message"], first["ms"], first["request"]) == ("answered a", 3, "r1")
    assert (second["level"], "ValueError: no" in second["error"]) == ("error", True)
    logging.getLogger("truelift.web").warning("unheard")
    assert "unheard" not in stream.getvalue()


def test_only_an_id_that_can_stand_in_a_line_is_taken_from_a_request():
    assert log.request_id("abc-1") == "abc-1"
    for given in (None, "", "a b", "x" * 65, "a\nb"):
        assert log.request_id(given) != given
