"""Click class: an agent that names itself is labelled, a browser is not, nothing is deleted."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from truelift.facts import click_class
from truelift.facts.agent_lists import HUMAN, list_version
from truelift.facts.click_class import CLASSES, classify

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
LOG = Path(__file__).parents[2].parent / "shared" / "data" / "apache_combined_10k.log"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (f"{PHONE} Version/17.5 Mobile/15E148 Safari/604.1", HUMAN),
        (f"{PHONE} Mobile/15E148 Instagram 330.0.0.35.98 (iPhone15,2)", HUMAN),
        (f"{PHONE} Mobile/15E148 musical_ly_34.1.0 BytedanceWebview/d8a21c6", HUMAN),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Cubot Safari/537.36", HUMAN),
        ("facebookexternalhit/1.1", "preview"),
        ("WhatsApp/2.23.20.0", "preview"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("curl/8.4.0", "bot"),
        ("python-requests/2.31", "bot"),
        (None, HUMAN),
        ("", HUMAN),
    ],
)
def test_what_an_agent_says_of_itself_labels_the_click(agent, label):
    classes, rules = classify(pa.array([agent], pa.string()))
    assert classes.to_pylist() == [label]
    assert rules.to_pylist()[0].startswith(list_version())


def test_labels_keep_the_order_of_the_clicks_in_chunks_too():
    agents = pa.chunked_array([["curl/8", "Mozilla/5.0"], ["Twitterbot/1.0"]])
    assert classify(agents)[0].to_pylist() == ["bot", HUMAN, "preview"]
    assert classify(pa.array([], pa.string()))[0].to_pylist() == []


def test_a_real_log_has_robots_and_people():
    if not LOG.exists():
        pytest.skip("../shared/data/apache_combined_10k.log is not here")
    agents = [
        line.rsplit('"', 2)[-2] for line in LOG.read_text("utf-8").splitlines() if '"' in line
    ]
    labels = classify(pa.array(agents))[0].to_pylist()
    share = sum(label != HUMAN for label in labels) / len(labels)
    assert 0.1 < share < 0.3


def test_every_distinct_agent_is_looked_at_once(monkeypatch):
    seen = []
    real = click_class.agent_of
    monkeypatch.setattr(click_class, "agent_of", lambda agent: seen.append(agent) or real(agent))
    agents = pa.array(["curl/8", "Mozilla/5.0", "curl/8", None] * 1_000)
    labels = classify(agents)[0].to_pylist()
    assert labels[:4] == ["bot", HUMAN, "bot", HUMAN]
    assert len(seen) == 3
    assert set(labels) <= set(CLASSES)
