"""What an approver sees who has read an earlier revision."""

from sqlalchemy.orm import Session

from minutes.assignment import spans
from minutes.records import comparing, records
from minutes.records.content import content_of
from models.transcript import Transcript
from tests.conftest import Cast


def test_only_lines_that_changed_are_shown_letter_by_letter(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    content = content_of(records.draft(session, cast.secretary, transcript))
    newer = content.model_copy(deep=True)
    assert comparing.differences(content, newer) == []
    said = newer.sections[-1].paragraphs[-1]
    newer.place = "大会議室"
    said.text += "以上、2,731件です。"
    content.sections[-1].paragraphs[-1].text += "以上、775件です。"
    place, line = comparing.differences(content, newer)
    assert place.heading == "" and "場所" in place.pieces[0].text
    changed = [(piece.kind, piece.text) for piece in line.pieces if piece.kind != "kept"]
    assert changed == [("removed", "775"), ("added", "2,731")], "figures change whole"
    assert line.heading == newer.sections[-1].title


def test_the_revision_that_was_decided_about_is_compared_and_not_every_saving(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    first = records.draft(session, cast.secretary, transcript)
    assert comparing.usual_base(first) is None
    records.request_approval(session, cast.secretary, first)
    records.send_back(session, cast.approver, first, "直してください。")
    latest = first
    for number in (1, 2):
        content = content_of(latest)
        content.sections[-1].paragraphs[0].text = f"{number}度目に直した文"
        latest = records.revise(session, cast.secretary, first.minutes, content, based_on=number)
        session.flush()
    assert comparing.usual_base(latest) is first
