import asyncio

from truelift.store.spool import SpoolCounters
from truelift.worker import collecting
from truelift.worker.collecting import Collecting


def test_what_is_answered_from_is_read_again_and_a_fault_of_it_is_no_end(monkeypatch, caplog):
    monkeypatch.setattr(collecting, "REFRESH_SECONDS", 0.01)
    done, probed = [], []

    def refresh():
        done.append("refresh")
        if len(done) == 2:
            msg = "the database is busy"
            raise OSError(msg)
        return True

    async def end():
        done.append("end")
        return done[-2:] == ["end"] * 2

    async def live():
        collector = Collecting(
            around=lambda app: app, begin=lambda: done.append("begin"), end=end, refresh=refresh,
            probe=lambda: probed.append(1),
            collected=None, spooled=SpoolCounters(fault="The disk is full."),
        )  # fmt: skip
        assert collector.faults == ["The disk is full."]
        collector.spooled.fault = ""
        assert collector.faults == []
        collector.start()
        while len(done) < 5:  # noqa: ASYNC110 - what is waited for is plain
            await asyncio.sleep(0.005)
        await collector.stop()
        await collector.stop()

    asyncio.run(live())
    assert caplog.text.count("did not take the last hits") == 1
    assert done[0] == "begin"
    assert probed
    assert done[1:5] == ["refresh"] * 4
    assert done[-2:] == ["end"] * 2
