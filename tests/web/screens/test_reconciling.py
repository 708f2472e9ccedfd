"""What is reported, counted and booked stand beside each other, and tie."""


def test_accrued_cost_ties_to_the_books(client):
    shown = client.get("/reconciliation").text
    assert "is accounts 6100 to 6180, to the cent" in shown
    assert "Exceptions" in shown
    rows = client.get("/reconciliation.json").json()["rows"]
    assert rows[-1]["campaign"] == "total"
    assert rows[-1]["accrued"] == "1749.99"
    assert client.get("/reconciliation.csv").text.startswith("campaign,reported,matched")
