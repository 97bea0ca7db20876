"""Whose voice it may be is suggested from voiceprints, and never more than that."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from minutes.speakers import naming, suggestions, voiceprints
from minutes.transcripts import transcripts
from minutes.voices import embeddings
from models.audit import AuditLine
from models.base import now
from models.meeting import Series
from models.transcript import Transcript
from models.voiceprint import Voiceprint
from tests.clocks import sure
from tests.conftest import Cast
from tests.minutes.speakers.spoken import (
    KOGA,
    LEAST,
    MIXED,
    OKUMA,
    SHINOHARA,
    WEIGHTS,
    hear,
    like,
    suggested,
)


@pytest.fixture
def kept(
    session: Session, cast: Cast, series: Series, transcript: Transcript
) -> dict[str, Voiceprint]:
    """Of 古賀 and 大隈."""
    segments = hear(session, transcript, [KOGA, OKUMA, KOGA])
    made = {}
    for segment, name in zip(segments, ("古賀", "大隈"), strict=False):
        naming.name_voice(session, cast.secretary, segment, name)
        assert segment.speaker
        made[name] = voiceprints.make(session, cast.secretary, segment.speaker, 730)
    session.commit()
    return made


def names(session: Session, transcript: Transcript) -> list[str | None]:
    segments = transcripts.segments_of(session, transcript)
    return [segment.speaker.name if segment.speaker else None for segment in segments]


def test_a_voice_like_a_print_is_suggested_and_stays_nobody_until_a_person_says_so(
    session: Session, cast: Cast, kept: dict[str, Voiceprint], later: Transcript
) -> None:
    segments = hear(session, later, [like(KOGA, OKUMA), SHINOHARA, like(OKUMA, KOGA)])
    assert suggested(segments) == ["古賀", None, "大隈"]
    assert names(session, later) == ["声1", "声2", "声3"]
    assert [s.text for s in segments] == [s.heard for s in segments]
    naming.name_voice(session, cast.secretary, segments[0], "古賀")
    session.commit()
    assert suggested(segments) == [None, None, "大隈"]
    assert names(session, later) == ["古賀", "声2", "声3"]


def test_a_dismissed_suggestion_is_gone_and_the_voice_stays(
    session: Session, cast: Cast, kept: dict[str, Voiceprint], later: Transcript
) -> None:
    segments = hear(session, later, [KOGA, SHINOHARA, KOGA])
    assert suggestions.dismiss(session, cast.secretary, segments[2]) == [segments[0], segments[2]]
    session.commit()
    assert suggested(segments) == [None] * 3
    assert names(session, later) == ["声1", "声2", "声1"]
    assert (
        session.scalars(select(AuditLine.verb).order_by(AuditLine.id)).all()[-1]
        == "dismiss_voice_suggestion"
    )
    with pytest.raises(NotPossibleNow):
        suggestions.dismiss(session, cast.secretary, segments[2])


def test_prints_that_expired_broke_or_are_of_other_weights_suggest_nothing(
    session: Session, kept: dict[str, Voiceprint], later: Transcript
) -> None:
    kept["古賀"].expires_at = now() - timedelta(seconds=1)
    kept["大隈"].embedding = kept["大隈"].embedding[:-1]
    assert suggested(hear(session, later, [KOGA, OKUMA, KOGA])) == [None] * 3
    kept["古賀"].expires_at = now() + timedelta(days=1)
    kept["大隈"].embedding = embeddings.to_bytes(np.eye(4, dtype=np.float32)[0])
    assert suggested(hear(session, later, [KOGA, OKUMA, KOGA])) == ["古賀", None, "古賀"]
    kept["古賀"].weights_sha256 = "b" * 64
    assert suggested(hear(session, later, [KOGA, OKUMA, KOGA])) == [None] * 3


def test_a_suggestion_ends_with_its_print(
    session: Session, engine: Engine, cast: Cast, kept: dict[str, Voiceprint], later: Transcript
) -> None:
    segments = hear(session, later, [KOGA, OKUMA, KOGA])
    kept["大隈"].expires_at = now() - timedelta(seconds=1)
    assert suggested(segments) == ["古賀", None, "古賀"]
    voiceprints.forget(session, cast.secretary, kept["古賀"])
    session.commit()
    voiceprints.clear(engine, sure())
    session.rollback()
    assert suggested(segments) == [None] * 3
    assert names(session, later) == ["声1", "声2", "声1"]


def test_who_is_named_already_and_a_voice_never_heard_alone_are_not_suggested(
    session: Session, cast: Cast, kept: dict[str, Voiceprint], later: Transcript
) -> None:
    naming.name_speaker(session, cast.secretary, later.segments[0], "古賀")
    session.commit()
    assert suggested(hear(session, later, [OKUMA, KOGA, MIXED])) == [None] * 3


def test_the_nearest_is_suggested_if_near_enough_and_clearly_nearer_than_the_next() -> None:
    assert suggestions.match([KOGA], [OKUMA, KOGA], LEAST) == {0: 1}
    assert suggestions.match([like(KOGA, SHINOHARA, 1.0)], [KOGA], LEAST) == {}  # cosine 0.71
    between = like(KOGA, OKUMA, 0.95)
    assert (
        suggestions.match([between], [like(KOGA, OKUMA, 0.4), like(OKUMA, KOGA, 0.4)], LEAST) == {}
    )
    assert suggestions.match([between], [like(KOGA, OKUMA, 0.4)], LEAST) == {0: 0}


def test_a_print_goes_to_the_voice_that_is_most_like_it_and_to_no_other() -> None:
    assert suggestions.match([like(KOGA, OKUMA, 0.5), KOGA], [KOGA], LEAST) == {1: 0}
    assert suggestions.match([], [KOGA], LEAST) == {} == suggestions.match([KOGA], [], LEAST)


def test_telling_apart_again_suggests_anew(
    session: Session, cast: Cast, kept: dict[str, Voiceprint], later: Transcript
) -> None:
    hear(session, later, [KOGA, OKUMA, KOGA])
    assert suggested(hear(session, later, [SHINOHARA, KOGA, KOGA])) == [None, "古賀", "古賀"]
    assert kept["古賀"].weights_sha256 == WEIGHTS
