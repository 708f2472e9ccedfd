from collections import defaultdict

STAGES = ("signup", "lead", "qualified", "won")


def test_a_lead_only_moves_forward(sample):
    stages = defaultdict(list)
    for row in sample.rows("leads"):
        stages[row["lead_id"]].append(STAGES.index(row["stage"]))
    assert all(reached == sorted(reached) for reached in stages.values())
    assert any(len(reached) > 2 for reached in stages.values())


def test_won_leads_have_a_date_and_a_value_and_others_have_none(sample):
    for row in sample.rows("leads"):
        won = row["stage"] == "won"
        assert bool(row["won_at"]) == bool(row["value"]) == bool(row["currency"]) == won


def test_every_stage_is_reached_by_some(sample):
    latest = sample.latest("leads", "lead_id").values()
    assert {row["stage"] for row in latest} == set(STAGES)


def test_some_leads_are_untracked(sample):
    latest = list(sample.latest("leads", "lead_id").values())
    untracked = sum(not (row["code"] or row["click_id"]) for row in latest)
    assert 0.2 < untracked / len(latest) < 0.6
