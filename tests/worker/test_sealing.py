import pytest

from truelift.store.delta_table import LakeAway
from truelift.store.lake import Sealed
from truelift.worker import sealing
from truelift.worker.sealing import COMPACT_SECONDS, SEAL_SECONDS, Sealing


class Lake:
    away = False
    sealed = compacted = 0

    def seal(self, _ground):
        if self.away:
            message = "The lake table does not answer: gone."
            raise LakeAway(message)
        self.sealed += 1
        return Sealed(1, 10)

    def compact(self, _ground):
        self.compacted += 1


@pytest.fixture
def lake(monkeypatch):
    made = Lake()
    monkeypatch.setattr(sealing, "seal_lake", made.seal)
    monkeypatch.setattr(sealing, "compact_lake", made.compact)
    return made


@pytest.fixture
def hand():
    return [0.0]


@pytest.fixture
def sealer(hand):
    return Sealing(None, tick=lambda: hand[0])


def test_it_seals_twice_a_minute_and_compacts_once_an_hour(lake, sealer, hand):
    for _ in range(4):
        sealer.once()
        sealer.once()
        hand[0] += SEAL_SECONDS
    assert (lake.sealed, lake.compacted, sealer.rows) == (4, 0, 40)
    hand[0] += COMPACT_SECONDS
    sealer.once()
    assert lake.compacted == 1


def test_a_lake_that_is_away_is_told_once_and_taken_up_when_it_is_back(lake, sealer, hand, caplog):
    lake.away = True
    for _ in range(3):
        sealer.once()
        hand[0] += SEAL_SECONDS
    assert "does not answer" in sealer.fault
    assert sealer.pulse.lake_fault == sealer.fault
    assert caplog.text.count("the lake waits") == 1
    lake.away = False
    sealer.once()
    assert (sealer.fault, sealer.pulse.lake_fault, lake.sealed) == ("", "", 1)


def test_it_stops_in_order(lake, sealer):
    sealer.start()
    assert sealer.stop(5)
    assert lake.sealed == 0


def test_a_fault_that_nobody_foresaw_is_told_too(sealer, monkeypatch):
    monkeypatch.setattr(sealing, "seal_lake", lambda _: 1 / 0)
    sealer.once()
    assert sealer.pulse.lake_fault == "ZeroDivisionError: division by zero"
