"""Estimates how many errors are left where nobody has looked. An empty queue of doubtful places
says nothing about that.
"""

from models.transcript import Segment

ERRORS_PER_DOUBT = 0.48
"""Expected errors (wrong, missing and added characters) for each character, times what its segment
lacks of full confidence. Fitted on the demo's meetings (docs/accuracy.md, "What nobody has looked
at").
"""


def expected_errors(segment: Segment) -> float | None:
    """Return the expected number of wrong, missing and added characters; None if a person has
    confirmed the segment or its confidence is unknown.
    """
    if segment.is_confirmed or segment.confidence is None:
        return None
    return ERRORS_PER_DOUBT * len(segment.text) * (1 - segment.confidence)
