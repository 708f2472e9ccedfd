"""Campaigns or creators stand beside each other; the CSV has the same columns."""

from truelift.web.screens.comparing import readable


def test_campaigns_are_compared_until_others_are_chosen(client):
    shown = client.get("/compare").text
    assert "Beside each other" in shown
    assert "incremental roi" in shown
    head = client.get("/compare.csv?campaigns=summer&campaigns=glow").text.splitlines()[0]
    assert head == "measure,summer,glow"


def test_a_creator_stands_for_all_their_campaigns(client):
    told = client.get("/compare.csv?creators=ana").text.splitlines()[0]
    assert set(told.split(",")) == {"measure", "ana in summer", "ana in glow"}
    rows = client.get("/compare.json?creators=ana").json()["rows"]
    assert {row["creator"] for row in rows} == {"ana"}


def test_a_name_without_a_return_is_refused_by_name(client):
    answer = client.get("/compare?campaigns=nowhere")
    assert answer.status_code == 400
    assert "nowhere" in answer.text


def test_ratios_are_written_as_people_read_them():
    rows = [
        {"measure": name, "ana": value}
        for name, value in (
            ("incremental_roi", 3.777),
            ("roas", 2.5),
            ("lift_log", 0.0),
            ("net", "1"),
        )
    ]
    assert [row["measure"] for row in readable(rows)][2] == "lift"
    assert [row["ana"] for row in readable(rows)] == ["+378%", "\u00d72.50", "\u00d71.00", "1"]
