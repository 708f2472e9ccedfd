import subprocess
import sys

CUT_OFF = """
import threading, time, duckdb
from truelift.cli import main
from truelift import __main__

def ask():
    while True:
        try:
            duckdb.connect().execute("select sum(range) from range(30000000)").fetchall()
        except duckdb.Error:
            pass

def run():
    for _ in range(4):
        threading.Thread(target=ask, daemon=True).start()
    time.sleep(0.3)
    print("said")
    return 3

main.run = run
__main__.main()
"""


def test_a_thread_that_was_cut_off_does_not_break_the_end():
    done = subprocess.run([sys.executable, "-c", CUT_OFF], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, b"said\n", b"")
