"""The page of data health says what is fresh, what was refused, and what is nobody's."""


def test_it_counts_what_was_refused_and_what_nobody_brought(client):
    shown = client.get("/health").text
    assert "Refused rows" in shown
    assert 'href="/quarantine">1<' in shown
    assert "Touched by any evidence" in shown
    assert client.get("/health.csv").text.startswith("kind,source")
    assert client.get("/health.json").json()["rows"]
