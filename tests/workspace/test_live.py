from truelift.catalog.permission import Role
from truelift.operations import desk
from truelift.store.ground import Desk
from truelift.store.people_store import owner
from truelift.workspace.workspace import Workspace


def told_in(tmp_path, stack):
    import runpy  # noqa: PLC0415 - only here

    return runpy.run_path("tests/operations/conftest.py")["told_in"](stack, tmp_path)


def test_a_workspace_tells_versions_and_acts_as_others(tmp_path):
    import contextlib  # noqa: PLC0415 - only here

    with contextlib.ExitStack() as stack:
        told = told_in(tmp_path, stack)
        ws, heard = Workspace(told.ground), []
        ws.listen(heard.append)
        before = ws.version
        told.given("creators\ncreator\nana")
        assert ws.version != before
        assert heard
        assert ws.settled > 0
        assert not ws.served
        assert ws.freshness().rows == []
        assert ws.today()
        assert all(row["holds"] for row in ws.doctor().rows)
        at = Desk(told.ground.workspace, told.ground.clock, owner("owner"))
        desk.add_person(at, "kim", Role.MARKETER)
        token = desk.issue_token(at, "kim").reveal()
        them = ws.acting(f"Bearer {token}")
        assert them._ground.person == "kim"
        assert ws._ground.person == "ana.controller"
        (verdict,) = them.take_rows("creators", [{"creator": "bo"}]).verdicts
        assert verdict.verdict == "accepted"
        assert ws.acting(None)._ground.person == "ana.controller"
        assert ws.traffic("key").key == "key"
