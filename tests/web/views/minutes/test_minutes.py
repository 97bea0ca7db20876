"""The tab 会議録: from the draft to publication."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.invitations import roster
from minutes.approval import steps
from minutes.approval.steps import PlannedStep
from minutes.assignment import decisions as assignment
from minutes.records import records
from minutes.records.content import Content
from minutes.speakers import naming
from models.audit import AuditLine
from models.meeting import InvitationKind, Meeting
from models.minutes import MinutesRevision
from models.person import Person
from models.transcript import Transcript
from tests import pages
from tests.conftest import Browser, Cast
from tests.queries import unchanged
from tests.world import HEARD

Browse = Callable[[Person], Browser]


@pytest.fixture
def transcript(
    session: Session, cast: Cast, meeting: Meeting, transcript: Transcript
) -> Transcript:
    """Its agenda has begun and somebody has a name."""
    first = transcript.segments[0]
    assignment.start_agenda_item(session, cast.secretary, first, meeting.agenda_items[0])
    naming.name_speaker(session, cast.secretary, first, "篠原 泰成")
    session.commit()
    return transcript


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


@pytest.fixture
def secretary(browse: Browse, cast: Cast, transcript: Transcript) -> Browser:
    return browse(cast.secretary)


@pytest.fixture
def approver(browse: Browse, cast: Cast, transcript: Transcript) -> Browser:
    return browse(cast.approver)


@pytest.fixture
def organiser(browse: Browse, cast: Cast, transcript: Transcript) -> Browser:
    return browse(cast.organiser)


def url(meeting: Meeting) -> str:
    return f"/meetings/{meeting.id}/minutes"


def fields(page: str) -> dict[str, str]:
    return pages.form(page, "/minutes/change")


def test_before_any_minutes_the_page_says_what_is_open_in_the_transcript(
    secretary: Browser, meeting: Meeting
) -> None:
    page = secretary.get(url(meeting)).text
    assert "確認していない発話が3件" in page and "発言者のない発話が2件" in page
    assert "議題に分けていない" not in page
    assert "会議録を作成" in page


def test_without_a_recording_the_page_leads_to_it(
    browse: Browse, cast: Cast, meeting: Meeting
) -> None:
    page = browse(cast.secretary).get(url(meeting)).text
    assert "会議録はまだありません" in page and f"/meetings/{meeting.id}/recordings" in page


def test_a_draft_reads_like_the_paper(
    secretary: Browser, meeting: Meeting, transcript: Transcript
) -> None:
    answer = secretary.post(url(meeting), data={"transcript_id": str(transcript.id)})
    assert answer.status_code == 302
    page = secretary.get(answer.location).text
    assert "（第1版）を作成しました" in page
    assert meeting.place in page and "日時" in page
    assert page.index("○篠原 泰成") < page.index(HEARD[0].text)
    assert f"/recordings/{transcript.recording.id}/sound#t=1.0,8.6" in page


def test_a_transcript_of_another_meeting_is_not_found(
    secretary: Browser, engine: Engine, meeting: Meeting
) -> None:
    with unchanged(engine):
        assert secretary.post(url(meeting), data={"transcript_id": "99"}).status_code == 404
        assert secretary.post(url(meeting)).status_code == 404


def test_editing_makes_a_new_revision_and_the_old_one_can_be_read(
    secretary: Browser, meeting: Meeting, revision: MinutesRevision
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    form["text-0-0"] = "定刻になりましたので開会します。"
    form["speaker-0-1"] = "古賀 真由美"
    answer = secretary.post(url(meeting) + "/change", data=form)
    assert answer.status_code == 302
    page = secretary.get(answer.location).text
    assert "定刻になりましたので開会します。" in page and "○古賀 真由美" in page
    old = secretary.get(f"/revisions/{revision.id}").text
    assert HEARD[0].text in old and "これは第1版です" in old


def test_of_two_editors_the_second_loses_nothing_and_saves_on_top(
    browse: Browse,
    session: Session,
    cast: Cast,
    secretary: Browser,
    meeting: Meeting,
    revision: MinutesRevision,
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    first = {**form, "text-0-0": "先に保存された文"}
    assert secretary.post(url(meeting) + "/change", data=first).status_code == 302
    second = {**form, "text-0-1": "後から送られた文"}
    answer = secretary.post(url(meeting) + "/change", data=second)
    assert answer.status_code == 409
    assert "先に保存された文" in answer.text and "後から送られた文" in answer.text
    again = fields(answer.text)
    assert again["text-0-1"] == "後から送られた文" and again["based_on"] == "2"
    assert secretary.post(url(meeting) + "/change", data=again).status_code == 302
    session.commit()
    assert revision.minutes.latest.number == 3


def test_a_missing_title_is_told_and_nothing_typed_is_lost(
    secretary: Browser, engine: Engine, meeting: Meeting, revision: MinutesRevision
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    typed = {"title": " ", "text-0-0": "打った文"}
    with unchanged(engine):
        answer = secretary.post(url(meeting) + "/change", data=form | typed)
    assert answer.status_code == 422
    assert "会議名を入力" in answer.text and "打った文" in answer.text


@pytest.mark.parametrize("field", ["layout", "based_on"])
@pytest.mark.parametrize("value", ["", "x", "99"])
def test_a_form_without_its_numbers_is_refused_and_not_a_crash(
    secretary: Browser,
    engine: Engine,
    meeting: Meeting,
    revision: MinutesRevision,
    field: str,
    value: str,
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    with unchanged(engine):
        answer = secretary.post(url(meeting) + "/change", data={**form, field: value})
    assert answer.status_code in (409, 422)


def test_from_request_over_approval_to_publication_and_withdrawal(
    secretary: Browser,
    approver: Browser,
    organiser: Browser,
    citizen: Browser,
    meeting: Meeting,
    revision: MinutesRevision,
    cast: Cast,
) -> None:
    path = f"/revisions/{revision.id}"
    assert secretary.post(f"{path}/approval-request").status_code == 302
    waiting = secretary.get(url(meeting)).text
    assert "承認待ち" in waiting and "文を編集" not in waiting and "承認する" not in waiting
    asked = approver.get(url(meeting)).text
    assert "承認する" in asked
    told = pages.tree(asked).text_content()
    letters = sum(len(heard.text) for heard in HEARD)
    assert f"確認していない発話が3件・{letters}字あります（全体の100％）。" in told
    assert "承認しても確認済みにはならず" in told
    assert approver.post(f"{path}/approval", data={"decision": "approve"}).status_code == 302
    assert citizen.get(f"/published/{meeting.id}").status_code == 404
    assert "公開する" in secretary.get(url(meeting)).text
    assert secretary.post(f"{path}/publication").status_code == 302
    assert citizen.get(f"/published/{meeting.id}").status_code == 200
    page = secretary.get(url(meeting)).text
    assert cast.approver.name in page and "公開しています" in page and "公開する<" not in page
    assert secretary.post(f"{path}/withdrawal", data={"reason": "誤字"}).status_code == 302
    assert citizen.get(f"/published/{meeting.id}").status_code == 410
    page = secretary.get(url(meeting)).text
    assert "理由：誤字" in page and "まだ公開していません" not in page
    assert "に公開を取り下げ、いまは公開していません" in page
    asked = page.partition("/publication")[2].partition(">")[0]
    assert "data-confirm" in asked and "取り下げた" in asked, "asked once more"
    for_organiser = organiser.get(url(meeting))
    assert for_organiser.status_code == 200, "whoever sees the meeting is told what became of it"
    assert "会議録の公開を取り下げました" in for_organiser.text and "誤字" not in for_organiser.text


def test_sending_back_carries_the_reason_to_the_secretary(
    secretary: Browser, approver: Browser, meeting: Meeting, revision: MinutesRevision
) -> None:
    secretary.post(f"/revisions/{revision.id}/approval-request")
    path = f"/revisions/{revision.id}/approval"
    assert approver.post(path, data={"decision": "send_back"}).status_code == 422
    assert approver.post(path, data={"decision": "perhaps"}).status_code == 422
    reason = "発言者を確かめてください。"
    assert approver.post(path, data={"decision": "send_back", "reason": reason}).status_code == 302
    page = secretary.get(url(meeting)).text
    assert "差し戻されました" in page and reason in page and "文を編集" in page
    today = secretary.get("/today").text
    assert "差し戻された会議録（1件）" in today and reason in today
    assert f'href="{url(meeting)}#actions-title"' in today
    form = fields(secretary.get(url(meeting) + "/change").text)
    secretary.post(url(meeting) + "/change", data={**form, "text-0-0": "直した文です。"})
    assert "差し戻された会議録" not in secretary.get("/today").text
    newer = re.search(r"/revisions/(\d+)/approval-request", secretary.get(url(meeting)).text)
    assert newer
    secretary.post(f"/revisions/{newer[1]}/approval-request", data={"word": "直しました。"})
    page = approver.get(url(meeting)).text
    assert reason in page and "第1版から変わった所を見る" in page and "直しました。" in page
    comparison = approver.get(f"/revisions/{newer[1]}/comparison").text
    assert reason in comparison and "<ins>" in comparison and "（1か所）" in comparison


def test_a_request_for_approval_is_taken_back_and_made_again_to_somebody(
    secretary: Browser, approver: Browser, meeting: Meeting, revision: MinutesRevision, cast: Cast
) -> None:
    path = f"/revisions/{revision.id}/approval-request"
    secretary.post(path)
    assert secretary.post(f"{path}/withdrawal").status_code == 302
    assert "承認を待っている会議録" not in approver.get("/today").text
    assert (
        approver.post(
            f"/revisions/{revision.id}/approval", data={"decision": "approve"}
        ).status_code
        == 409
    )
    page = secretary.get(url(meeting)).text
    assert "文を編集" in page and f'<option value="{cast.approver.id}">' in page
    for nobody in (cast.attendee, cast.secretary):
        refused = secretary.post(path, data={"addressee_id": str(nobody.id)})
        assert refused.status_code == 422
    secretary.post(path, data={"addressee_id": str(cast.approver.id), "word": "至急です。"})
    today = approver.get("/today").text
    assert "あなたへの依頼：至急です。" in today


def test_a_newer_revision_beside_the_public_one_is_told(
    session: Session,
    secretary: Browser,
    approver: Browser,
    meeting: Meeting,
    revision: MinutesRevision,
) -> None:
    secretary.post(f"/revisions/{revision.id}/approval-request")
    approver.post(f"/revisions/{revision.id}/approval", data={"decision": "approve"})
    secretary.post(f"/revisions/{revision.id}/publication")
    form = fields(secretary.get(url(meeting) + "/change").text)
    secretary.post(url(meeting) + "/change", data={**form, "text-0-0": "公開後に直した文"})
    page = secretary.get(url(meeting)).text
    assert "のは第1版です" in page and "承認を受けると、公開中の版と差し替えられます" in page
    newer = re.search(r"/revisions/(\d+)/approval-request", page)
    assert newer
    secretary.post(f"/revisions/{newer[1]}/approval-request")
    assert "承認を待っている会議録（1件）" in approver.get("/today").text, "though one is public"
    approver.post(f"/revisions/{newer[1]}/approval", data={"decision": "approve"})
    publish = f"/revisions/{newer[1]}/publication"
    assert "公開中の版と差し替える" in secretary.get(url(meeting)).text
    assert secretary.post(publish).status_code == 422, "citizens are told why"
    assert secretary.post(publish, data={"reason": "誤字を直した"}).status_code == 302
    assert "公開を待っている会議録" not in secretary.get("/today").text


def test_making_anew_from_the_transcript_keeps_the_edited_revision(
    secretary: Browser, meeting: Meeting, transcript: Transcript, revision: MinutesRevision
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    secretary.post(url(meeting) + "/change", data={**form, "text-0-0": "整えた文"})
    assert "逐語録から作り直す" in secretary.get(url(meeting)).text
    secretary.post(url(meeting), data={"transcript_id": str(transcript.id)})
    page = secretary.get(url(meeting)).text
    assert "整えた文" not in page and "第3版（表示中）" in page and "第2版" in page


def test_reading_unpublished_minutes_leaves_a_line(
    session: Session, approver: Browser, meeting: Meeting, revision: MinutesRevision, cast: Cast
) -> None:
    approver.get(url(meeting))
    approver.get(f"/revisions/{revision.id}")
    session.rollback()
    lines = session.scalars(
        select(AuditLine).where(
            AuditLine.thing == "minutes_revision", AuditLine.person_id == cast.approver.id
        )
    ).all()
    assert [line.thing_id for line in lines] == [revision.id, revision.id]


@pytest.fixture
def with_fillers(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    transcript.segments[0].text = "えー、ＤＸは三百人です。"
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


def test_a_draft_is_made_in_the_chosen_style(
    secretary: Browser, meeting: Meeting, transcript: Transcript, session: Session
) -> None:
    transcript.segments[0].text = "えー、ＤＸは三百人です。"
    session.commit()
    sent = {"transcript_id": str(transcript.id), "style-fillers": "keep", "style-numbers": "full"}
    secretary.post(url(meeting), data=sent)
    assert "えー、DXは３００人です。" in secretary.get(url(meeting)).text
    wrong = secretary.post(url(meeting), data=sent | {"style-numbers": "roman"})
    assert wrong.status_code == 422 and "「数の書き方」" in wrong.text


def test_the_change_screen_shows_what_was_said_with_every_rule(
    secretary: Browser, meeting: Meeting, with_fillers: MinutesRevision
) -> None:
    page = secretary.get(url(meeting) + "/change").text
    assert ">DXは300人です。</textarea>" in page
    for words in ("フィラーを除く", "英字を半角に", "漢数字を算用数字に", "違い3か所"):
        assert words in page


def test_a_paragraph_goes_back_to_what_was_said_and_nothing_is_saved_yet(
    secretary: Browser, meeting: Meeting, with_fillers: MinutesRevision
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    page = secretary.post(url(meeting) + "/change", data=form | {"put": "faithful-0-0"}).text
    assert ">えー、ＤＸは三百人です。</textarea>" in page and "まだ保存していません" in page
    form = fields(page)
    again = secretary.post(url(meeting) + "/change", data=form | {"put": "official-0-0"}).text
    assert ">DXは300人です。</textarea>" in again
    assert secretary.get(url(meeting)).text.count("第2版") == 0


def test_all_are_put_in_another_style_but_not_what_a_person_wrote(
    secretary: Browser, meeting: Meeting, with_fillers: MinutesRevision
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    form |= {"text-0-1": "書き直した３文です。", "put": "style", "choice-numbers": "full"}
    page = secretary.post(url(meeting) + "/change", data=form).text
    assert ">DXは３００人です。</textarea>" in page
    assert ">書き直した３文です。</textarea>" in page
    form = fields(page)
    assert form["style-numbers"] == "full"
    assert secretary.post(url(meeting) + "/change", data=form).status_code == 302
    assert "DXは３００人です。" in secretary.get(url(meeting)).text


def order(form: dict[str, str]) -> list[str]:
    """The texts of the last section with words as the form has them now."""
    keys = [value.split() for name, value in form.items() if name.startswith("order-")]
    return [form[f"text-{key}"] for section in keys for key in section]


def pressed(
    secretary: Browser, meeting: Meeting, form: dict[str, str], what: str
) -> dict[str, str]:
    page = secretary.post(url(meeting) + "/change", data=form | {"put": what})
    assert page.status_code == 200
    return fields(page.text)


def latest(session: Session, revision: MinutesRevision) -> Content:
    session.commit()  # others have written meanwhile
    return records.content_of(revision.minutes.latest)


def test_sentences_are_added_and_moved_without_a_script_and_kept_when_saved(
    secretary: Browser, meeting: Meeting, revision: MinutesRevision, session: Session
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    first, *others = order(form)
    keys = [key for name, value in form.items() if "order-" in name for key in value.split()]
    form = pressed(secretary, meeting, form, f"add-{keys[0]}")
    form["text-new-1"] = "（休憩）\r\n午後2時10分再開"
    form = pressed(secretary, meeting, form, f"down-{keys[0]}")
    assert form["text-new-1"].splitlines() == ["（休憩）", "午後2時10分再開"], (
        "nothing typed is lost"
    )
    assert secretary.post(url(meeting) + "/change", data=form).status_code == 302
    content = latest(session, revision)
    said = {p.text: p for section in content.sections for p in section.paragraphs}
    assert said[first].segment_ids and said[first].faithful, "it knows its sound wherever it stands"
    added = said["（休憩）\n午後2時10分再開"]
    assert not added.segment_ids and added.faithful is None
    page = secretary.get(url(meeting)).text
    assert page.index("（休憩）") < page.index(first) and all(text in page for text in others)


@pytest.mark.parametrize("what", ["up-9-9", "add-x", "first-99", "first-x", "down-new-7", "-"])
def test_a_button_for_no_sentence_changes_nothing(
    secretary: Browser, meeting: Meeting, revision: MinutesRevision, what: str
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    assert order(pressed(secretary, meeting, form, what)) == order(form)


def test_headings_are_changed_and_sentences_joined_to_a_paragraph(
    session: Session, secretary: Browser, meeting: Meeting, revision: MinutesRevision
) -> None:
    form = fields(secretary.get(url(meeting) + "/change").text)
    form["title-0"] = "１　論点整理"
    *_, last = [key for name, value in form.items() if "order-" in name for key in value.split()]
    form.pop(f"goes-on-{last}", None)
    secretary.post(url(meeting) + "/change", data=form)
    content = latest(session, revision)
    assert content.sections[0].title == "１　論点整理"
    assert not content.sections[0].paragraphs[-1].goes_on
    form = fields(secretary.get(url(meeting) + "/change").text)
    secretary.post(url(meeting) + "/change", data=form | {f"goes-on-{last}": "yes"})
    assert latest(session, revision).sections[0].paragraphs[-1].goes_on


def test_a_sentence_is_heard_on_a_page_of_its_own_that_leads_back(
    secretary: Browser, browse: Browse, cast: Cast, meeting: Meeting, revision: MinutesRevision
) -> None:
    path = f"/revisions/{revision.id}/sentences"
    page = secretary.get(f"{path}/0/0").text
    assert "/sound#t=1.0,8.6" in page and f"/revisions/{revision.id}#said-0-0" in page
    assert secretary.get(f"{path}/0/99").status_code == 404
    assert secretary.get(f"{path}/{10**30}/0").status_code == 404
    assert browse(cast.outsider).get(f"{path}/0/0").status_code == 404


def test_who_speaks_is_called_as_the_style_says(
    session: Session, secretary: Browser, meeting: Meeting, transcript: Transcript, cast: Cast
) -> None:
    name, title = cast.presenter.name, cast.presenter.title
    naming.name_speaker(session, cast.secretary, transcript.segments[0], name)
    session.commit()
    sent = {"transcript_id": str(transcript.id), "style-speakers": "office"}
    secretary.post(url(meeting), data=sent)
    page = secretary.get(url(meeting)).text
    assert title and f"○{title.partition('（')[0].replace(' ', '')}" in page


def approving(page: str) -> dict[str, str]:
    """The fields of the form that approves."""
    forms = [one for one in pages.tree(page).forms if (one.action or "").endswith("/approval")]
    sent = [dict(one.form_values()) for one in forms]
    return next(one for one in sent if one["decision"] == "approve")


def test_steps_are_set_on_the_screen_walked_by_their_people_and_remarked_upon(
    secretary: Browser,
    approver: Browser,
    meeting: Meeting,
    revision: MinutesRevision,
    cast: Cast,
) -> None:
    rows = {
        "order": ["2", "1", "3"],
        "name": ["課長", "書記", ""],
        "person_id": [str(cast.approver.id), str(cast.secretary.id), ""],
        "delegate_id": ["", "", ""],
        "days": ["３", "", ""],
    }
    url_of_path, asked = f"/meetings/{meeting.id}/approval-path", f"/revisions/{revision.id}"
    refused = secretary.post(url_of_path, data=rows | {"name": ["課長" * 200, "書記", ""]})
    assert refused.status_code == 422 and "課長" * 200 in refused.text
    assert secretary.post(url_of_path, data=rows).status_code == 302
    secretary.post(f"{asked}/approval-request")
    assert "承認する" not in approver.get(url(meeting)).text, "it is not their turn"
    form = approving(secretary.get(url(meeting)).text)
    assert secretary.post(f"{asked}/approval", data=form).status_code == 302
    again = secretary.post(f"{asked}/approval", data=form)
    assert again.status_code == 409 and "先に" in again.text
    said_in = next(n for n, one in enumerate(revision.content["sections"]) if one["paragraphs"])
    said = approver.post(f"{asked}/comments/{said_in}/0", data={"text": "数字は？"})
    assert said.status_code == 302 and "数字は？" in secretary.get(url(meeting)).text
    form = approving(approver.get(url(meeting)).text)
    assert approver.post(f"{asked}/approval", data=form).status_code == 302
    assert "承認されました" in secretary.get(url(meeting)).text


def test_whom_a_step_names_reads_hears_and_decides_that_text_and_sees_nothing_else(
    browse: Browse, session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    meeting, chair = revision.meeting, cast.attendee
    roster.add(session, cast.organiser, meeting.series, chair, InvitationKind.CHAIR)
    planned = [PlannedStep("会長", chair)]
    steps.set_steps(session, cast.secretary, meeting.series, planned)
    text = f"/revisions/{revision.id}"
    client = browse(chair)
    assert client.get(text).status_code == 404, "nobody has asked yet"
    records.leave_rest_out(session, cast.secretary, revision)
    latest = revision.minutes.latest
    records.request_approval(session, cast.secretary, latest)
    session.commit()
    text = f"/revisions/{latest.id}"
    assert f'href="{text}"' in client.get("/today").text
    page = client.get(text).text
    assert "○" in page and "承認する" in page and "sound" in page
    assert "これまでの版" not in page and "/transcripts/" not in page
    sound = next(one for one in re.findall(r'data-sound="([^"]+)"', page))
    assert sound.startswith(text) and client.get(sound).mimetype == "audio/mpeg"
    here = re.search(rf"{text}/comments/[0-9]+/[0-9]+", page)
    assert here and client.post(here[0], data={"text": "数字を確かめて"}).status_code == 302
    closed = [
        f"{text}/comparison",
        f"{text}/closed-passages",
        f"/recordings/{recording_id(latest)}/sound",
    ]
    closed += [f"/transcripts/{latest.transcript_id}", f"/meetings/{meeting.id}/recordings"]
    assert [client.get(one).status_code for one in closed] == [404] * len(closed)
    refused = client.post(f"{text}/approval", data=decision(page, "send_back"))
    assert refused.status_code == 422 and "理由" in refused.text
    done = client.post(f"{text}/approval", data=decision(page, "approve"))
    assert done.location == "/today"
    session.commit()
    session.expire_all()
    assert latest.is_approved and "承認が終わりました" in client.get(text).text


def decision(page: str, kind: str) -> dict[str, str]:
    step = re.search(r'name="step_id" value="([0-9]+)"', page)
    assert step is not None
    return {"decision": kind, "step_id": step[1]}


def recording_id(revision: MinutesRevision) -> int:
    return revision.transcript.recording.id
