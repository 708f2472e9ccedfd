"""What every test run shares: no deadlines on a loaded machine, and nothing skipped in silence."""

import hypothesis

hypothesis.settings.register_profile("house", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("house")


def pytest_terminal_summary(terminalreporter):
    """Name what could not run on this machine, in the last lines, with its reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({(report.nodeid.split("::")[0], _reason(report)) for report in skipped})
    if reasons:
        terminalreporter.section("could not run here")
        for place, reason in reasons:
            terminalreporter.line(f"{place}: {reason}")


def _reason(report):
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
