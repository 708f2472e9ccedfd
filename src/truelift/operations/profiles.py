"""Profiles: mapping profiles of files that no format knows, by path or by saved name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from truelift.base.errors import NotFound
from truelift.connectors.mapping import read_profile
from truelift.connectors.options import ReadOptions


def read_options(*, kind: str | None, profile: str | None, fill: Mapping[str, str]) -> ReadOptions:
    """Say how files are to be read; a profile is a YAML file."""
    if profile is None:
        return ReadOptions(kind=kind, set=fill)
    path = Path(profile)
    if not path.is_file():
        msg = f"There is no mapping profile {profile}; give the path of a YAML file."
        raise NotFound(msg)
    return ReadOptions(
        kind=kind, profile=read_profile(path.read_text("utf-8"), path.stem), set=fill
    )
