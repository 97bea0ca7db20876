"""校正: the page around the editor, and the transcript on paper."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.assignment import decisions as assignment
from minutes.assignment import spans
from minutes.records import records
from minutes.speakers import naming
from minutes.transcripts import transcripts
from models.audit import AuditLine
from models.person import Person
from models.transcript import Transcript
from tests import pages
from tests.conftest import Browser, Cast
from tests.world import HEARD
from web.views.minutes import transcripts as views

Browse = Callable[[Person], Browser]


def test_the_first_segments_come_with_the_page(
    browse: Browse, cast: Cast, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FIRST_SEGMENTS", 2)
    page = browse(cast.secretary).get(f"/transcripts/{transcript.id}").text
    (brought,) = pages.texts(page, "//script[@data-beginning]")
    beginning = json.loads(brought)
    assert [segment["text"] for segment in beginning["segments"]] == [h.text for h in HEARD[:2]]
    assert beginning["accuracy"] is None


def test_the_desk_has_player_names_keys_and_the_definition(
    browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    page = browse(cast.secretary).get(f"/transcripts/{transcript.id}").text
    assert f'data-transcript="{transcript.id}"' in page and 'data-may-correct="yes"' in page
    assert f"/recordings/{transcript.recording.id}/sound" in page
    assert '<option value="篠原 泰成"' in page
    assert "正変換率の数え方" in page and "キー操作" in page and "<noscript>" in page


def test_an_approver_reads_without_correcting(
    browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    page = browse(cast.approver).get(f"/transcripts/{transcript.id}").text
    assert 'data-may-correct="no"' in page and "直せるのは書記です" in page


def test_after_approval_nobody_corrects_any_more(
    session: Session, browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    page = browse(cast.secretary).get(f"/transcripts/{transcript.id}").text
    assert "data-closed>この逐語録から作った会議録は承認されているため" in page


def test_opening_the_desk_leaves_a_line(
    session: Session, browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    browse(cast.secretary).get(f"/transcripts/{transcript.id}")
    session.commit()
    line = select(AuditLine).where(
        AuditLine.thing == "transcript", AuditLine.person_id == cast.secretary.id
    )
    assert session.scalar(line.where(AuditLine.thing_id == transcript.id)) is not None


def test_on_paper_corrected_places_are_marked_and_counted_honestly(
    session: Session, browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    first, second, _ = transcript.segments
    assignment.start_agenda_item(session, cast.secretary, first, transcript.meeting.agenda_items[0])
    naming.name_speaker(session, cast.secretary, first, "篠原 泰成")
    transcripts.correct(session, cast.secretary, first, "それでは定刻となりましたので", based_on=0)
    transcripts.confirm(session, cast.secretary, first)
    transcripts.correct(session, cast.secretary, second, HEARD[1].text[2:], based_on=0)
    page = browse(cast.secretary).get(f"/transcripts/{transcript.id}/print").text
    assert '<ins class="corrected">定刻</ins>' in page
    assert '<del class="corrected">本日</del>' in page
    assert "14字中12字を正しく変換（85.7 %）" in page
    assert "3発話のうち 1発話を確認済み" in page
    assert "○篠原 泰成" in page and page.count("（未確認）") == 2
    assert page.index(transcript.meeting.agenda_items[0].title) < page.index("定刻")


def test_a_transcript_without_confirmed_words_has_no_rate_on_paper(
    browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    page = browse(cast.secretary).get(f"/transcripts/{transcript.id}/print").text
    assert "確認済みの発話がまだない" in page and "字を正しく変換（" not in page


def test_what_was_said_is_never_read_as_markup(
    session: Session, browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    words = "<script>alert(1)</script>"
    transcripts.correct(session, cast.secretary, transcript.segments[0], words, based_on=0)
    page = browse(cast.secretary).get(f"/transcripts/{transcript.id}/print").text
    assert "<script>alert" not in page


def test_the_text_is_taken_out_as_a_file_by_who_may_hear_it_and_that_is_written_down(
    session: Session, browse: Browse, cast: Cast, transcript: Transcript
) -> None:
    secretary = browse(cast.secretary)
    page = secretary.get(f"/transcripts/{transcript.id}").text
    for kind, content_type in (("srt", "application/x-subrip"), ("csv", "text/csv")):
        path = f"/transcripts/{transcript.id}/files/{kind}"
        assert f'href="{path}" download' in page
        answer = secretary.get(path)
        assert answer.content_type.startswith(content_type)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert HEARD[0].text in answer.text
    assert browse(cast.outsider).get(path).status_code == 404
    lines = select(AuditLine.person_id).where(AuditLine.verb == "download")
    assert session.scalars(lines).all() == [cast.secretary.id] * 2
