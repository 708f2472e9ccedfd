import io
import sys
import threading

from truelift.cli import streams
from truelift.cli.streams import Streams, led_to, routing


def test_each_threads_output_goes_where_it_is_meant():
    own = io.StringIO()
    before, sys.stdout = sys.stdout, own
    given = Streams(io.StringIO(), io.StringIO(), "line\n", 40, out_is_terminal=True)

    def command():
        with led_to(given):
            sys.stdout.write("theirs\n")
            sys.stderr.write("said\n")
            found.append((sys.stdout.isatty(), sys.stderr.isatty(), streams.terminal_width()))
            found.append((streams.read_line(), streams.in_command(), streams.own(sys.stdout)))
            sys.stdout.close()

    found = []
    try:
        with routing():
            thread = threading.Thread(target=command)
            thread.start()
            thread.join()
            sys.stdout.write("mine\n")
            assert not sys.stdout.isatty()
            sys.stdout.flush()
        assert sys.stdout is own
    finally:
        sys.stdout = before
    assert own.getvalue() == "mine\n"
    assert found == [(True, False, 40), ("line\n", True, given.out)]
    assert given.err.getvalue() == "said\n"
    assert given.out.closed


def test_outside_of_a_command_everything_is_the_processs_own():
    assert streams.own(sys.stdout) is sys.stdout
    assert streams.terminal_width() is None
    assert not streams.in_command()
    assert streams.columns() >= 0
