"""Marks on minutes: proposed, decided, declined, lost; and what is public follows them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.settings.work import MinutesSettings
from minutes.assignment import spans
from minutes.records import publication, records, search
from minutes.records.closed import passages, proposing
from minutes.records.closed.choosing import ChosenPassage
from minutes.records.closed.passages import ClosedGround
from minutes.records.closed.public_copy import public_copy_of
from minutes.records.content import Content, content_of
from models.closed_passage import (
    ClosedKind,
    ClosedPassage,
    ClosedScope,
    ClosedSource,
    ClosedState,
)
from models.minutes import MinutesRevision, PublicCorrection, PublishedParagraph
from models.transcript import Speaker, Transcript
from tests.conftest import Cast

USUAL = MinutesSettings()
PHONE, LETTER = "電話は03-1234-5678です。", "山田花子さんの手紙です。"
AGAIN = "番号は03-1234-5678です。"
REVOKED = ClosedGround(kind=ClosedKind.REVOKED, decided_by_whom="議長", reason="不穏当")


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    """Three sentences: a telephone number, a stranger's name, the number once more."""
    for segment, text in zip(transcript.segments, (PHONE, LETTER, AGAIN), strict=True):
        segment.text = text
    spans.leave_rest_out(session, cast.secretary, transcript)
    made = records.draft(session, cast.secretary, transcript)
    session.flush()
    return made


def words(revision: MinutesRevision, quote: str, nth: int = 0) -> ChosenPassage:
    """The words in the sentence `nth` of those that have them."""
    content = content_of(revision)
    section = len(content.sections) - 1
    said = content.sections[section].paragraphs
    place = [n for n, one in enumerate(said) if quote in one.text][nth]
    start = said[place].text.index(quote)
    where = (section, place)
    return ChosenPassage(ClosedScope.WORDS, where, where, start, start + len(quote))


def close(
    session: Session, cast: Cast, revision: MinutesRevision, quote: str, **how: bool
) -> ClosedPassage:
    chosen = words(revision, quote)
    return passages.mark(session, cast.secretary, revision, chosen, REVOKED, USUAL, **how)


def approve(session: Session, cast: Cast, revision: MinutesRevision) -> None:
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)


def changed(session: Session, cast: Cast, revision: MinutesRevision, text: str) -> MinutesRevision:
    """A newer revision, with another text of the first sentence."""
    content = content_of(revision)
    content.sections[-1].paragraphs[0].text = text
    newer = records.revise(
        session, cast.secretary, revision.minutes, content, based_on=revision.number
    )
    session.flush()
    return newer


def public_text(session: Session, revision: MinutesRevision) -> str:
    return _text(public_copy_of(session, revision).content)


def _text(content: Content) -> str:
    return "\n".join(p.text for section in content.sections for p in section.paragraphs)


