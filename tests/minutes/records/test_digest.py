"""The digest of the minutes is kept from revision to revision, with what each sentence rests on."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput
from minutes.assignment import spans
from minutes.digests.points import DigestPoint, DigestSentence, DigestSource, PointKind
from minutes.records import digest, records
from minutes.records.content import Content, content_of, paragraphs_by_place
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    spans.leave_rest_out(session, cast.secretary, transcript)
    drafted = records.draft(session, cast.secretary, transcript)
    content = content_of(drafted)
    section = content.sections[-1]
    section.digest = digest.points_with(section, 0)
    return revised(session, cast, drafted, content)


def revised(
    session: Session, cast: Cast, revision: MinutesRevision, content: Content
) -> MinutesRevision:
    made = records.revise(
        session, cast.secretary, revision.minutes, content, based_on=revision.number
    )
    session.flush()
    session.expire(revision.minutes, ["revisions"])
    return made


def sentence_of(revision: MinutesRevision) -> DigestSentence:
    points = content_of(revision).sections[-1].digest
    assert points
    return points[0].sentences[0]


def test_a_digest_stays_where_only_the_text_is_sent(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    content.place = "第3委員会室"
    content.sections[-1].digest = None
    later = revised(session, cast, revision, content)
    assert sentence_of(later) == sentence_of(revision)


def test_a_sentence_tells_when_what_it_rests_on_was_corrected(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    content.sections[-1].paragraphs[0].text = "それでは定刻となりましたので"
    later = revised(session, cast, revision, content)
    said = paragraphs_by_place(content_of(later))
    assert digest.has_changed_source(sentence_of(later), said)
    assert not digest.has_changed_source(
        sentence_of(revision), paragraphs_by_place(content_of(revision))
    )


def test_a_sentence_goes_with_the_paragraph_that_it_rests_on(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    del content.sections[-1].paragraphs[0]
    later = revised(session, cast, revision, content)
    assert content_of(later).sections[-1].digest == []


def test_a_sentence_that_rests_on_nothing_said_is_refused(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    nowhere = DigestSource(
        transcript_id=revision.transcript_id, start_seconds=5000, end_seconds=5001
    )
    invented = DigestSentence(text="予算は倍になります。", sources=[nowhere])
    content.sections[-1].digest = [DigestPoint(kind=PointKind.DECISION, sentences=[invented])]
    with pytest.raises(InvalidInput, match="もとになった発言が、会議録にありません"):
        revised(session, cast, revision, content)


def test_only_the_server_says_what_a_sentence_was_made_from(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    points = content.sections[-1].digest
    assert points
    points[0].sentences[0].source_text = "そのようには述べていません。"
    content.place = "別の場所"
    later = revised(session, cast, revision, content)
    assert sentence_of(later).source_text == content.sections[-1].paragraphs[0].text


def test_what_is_added_stands_where_it_was_said(revision: MinutesRevision) -> None:
    section = content_of(revision).sections[-1]
    assert digest.unused(section) == list(range(1, len(section.paragraphs)))
    section.digest = []
    for place in (1, 0):
        section.digest = digest.points_with(section, place)
    starts = [point.sentences[0].sources[0].start_seconds for point in section.digest]
    assert starts == sorted(starts)
    assert digest.unused(section) == list(range(2, len(section.paragraphs)))
