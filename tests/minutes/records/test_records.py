"""The official minutes: drafted, revised, approved or sent back."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from meetings.invitations import invitations
from minutes import statistics
from minutes.assignment import decisions as assignment
from minutes.assignment import spans
from minutes.records import drafting, records
from minutes.records.content import Content, content_of
from minutes.records.paper import as_text
from minutes.speakers import naming
from minutes.transcription import work
from minutes.transcripts import transcripts
from models.meeting import AnswerWord
from models.minutes import MinutesRevision
from models.recording import Recording
from models.transcript import Transcript
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    spans.leave_rest_out(session, cast.secretary, transcript)
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


def changed(revision: MinutesRevision, text: str) -> Content:
    content = content_of(revision)
    content.sections[-1].paragraphs[0].text = text
    return content


def test_a_draft_sets_what_was_said_under_the_headings_of_the_agenda(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first, second, _ = transcript.segments
    item = transcript.meeting.agenda_items[0]
    assignment.start_agenda_item(session, cast.secretary, first, item)
    assignment.start_agenda_item(session, cast.secretary, second, None)
    naming.name_speaker(session, cast.secretary, first, "篠原 泰成")
    content = content_of(records.draft(session, cast.secretary, transcript))
    headings = [(s.number, s.title, len(s.paragraphs)) for s in content.sections]
    assert headings[0] == ("1", item.title, 1)
    assert headings[-1] == ("", drafting.UNASSIGNED, 2)
    paragraph = content.sections[0].paragraphs[0]
    assert (paragraph.speaker, paragraph.text) == ("篠原 泰成", HEARD[0].text)
    assert (paragraph.start_seconds, paragraph.end_seconds) == (1.0, 8.6)


def test_those_who_said_that_they_come_stand_in_the_head(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    meeting = transcript.meeting
    coming, absent, *_ = invitations.invited(meeting)
    invitations.answer_invitation(session, coming.person, meeting, AnswerWord.COMING)
    invitations.answer_invitation(session, absent.person, meeting, AnswerWord.ABSENT)
    session.flush()
    session.expire_all()
    content = content_of(records.draft(session, cast.secretary, transcript))
    assert [a.name for a in content.attendees] == [coming.person.name]
    assert (content.title, content.place) == (meeting.title, meeting.place)


def test_nothing_is_drafted_from_a_transcript_without_words(
    session: Session, cast: Cast, recording: Recording
) -> None:
    work.request_transcription(session, cast.secretary, recording)
    session.flush()
    empty = transcripts.transcripts_of(session, recording.meeting)[-1]
    with pytest.raises(NotPossibleNow, match="まだ発話がありません"):
        records.draft(session, cast.secretary, empty)


def test_a_revision_is_frozen_and_the_next_one_stands_beside_it(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    text = "整えた文。"
    content = changed(revision, text)
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    session.commit()
    assert (second.number, content_of(second).sections[-1].paragraphs[0].text) == (2, text)
    assert content_of(revision).sections[-1].paragraphs[0].text.startswith(HEARD[0].text)


def test_an_unchanged_text_makes_no_revision(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    assert (
        records.revise(session, cast.secretary, revision.minutes, content, based_on=1) is revision
    )


def test_what_turns_the_direction_of_writing_is_in_no_minutes(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = changed(revision, "\u202eこれは\u2067逆さま")
    content.sections[-1].paragraphs[0].speaker = "\u202e古賀"
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    (said, *_) = content_of(second).sections[-1].paragraphs
    assert (said.speaker, said.text) == ("古賀", "これは逆さま")


def test_an_emptied_paragraph_is_gone(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = changed(revision, " ")
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    assert [p.text for p in content_of(second).sections[-1].paragraphs] == [HEARD[2].text]


def test_whoever_comes_second_is_shown_both_texts_whole(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    minutes = revision.minutes
    records.revise(session, cast.secretary, minutes, changed(revision, "先の文"), based_on=1)
    with pytest.raises(StaleRevision) as stale:
        records.revise(session, cast.approver, minutes, changed(revision, "後の文"), based_on=1)
    assert "後の文" in stale.value.mine and "先の文" in stale.value.theirs
    assert stale.value.revision == 2 and minutes.latest.number == 2


def test_a_paragraph_has_an_end(session: Session, cast: Cast, revision: MinutesRevision) -> None:
    content = changed(revision, "あ" * (records.LONGEST_PARAGRAPH + 1))
    with pytest.raises(InvalidInput, match="20,000文字"):
        records.revise(session, cast.secretary, revision.minutes, content, based_on=1)


def test_approval_names_who_and_confirms_nothing_that_nobody_has_passed(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    records.request_approval(session, cast.secretary, revision)
    approval = records.approve(session, cast.approver, revision)
    session.flush()
    assert revision.is_approved and approval.decided_by is cast.approver
    assert not any(s.is_confirmed for s in revision.transcript.segments)
    assert statistics.figures(session).raw.total == 0


def test_sending_back_needs_a_reason_and_is_no_approval(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    with pytest.raises(InvalidInput, match="理由"):
        records.send_back(session, cast.approver, revision, "　")
    records.send_back(session, cast.approver, revision, "発言者を確かめてください。")
    session.flush()
    assert not revision.is_approved
    with pytest.raises(NotPossibleNow, match="差し戻されて"):
        records.request_approval(session, cast.secretary, revision)


def test_nothing_is_decided_twice_or_without_being_asked(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    with pytest.raises(NotPossibleNow, match="依頼されていない"):
        records.approve(session, cast.approver, revision)
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    with pytest.raises(NotPossibleNow, match="すでに承認を依頼"):
        records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    session.flush()
    with pytest.raises(NotPossibleNow, match="すでに承認または差し戻し"):
        records.send_back(session, cast.approver, revision, "遅い")


def test_while_a_decision_is_awaited_the_text_stands_still(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    with pytest.raises(NotPossibleNow, match="承認を依頼中"):
        records.revise(
            session, cast.secretary, revision.minutes, changed(revision, "新しい文"), based_on=1
        )
    with pytest.raises(NotPossibleNow, match="承認を依頼中"):
        records.draft(session, cast.secretary, revision.transcript)


def test_only_the_latest_revision_is_sent_for_approval(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    records.revise(
        session, cast.secretary, revision.minutes, changed(revision, "新しい文"), based_on=1
    )
    with pytest.raises(NotPossibleNow, match="より新しい改訂"):
        records.request_approval(session, cast.secretary, revision)


def test_the_plain_text_reads_like_the_paper(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    source = builders.folder("dx-council")
    builders.place_by_reference(session, cast.secretary, transcript, source)
    content = content_of(records.draft(session, cast.secretary, transcript))
    text = as_text(content)
    assert text.startswith(f"{content.title}\n\n会議名　{content.title}")
    assert "\n日時　令和" in text
    assert f"1　{content.sections[0].title}\n\n○篠原 泰成　{HEARD[0].text}{HEARD[1].text}" in text
