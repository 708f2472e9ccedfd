"""What a person says about a file before it is read, and what every reader may ask for.

In:   words of a command: --as, --map, --set, and the brand's time zone and currency.
Out:  ReadOptions and MappingProfile, frozen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MappingProfile:
    """How a file that no format knows becomes rows of one kind.

    name: of the profile, the origin of its rows. columns: contract column -> the file's header.
    fill: contract column -> value where the file has none. dates: strptime patterns, tried in
    order, or empty when the dates are ISO. decimal: the decimal mark, '.' or ','. skip_rows:
    physical lines before the header. drop_rows: (header, value) of rows that carry nothing.
    """

    name: str
    kind: str
    columns: Mapping[str, str]
    fill: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    decimal: str = "."
    delimiter: str | None = None
    skip_rows: int = 0
    drop_rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person says about a file.

    kind: --as, or None to find it by the header. profile: --map. set: --set column=value, the
    values of columns that the file lacks or leaves empty. timezone, currency: the brand's. today:
    the day that stands for "now" where a sheet carries no date; handed in, never read from a clock.
    """

    kind: str | None = None
    profile: MappingProfile | None = None
    set: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    currency: str | None = None
    today: dt.date | None = None
