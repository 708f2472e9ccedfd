import json

HEADER = (
    "MediaPartnerId,MediaPartnerName,CampaignId,CampaignName,ActionTrackerId,ActionTrackerName,Id,"
    "State,LockedStatus,AdId,Payout,DeltaPayout,IntendedPayout,Amount,Currency,EventDate,LockingDate\n"
)


def action(**cells):
    usual = {
        "MediaPartnerId": "77",
        "MediaPartnerName": "Ana Cooks",
        "CampaignName": "spring",
        "ActionTrackerId": "3",
        "Id": "1.2.3",
        "State": "PENDING",
        "LockedStatus": "OPEN",
        "Payout": "5.00",
        "Amount": "50.00",
        "Currency": "USD",
        "EventDate": "2026-05-03T10:00:00-07:00",
        "LockingDate": "2026-06-30T00:00:00-07:00",
    }
    found = {**usual, **cells}
    return ",".join(found.get(name, "") for name in HEADER.strip().split(",")) + "\n"


def test_the_state_says_what_is_earned_owed_and_lost(reading):
    text = (
        HEADER
        + action()
        + action(Id="2", State="APPROVED", LockedStatus="OPEN")
        + action(Id="3", State="Approved", LockedStatus="LOCKED")
        + action(Id="4", State="Approved", LockedStatus="CLEARED")
        + action(Id="5", State="REVERSED", Payout="5.00")
    )
    rows = reading("x.csv", text).rows("costs")
    assert [(row["document"], row["state"], row["amount"], row["date"]) for row in rows] == [
        ("impact:1.2.3", "accrued", "5.00", "2026-05-03"),
        ("impact:2", "accrued", "5.00", "2026-05-03"),
        ("impact:3", "invoiced", "5.00", "2026-06-30"),
        ("impact:4", "invoiced", "5.00", "2026-06-30"),
        ("impact:5", "accrued", "0", "2026-05-03"),
        ("impact:5", "invoiced", "0", "2026-06-30"),
    ]
    assert {(row["creator"], row["campaign"], row["type"]) for row in rows} == {
        ("ana-cooks", "spring", "commission")
    }
    assert json.loads(rows[4]["notes"])["State"] == "REVERSED"


def test_claims_are_summed_by_day_without_what_was_reversed(reading):
    text = HEADER + action() + action(Id="2", Amount="1.50") + action(Id="3", State="REVERSED")
    (row,) = reading("x.csv", text).rows("reported")
    assert (row["source"], row["conversions"], row["revenue"]) == ("impact", "2", "51.50")
    assert (row["date"], row["creator"]) == ("2026-05-03", "ana-cooks")


def test_a_reversed_action_takes_back_the_rows_it_had_before_under_the_same_keys(reading):
    def keys(rows):
        return [(row["document"], row["state"], row["date"]) for row in rows]

    later = reading("x.csv", HEADER + action(State="REVERSED", LockedStatus="LOCKED"))
    for before in (action(), action(State="APPROVED", LockedStatus="LOCKED")):
        found = reading("x.csv", HEADER + before)
        assert keys(found.rows("costs"))[0] in keys(later.rows("costs"))
    assert [row["amount"] for row in later.rows("costs")] == ["0", "0"]
    (claim,) = later.rows("reported")
    assert (claim["conversions"], claim["revenue"], claim["date"]) == ("0", "0", "2026-05-03")


def test_a_state_that_is_none_is_refused_and_a_missing_day_has_to_be_said(reading):
    found = reading("x.csv", HEADER + action(State="maybe"))
    assert [fault.reason.name for fault in found.faults] == ["NOT_A_CHOICE"]
    text = HEADER + action(EventDate="")
    assert "--set" in reading("x.csv", text).messages[0]
    found = reading("x.csv", text, set={"date": "2026-05-01"})
    assert [row["date"] for row in found.rows("costs") + found.rows("reported")] == [
        "2026-05-01"
    ] * 2
