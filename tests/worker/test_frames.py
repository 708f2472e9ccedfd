import socket

import pytest

from truelift.worker.frames import (
    ASK,
    LONGEST,
    OUT,
    BadFrame,
    Errand,
    errand_of,
    frames,
    receive,
    send,
)


def test_a_request_comes_through_as_it_was_asked():
    errand = Errand(("roi", "-w", "é"), "/tmp", "token", line="x\n", columns=80)
    assert errand_of(errand.text()) == errand


@pytest.mark.parametrize(
    "text",
    [b"{", b"[]", b'{"words": 3}', b'{"words": ["a"], "directory": "/", "odd": 1}',
     b'{"words": [1], "directory": "/"}', b'{"words": ["a\\u0000"], "directory": "/"}'],
)  # fmt: skip
def test_anything_else_is_no_request(text):
    with pytest.raises(BadFrame):
        errand_of(text)


def test_frames_are_split_and_end_when_the_other_side_goes_away():
    here, there = socket.socketpair()
    with there:
        with here:
            send(here, ASK, b"")
            here.settimeout(5)
            assert receive(there) == (ASK, b"")
            send(here, OUT, b"abc")
        assert next(frames(there)) == (OUT, b"abc")
        with pytest.raises(BadFrame, match="went away"):
            receive(there)


def test_a_frame_that_is_too_long_is_refused():
    here, there = socket.socketpair()
    with here, there:
        here.sendall(b"o" + (LONGEST + 1).to_bytes(4, "big"))
        with pytest.raises(BadFrame, match="too long"):
            receive(there)
