"""The sample written once: its folder, its programme, and the rows of a kind."""

import csv
from typing import NamedTuple

import pytest

from truelift.connectors.sample_programme import write
from truelift.connectors.sample_programme.content import Posts, posts
from truelift.connectors.sample_programme.effects import Effect, effects
from truelift.connectors.sample_programme.people import Cast, cast

SEED = 7


class Story(NamedTuple):
    """Who, with which true effects, and what they publish."""

    people: Cast
    drawn: tuple[Effect, ...]
    content: Posts


class Sample:
    """Every file of the sample as dictionaries of text."""

    def __init__(self, folder):
        self.folder = folder
        self.programme = write(folder, SEED)
        self.deliveries = [step.folder for step in self.programme.steps if step.folder]

    def files(self):
        return sorted(self.folder.glob("*/*.csv"))

    def delivered(self, kind, delivery):
        path = self.folder / delivery / f"{kind}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def rows(self, kind):
        return [row for name in self.deliveries for row in self.delivered(kind, name)]

    def latest(self, kind, *key):
        """Give the last delivered state by key."""
        return {tuple(row[name] for name in key): row for row in self.rows(kind)}

    def pair(self, creator, campaign):
        pairs = self.programme.truth["pairs"]
        return next(p for p in pairs if (p["creator"], p["campaign"]) == (creator, campaign))


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    return Sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def story():
    people, drawn = cast(SEED), effects(SEED)
    return Story(people, drawn, posts(SEED, people, drawn))
