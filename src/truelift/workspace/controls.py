"""Controls of finance as methods of a Workspace: payees, thresholds, evidence, erasure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from truelift.base.errors import UsageError
from truelift.base.money import exponent, format_minor
from truelift.operations import approvals, payees
from truelift.operations import evidence as files
from truelift.operations.erase import erase_creator
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Json, Result


class Controls(Opened):
    """What finance guards: part of a Workspace."""

    def set_payee(self, creator: str, iban: str) -> Result:
        """Enter a creator's bank details; another person has to approve them."""
        return _result("Payee", [payees.set_payee(self._ground, creator, iban)])

    def approve_payee(
        self, creator: str, *, iban: str | None = None, reject: bool = False
    ) -> Result:
        """Approve or reject bank details that another person entered."""
        row = payees.approve_payee(self._ground, creator, iban=iban, reject=reject)
        return _result("Payee", [row])

    def payees(self) -> Result:
        """List payees; of an account only its country and last four are kept."""
        return _result("Payees", payees.payees(self._ground))

    def payee_matches(self, creator: str, iban: str) -> bool:
        """Say whether an IBAN is the approved one of a creator."""
        return payees.approved_matches(self._ground, creator, iban)

    def set_threshold(self, amount: str | None) -> None:
        """Set the amount of the brand's currency above which a second approval is needed."""
        approvals.set_threshold(self._ground, self._minor(amount))

    def threshold(self) -> str | None:
        """Give that amount as decimal text; None without one."""
        minor = approvals.threshold(self._ground)
        return None if minor is None else format_minor(minor, self._ground.brand.currency)

    def add_evidence(self, path: Path, what: str, which: str, note: str = "") -> Result:
        """Store a file and link it to an entry, a document or an agreement."""
        row = files.add_evidence(self._ground, Path(path), what=what, which=which, note=note)
        return _result("Evidence", [row])

    def evidence(self, what: str | None = None, which: str | None = None) -> Result:
        """List the evidence of something, or all of it."""
        return _result("Evidence", files.evidence(self._ground, what, which))

    def check_evidence(self) -> Result:
        """Read every evidence file again; `state` is ok, missing or changed."""
        return _result("Evidence, checked", files.check_evidence(self._ground))

    def erase_creator(self, creator: str, reason: str) -> Result:
        """Erase what names a creator; the books keep the id, and their chain still verifies."""
        return _result("Erased", [erase_creator(self._ground, creator, reason=reason)])

    def _minor(self, amount: str | None) -> int | None:
        if amount is None:
            return None
        currency = self._ground.brand.currency
        try:
            minor = Decimal(amount).scaleb(exponent(currency))
        except InvalidOperation:
            minor = Decimal("NaN")
        if not minor.is_finite() or minor != minor.to_integral_value():
            msg = f"{amount!r} is no amount of {currency}; write it like 5000.00."
            raise UsageError(msg)
        return int(minor)


def _result(title: str, rows: list[Json]) -> Result:
    return Result({"rows": rows}, plain_table(title, rows))
