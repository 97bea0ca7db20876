"""The screens of a meeting: setting up, agenda, documents, invitations, the first page."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import dates
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.invitations import invitations
from meetings.pdf import pdf
from meetings.settings.work import DocumentSettings
from models.audit import AuditLine
from models.document import Document
from models.meeting import InvitationReply, Meeting
from models.person import Person
from tests.conftest import Browser, Cast, Script
from tests.queries import unchanged
from web.app import attach
from web.demo import builders
from web.demo.papers import to_pdf

Browse = Callable[[Person], Browser]


def new_meeting(cast: Cast, **changed: str) -> dict[str, str]:
    return {
        "series": "定例会",
        "department_id": str(cast.organiser.department_id),
        "title": "第1回 定例会",
        "date": "2026-12-01",
        "starts": "14:00",
        "ends": "16:00",
        "place": "第1会議室",
    } | changed


def test_an_organiser_sets_up_a_meeting(cast: Cast, browse: Browse, engine: Engine) -> None:
    answer = browse(cast.organiser).post("/meetings", data=new_meeting(cast))
    assert answer.status_code == HTTPStatus.FOUND
    with Session(engine) as session:
        made = session.scalars(select(Meeting)).one()
        assert (made.title, made.series.name) == ("第1回 定例会", "定例会")


def test_the_citys_days_of_access_hold_for_meetings_of_screens_and_scripts(
    app: Flask,
    cast: Cast,
    browse: Browse,
    script: Callable[[Person], Script],
    config: Config,
    engine: Engine,
) -> None:
    attach(app, replace(config, documents=DocumentSettings(access_days=30)), engine)
    browse(cast.organiser).post("/meetings", data=new_meeting(cast, series=""))
    body = {"title": "第2回", "place": "第1会議室"} | {
        "starts_at": "2026-12-02T14:00:00+09:00",
        "ends_at": "2026-12-02T16:00:00+09:00",
    }
    script(cast.organiser).call("POST", "/meetings", body, status=201)
    with Session(engine) as session:
        made = session.scalars(select(Meeting).order_by(Meeting.id)).all()
        assert [(m.access_days, m.series.name) for m in made] == [
            (30, "第1回 定例会"),
            (30, "第2回"),
        ]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("date", "2026-02-30", "「2026-02-30」はありません"),
        ("title", "長" * 10_000, "いまは10,000文字"),
        ("ends", "13:00", "開始の時刻より後"),
        ("place", "", "場所を入力"),
        ("department_id", "999", "所属を選んで"),
    ],
)
def test_what_cannot_be_taken_is_told_and_everything_typed_stays(
    cast: Cast, browse: Browse, engine: Engine, field: str, value: str, sentence: str
) -> None:
    given = new_meeting(cast, series="めずらしい会議体", **{field: value})
    answer = browse(cast.organiser).post("/meetings", data=given)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in answer.text
    assert "めずらしい会議体" in answer.text
    with Session(engine) as session:
        assert session.scalars(select(Meeting)).all() == []


def test_an_attendee_cannot_set_up_a_meeting(cast: Cast, browse: Browse, engine: Engine) -> None:
    client = browse(cast.attendee)
    assert client.get("/meetings/new").status_code == HTTPStatus.NOT_FOUND
    with unchanged(engine):
        assert client.post("/meetings", data=new_meeting(cast)).status_code == HTTPStatus.NOT_FOUND


def test_an_organiser_of_one_department_sets_up_none_for_another(
    cast: Cast, browse: Browse
) -> None:
    answer = browse(cast.outsider).post("/meetings", data=new_meeting(cast))
    assert "所属を選んで" in answer.text


def test_a_stale_form_shows_both_and_can_be_sent_on_top(
    cast: Cast, browse: Browse, meeting: Meeting
) -> None:
    client = browse(cast.organiser)
    url = f"/meetings/{meeting.id}"
    first = new_meeting(cast, title="先の題", revision="1")
    assert client.post(url, data=first).status_code == HTTPStatus.FOUND
    second = new_meeting(cast, title="後の題", revision="1")
    stale = client.post(url, data=second)
    assert stale.status_code == HTTPStatus.CONFLICT
    assert "先の題" in stale.text and "後の題" in stale.text
    assert client.post(url, data=second | {"revision": "2"}).status_code == HTTPStatus.FOUND
    assert "後の題" in client.get(url).text


def test_several_documents_come_at_once_and_a_bad_one_does_not_hold_up_the_others(
    cast: Cast, browse: Browse, meeting: Meeting, engine: Engine
) -> None:
    item = meeting.agenda_items[1]
    answer = browse(cast.organiser).post(
        f"/meetings/{meeting.id}/documents",
        data={
            "agenda_item_id": str(item.id),
            "files": [
                (io.BytesIO(to_pdf("# 一")), "資料1.pdf"),
                (io.BytesIO(b"no pdf"), "壊れた資料.pdf"),
                (io.BytesIO(to_pdf("# 二")), "資料2.pdf"),
            ],
        },
        follow_redirects=True,
    )
    assert "資料を2件登録しました" in answer.text
    assert "「壊れた資料.pdf」は登録できませんでした" in answer.text
    with Session(engine) as session:
        found = session.scalars(select(Document).order_by(Document.id)).all()
        assert [(d.title, d.agenda_item_id) for d in found] == [
            ("資料1", item.id), ("資料2", item.id),
        ]  # fmt: skip


def test_sending_no_file_is_told(cast: Cast, browse: Browse, meeting: Meeting) -> None:
    answer = browse(cast.organiser).post(
        f"/meetings/{meeting.id}/documents",
        data={"files": (io.BytesIO(b""), "")},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert "ファイルを選んで" in answer.text


@pytest.fixture
def with_documents(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Meeting:
    builders.add_materials(session, storage, cast.organiser, meeting, builders.folder("dx-council"))
    session.commit()
    return meeting


def test_an_attendee_opens_a_document_in_one_tap_and_the_look_is_noted(
    cast: Cast, browse: Browse, with_documents: Meeting, engine: Engine
) -> None:
    client = browse(cast.attendee)
    assert 'href="/documents/1"' in client.get(f"/meetings/{with_documents.id}").text
    viewer = client.get("/documents/1").text
    assert "資料2 骨子" in viewer
    file = client.get("/versions/1/file", headers={"Range": "bytes=0-4"})
    assert file.status_code == HTTPStatus.PARTIAL_CONTENT
    assert file.data == b"%PDF-"
    with Session(engine) as session:
        lines = session.scalars(select(AuditLine).where(AuditLine.verb == "look")).all()
        assert [(line.person_id, line.thing) for line in lines] == [
            (cast.attendee.id, "meeting"),
            (cast.attendee.id, "document"),
        ]


def test_a_removed_document_is_gone_from_the_screens_and_its_file_stays(
    cast: Cast, browse: Browse, with_documents: Meeting, storage: Storage, engine: Engine
) -> None:
    client = browse(cast.organiser)
    form = {"title": "資料", "act": "remove"}
    client.post("/documents/1", data=form)
    assert client.get("/documents/1").status_code == HTTPStatus.NOT_FOUND
    with Session(engine) as session:
        document = session.get_one(Document, 1)
        assert storage.path(document.current.sha256).exists()


def test_an_answer_is_a_row_and_the_last_one_counts(
    cast: Cast, browse: Browse, meeting: Meeting, engine: Engine
) -> None:
    client = browse(cast.attendee)
    for given in ("coming", "absent"):
        client.post(f"/meetings/{meeting.id}/answer", data={"answer": given})
    assert "欠席" in client.get(f"/meetings/{meeting.id}").text
    with Session(engine) as session:
        rows = session.scalars(select(InvitationReply).order_by(InvitationReply.id)).all()
        assert [row.word for row in rows] == ["coming", "absent"]


def test_a_withdrawn_invitation_closes_the_meeting(
    session: Session, cast: Cast, browse: Browse, meeting: Meeting
) -> None:
    client = browse(cast.attendee)
    assert client.get(f"/meetings/{meeting.id}").status_code == HTTPStatus.OK
    invitation = invitations.invitation_of(session, meeting, cast.attendee)
    assert invitation is not None
    organiser = browse(cast.organiser)
    organiser.post(f"/invitations/{invitation.id}/withdrawal")
    assert client.get(f"/meetings/{meeting.id}").status_code == HTTPStatus.NOT_FOUND
    organiser.post(
        f"/meetings/{meeting.id}/invitations",
        data={"person_ids": [str(cast.attendee.id)], "kind": "presenter"},
    )
    assert client.get(f"/meetings/{meeting.id}").status_code == HTTPStatus.OK


def test_the_first_page_shows_the_meeting_of_today_and_what_waits(
    cast: Cast, browse: Browse, meeting: Meeting
) -> None:
    page = browse(cast.attendee).get("/today").text
    assert "会議に入る" in page and meeting.title in page
    assert "出欠の回答を待っています（1件）" in page
    assert "校正する会議" not in page
    assert "ありません" in browse(cast.outsider).get("/today").text


def test_pdfium_works_in_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, browse: Browse, meeting: Meeting
) -> None:
    """A PDF that keeps PDFium busy for ever costs a sentence, not the server."""
    monkeypatch.setattr(pdf, "OPENING_SECONDS", 0.01)
    answer = browse(cast.organiser).post(
        f"/meetings/{meeting.id}/documents",
        data={"files": (io.BytesIO(to_pdf("# ひまがかかる")), "資料1.pdf")},
        follow_redirects=True,
    )
    assert "決められた時間とメモリーの中で開けませんでした" in answer.text


def test_whose_link_leads_nowhere_from_outside_is_told(
    browse: Browse, cast: Cast, meeting: Meeting
) -> None:
    browser, url = browse(cast.organiser), f"/meetings/{meeting.id}"
    assert "管理者に頼んでください" in browser.get(f"{url}/invitations").text
    made = browser.post(f"{url}/guests", data={"name": "客員 一郎", "kind": "observer"}).text
    assert "管理者に頼んでください" in made and 'class="spelled"' in made
    assert "オブザーバー（外部）" in browser.get(f"{url}/invitations").text


def test_times_are_written_as_offices_write_them() -> None:
    starts_at = datetime(2026, 11, 23, 3, 30, tzinfo=dates.TOKYO)
    ends = [starts_at.replace(hour=hour, minute=0) for hour in (12, 20)]
    assert [dates.span_in_words(starts_at, end) for end in ends] == [
        "令和8年11月23日（月）午前3時30分から正午まで",
        "令和8年11月23日（月）午前3時30分から午後8時まで",
    ]
    assert dates.clock_in_words(starts_at.replace(hour=0)) == "午前0時30分"
