import shutil
from dataclasses import replace

from truelift.operations import doctor as looking
from truelift.operations.doctor import doctor


def broken(ground):
    return {each.name: each.sentence for each in doctor(ground) if not each.holds}


def test_a_sound_workspace_passes_every_check(told):
    assert broken(told.ground) == {}
    assert len(doctor(told.ground)) >= 8


def test_what_is_off_says_what_to_do(told, monkeypatch):
    folder = told.ground.folder
    shutil.rmtree(folder / "exports")
    (folder / "serve.sock").touch(mode=0o644)
    monkeypatch.setattr(looking, "LEAST_FREE", 2**70)
    monkeypatch.setattr(looking, "waiting_bytes", lambda _: {"serve": 2**40})
    ground = replace(told.ground, brand=replace(told.ground.brand, timezone="Mars/Base"))
    told_of = broken(ground)
    assert set(told_of) == {"files", "private", "disk", "spool", "time zone"}
    assert "exports of the workspace is missing" in told_of["files"]


def test_a_clock_behind_the_newest_row_is_told(told):
    told.given(
        "creators\ncreator\nana\n\norders\norder_id|ordered_at|currency|subtotal\n1|05-12|USD|1"
    )
    told.clock.at = told.clock.at.replace(year=2020)
    assert set(broken(told.ground)) == {"clock"}


def test_a_refund_of_an_order_that_is_not_here_is_told(told):
    told.clock.at = told.clock.at.replace(year=2027)
    told.given("refunds\nrefund_id|order_id|refunded_at|amount|currency\n9|5004|05-12|1|USD")
    assert "Refunds whose order is not here: 1 (9 of 5004)" in broken(told.ground)["refunds"]
    told.given("orders\norder_id|ordered_at|currency|subtotal\n5004|05-11|USD|1")
    assert "refunds" not in broken(told.ground)
