"""Uploads: files that somebody sent and has not imported yet, in the workspace's own folder.

In:   a name as a browser gives it, who sends it to which brand.
Out:  a folder of its own below `uploads`, under an id that nobody guesses; gone after a day.

A file is written by who receives it, block by block; nothing of it is held in memory.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

FOLDER = "uploads"
KEPT_SECONDS = 24 * 3600
OWNER_ONLY_FOLDER = 0o700
LONGEST_NAME = 100
_ABOUT = "about.json"
_CONTENT = "content"
_ID = re.compile(r"[0-9a-f]{32}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits. path: where it lies; its name is the one it was sent under."""

    upload: str
    name: str
    brand: str
    by: str
    sent_at: float
    path: Path

    @property
    def size(self) -> int:
        """Give how many bytes there are by now."""
        return self.path.stat().st_size if self.path.is_file() else 0


def plain_name(name: str) -> str:
    """Give the name of a file without folders, unseen letters and a dot before it."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(each for each in last if unicodedata.category(each) not in _UNSEEN)
    stem, dot, ending = seen.strip(" .").rpartition(".")
    ending = ending[: LONGEST_NAME // 4]
    return f"{stem[: LONGEST_NAME - len(ending)]}{dot}{ending}".strip(" .") or "file"


def begin(folder: Path, name: str, brand: str, by: str) -> Upload:
    """Make place for a file; those that lie here for a day are removed."""
    sweep(folder)
    home = folder / FOLDER / secrets.token_hex(16)
    (folder / FOLDER).mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
    home.mkdir(mode=OWNER_ONLY_FOLDER)
    (home / _CONTENT).mkdir()
    about = {"name": plain_name(name), "brand": brand, "by": by, "sent_at": time.time()}
    (home / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
    return _read(home)


def found(folder: Path, upload: str) -> Upload | None:
    """Give an upload by its id; None when there is none, or no longer."""
    home = folder / FOLDER / upload
    if not _ID.fullmatch(upload) or not (home / _ABOUT).is_file():
        return None
    kept = _read(home)
    return kept if time.time() - kept.sent_at < KEPT_SECONDS else None


def waiting(folder: Path) -> list[Upload]:
    """Give all uploads, the newest first; those that lie here for a day are removed."""
    sweep(folder)
    homes = [each.parent for each in (folder / FOLDER).glob(f"*/{_ABOUT}")]
    known = [kept for home in homes if (kept := found(folder, home.name)) is not None]
    return sorted(known, key=lambda kept: -kept.sent_at)


def remove(folder: Path, upload: str) -> None:
    """Remove an upload, whole or not."""
    if _ID.fullmatch(upload):
        shutil.rmtree(folder / FOLDER / upload, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what was sent more than a day ago, and what was never received whole."""
    for home in (folder / FOLDER).glob("*"):
        if _ID.fullmatch(home.name) and time.time() - home.stat().st_mtime >= KEPT_SECONDS:
            shutil.rmtree(home, ignore_errors=True)


def _read(home: Path) -> Upload:
    about = json.loads((home / _ABOUT).read_text(encoding="utf-8"))
    path = home / _CONTENT / about["name"]
    return Upload(home.name, path=path, **about)
