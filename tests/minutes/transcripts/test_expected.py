"""What is probably wrong where nobody has looked."""

import pytest

from minutes.transcripts.expected import ERRORS_PER_DOUBT, expected_errors
from models.base import now
from models.transcript import Transcript


def test_errors_are_expected_by_what_a_segment_lacks_of_confidence_until_somebody_has_passed_it(
    transcript: Transcript,
) -> None:
    sure, doubtful, unknown = transcript.segments
    for segment, confidence in ((sure, 1.0), (doubtful, 0.5), (unknown, None)):
        segment.text, segment.confidence = "あ" * 100, confidence
    assert expected_errors(sure) == 0
    assert expected_errors(doubtful) == pytest.approx(50 * ERRORS_PER_DOUBT)
    assert expected_errors(unknown) is None
    doubtful.confirmed_at = now()
    assert expected_errors(doubtful) is None
