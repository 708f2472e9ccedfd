import inspect
import re

import pytest

from truelift.attribution.models import Model
from truelift.operations.outcomes import GROUPINGS
from truelift.operations.roi import RoiRequest
from truelift.web.asked import (
    CHOICES,
    ROI_FIELDS,
    BadParameter,
    campaign_path,
    figure_link,
    read,
    whole_figure,
)

FIGURE = (
    "roi;as_of=2026-07-06T03:59:59.999999Z;basis=event;by=creator;campaign=a%3Bb%20%25;cost=accrued;"
    "creator=an+a&Zoë;known_at=2026-07-05T22:00:00Z;model=code-first"
)


def test_a_choice_is_what_the_report_takes():
    assert set(CHOICES["by"]) == set(GROUPINGS)
    assert set(CHOICES["model"]) == {model.value for model in Model}
    assert set(CHOICES["state"]) == {"open", "all"}
    for field in CHOICES.keys() - {"state", "models"}:
        for word in CHOICES[field]:
            RoiRequest(**{field: word}).check()
    assert {"creator", *ROI_FIELDS} == set(inspect.signature(RoiRequest).parameters) | {"creator"}


def test_what_is_empty_is_not_asked():
    asked = read("/", b"campaign=&cost=paid&page=2&as_of=+2026-05-31+", ROI_FIELDS)
    assert asked.given == {"cost": "paid", "as_of": "2026-05-31"}
    assert asked.page == 2
    assert asked.link("/campaign/x", ("cost",)) == "/campaign/x?cost=paid"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (b"cst=paid", "cst"),
        (b"cost=paid&cost=paid", "cost"),
        (b"cost=free", "cost"),
        (b"as_of=9999-12-31", "as_of"),
        (b"known_at=yesterday", "known_at"),
        (b"page=0", "page"),
        (b"page=%EF%BC%92", "page"),
        (b"campaign=" + b"x" * 20_001, "campaign"),
    ],
)
def test_what_would_be_overlooked_is_refused_by_its_field(query, field):
    with pytest.raises(BadParameter) as refused:
        read("/", query, ROI_FIELDS)
    assert refused.value.field == field


def test_a_period_is_a_month():
    assert read("/", b"period=2026-05", ("period",)).get("period") == "2026-05"
    for text in (b"period=2026", b"period=2026-13", b"period=9999-12"):
        with pytest.raises(BadParameter):
            read("/", text, ("period",))


def test_a_short_link_becomes_the_whole_figure_again():
    link = figure_link(FIGURE)
    assert link.startswith("/explain?figure=roi;at=")
    assert len(link) < len(FIGURE)
    assert not re.search(r"[ <>\"'&]", link)
    short = read("/explain", link.partition("?")[2].encode(), ("figure",)).get("figure")
    assert whole_figure(short) == FIGURE
    assert whole_figure(FIGURE) == FIGURE


@pytest.mark.parametrize("text", ["", "roi", "roi;at=", "roi;at=1", "roi;at=g-1", "roi;as_of=now"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(BadParameter) as refused:
        whole_figure(text)
    assert refused.value.field == "figure"


def test_no_name_of_a_campaign_looks_like_a_twin():
    assert campaign_path("a/b.csv", ".json") == "/campaign/a%2Fb%2Ecsv.json"
