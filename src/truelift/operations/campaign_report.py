"""Campaign report: typesets one campaign with the charts of its page, the same bytes every time.

In:   what is known of a campaign.
Out:  a PDF.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truelift.base.errors import TrueliftError
from truelift.base.time import Instant
from truelift.operations.close_pack import pdf
from truelift.operations.people import Action, needs
from truelift.reports.campaign_report import report_markup
from truelift.reports.charts.drawing import Drawing
from truelift.store.ground import Ground

Row = Mapping[str, Any]


@needs(Action.READ)
def campaign_report(
    _ground: Ground,
    head: Row,
    rows: Sequence[Row],
    whole: Row | None,
    *,
    doubts: Sequence[Row],
    drawings: Mapping[str, Drawing],
    at: Instant,
) -> bytes:
    """Typeset a campaign's rows and drawings; the document's date is that of what it knows."""
    pictures = {name: svg(each) for name, each in drawings.items() if each.values}
    return pdf(report_markup(head, rows, whole, doubts, pictures), at)


def svg(drawing: Drawing) -> str:
    """Draw a chart by the same specification as in the browser."""
    try:
        import vl_convert  # noqa: PLC0415 - an extra: [reports]
    except ImportError as error:
        msg = "A chart in a PDF needs the extra: pip install 'truelift[reports]'."
        raise TrueliftError(msg) from error
    spec = drawing.spec
    return str(vl_convert.vegalite_to_svg({**spec, "title": {"text": ""}}))
