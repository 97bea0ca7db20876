"""The page 要点記録: what was said is chosen, written and saved with the minutes."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from minutes.records import records
from minutes.records.content import content_of
from minutes.transcripts import transcripts
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person
from models.transcript import Transcript
from tests import pages
from tests.conftest import Browser, Cast, Script
from tests.queries import unchanged

Browse = Callable[[Person], Browser]


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    for segment, text in zip(
        transcript.segments,
        (
            "図書館の改修の費用は、2億円でございます。",
            "工事の期間は、いつまででしょうか。",
            "はい。",
        ),
        strict=True,
    ):
        transcripts.correct(session, cast.secretary, segment, text, based_on=segment.revision)
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


@pytest.fixture
def secretary(browse: Browse, cast: Cast, revision: MinutesRevision) -> Browser:
    return browse(cast.secretary)


def url(meeting: Meeting) -> str:
    return f"/meetings/{meeting.id}/digest"


def fields(browser: Browser, meeting: Meeting) -> dict[str, str]:
    return pages.form(browser.get(url(meeting)).text, "/digest")


def key_of(form: dict[str, str], text: str) -> str:
    return next(name for name, value in form.items() if value == text).removeprefix("text-")


def test_a_draft_is_shown_and_nothing_is_saved(
    secretary: Browser, engine: Engine, meeting: Meeting
) -> None:
    with unchanged(engine):
        page = secretary.get(url(meeting)).text
    assert "発言から抜き出した下書きです" in page
    assert "説明" in page and "質問" in page and "2億円" in page


def test_what_is_chosen_and_written_is_saved_with_its_source(
    session: Session, secretary: Browser, meeting: Meeting, revision: MinutesRevision
) -> None:
    form = fields(secretary, meeting)
    kept = key_of(form, "図書館の改修の費用は、2億円でございます。")
    left_out = key_of(form, "工事の期間は、いつまででしょうか。")
    form[f"text-{kept}"] = "図書館の改修に2億円をかける。"
    del form[f"keep-{left_out}"]
    answer = secretary.post(url(meeting), data=form)
    page = secretary.get(answer.location).text
    assert "第2版に保存しました" in page
    assert "もとの発言：図書館の改修の費用は、2億円でございます。" in page
    assert "載せていない発言（2）" in page
    session.commit()
    latest = content_of(revision.minutes.latest)
    (point,) = (point for section in latest.sections for point in section.digest or [])
    assert point.text == "図書館の改修に2億円をかける。"
    assert point.sentences[0].source_text == "図書館の改修の費用は、2億円でございます。"


def test_saving_the_digest_changes_no_word_that_was_corrected_meanwhile(
    session: Session, cast: Cast, secretary: Browser, meeting: Meeting, revision: MinutesRevision
) -> None:
    form = fields(secretary, meeting)
    content = content_of(revision)
    content.place = "第3委員会室"
    records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    session.commit()
    assert secretary.post(url(meeting), data=form).status_code == 302
    session.commit()
    latest = content_of(revision.minutes.latest)
    assert latest.place == "第3委員会室" and any(s.digest for s in latest.sections)


def test_of_two_who_write_it_the_second_is_told(secretary: Browser, meeting: Meeting) -> None:
    first = fields(secretary, meeting)
    second = {
        **first,
        f"text-{key_of(first, '工事の期間は、いつまででしょうか。')}": "工期はいつまでか。",
    }
    assert secretary.post(url(meeting), data=first).status_code == 302
    answer = secretary.post(url(meeting), data=second)
    assert answer.status_code == 409
    assert "ほかの人が先に" in answer.text and "工期はいつまでか。" in answer.text
    again = pages.form(answer.text, "/digest")
    assert secretary.post(url(meeting), data=again).status_code == 302
    assert "工期はいつまでか。" in secretary.get(url(meeting)).text


def test_while_approval_is_awaited_nothing_is_saved_and_the_reason_is_told(
    session: Session, cast: Cast, secretary: Browser, meeting: Meeting, revision: MinutesRevision
) -> None:
    form = fields(secretary, meeting)
    form[f"text-{key_of(form, '工事の期間は、いつまででしょうか。')}"] = "工期はいつまでか。"
    records.leave_rest_out(session, cast.secretary, revision)
    session.commit()
    records.request_approval(session, cast.secretary, revision.minutes.latest)
    session.commit()
    answer = secretary.post(url(meeting), data=form)
    assert answer.status_code == 409
    assert "承認を依頼中です" in answer.text and "工期はいつまでか。" in answer.text


def test_a_long_day_is_kept_and_read_over_the_api_and_too_long_a_one_refused(
    script: Callable[[Person], Script], cast: Cast, secretary: Browser, meeting: Meeting
) -> None:
    form = fields(secretary, meeting)
    key = key_of(form, "工事の期間は、いつまででしょうか。").rpartition("-")[0]
    due = "来年度の当初予算の編成が始まるまでのあいだの、" * 3
    form |= {f"kind-{key}": "task", f"due-{key}": due}
    assert secretary.post(url(meeting), data=form).status_code == 302
    read = script(cast.secretary).get(f"/meetings/{meeting.id}/minutes")
    assert due in str(read)
    again = {**fields(secretary, meeting), f"due-{key}": "長" * 300}
    assert secretary.post(url(meeting), data=again).status_code == 422


def test_who_may_not_hear_the_recording_reads_no_digest(
    browse: Browse, cast: Cast, meeting: Meeting, revision: MinutesRevision
) -> None:
    assert browse(cast.attendee).get(url(meeting)).status_code in (403, 404)
