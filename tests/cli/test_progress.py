"""Progress: nothing on stdout, and nothing at all where stderr is no terminal."""

from __future__ import annotations

from truelift.cli.progress import row_progress, step_progress


def test_rows_are_not_told_to_a_file(capsys):
    with row_progress() as told:
        told("orders.csv", 5)
    assert capsys.readouterr() == ("", "")


def test_steps_are_told_on_stderr(capsys):
    with step_progress() as told:
        told("sealed")
    assert capsys.readouterr() == ("", "sealed\n")


def test_a_terminal_sees_the_file_and_the_rows(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with row_progress() as told:
        told("orders.csv", 5)
    assert capsys.readouterr().out == ""
