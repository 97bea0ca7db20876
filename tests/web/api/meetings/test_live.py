"""The sitting over the API: forged turns, memos of others, closed documents."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pypdfium2 as pdfium
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import documents
from meetings.documents.documents import Permissions
from meetings.invitations import invitations
from models.document import Document, DocumentVersion, Page
from models.meeting import InvitationKind, Meeting
from models.person import Person
from models.sitting import Turn
from tests.conftest import Browser, Cast, Script
from tests.queries import unchanged
from web.demo import builders

As = Callable[[Person], Script]


@pytest.fixture
def document(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Document:
    builders.add_materials(session, storage, cast.organiser, meeting, builders.folder("dx-council"))
    session.commit()
    return documents.reading_order(session, meeting)[0][1]


def test_a_forged_turn_changes_nothing(
    session: Session, script: As, cast: Cast, meeting: Meeting, document: Document
) -> None:
    turn = {"version_id": document.current.id, "page": 1}
    script(cast.presenter).call("POST", f"/meetings/{meeting.id}/presenting", status=201)
    for somebody in (cast.attendee, cast.secretary, cast.organiser):
        answer = script(somebody).call("POST", f"/meetings/{meeting.id}/turns", turn, status=409)
        assert "安永" in answer["message"]
    script(cast.outsider).call("POST", f"/meetings/{meeting.id}/turns", turn, status=404)
    session.commit()
    assert session.query(Turn).count() == 0
    script(cast.presenter).call("POST", f"/meetings/{meeting.id}/turns", turn, status=201)
    live = script(cast.attendee).get(f"/meetings/{meeting.id}/live")
    assert live["turn"]["page"] == 1 and live["presenter"]["name"] == cast.presenter.name


def test_a_page_of_another_meeting_or_none_is_not_shown(
    script: As, engine: Engine, cast: Cast, meeting: Meeting, document: Document
) -> None:
    presenter = script(cast.presenter)
    presenter.call("POST", f"/meetings/{meeting.id}/presenting", status=201)
    version = document.current.id
    for turn in ({"version_id": version, "page": 999}, {"version_id": 999, "page": 1}):
        with unchanged(engine):
            presenter.call("POST", f"/meetings/{meeting.id}/turns", turn, status=422)


def test_two_presenters_at_the_same_moment_leave_one(
    script: As, session: Session, cast: Cast, meeting: Meeting
) -> None:
    invitations.invite(session, cast.organiser, meeting, cast.attendee, InvitationKind.PRESENTER)
    first, second = script(cast.presenter), script(cast.attendee)
    first.call("POST", f"/meetings/{meeting.id}/presenting", status=201)
    refused = second.call("POST", f"/meetings/{meeting.id}/presenting", status=409)
    assert cast.presenter.name in refused["message"]


def test_of_two_who_begin_in_the_same_moment_one_presents(
    script: As, session: Session, cast: Cast, meeting: Meeting
) -> None:
    invitations.invite(session, cast.organiser, meeting, cast.attendee, InvitationKind.PRESENTER)
    both = [script(cast.presenter), script(cast.attendee)]
    begin, path = threading.Barrier(2), f"/meetings/{meeting.id}/presenting"

    def present(somebody: Script) -> int:
        begin.wait()
        return somebody.open("POST", path).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(present, both)) == [201, 409]
    assert script(cast.organiser).get(f"/meetings/{meeting.id}/live")["presenter"] is not None


def test_memos_of_others_look_absent(
    script: As, session: Session, cast: Cast, meeting: Meeting, document: Document
) -> None:
    page = document.current.pages[0].id
    body = {"key": "k1", "kind": "note", "content": {"x": 1, "y": 2, "text": "内緒"}}
    memo = script(cast.attendee).call("POST", f"/pages/{page}/memos", body, status=201)
    change = {"page_id": page, "content": body["content"], "based_on": 1}
    for somebody in (cast.organiser, cast.presenter, cast.secretary):
        other = script(somebody)
        assert other.get(f"/versions/{document.current.id}/memos") == {"memos": []}
        other.call("PUT", f"/memos/{memo['id']}", change, status=404)
        other.call("DELETE", f"/memos/{memo['id']}", status=404)
        other.call("PUT", f"/memos/{memo['id']}/sharing", status=404)
    owner = script(cast.attendee)
    owner.call("PUT", f"/memos/{memo['id']}/sharing")
    (seen,) = script(cast.organiser).get(f"/versions/{document.current.id}/memos")["memos"]
    assert (seen["is_mine"], seen["author"]["name"]) == (False, cast.attendee.name)


def test_a_document_closed_to_a_reader_is_closed_on_every_way(
    browse: Callable[[Person], Browser],
    session: Session,
    cast: Cast,
    meeting: Meeting,
    document: Document,
) -> None:
    documents.permit(session, cast.organiser, document, Permissions(readers=[cast.presenter]))
    version, page = document.current.id, document.current.pages[0].id
    reader, other = browse(cast.presenter), browse(cast.attendee)
    for path in (
        f"/documents/{document.id}",
        f"/versions/{version}/file",
        f"/versions/{version}/thumbnail",
        f"/versions/{version}/download",
        f"/versions/{version}/print",
        f"/versions/{version}/comparison",
        f"/api/documents/{document.id}",
        f"/api/versions/{version}/file",
        f"/api/versions/{version}/memos",
        f"/api/versions/{version}/pages",
    ):
        assert other.get(path).status_code == 404, path
    assert other.post(f"/api/pages/{page}/memos", json={}).status_code == 404
    assert reader.get(f"/versions/{version}/file").status_code == 200
    shown = other.get(f"/meetings/{meeting.id}").text
    assert document.title not in shown
    listed = other.get(f"/meetings/{meeting.id}/viewer").get_json()["documents"]
    assert document.id not in [entry["id"] for entry in listed]


def test_who_presents_cannot_show_what_is_closed_to_them(
    session: Session, script: As, cast: Cast, meeting: Meeting, document: Document
) -> None:
    """Nor learn its title or how long it is: what is closed and what is not there look alike."""
    documents.permit(session, cast.organiser, document, Permissions(readers=[cast.attendee]))
    session.commit()
    presenter, path = script(cast.presenter), f"/meetings/{meeting.id}/turns"
    presenter.call("POST", f"/meetings/{meeting.id}/presenting", status=201)
    version = document.current.id
    refusals = [
        presenter.call("POST", path, {"version_id": number, "page": page}, status=422)
        for number, page in ((version, 1), (version, 999), (9999, 1))
    ]
    assert refusals[0] == refusals[1] == refusals[2]
    assert session.query(Turn).count() == 0


def test_nobody_is_shown_a_version_that_is_not_released(
    session: Session, script: As, cast: Cast, meeting: Meeting, document: Document
) -> None:
    document.current.released_at = None
    session.commit()
    version, presenter = document.versions[0].id, script(cast.organiser)
    presenter.call("POST", f"/meetings/{meeting.id}/presenting", status=201)
    turn = {"version_id": version, "page": 1}
    presenter.call("POST", f"/meetings/{meeting.id}/turns", turn, status=422)
    assert session.query(Turn).count() == 0


def test_a_closed_document_that_is_presented_is_known_to_its_readers_alone(
    session: Session, script: As, cast: Cast, meeting: Meeting, document: Document
) -> None:
    documents.permit(session, cast.organiser, document, Permissions(readers=[cast.presenter]))
    session.commit()
    presenter, version = script(cast.presenter), document.current.id
    presenter.call("POST", f"/meetings/{meeting.id}/presenting", status=201)
    turn = {"version_id": version, "page": 1}
    presenter.call("POST", f"/meetings/{meeting.id}/turns", turn, status=201)
    for reader in (cast.presenter, cast.organiser, cast.secretary):
        live = script(reader).get(f"/meetings/{meeting.id}/live")
        assert live["turn"]["version_id"] == version and not live["is_turn_closed"]
    other = script(cast.attendee)
    live = other.get(f"/meetings/{meeting.id}/live")
    assert live["turn"] is None and live["is_turn_closed"]
    assert other.get(f"/meetings/{meeting.id}/turns")["turns"] == []
    assert len(presenter.get(f"/meetings/{meeting.id}/turns")["turns"]) == 1


def test_a_memo_cannot_be_moved_to_a_page_that_its_owner_may_not_see(
    session: Session, storage: Storage, script: As, cast: Cast, meeting: Meeting, document: Document
) -> None:
    attendee, page = script(cast.attendee), document.current.pages[0]
    note = {"x": 10, "y": 10, "text": "確認"}
    body = {"key": "k1", "kind": "note", "content": note}
    memo = attendee.call("POST", f"/pages/{page.id}/memos", body, status=201)
    session.commit()
    draft = DocumentVersion(
        document=document,
        number=2,
        page_count=1,
        sha256=document.current.sha256,
        size_bytes=1,
        file_name="案.pdf",
        created_by=cast.organiser,
        thumbnail_sha256=document.current.sha256,
    )
    session.add(draft)
    closed = Page(version=draft, number=1, width=500, height=700, text="")
    session.add(closed)
    session.commit()
    change = {"page_id": closed.id, "content": note, "based_on": memo["revision"]}
    attendee.call("PUT", f"/memos/{memo['id']}", change, status=404)
    assert attendee.get(f"/versions/{document.versions[0].id}/memos")["memos"] != []


def test_a_proposed_version_is_closed_to_those_who_do_not_prepare(
    browse: Callable[[Person], Browser],
    session: Session,
    storage: Storage,
    cast: Cast,
    document: Document,
) -> None:
    content = storage.path(document.current.sha256).read_bytes()
    organiser, attendee = browse(cast.organiser), browse(cast.attendee)
    answer = organiser.post(
        f"/documents/{document.id}/versions", data={"file": (io.BytesIO(content), "新.pdf")}
    )
    assert answer.status_code == 302
    session.commit()
    session.expire_all()
    assert document.proposed is not None
    path = f"/versions/{document.proposed.id}/file"
    assert organiser.get(path).status_code == 200
    assert attendee.get(path).status_code == 404


def test_a_watermarked_document_leaves_with_the_readers_name(
    browse: Callable[[Person], Browser], session: Session, cast: Cast, document: Document
) -> None:
    documents.permit(session, cast.organiser, document, Permissions(is_watermarked=True))
    path = f"/versions/{document.current.id}/download"
    stamped = pdfium.PdfDocument(browse(cast.attendee).get(path).data)
    plain = pdfium.PdfDocument(browse(cast.organiser).get(path).data)
    assert cast.attendee.name in stamped[0].get_textpage().get_text_bounded()
    assert cast.attendee.name not in plain[0].get_textpage().get_text_bounded()


def test_what_may_not_be_saved_is_not_there_to_be_saved(
    browse: Callable[[Person], Browser], session: Session, cast: Cast, document: Document
) -> None:
    documents.permit(
        session, cast.organiser, document, Permissions(may_print=False, may_download=False)
    )
    attendee, version = browse(cast.attendee), document.current.id
    for path in ("download", "print"):
        assert attendee.get(f"/versions/{version}/{path}").status_code == 404
    assert attendee.get(f"/api/versions/{version}/file").status_code == 404
    assert attendee.get(f"/versions/{version}/file").status_code == 200
