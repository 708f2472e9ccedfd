"""Spool: nothing is called safe that is not on disk, and what cannot be kept is told, not lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
import time

import pytest

from truelift.base.errors import TrueliftError
from truelift.facts.hit import Beacon, encode
from truelift.store.spool import HEADER, Spool, SpoolLimits, next_name
from truelift.store.spool_reader import read, segments


def beacon(number):
    return encode(Beacon(click_id=f"c{number}", received_us=number))


def kept(folder, worker="w1"):
    return [hit.click_id for hit in read(folder, worker, None, 10**6).hits]


def run(work):
    return asyncio.run(asyncio.wait_for(work, 20))


def test_what_is_called_safe_is_on_disk_in_its_order(tmp_path):
    async def work():
        spool = Spool(tmp_path, "w1")
        spool.start()
        for number in range(100):
            batch = spool.append(beacon(number))
            if number % 10 == 0:
                assert await batch.committed
                assert kept(tmp_path)[-1] == f"c{number}"
        await spool.close()
        return spool.counters

    counters = run(work())
    assert kept(tmp_path) == [f"c{number}" for number in range(100)]
    assert (counters.hits, counters.fault, counters.lost, counters.refused) == (100, "", 0, 0)
    assert counters.batches < 100


def test_a_hundred_that_wait_together_share_a_few_syncs(tmp_path):
    syncs = []

    def synchronise(descriptor):
        syncs.append(descriptor)
        os.fdatasync(descriptor)

    async def work():
        spool = Spool(tmp_path, "w1", synchronise=synchronise)
        spool.start()
        batches = [spool.append(beacon(number)) for number in range(100)]
        assert all(await asyncio.gather(*(each.committed for each in batches)))
        await spool.close()

    run(work())
    assert len(syncs) <= 2


def test_one_that_goes_away_does_not_take_the_others_with_it(tmp_path):
    gate = threading.Event()

    def synchronise(_descriptor):
        gate.wait(5)

    async def work():
        spool = Spool(tmp_path, "w1", synchronise=synchronise)
        spool.start()

        async def request(number):
            return await spool.append(beacon(number)).committed

        gone, stays = (asyncio.create_task(request(number)) for number in range(2))
        await asyncio.sleep(0.05)
        gone.cancel()
        gate.set()
        assert await stays
        with pytest.raises(asyncio.CancelledError):
            await gone
        await spool.close()

    run(work())


def test_a_segment_is_followed_by_another_when_it_is_large_or_old(tmp_path):
    async def work(worker, limits, pause):
        spool = Spool(tmp_path, worker, limits)
        spool.start()
        for number in range(5):
            assert await spool.append(beacon(number)).committed
            await asyncio.sleep(pause)
        await spool.close()

    run(work("large", SpoolLimits(segment_bytes=40), 0))
    run(work("old", SpoolLimits(segment_seconds=0.01), 0.02))
    assert len(segments(tmp_path, "large")) > 1
    assert len(segments(tmp_path, "old")) == 5
    assert kept(tmp_path, "large") == kept(tmp_path, "old") == [f"c{each}" for each in range(5)]


def test_a_name_sorts_after_every_other_even_when_a_clock_went_back(tmp_path):
    names = []
    for now in (1_000, 1_000, 500, 2_000):
        names.append(next_name(tmp_path, now))
        (tmp_path / names[-1]).touch()
    assert names == sorted(names)
    assert len(set(names)) == 4


def test_a_worker_has_one_writer(tmp_path):
    first = Spool(tmp_path, "w1")
    with pytest.raises(TrueliftError, match="another name"):
        Spool(tmp_path, "w1")
    first._segments.close()
    Spool(tmp_path, "w1")._segments.close()


def test_a_full_disk_is_told_to_who_waits_and_room_again_is_used(tmp_path):
    full = True

    def synchronise(descriptor):
        if full:
            raise OSError(28, "No space left on device")
        os.fdatasync(descriptor)

    async def work():
        nonlocal full
        spool = Spool(tmp_path, "w1", synchronise=synchronise)
        spool.start()
        assert not await spool.append(beacon(1)).committed
        assert "No space left" in spool.counters.fault
        assert not spool.healthy
        assert segments(tmp_path, "w1") == []
        full = False
        assert await spool.append(beacon(2)).committed
        assert spool.healthy
        full = True
        assert not await spool.append(beacon(3)).committed
        full = False
        assert await spool.append(beacon(4)).committed
        await spool.close()
        return spool.counters.failed_batches

    assert run(work()) == 2
    assert {"c2", "c4"} <= set(kept(tmp_path))
    assert len(segments(tmp_path, "w1")) == 2


def test_a_disk_with_less_room_than_the_reserve_takes_nothing(tmp_path):
    async def work():
        spool = Spool(tmp_path, "w1", SpoolLimits(reserve_bytes=2**62))
        spool.start()
        assert not await spool.append(beacon(1)).committed
        await spool.close()
        return spool.counters.fault

    assert "No space left" in run(work())


def test_a_slow_disk_answers_open_in_time_and_counts_it(tmp_path):
    async def work(*, breaks):
        def synchronise(_descriptor):
            time.sleep(0.3)
            if breaks:
                raise OSError(5, "Input/output error")

        spool = Spool(tmp_path, f"w{breaks}", SpoolLimits(patience=0.05), synchronise=synchronise)
        spool.start()
        batch = spool.append(beacon(1))
        began = time.monotonic()
        assert not await batch.answer
        batch.answered_open()
        assert time.monotonic() - began < 0.25
        assert await batch.committed is not breaks
        await spool.close()
        return spool.counters

    counters = run(work(breaks=False))
    assert (counters.unsynced, counters.lost) == (1, 0)
    counters = run(work(breaks=True))
    assert (counters.unsynced, counters.lost) == (1, 1)


def test_an_answer_after_a_failed_batch_is_a_loss(tmp_path):
    def synchronise(_descriptor):
        raise OSError(28, "No space left on device")

    async def work():
        spool = Spool(tmp_path, "w1", synchronise=synchronise)
        spool.start()
        batch = spool.append(beacon(1))
        assert not await batch.answer
        batch.answered_open()
        await spool.close()
        return spool.counters.lost

    assert run(work()) == 1


@pytest.mark.parametrize(
    "limits", [SpoolLimits(waiting_hits=10), SpoolLimits(waiting_bytes=10 * len(beacon(1)))]
)
def test_more_than_may_wait_is_refused(tmp_path, limits):
    gate = threading.Event()

    async def work():
        spool = Spool(tmp_path, "w1", limits, synchronise=lambda _descriptor: gate.wait(5))
        spool.start()
        taken = [spool.append(beacon(1)) for _ in range(50)]
        await asyncio.sleep(0.05)
        taken += [spool.append(beacon(1)) for _ in range(50)]
        assert spool.waiting_hits == 10
        assert spool.counters.refused == 90
        gate.set()
        assert all(await asyncio.gather(*(each.committed for each in taken if each)))
        await spool.close()

    run(work())
    assert len(kept(tmp_path)) == 10


def test_a_frame_is_a_length_a_checksum_and_the_payload(tmp_path):
    async def work():
        spool = Spool(tmp_path, "w1")
        spool.start()
        await spool.append(b"\x81\xa4type").committed
        await spool.close()

    run(work())
    (name,) = segments(tmp_path, "w1")
    content = (tmp_path / "w1" / name).read_bytes()
    assert HEADER.unpack(content[:8])[0] == 6
    assert content[8:] == b"\x81\xa4type"


@pytest.mark.parametrize("one_call", [True, False])
def test_a_write_makes_itself_safe_with_or_without_the_system_s_help(
    tmp_path, monkeypatch, one_call
):
    if not one_call:
        monkeypatch.delattr(os, "RWF_DSYNC", raising=False)

    async def work():
        spool = Spool(tmp_path, "w1")
        spool.start()
        for number in range(3):
            assert await spool.append(beacon(number)).committed
        await spool.close()

    run(work())
    assert kept(tmp_path) == ["c0", "c1", "c2"]


def test_a_real_disk_without_room_is_told_and_what_was_kept_is_whole(tmp_path):
    """A tmpfs of 256 KB; only a machine that may mount one can try it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root")

    async def work():
        spool = Spool(disk, "w1", SpoolLimits(reserve_bytes=0))
        spool.start()
        safe = 0
        for number in range(20_000):
            if not await spool.append(beacon(number)).committed:
                break
            safe += 1
        assert "No space left" in spool.counters.fault
        await spool.close()
        return safe

    try:
        safe = run(work())
        found = kept(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert found[:safe] == [f"c{number}" for number in range(safe)]
    assert 1_000 < safe <= len(found) <= safe + 1


def test_a_refused_hit_does_not_make_the_next_one_late(tmp_path):
    async def work():
        spool = Spool(tmp_path, "w1", SpoolLimits(waiting_bytes=100, patience=0.02))
        spool.start()
        assert spool.append(b"x" * 101) is None
        await asyncio.sleep(0.05)
        assert await spool.append(beacon(1)).answer
        await spool.close()

    run(work())
    assert kept(tmp_path) == ["c1"]


def test_a_disk_that_hangs_does_not_hold_up_the_end(tmp_path):
    waiting, go_on = threading.Event(), threading.Event()

    def synchronise(_descriptor):
        waiting.set()
        go_on.wait(20)

    async def work():
        spool = Spool(tmp_path, "w1", synchronise=synchronise)
        spool.start()
        flying = spool.append(beacon(1))
        await asyncio.to_thread(waiting.wait, 20)
        next_one = spool.append(beacon(2))
        began = time.monotonic()
        assert not await spool.close(0.1)
        assert time.monotonic() - began < 5
        assert not await flying.committed
        assert not await next_one.committed
        go_on.set()
        await asyncio.to_thread(spool._thread.join, 20)
        spool._segments.close()

    run(work())
    assert kept(tmp_path) == ["c1"]


def test_visitors_after_the_first_do_not_wait_as_long_until_the_disk_is_quick_again(tmp_path):
    slow = threading.Event()

    def synchronise(_descriptor):
        if slow.is_set():
            time.sleep(0.3)

    async def work():
        limits = SpoolLimits(patience=0.2, hurry=0.05)
        spool = Spool(tmp_path, "w1", limits, synchronise=synchronise)
        spool.start()
        patience = []
        slow.set()
        first = spool.append(beacon(1))
        assert not await first.answer
        second = spool.append(beacon(2))
        slow.clear()
        assert await first.committed
        assert await second.committed
        third = spool.append(beacon(3))
        assert await third.answer
        patience += [first.patience, second.patience]
        await asyncio.sleep(0)
        patience.append(spool.append(beacon(4)).patience)
        await spool.close()
        return patience

    assert run(work()) == [0.2, 0.05, 0.2]


def test_a_disk_that_takes_hits_again_is_found_out_without_one(tmp_path):
    full = threading.Event()
    full.set()

    def synchronise(_descriptor):
        if full.is_set():
            raise OSError(28, "No space left on device")

    async def work():
        spool = Spool(tmp_path, "w1", synchronise=synchronise)
        spool.start()
        assert not await spool.append(beacon(1)).committed
        spool.probe()
        await asyncio.sleep(0.05)
        assert not spool.healthy
        full.clear()
        while not spool.healthy:
            spool.probe()
            await asyncio.sleep(0.01)
        await spool.close()

    run(work())
    assert kept(tmp_path) == []
