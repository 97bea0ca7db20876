"""What the chair says becomes a proposal, which a person takes or turns down."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotFound
from meetings.sitting import attendance, decisions, events
from minutes.proceedings.heard_decisions import (
    heard_decisions,
    take_heard_decision,
    turn_down_heard_decision,
)
from minutes.proceedings.heard_events import (
    heard_events,
    take_heard_event,
    turn_down_heard_event,
)
from models.meeting import Meeting
from models.proceedings import ItemResult, SittingEventKind, VotingMethod
from models.transcript import Transcript
from tests.conftest import Cast

KIND, RESULT, METHOD = SittingEventKind, ItemResult, VotingMethod


def say(session: Session, transcript: Transcript, *texts: str) -> None:
    """Let the segments, which are three, say this, one sentence or several each; the recording
    begins with the meeting."""
    for segment, text in zip(transcript.segments, texts, strict=False):
        segment.text = text
    for segment in transcript.segments[len(texts) :]:
        segment.text = ""
    transcript.recording.began_at = transcript.meeting.starts_at
    session.commit()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ただいまから、令和8年第3回定例会を開会いたします。", KIND.OPENED),
        ("それでは定刻になりましたので、第2回懇話会を始めさせていただきます。", KIND.OPENED),
        ("ただいまから、総務財政委員会を開きます。", KIND.OPENED),
        ("はい、じゃあ時間になりましたので、市民課の定例会議を始めます。", KIND.OPENED),
        ("直ちに本日の会議を開きます。", KIND.BEGAN),
        ("ただいまから開議いたします。", KIND.BEGAN),
        ("この際、暫時休憩いたします。", KIND.SUSPENDED),
        ("ここで10分間の休憩とします。", KIND.SUSPENDED),
        ("休憩前に引き続き、会議を開きます。", KIND.RESUMED),
        ("再開します。次に、報告を求めます。", KIND.RESUMED),
        ("本日はこれにて延会することに決しました。", KIND.DEFERRED),
        ("本日は、これをもって散会いたします。", KIND.ADJOURNED),
        ("以上をもちまして、第2回懇話会を閉会いたします。", KIND.CLOSED),
        ("以上をもちまして、閉会といたします。", KIND.CLOSED),
        ("これで本日の会議を終了いたします。", KIND.CLOSED),
    ],
)
def test_the_chairs_phrases_are_events(
    session: Session, meeting: Meeting, transcript: Transcript, text: str, kind: SittingEventKind
) -> None:
    say(session, transcript, text)
    assert [one.kind for one in heard_events(session, meeting)] == [kind]


def test_ordinary_talk_about_pauses_and_ends_is_no_event(
    session: Session, meeting: Meeting, transcript: Transcript
) -> None:
    say(
        session,
        transcript,
        "休憩時間は60分と定めております。開会の時期は未定です。",
        "窓口を再開します。それでは次回の委員会は6日に開きます。散会後に資料を配ります。休憩しますか。本日は会議の開催についてご説明します。",
    )
    assert heard_events(session, meeting) == []


def test_a_phrase_over_two_segments_has_the_time_of_its_end(
    session: Session, cast: Cast, meeting: Meeting, transcript: Transcript
) -> None:
    say(session, transcript, "それではただいまから", "第2回の会議を開会します")
    (one,) = heard_events(session, meeting)
    second = transcript.segments[1]
    expected = meeting.starts_at + timedelta(seconds=second.start_seconds)
    assert (one.place.at, one.place.is_sure) == (expected, True)
    made = take_heard_event(session, cast.secretary, meeting, second.id, KIND.OPENED)
    session.commit()
    assert (made.at, made.segment) == (expected, second)
    assert heard_events(session, meeting) == []
    transcript.recording.began_at = None
    session.commit()
    events.strike_event(session, cast.secretary, made)
    assert heard_events(session, meeting) == [], "a person has answered"


def test_what_is_noted_already_or_turned_down_is_not_proposed(
    session: Session, cast: Cast, meeting: Meeting, transcript: Transcript
) -> None:
    say(session, transcript, "ただいまから開会します。", "暫時休憩いたします。")
    at = meeting.starts_at + timedelta(seconds=30)
    events.note_event(session, cast.secretary, meeting, KIND.OPENED, at=at)
    session.commit()
    (pause,) = heard_events(session, meeting)
    segment = pause.place.segment.id
    turn_down_heard_event(session, cast.secretary, meeting, segment, pause.kind)
    session.commit()
    assert heard_events(session, meeting) == []
    with pytest.raises(NotFound):
        take_heard_event(session, cast.secretary, meeting, segment, pause.kind)
    assert len(events.events_of(session, meeting)) == 1


@pytest.mark.parametrize(
    ("text", "result", "method", "votes"),
    [
        (
            "お諮りします。原案のとおり決することに御異議ありませんか。御異議なしと認めます。"
            "よって、本案は原案のとおり可決されました。",
            RESULT.PASSED,
            METHOD.SIMPLE,
            (None, None),
        ),
        (
            "賛成の諸君の起立を求めます。起立少数。賛成2人、反対三人。本案は否決されました。",
            RESULT.REJECTED,
            METHOD.STANDING,
            (2, 3),
        ),
        (
            "挙手全員であります。よって本件は承認することに決しました。",
            RESULT.APPROVED,
            METHOD.HANDS,
            (None, None),
        ),
        (
            "本案を原案のとおり可決すべきものと決することに、ご異議ありませんか。"
            "異議なしと認めます。ここで、説明員の入替えを行います。",
            RESULT.PASSED,
            METHOD.SIMPLE,
            (None, None),
        ),
        ("本件は了承といたします。", RESULT.ACKNOWLEDGED, None, (None, None)),
        ("本件は継続審査とすることに決しました。", RESULT.CONTINUED, None, (None, None)),
        ("以上で報告を終わります。", RESULT.REPORTED, None, (None, None)),
    ],
)
def test_what_is_declared_is_a_decision_on_the_item_that_is_discussed(
    session: Session,
    cast: Cast,
    meeting: Meeting,
    transcript: Transcript,
    text: str,
    result: ItemResult,
    method: VotingMethod | None,
    votes: tuple[int | None, int | None],
) -> None:
    transcript.segments[0].agenda_item = meeting.agenda_items[1]
    say(session, transcript, text)
    (one,) = heard_decisions(session, meeting)
    facts = one.facts
    assert (facts.result, facts.method, (facts.votes_for, facts.votes_against)) == (
        result,
        method,
        votes,
    )
    assert facts.agenda_item is meeting.agenda_items[1]
    for n in range(5):
        attendance.note_by_hand(session, cast.secretary, meeting, name=f"委員 {n}")
    take_heard_decision(session, cast.secretary, meeting, one.place.segment.id)
    session.commit()
    assert [d.result for d in decisions.decisions_of(session, meeting)] == [result]
    assert heard_decisions(session, meeting) == []


def test_a_question_is_no_decision_and_a_proposal_can_be_turned_down(
    session: Session, cast: Cast, meeting: Meeting, transcript: Transcript
) -> None:
    asked = "原案のとおり承認することに御異議ありませんか。可決すべきものと決することを望みます。"
    say(session, transcript, asked, "本案は可決されました。")
    (one,) = heard_decisions(session, meeting)
    assert one.facts.result is RESULT.PASSED
    turn_down_heard_decision(session, cast.secretary, meeting, one.place.segment.id)
    session.commit()
    assert heard_decisions(session, meeting) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("これを持って3回いたします。", KIND.ADJOURNED),
        ("以上をお持ちまして、絵会といたします。", KIND.CLOSED),
        ("以上を持ちまして、平解といたします。", KIND.CLOSED),
        ("以上で返回します。", KIND.CLOSED),
        ("皆様、おそろいですので、第三回の検討委員会を始めます。", KIND.OPENED),
        ("それでは、時間もまいりましたので、この辺で終わらせていただきます。", KIND.CLOSED),
    ],
)
def test_a_phrase_that_the_speech_model_misheard_is_still_an_event(
    session: Session, meeting: Meeting, transcript: Transcript, text: str, kind: SittingEventKind
) -> None:
    """These were heard in the recordings of demo and tests."""
    say(session, transcript, text)
    assert [one.kind for one in heard_events(session, meeting)] == [kind]


@pytest.mark.parametrize(
    ("text", "result", "method"),
    [
        (
            "ほなもげなの通りかけつすべきものと結することに、ご意義ありませんか。"
            "意義なしと見にとめます。",
            RESULT.PASSED,
            METHOD.SIMPLE,
        ),
        (
            "ほなんにさんせいの食の切りつを求めます。切りつたすであります。"
            "よってほらんは、かけつすべきものと決しました。",
            RESULT.PASSED,
            METHOD.STANDING,
        ),
        (
            "継続審査とすることに、御意義ございませんか。御意義なしと見極め、採用決定いたしました。",
            RESULT.CONTINUED,
            METHOD.SIMPLE,
        ),
    ],
)
def test_a_declaration_that_the_speech_model_misheard_is_still_a_decision(
    session: Session,
    meeting: Meeting,
    transcript: Transcript,
    text: str,
    result: ItemResult,
    method: VotingMethod,
) -> None:
    say(session, transcript, text)
    (one,) = heard_decisions(session, meeting)
    assert (one.facts.result, one.facts.method) == (result, method)


@pytest.mark.parametrize(
    "text",
    [
        "この事業の意義はあります。3回いたしました。",
        "証人に伺います。両省とも調整します。",
        "階段の改修は以上で3階まで終えております。",
        "会社の規律を求める声がありました。",
    ],
)
def test_the_same_words_elsewhere_mean_what_they_say(
    session: Session, meeting: Meeting, transcript: Transcript, text: str
) -> None:
    say(session, transcript, text)
    assert heard_events(session, meeting) == [] and heard_decisions(session, meeting) == []
