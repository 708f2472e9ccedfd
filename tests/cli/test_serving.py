"""serve and worker run in tests/worker/test_process.py."""

import json
import shutil


def test_doctor_passes_a_sound_workspace_and_names_what_is_off(command, shop):
    code, out, _ = command("doctor", "-w", shop, "--format", "json")
    assert code == 0
    assert all(row["holds"] for row in json.loads(out)["rows"])
    shutil.rmtree(shop / "exports")
    code, _, err = command("doctor", "-w", shop)
    assert code == 3
    assert "exports of the workspace is missing" in err
    (shop / "facts.duckdb").write_bytes(b"no database")
    code, _, err = command("doctor", "-w", shop)
    assert code == 3
    assert "truelift rebuild" in err


def test_freshness_names_each_source(command, shop):
    code, out, _ = command("freshness", "-w", shop, "--format", "csv")
    assert code == 0
    assert out.splitlines()[1].startswith("orders,")
