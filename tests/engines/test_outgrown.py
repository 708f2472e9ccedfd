"""A workspace that asks a cluster prints the same bytes as one that lies in its folder."""

import pytest

from truelift.cli.main import run
from truelift.store import places
from truelift.store.places import Places


def printed(capsysbinary, *words):
    capsysbinary.readouterr()
    assert run(list(words)) == 0
    return capsysbinary.readouterr().out


def test_the_sample_programme_prints_the_same_bytes_embedded_and_on_a_cluster(
    own, tmp_path, address, capsysbinary
):
    asked = ("roi", "-w", str(own), "--model", "linear", "--format", "json")
    embedded = printed(capsysbinary, *asked)
    lake = str(tmp_path / "lake")
    places.write(own, Places(lake=lake))
    assert run(["lake", "seal", "-w", str(own)]) == 0
    places.write(own, Places(lake=lake, engine=address))
    assert len(embedded) > 100_000
    assert printed(capsysbinary, *asked) == embedded


@pytest.mark.soak
def test_every_report_prints_the_same_bytes(own, tmp_path, address, capsysbinary):
    reports = [
        ("roi", "--format", "json"),
        ("roi", "--by", "post", "--basis", "event", "--format", "json"),
        ("attribute", "--model", "markov", "--format", "json"),
        ("forecast", "--format", "json"),
        ("shortlist", "--format", "json"),
    ]
    asked = [(word, "-w", str(own), *rest) for word, *rest in reports]
    embedded = [printed(capsysbinary, *each) for each in asked]
    lake = str(tmp_path / "lake")
    places.write(own, Places(lake=lake, engine=address))
    assert run(["lake", "seal", "-w", str(own)]) == 0
    assert [printed(capsysbinary, *each) for each in asked] == embedded
    assert run(["verify", "-w", str(own)]) == 0
