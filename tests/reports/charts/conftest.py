"""Rows of reports as their JSON has them, and the schema that every chart must match."""

import functools
import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest


@functools.cache
def _validator():
    """Give the checker by the schema that altair brings, which is found without importing it."""
    found = importlib.util.find_spec("altair")
    if found is None:
        return None
    schema = Path(found.origin).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
    return jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))


@pytest.fixture
def valid():
    """Give what checks a drawing: its JSON is strict, and Vega-Lite's own schema takes it."""

    def check(drawing):
        spec = json.loads(json.dumps(drawing.spec, allow_nan=False))
        if _validator() is not None:
            _validator().validate(spec)
        return drawing.values

    return check


def estimate(point, low, high, grade="C"):
    return {"point": point, "low": low, "high": high, "level": 0.95, "grade": grade}


WITHHELD = {"withheld": "NO_ORDERS", "detail": "None.", "break_even_incrementality": None}


@pytest.fixture
def returned():
    """Give a row of the report of return."""

    def row(creator, *limits, tracked=1.5, lift=None):
        return {
            "campaign": "spring",
            "creator": creator,
            "incremental_roi": estimate(*limits) if limits else WITHHELD,
            "roi": tracked if tracked is not None else WITHHELD,
            "lift": lift or {"withheld": "NO_BASELINE", "detail": "None.", "metric": "orders"},
        }

    return row
