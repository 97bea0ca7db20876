"""What is closed reaches no citizen: no byte of any page, no second of any sound."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pypdfium2 as pdfium
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from meetings import dates
from meetings.disk.storage import Storage
from meetings.rights import publication_of
from minutes.forms.kinds import RecordForm
from minutes.records.content import content_of
from minutes.records.head import HeadDecision, HeadEvent, HeadItem
from minutes.sound import audio
from minutes.sound.samples import Samples
from models.audit import AuditLine
from models.base import now
from models.closed_passage import ClosedPassage, ClosedState
from models.minutes import MinutesRevision
from models.person import Person
from models.proceedings import ItemResult, SittingEventKind
from models.transcript import Segment, Transcript
from tests.conftest import Browser, Cast, Script
from tests.world import World, build_world
from web.access import policy_of

SECRET = "お忙しい中お集まり"
"""Words of the second segment, which is the end of the first sentence."""

Sign = Callable[[Person], Script]
Browse = Callable[[Person], Browser]


@pytest.fixture
def world(session: Session, storage: Storage, cast: Cast) -> World:
    """A published meeting in the place of the unpublished one, whose letters are said evenly."""
    made = build_world(session, storage, cast)
    publication = publication_of(session, made.published.id)
    assert publication is not None
    transcript = publication.revision.transcript
    for segment in transcript.segments:
        segment.token_timings = evenly(segment)
    session.commit()
    return replace(
        made,
        unpublished=made.published,
        transcript=transcript,
        recording=transcript.recording,
    )


def evenly(segment: Segment) -> list[tuple[int, float, float]]:
    step = (segment.end_seconds - segment.start_seconds) / len(segment.heard)
    return [(1, segment.start_seconds + n * step, 0.9) for n in range(len(segment.heard))]


def seconds_of(transcript: Transcript, words: str) -> tuple[float, float]:
    """When these words of the second segment are said."""
    segment = transcript.segments[1]
    at = segment.heard.index(words)
    timings = evenly(segment)
    return timings[at][1], timings[at + len(words)][1]


def revision_of(world: World, session: Session) -> MinutesRevision:
    publication = publication_of(session, world.published.id)
    assert publication is not None
    return publication.revision


def marked(
    world: World, session: Session, words: str = SECRET, **more: object
) -> dict[str, object]:
    """The body with which a script closes these words of the first sentence."""
    text = revision_of(world, session).content["sections"][0]["paragraphs"][0]["text"]
    start = text.index(words)
    first = {"section": 0, "paragraph": 0, "start": start}
    last = {"section": 0, "paragraph": 0, "end": start + len(words)}
    return {"scope": "words", "first": first, "last": last} | more


def close(world: World, session: Session, script: Sign, cast: Cast, **more: object) -> None:
    body = marked(world, session, kind="revoked", decided_by_whom="議長", **more)
    url = f"/revisions/{revision_of(world, session).id}/closed-passages"
    script(cast.secretary).call("POST", url, body, status=201)
    session.commit()


def gettable(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and policy_of(app.view_functions[rule.endpoint]):
            yield rule


def every_answer(app: Flask, client: FlaskClient, world: World) -> dict[str, TestResponse]:
    """All that a reader gets of the published meeting, by address."""
    found = {}
    for rule in gettable(app):
        url = str(rule)
        for argument in rule.arguments:
            place = next(part for part in url.split("/") if part.endswith(f"{argument}>"))
            url = url.replace(place, str(world.argument(argument)))
        found[url] = client.get(url)
    return found


def with_words(answers: dict[str, TestResponse], words: str) -> list[str]:
    """The addresses whose answers hold the words, as they are or escaped as in JSON."""
    forms = (words.encode(), json.dumps(words)[1:-1].encode())
    return sorted(
        url for url, answer in answers.items() if any(form in body_of(answer) for form in forms)
    )


def body_of(answer: TestResponse) -> bytes:
    """The bytes of an answer; of a PDF the text that is read from it."""
    is_packed = answer.headers.get("Content-Encoding") == "gzip"
    data = gzip.decompress(answer.get_data()) if is_packed else answer.get_data()
    if answer.mimetype != "application/pdf":
        return data
    pages = [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(data)]
    return "".join("".join(pages).split()).encode()


def sounds_in(answers: dict[str, TestResponse]) -> list[str]:
    return [
        url
        for url, answer in answers.items()
        if answer.status_code == 200 and answer.mimetype.startswith(("audio/", "video/"))
    ]


def heard(answer: TestResponse, storage: Storage) -> Samples:
    """The samples of a sound that was answered."""
    assert answer.status_code == 200, answer.status
    with storage.receive(10_000_000) as incoming:
        incoming.write(answer.data)
        incoming.flush_to_disk()
        wav = incoming.path.with_suffix(".wav")
        audio.normalise(incoming.path, wav)
    samples = audio.read(wav, 0.0, 60.0)
    wav.unlink()
    return samples


def loudness(samples: Samples, start: float, end: float) -> float:
    piece = samples[round(start * audio.RATE) : round(end * audio.RATE)]
    return float(np.sqrt(np.mean(np.square(piece))))


@pytest.mark.slow
def test_no_byte_or_other_sound_that_citizens_or_attendees_can_ask_for_holds_what_is_closed(
    app: Flask,
    citizen: Browser,
    world: World,
    session: Session,
    cast: Cast,
    script: Sign,
    browse: Browse,
) -> None:
    page = f"/published/{world.published.id}"
    forms = (page, f"{page}/text", f"/api{page}", f"{page}/sentences/0/0", f"{page}/pdf")
    before = {url: citizen.get(url) for url in forms}
    assert with_words(before, SECRET) == sorted(forms), "it was public in every form"
    close(world, session, script, cast)
    for reader in (citizen, browse(cast.attendee)):
        answers = every_answer(app, reader, world)
        if reader is not citizen:  # what somebody said they are asked to check, of another meeting
            answers = {url: one for url, one in answers.items() if "/checks/" not in url}
        assert with_words(answers, SECRET) == []
        assert sounds_in(answers) == [f"{page}/sentences/0/0/sound"], "no other sound is given"
    assert "〔発言取消し〕" in citizen.get(page).text
    own = browse(cast.secretary).get(f"/meetings/{world.published.id}/minutes").text
    assert f">{SECRET}</u>" in own, "the original keeps it, underlined"


def test_of_a_closed_item_only_that_it_was_held_and_its_result_reach_citizens(
    app: Flask, citizen: Browser, world: World, session: Session, cast: Cast, script: Sign
) -> None:
    revision = revision_of(world, session)
    left, mover, motion = "退席 秘子", "動議 提太", "秘密の動議"
    content, number = content_of(revision), revision.meeting.agenda_items[0].id
    item = HeadItem(agenda_item_id=number, number="1", title="人事の件")
    content.sections[0].agenda_item_id, content.sections[0].number = number, "1"
    events = [
        HeadEvent(kind=kind, at=f"2021-08-24T14:{minute:02}:00+09:00", who=who, item=of)
        for minute, kind, who, of in (
            (0, SittingEventKind.OPENED, "", ""),
            (5, SittingEventKind.LEFT, left, "1"),
            (7, SittingEventKind.SUSPENDED, "", "1"),
            (9, SittingEventKind.RESUMED, "", "2"),
            (30, SittingEventKind.CLOSED, "", "1"),
        )
    ]
    result = HeadDecision(
        agenda_item_id=number, item="1", subject=item.title, result=ItemResult.PASSED, mover=mover
    )
    moved = result.model_copy(update={"subject": motion, "result": ItemResult.REJECTED})
    content.head = content.shown_head.model_copy(
        update={"items": [item], "events": events, "decisions": [moved, result]}
    )
    revision.content = content.model_dump()
    session.commit()
    close(world, session, script, cast, scope="section")
    page = f"/published/{world.published.id}"
    forms = (page, f"{page}/text", f"/api{page}", f"{page}/pdf")
    answers = {url: citizen.get(url) for url in forms}
    for words in (left, mover, motion, "休憩", "再開", "否決"):
        assert with_words(answers, words) == [], words
    told = citizen.get(f"{page}/text").text
    assert "午後2時　開会" in told and "午後2時30分　閉会" in told
    assert "人事の件" in told and "可決" in told


def test_the_copy_for_citizens_is_taken_along_in_every_form(
    world: World, session: Session, cast: Cast, script: Sign
) -> None:
    close(world, session, script, cast)
    url = f"/revisions/{revision_of(world, session).id}/file?format=txt"
    secretary = script(cast.secretary)
    for form in RecordForm:
        original, copy = (
            secretary.open("GET", f"{url}&form={form}&public={n}").text for n in (0, 1)
        )
        assert SECRET not in copy and copy.startswith(original[:4])
        assert (SECRET in original) == form.has_speeches


def test_nobody_finds_it_by_its_words_and_what_was_kept_is_told_to_be_old(
    citizen: Browser, world: World, session: Session, cast: Cast, script: Sign
) -> None:
    page = f"/published/{world.published.id}"
    tags = {url: citizen.get(url).headers["ETag"] for url in (page, f"/api{page}")}
    tags |= {url: citizen.get(url).headers["ETag"] for url in (f"{page}/sentences/0/0/sound",)}
    assert "1件です" in citizen.get("/", query_string={"q": "お集まり"}).text
    close(world, session, script, cast)
    for words in (SECRET, "お集まり", "集ま"):
        assert "0件です" in citizen.get("/", query_string={"q": words}).text
        api = citizen.get("/api/published", query_string={"q": words})
        assert api.get_json()["total"] == 0
    for url, tag in tags.items():
        assert citizen.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_the_sound_of_the_closed_words_is_silent_and_that_of_the_others_is_not(
    citizen: Browser,
    world: World,
    session: Session,
    storage: Storage,
    cast: Cast,
    script: Sign,
) -> None:
    url = f"/published/{world.published.id}/sentences/0/0/sound"
    begin = world.transcript.segments[0].start_seconds
    start, end = (second - begin for second in seconds_of(world.transcript, SECRET))
    before = heard(citizen.get(url), storage)
    assert loudness(before, start, end) > 0.01
    close(world, session, script, cast)
    after = heard(citizen.get(url), storage)
    assert loudness(after, start - 0.1, end + 0.1) < 0.0005
    assert len(after) == pytest.approx(len(before), abs=audio.RATE / 10)
    assert loudness(after, 0.2, start - 1.0) == pytest.approx(
        loudness(before, 0.2, start - 1.0), rel=0.1
    )


def test_a_sentence_that_is_closed_whole_is_not_heard_at_all(
    citizen: Browser, world: World, session: Session, cast: Cast, script: Sign
) -> None:
    close(world, session, script, cast, scope="sentences")
    page = f"/published/{world.published.id}/sentences"
    assert citizen.get(f"{page}/0/0/sound").status_code == 404
    assert citizen.get(f"{page}/0/0").status_code == 404
    assert citizen.get(f"{page}/0/1/sound").status_code == 200


def test_the_page_says_on_which_day_it_was_corrected_and_the_audit_who_did(
    citizen: Browser, world: World, session: Session, cast: Cast, script: Sign
) -> None:
    close(world, session, script, cast)
    page = citizen.get(f"/published/{world.published.id}").text
    assert f"{dates.in_full(now())}に公開しない箇所を改めました" in page
    assert "議長" not in page
    verbs = session.scalars(select(AuditLine.verb).where(AuditLine.person == cast.secretary)).all()
    assert {"mark", "correct_public"} <= set(verbs)


def test_a_passage_is_chosen_on_paper_without_a_script_and_opened_again(
    citizen: Browser, world: World, session: Session, cast: Cast, browse: Browse
) -> None:
    revision = revision_of(world, session)
    secretary = browse(cast.secretary)
    form = secretary.get(f"/revisions/{revision.id}/closed-passages/new?first=0-0").text
    assert 'name="start"' in form and '<option value="0-1"' in form
    text = revision.content["sections"][0]["paragraphs"][0]["text"]
    start = text.index(SECRET) + 1
    sent = {"scope": "words", "first": "0-0", "last": "0-0", "kind": "personal"}
    sent |= {"start": str(start), "end": str(start + len(SECRET) - 1), "act": "close"}
    url = f"/revisions/{revision.id}/closed-passages"
    assert secretary.post(url, data=sent).status_code == 302
    session.commit()
    passage = session.scalars(select(ClosedPassage)).one()
    assert (passage.quote, passage.replacement) == (SECRET, "〔略〕")
    page = f"/published/{world.published.id}"
    assert SECRET not in citizen.get(page).text
    secretary.post(f"{url}/decision", data={"open": str(passage.id)})
    session.commit()
    assert passage.state is ClosedState.DECLINED and SECRET in citizen.get(page).text


def test_the_list_shows_what_is_proposed_and_decides_all_alike_by_one_press(
    world: World, session: Session, cast: Cast, browse: Browse, script: Sign
) -> None:
    revision = revision_of(world, session)
    url = f"/revisions/{revision.id}/closed-passages"
    body = marked(world, session, is_decided=False)
    script(cast.secretary).call("POST", url, body, status=201)
    again = marked(world, session, is_decided=False)
    script(cast.secretary).call("POST", url, again, status=409)
    session.commit()
    passage = session.scalars(select(ClosedPassage)).one()
    client = browse(cast.secretary)
    assert f'name="close" value="{passage.id}"' in client.get(url).text
    client.post(f"{url}/decision", data={"close": str(passage.id), "decided_by_whom": "会長"})
    session.commit()
    assert (passage.state, passage.decided_by_whom) == (ClosedState.DECIDED, "会長")
    approver = browse(cast.approver).get(url).text
    assert SECRET in approver and "会長" in approver and 'name="close"' not in approver
