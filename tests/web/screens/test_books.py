def test_the_ledger_says_whether_it_balances(client):
    assert "Every total is zero: the books balance." in client.get("/ledger").text


def test_a_finance_report_sorts_and_shows_chosen_columns(client):
    page = client.get("/report/pnl?sort=-as_known&columns=creator,as_known")
    assert page.status_code == 200
    assert 'aria-sort="descending"' in page.text
    lines = client.get("/report/pnl.csv?sort=-as_known&columns=creator,as_known").text.splitlines()
    assert lines[0] == "creator,as_known"
    known = [float(each.rpartition(",")[2]) for each in lines[1:] if each.rpartition(",")[2]]
    assert known == sorted(known, reverse=True)


def test_a_column_that_a_finance_report_lacks_is_named(client):
    answer = client.get("/report/pnl?sort=nope")
    assert answer.status_code == 400
    assert "no column &#39;nope&#39;" in answer.text
