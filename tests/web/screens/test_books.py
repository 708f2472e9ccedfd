def test_the_ledger_says_whether_it_balances(client):
    assert "Every total is zero: the books balance." in client.get("/ledger").text
