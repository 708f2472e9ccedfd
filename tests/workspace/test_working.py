"""What people write by hand at the Python door is in the figures at once."""

from tests.operations.conftest import told  # noqa: F401 - the fixture of the operations


def test_a_row_that_is_saved_is_booked_and_says_what_became_of_it(told):  # noqa: F811 - the fixture
    told.ws.save_row("creators", {"creator": "ana"})
    saved = told.ws.save_row("agreements", {
        "agreement": "A1", "creator": "ana", "fee": "100.00", "currency": "USD",
        "signed_on": "2026-03-01",
    })  # fmt: skip
    row = {"kind": "agreements", "row": "agreements A1", "state": "kept", "unknown": []}
    assert saved.rows == [row]
    code = {"code": "ANA", "creator": "ana", "campaign": "sprong"}
    (row,) = told.ws.save_row("codes", code).rows
    assert row["unknown"] == ["No campaign sprong is known yet: check the name, or add it."]
    assert told.ws.waiting_rows().rows == []
    told.ws.save_row(
        "deliverables", {"deliverable": "D1", "agreement": "A1", "live_at": "2026-03-02"}
    )
    assert told.ws.trial_balance().rows
