def test_what_was_refused_is_listed_with_file_and_line(client):
    shown = client.get("/quarantine").text
    assert "costs.csv" in shown
    assert "inv&lt;b&gt;" in shown
    assert "Nothing is sealed yet." in client.get("/baselines").text
