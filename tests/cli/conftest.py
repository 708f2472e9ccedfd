"""A small workspace on disk, and a way to run commands as a person would."""

from __future__ import annotations

import json
import shutil

import pytest

from truelift.cli.main import run

FILES = {
    "campaigns.csv": "campaign,goal,starts,ends,currency\nspring,sales,2026-03-01,2026-03-31,USD\n",
    "creators.csv": 'creator,name\nana,"=HYPERLINK(""http://x"")"\nbo,Bo\n',
    "codes.csv": "code,creator,campaign\nANA,ana,spring\nBO,bo,spring\n",
    "agreements.csv": (
        "agreement,campaign,creator,fee,currency,signed_on\nA1,spring,ana,100.00,USD,2026-02-01\n"
    ),
    "deliverables.csv": "deliverable,agreement,live_at\nD1,A1,2026-03-02\n",
    "orders.csv": (
        "order_id,ordered_at,currency,subtotal,discount,cogs,code\n"
        "1,2026-03-05,USD,100.00,10.00,30.00,ANA\n"
        "2,2026-03-06,USD,50.00,,20.00,BO\n"
        "3,2026-02-31,USD,50.00,,20.00,BO\n"
    ),
}


@pytest.fixture
def command(capsys):
    """Run a command; give its exit code, stdout and stderr."""

    def call(*words):
        capsys.readouterr()
        code = run([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Write the small programme's files."""
    folder = tmp_path_factory.mktemp("files")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, files):
    """Make a workspace with the small programme in it."""
    folder = tmp_path_factory.mktemp("made") / "shop"
    assert run(["init", str(folder), "--brand", "acme", "--timezone", "America/New_York"]) == 0
    assert run(["import", str(files), "-w", str(folder)]) == 0
    return folder


@pytest.fixture
def shop(tmp_path, made_once):
    """Give a test its own copy of the workspace."""
    return shutil.copytree(made_once, tmp_path / "shop")


@pytest.fixture
def data(command, shop):
    """Give a command's JSON."""

    def read(*words):
        code, out, _ = command(*words, "-w", shop, "--format", "json")
        assert code == 0
        return json.loads(out)

    return read
