"""How much is probably still wrong where nobody has looked: what the end of a queue of doubtful
places does not know."""

from models.transcript import Segment

ERRORS_PER_DOUBT = 0.48
"""Wrong, missing and added characters for each character times what its segment lacks of full
confidence; fitted on the demo's meetings (docs/accuracy.md, "What nobody has looked at")."""


def expected_errors(segment: Segment) -> float | None:
    """In characters; None for what a person has passed, and where the confidence is not known."""
    if segment.is_confirmed or segment.confidence is None:
        return None
    return ERRORS_PER_DOUBT * len(segment.text) * (1 - segment.confidence)
