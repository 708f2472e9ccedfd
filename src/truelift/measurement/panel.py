"""The panel: posts of many creators as sorted columns, ready for baselines and lift.

In:   one row per post (creator, platform, publication, newest reading) in any order.
Out:  PostPanel, sorted by unit (creator on one platform) and publication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.measurement.metric import Metric, counted
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects

Instants = npt.NDArray[np.datetime64]
HOUR = np.timedelta64(3_600_000_000, "us")


@dataclass(frozen=True, slots=True, eq=False)
class PostPanel:
    """Posts sorted by unit and publication; every column has shape (posts,).

    units: (creator, platform) of each unit, sorted. unit: index of each post's unit. rows: index of
    each post among the rows the panel was made from.
    age_hours: age at the newest reading, first_age_hours: at the first; nan where never read.
    counters: column name -> organic counts, nan where missing. boosted: posts with paid views or
    impressions; their counters are organic all the same (`organic_counters`).
    """

    units: tuple[tuple[str, str], ...]
    unit: Integers
    rows: Integers
    post_ids: Objects
    published_at: Instants
    age_hours: Floats
    first_age_hours: Floats
    counters: Mapping[str, Floats]
    boosted: Booleans

    def __len__(self) -> int:
        """Give the number of posts."""
        return len(self.unit)

    def only(self, mask: Booleans) -> PostPanel:
        """Keep the posts a mask names; units keep their indices."""
        return PostPanel(
            self.units,
            self.unit[mask],
            self.rows[mask],
            self.post_ids[mask],
            self.published_at[mask],
            self.age_hours[mask],
            self.first_age_hours[mask],
            {name: values[mask] for name, values in self.counters.items()},
            self.boosted[mask],
        )

    def counts(self, metric: Metric) -> Floats:
        """Give a metric's count per post, nan where it was not observed."""
        return counted(metric, self.counters, self.unit)


def post_panel(
    *,
    creator: Objects,
    platform: Objects,
    post_ids: Objects,
    published_at: Instants,
    observed_at: Instants,
    first_observed_at: Instants,
    counters: Mapping[str, Floats],
    boosted: Booleans | None = None,
) -> PostPanel:
    """Sort posts into a panel. Instants are naive UTC (datetime64[us], NaT where never read).

    boosted: None where no post is. counters: the organic ones.
    """
    creators, creator_rank = _ranked(creator)
    platforms, platform_rank = _ranked(platform)
    pair = creator_rank * len(platforms) + platform_rank
    distinct, index = np.unique(pair, return_inverse=True)
    columns = pa.table({"unit": index, "at": published_at, "post_id": pa.array(post_ids)})
    keys = [(name, "ascending") for name in columns.column_names]
    order = pc.sort_indices(columns, sort_keys=keys).to_numpy().astype(np.int64)
    units = tuple(
        (creators[one // len(platforms)], platforms[one % len(platforms)])
        for one in distinct.tolist()
    )
    return PostPanel(
        units=units,
        unit=index[order].astype(np.int64),
        rows=order,
        post_ids=post_ids[order],
        published_at=published_at[order],
        age_hours=_hours(published_at, observed_at)[order],
        first_age_hours=_hours(published_at, first_observed_at)[order],
        counters={name: values[order] for name, values in counters.items()},
        boosted=np.zeros(len(order), bool) if boosted is None else boosted[order],
    )


def organic_counters(
    counters: Mapping[str, Floats], boosted: Booleans, paid: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Take what was paid for out of the counters of boosted posts.

    counters, paid: column name -> counts, nan where missing; boosted: shape (posts,). A counter
    whose paid part was observed is total minus paid, at least 0. One whose paid part was not, or
    cannot be told apart (likes, say), is missing: it is not known what it would have been.
    """
    unknown = np.full(len(boosted), np.nan)
    return {
        name: np.where(boosted, np.maximum(total - paid.get(name, unknown), 0.0), total)
        for name, total in counters.items()
    }


def _ranked(names: Objects) -> tuple[list[str], Integers]:
    """Give the distinct names in order, and each name's place among them.

    Arrow numbers them: text of fixed width, as numpy has it, takes for every name the room of the
    longest.
    """
    encoded = pa.array(names, pa.string()).dictionary_encode()
    found = encoded.dictionary.to_pylist()
    order = sorted(range(len(found)), key=found.__getitem__)
    place = np.empty(len(found), np.int64)
    place[order] = np.arange(len(found))
    return [found[one] for one in order], place[encoded.indices.to_numpy()]


def _hours(since: Instants, until: Instants) -> Floats:
    age = (until - since) / HOUR
    return np.where(np.isnat(until), np.nan, age)
