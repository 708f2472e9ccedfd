"""`python -m truelift` and the `truelift` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the exit code follows the contract."""
    from truelift.cli.main import run  # noqa: PLC0415 - so that importing the package stays cheap

    raise SystemExit(run())


if __name__ == "__main__":
    main()