def test_what_is_not_decided_stays_in_the_copy_and_keeps_the_minutes_from_being_published(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    passage = close(session, cast, revision, "1234", is_decided=False)
    approve(session, cast, revision)
    assert "1234" in public_text(session, revision)
    with pytest.raises(NotPossibleNow, match="まだ決めていないものが1件"):
        publication.publish(session, cast.approver, revision)
    passages.decline(session, cast.secretary, [passage])
    publication.publish(session, cast.approver, revision)


def test_a_decided_passage_says_who_decided_and_stands_in_the_citys_words(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    passage = close(session, cast, revision, "03-1234-5678")
    assert (passage.state, passage.decided_by) == (ClosedState.DECIDED, cast.secretary)
    assert (passage.decided_by_whom, passage.reason) == ("議長", "不穏当")
    assert public_text(session, revision).startswith("電話は〔発言取消し〕です。")
    ground = ClosedGround(kind=ClosedKind.PERSONAL)
    passages.decide(session, cast.secretary, [passage], ground, USUAL)
    assert public_text(session, revision).startswith("電話は〔略〕です。")


def test_a_mark_survives_a_revision_and_a_new_draft(
    session: Session, cast: Cast, revision: MinutesRevision, transcript: Transcript
) -> None:
    close(session, cast, revision, "03-1234-5678")
    newer = changed(session, cast, revision, f"改めて、{PHONE}")
    assert public_text(session, newer).startswith("改めて、電話は〔発言取消し〕です。")
    again = records.draft(session, cast.secretary, transcript)
    session.flush()
    assert public_text(session, again).startswith("電話は〔発言取消し〕です。")


def test_a_mark_whose_words_were_changed_is_never_dropped_but_waits_for_a_decision(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    passage = close(session, cast, revision, "03-1234-5678")
    newer = changed(session, cast, revision, "電話は〇三の一二三四です。")
    (lost,) = passages.to_decide(passages.located_in(session, newer))
    assert lost.passage is passage and lost.is_lost
    approve(session, cast, newer)
    with pytest.raises(NotPossibleNow, match="まだ決めていない"):
        publication.publish(session, cast.approver, newer)
    passages.confirm_absent(session, cast.secretary, newer, passage)
    publication.publish(session, cast.approver, newer)
    assert public_text(session, newer).startswith("電話は〇三")


def test_that_something_is_gone_is_not_confirmed_while_it_is_there(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    passage = close(session, cast, revision, "03-1234-5678")
    with pytest.raises(NotPossibleNow, match="いまの文にあります"):
        passages.confirm_absent(session, cast.secretary, revision, passage)


def test_a_mark_on_a_newer_draft_closes_what_is_public_at_once(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    approve(session, cast, revision)
    public = publication.publish(session, cast.approver, revision)
    newer = changed(session, cast, revision, f"なお、{PHONE}")
    close(session, cast, newer, "03-1234-5678")
    assert public_text(session, revision).startswith("電話は〔発言取消し〕です。")
    (correction,) = session.scalars(select(PublicCorrection)).all()
    assert public.corrected == correction.id
    found = search.list_published(session, search.MinutesQuery("電話は03")).found
    assert found == []
    kinds = [event.kind for event in publication.history(session, public)]
    assert kinds[-1] is publication.EventKind.CORRECTED


def test_what_is_not_in_the_public_text_corrects_nothing_there(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    approve(session, cast, revision)
    publication.publish(session, cast.approver, revision)
    close(session, cast, revision, "03-1234-5678", is_decided=False)
    assert session.scalars(select(PublicCorrection)).all() == []


def test_proposals_are_made_once_and_not_of_what_was_declined_or_closed(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    close(session, cast, revision, "03-1234-5678")
    found = proposing.find(session, revision)
    new = passages.propose(session, cast.secretary, revision, found, USUAL)
    assert [one.quote for one in new] == ["山田花子", "03-1234-5678"]
    passages.decline(session, cast.secretary, new)
    again = passages.propose(session, cast.secretary, revision, found, USUAL)
    assert again == []


def test_the_same_is_not_marked_twice_and_what_is_no_text_not_at_all(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    close(session, cast, revision, "1234")
    with pytest.raises(NotPossibleNow, match="すでに印があります"):
        close(session, cast, revision, "1234")
    here = words(revision, "1234").first
    for chosen in (
        ChosenPassage(ClosedScope.WORDS, (9, 0), (9, 0), 0, 1),
        ChosenPassage(ClosedScope.WORDS, here, here, 0, 10_000),
        ChosenPassage(ClosedScope.WORDS, here, here, 3, 3),
        ChosenPassage(ClosedScope.SPEAKER, here, here),
    ):
        with pytest.raises(InvalidInput):
            passages.mark(session, cast.secretary, revision, chosen, REVOKED, USUAL)


def test_marks_of_other_minutes_are_not_decided_about(
    session: Session, revision: MinutesRevision
) -> None:
    with pytest.raises(InvalidInput, match="一覧が変わりました"):
        passages.passages_by_id(session, revision, [10**6])


def test_where_personal_words_are_closed_the_same_words_elsewhere_are_proposed(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    chosen = words(revision, "03-1234-5678")
    passages.mark(session, cast.secretary, revision, chosen, ClosedGround(), USUAL)
    (alike,) = passages.to_decide(passages.located_in(session, revision))
    assert alike.passage.source is ClosedSource.ALIKE
    passages.decide(session, cast.secretary, [alike.passage], ClosedGround(), USUAL)
    assert "1234" not in public_text(session, revision)
    assert passages.to_decide(passages.located_in(session, revision)) == []


def test_a_hidden_speaker_is_neither_found_by_name_nor_heard(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    for segment, text in zip(transcript.segments, (PHONE, LETTER, AGAIN), strict=True):
        segment.text = text
    transcript.segments[1].speaker = Speaker(transcript=transcript, name="佐久間 圭")
    session.flush()
    revision = records.draft(session, cast.secretary, transcript)
    session.flush()
    approve(session, cast, revision)
    publication.publish(session, cast.approver, revision)
    heard = [row.heard_until for row in session.scalars(select(PublishedParagraph))]
    assert None not in heard
    here = words(revision, "手紙").first
    chosen = ChosenPassage(ClosedScope.SPEAKER, here, here)
    passages.mark(session, cast.secretary, revision, chosen, ClosedGround(), USUAL)
    rows = session.scalars(select(PublishedParagraph)).all()
    assert [(row.speaker, row.heard_until is None) for row in rows] == [
        ("", False),
        ("〔略〕", True),
        ("", False),
    ]
    assert search.list_published(session, search.MinutesQuery("佐久間")).found == []


def test_a_closed_item_of_the_agenda_leaves_one_line_and_no_sound(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    here = words(revision, "手紙").first
    chosen = ChosenPassage(ClosedScope.SECTION, here, here)
    ground = ClosedGround(kind=ClosedKind.CLOSED_SESSION)
    passages.mark(session, cast.secretary, revision, chosen, ground, USUAL)
    approve(session, cast, revision)
    publication.publish(session, cast.approver, revision)
    (row,) = session.scalars(select(PublishedParagraph)).all()
    assert (row.text, row.speaker, row.heard_until) == ("〔略〕", "", None)
