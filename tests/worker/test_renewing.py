"""Old answers are made again one after the other, whatever becomes of each."""

import threading

from truelift.worker.renewing import Renewing


def test_work_is_done_on_its_workspace_in_order_and_a_fault_ends_nothing(caplog):
    done, ended = [], threading.Event()
    renewing = Renewing("the workspace")
    renewing.later(done.append)
    renewing.later(lambda _: 1 / 0)
    renewing.later(lambda workspace: (done.append(workspace), ended.set()))
    assert ended.wait(10)
    assert done == ["the workspace"] * 2
    assert "a page could not be renewed" in caplog.text


def test_after_the_end_nothing_is_begun():
    begun, go, done = threading.Event(), threading.Event(), []
    renewing = Renewing(None)
    renewing.later(lambda _: (begun.set(), go.wait(10)))
    assert begun.wait(10)
    renewing.later(done.append)
    renewing.close()
    go.set()
    renewing._thread.join(10)
    assert not renewing._thread.is_alive()
    assert done == []
