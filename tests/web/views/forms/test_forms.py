"""The record as files, templates of a city, and a Word file that comes back, on the screen and by
the API."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from minutes.assignment import spans
from minutes.forms import starters
from minutes.forms.kinds import RecordForm
from minutes.records import records
from minutes.records.content import content_of
from minutes.records.records import minutes_of
from models.minutes import MinutesRevision
from models.person import Person
from models.transcript import Transcript
from tests.cast import Cast
from tests.conftest import Browser, Script
from tests.minutes.forms.test_returning import edited
from tests.minutes.forms.test_templates import starter_with

Browse = Callable[[Person], Browser]
VERBATIM = RecordForm.VERBATIM


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    spans.leave_rest_out(session, cast.secretary, transcript)
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


def file(content: bytes, name: str = "様式.docx") -> dict[str, Any]:
    return {"file": (io.BytesIO(content), name)}


def test_every_form_is_taken_from_the_page_of_the_minutes(
    revision: MinutesRevision, browse: Browse, cast: Cast
) -> None:
    secretary, meeting = browse(cast.secretary), revision.meeting
    page = secretary.get(f"/meetings/{meeting.id}/minutes").text
    assert "どの頁にも「案（未定稿）」" in page
    for form in RecordForm:
        assert f"/revisions/{revision.id}/files/{form}/docx" in page
    pdf = secretary.get(f"/revisions/{revision.id}/files/verbatim/pdf?columns=2&lines=1")
    assert pdf.data.startswith(b"%PDF") and "attachment" in pdf.headers["Content-Disposition"]
    assert secretary.get(f"/revisions/{revision.id}/files/verbatim/exe").status_code == 404
    attendee = browse(cast.attendee)
    assert attendee.get(f"/revisions/{revision.id}/files/verbatim/txt").status_code == 404


def test_a_template_is_put_in_for_a_series_refused_with_its_paragraph_and_taken_back(
    revision: MinutesRevision, browse: Browse, cast: Cast
) -> None:
    secretary, url = browse(cast.secretary), f"/meetings/{revision.meeting.id}/forms"
    wrong = secretary.post(
        f"{url}/verbatim/template", data=file(starter_with("{{ 会議体 }}", "{{ 会議隊 }}"))
    )
    assert wrong.status_code == 422 and "本文の1段落目「{{ 会議隊 }}」" in wrong.text
    mine = starter_with("{{ 会議体 }}", "若葉市")
    assert secretary.post(f"{url}/verbatim/template", data=file(mine)).status_code == 302
    assert "様式.docx" in secretary.get(url).text
    assert secretary.get(f"{url}/verbatim/template").data == mine
    made = secretary.get(f"/revisions/{revision.id}/files/verbatim/docx").data
    assert "若葉市" in _document(made)
    assert secretary.post(f"{url}/verbatim/template/removal").status_code == 302
    assert secretary.get(f"{url}/verbatim/template").data == starters.starter(VERBATIM)


def test_the_city_has_templates_that_only_the_administrator_puts_in(
    revision: MinutesRevision, script: Callable[[Person], Script], cast: Cast
) -> None:
    administrator, secretary = script(cast.administrator), script(cast.secretary)
    content = file(starters.starter(VERBATIM))
    assert secretary.open("POST", "/forms/verbatim/template", data=content).status_code == 404
    content = file(starters.starter(VERBATIM))
    answer = administrator.open("POST", "/forms/verbatim/template", data=content)
    assert (answer.status_code, answer.get_json()["file_name"]) == (201, "様式.docx")
    assert [one["form"] for one in administrator.get("/forms")["templates"]] == ["verbatim"]
    administrator.call("DELETE", "/forms/verbatim/template", status=204)
    assert administrator.get("/forms") == {"templates": []}


def test_a_corrected_word_file_comes_back_and_keeps_the_places_in_the_sound(
    session: Session, revision: MinutesRevision, browse: Browse, cast: Cast
) -> None:
    secretary, meeting = browse(cast.secretary), revision.meeting
    said = content_of(revision).sections[-1].paragraphs[0]
    document = secretary.get(f"/revisions/{revision.id}/files/verbatim/docx").data
    returned = edited(document, (said.text[:6], f"改めて{said.text[:6]}"))
    url = f"/meetings/{meeting.id}/returned"
    page = secretary.post(url, data=file(returned))
    key = f"{len(content_of(revision).sections) - 1}-0-changed"
    assert f'value="{key}" checked' in page.text and "<ins>改めて</ins>" in page.text
    form = {"take": key, f"text-{key}": f"改めて{said.text}", "based_on": "1"}
    assert secretary.post(f"{url}/taken", data=form).status_code == 302
    session.commit()
    minutes = minutes_of(session, meeting)
    assert minutes is not None and minutes.latest.number == 2
    now = content_of(minutes.latest).sections[-1].paragraphs[0]
    assert (now.text, now.place, now.segment_ids) == (
        f"改めて{said.text}", said.place, said.segment_ids,
    )  # fmt: skip
    stale = secretary.post(f"{url}/taken", data=form | {f"text-{key}": "別の文。"})
    assert stale.status_code == 409 and "新しい版ができました" in stale.text
    refused = secretary.post(url, data=file(b"x"))
    assert refused.status_code == 422 and "読めません" in refused.text


def test_scripts_see_and_take_the_differences_too(
    revision: MinutesRevision, script: Callable[[Person], Script], cast: Cast
) -> None:
    secretary, meeting = script(cast.secretary), revision.meeting
    said = content_of(revision).sections[-1].paragraphs[0]
    path = f"/revisions/{revision.id}/file?form=verbatim&format=docx"
    document = secretary.open("GET", path).data
    returned = edited(document, (said.text[:6], f"改めて{said.text[:6]}"))
    url = f"/meetings/{meeting.id}/minutes/returned"
    found = secretary.open("POST", url, data=file(returned)).get_json()
    assert [one["text"] for one in found["changes"]] == [f"改めて{said.text}"]
    taken = {"based_on": found["based_on"], "changes": found["changes"]}
    assert secretary.call("POST", f"{url}/taken", taken, status=201)["number"] == 2
    assert secretary.get(f"/meetings/{meeting.id}/minutes")["approved_revision_id"] is None


def _document(made: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return packed.read("word/document.xml").decode()
