"""Fee: the highest price worth paying a creator again for the same deliverables.

In:   what a creator tracks over a whole flight, and what is believed of its lift.
Out:  the fee that its extra value exceeds with a probability; below 0 none is worth paying.
"""

from __future__ import annotations

from dataclasses import dataclass

from truelift.decisions.candidate import Candidate

CONFIDENCES = (0.5, 0.8)


@dataclass(frozen=True, slots=True)
class HighestFee:
    """Fees in minor units, by confidence; 0 where not even a free post is sure to bring value."""

    creator: str
    fees: tuple[tuple[float, int], ...]

    def at(self, confidence: float) -> int:
        """Give the fee at a confidence."""
        return dict(self.fees)[confidence]


def highest_fee(candidate: Candidate) -> HighestFee:
    """Give the highest fees worth paying; the candidate's `tracked` is of a whole flight."""
    fees = tuple(
        (confidence, max(0, int(candidate.quantile(confidence)))) for confidence in CONFIDENCES
    )
    return HighestFee(candidate.creator, fees)
