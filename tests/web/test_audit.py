"""Every look into a paper, a recording, a text or minutes that is not public leaves a line."""

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.audit import line_of
from models.audit import AuditLine
from models.meeting import Meeting
from models.person import Person
from tests.conftest import Browser, Cast
from tests.web.test_access import rules, url_of
from tests.world import World
from web.access import policy_of
from web.audit_access import Looks
from web.views.forms.forms import ANY_FORM

NO_LOOK = {
    "what meetings there are, by name, time and state": [
        "/today",
        "/handovers",
        "/api/handovers",
        "/meetings",
        "/api/meetings",
        "/meetings/<int:meeting_id>/calendar.ics",
        "/api/meetings/<int:meeting_id>/live",
    ],
    "agenda and invitation, as the letter to all who are invited has them": [
        "/meetings/<int:meeting_id>/agenda",
        "/api/meetings/<int:meeting_id>/agenda-items",
        "/meetings/<int:meeting_id>/notice.pdf",
        "/meetings/<int:meeting_id>/programme.pdf",
        "/meetings/<int:meeting_id>/programme.docx",
        "/api/meetings/<int:meeting_id>/programme",
    ],
    "names of papers, their sizes and which page was shown when": [
        "/meetings/<int:meeting_id>/viewer",
        "/api/meetings/<int:meeting_id>/documents",
        "/api/meetings/<int:meeting_id>/removed-documents",
        "/api/documents/<int:document_id>",
        "/api/versions/<int:version_id>/pages",
        "/api/meetings/<int:meeting_id>/shown-pages",
        "/api/meetings/<int:meeting_id>/turns",
    ],
    "who is invited and who is there, for those who arrange it": [
        "/meetings/<int:meeting_id>/invitations",
        "/api/meetings/<int:meeting_id>/invitations",
        "/meetings/<int:meeting_id>/roster",
        "/api/meetings/<int:meeting_id>/roster",
        "/meetings/<int:meeting_id>/sitting",
        "/meetings/<int:meeting_id>/sitting/now",
        "/meetings/<int:meeting_id>/sitting/code",
        "/api/meetings/<int:meeting_id>/seats",
        "/api/meetings/<int:meeting_id>/attendances",
        "/api/meetings/<int:meeting_id>/connection-tests",
        "/meetings/<int:meeting_id>/proceedings",
        "/api/meetings/<int:meeting_id>/events",
        "/api/meetings/<int:meeting_id>/decisions",
        "/api/meetings/<int:meeting_id>/head",
    ],
    "who decides about minutes and signs them, in which order, and hashes": [
        "/verification",
        "/revisions/<int:revision_id>/signatures",
        "/api/revisions/<int:revision_id>/seal",
        "/meetings/<int:meeting_id>/approval-path",
        "/api/meetings/<int:meeting_id>/approval-path",
        "/api/revisions/<int:revision_id>/approval-steps",
    ],
    "names, lengths and states of recordings and of the work on them": [
        "/meetings/<int:meeting_id>/recordings",
        "/api/meetings/<int:meeting_id>/recordings",
        "/recordings/<int:recording_id>/runs",
        "/recordings/<int:recording_id>/place",
        "/api/transcriptions/<int:transcription_id>",
        "/meetings/<int:meeting_id>/uploads",
        "/api/meetings/<int:meeting_id>/uploads",
        "/api/uploads/<upload_key>",
    ],
    "loudness, times or a hash, and no words": [
        "/recordings/<int:recording_id>/peaks",
        "/api/recordings/<int:recording_id>/peaks",
        "/api/transcripts/<int:transcript_id>/words",
        "/api/transcripts/<int:transcript_id>/open-spans",
        "/api/uploads/<upload_key>/tail",
    ],
    "words of a dictionary, no sentences": [
        "/meetings/<int:meeting_id>/dictionary",
        "/meetings/<int:meeting_id>/dictionary/learned",
        "/api/meetings/<int:meeting_id>/dictionary",
        "/api/meetings/<int:meeting_id>/dictionary/learned",
        "/administration/dictionaries",
        "/administration/dictionaries/<int:series_id>",
        "/api/dictionaries",
        "/api/dictionaries/words",
    ],
    "how long what is kept, and what goes and went, by name and date": [
        "/retention",
        "/retention/rules",
        "/retention/certificates",
        "/retention/bin",
        "/meetings/<int:meeting_id>/retention",
        "/api/retention/plan",
        "/api/retention/rules",
        "/api/retention/deletions",
        "/api/meetings/<int:meeting_id>/retention",
        "/api/removed-meetings",
    ],
    "counts over many meetings": ["/statistics", "/statistics/table.csv", "/api/statistics"],
    "one's own": [
        "/checks",
        "/account",
        "/api/me/notices",
        "/api/me",
        "/api/me/second-factors",
        "/api/me/sign-ins",
        "/api/meetings/<int:meeting_id>/bookmarks",
        "/api/documents/<int:document_id>/stranded-memos",
    ],
    "accounts and departments, which the administrator keeps": [
        "/administration",
        "/administration/people",
        "/administration/people/<int:person_id>",
        "/administration/people/<int:person_id>/change",
        "/administration/people/lists",
        "/administration/people/lists/<int:list_id>",
        "/administration/people/lists/people.csv",
        "/administration/people/new",
        "/api/people",
        "/api/people-lists/<int:list_id>",
        "/api/people.csv",
        "/api/people/<int:person_id>",
        "/api/people/<int:person_id>/second-factors",
        "/api/people/<int:person_id>/sign-ins",
        "/api/departments",
    ],
    "what the virus scanner refused, of which nobody can see more than the name": [
        "/administration/quarantine",
        "/api/quarantine",
    ],
    "the manuals, the same for everybody": ["/help", "/help/<manual_name>"],
    "an empty form, or what one may choose in it": [
        "/meetings/new",
        "/meetings/<int:meeting_id>/change",
        "/meetings/<int:meeting_id>/copy",
        "/api/series",
        "/api/speech-models",
        "/meetings/<int:meeting_id>/connection-test",
        "/meetings/<int:meeting_id>/forms",
        "/meetings/<int:meeting_id>/returned",
        "/api/meetings/<int:meeting_id>/forms",
        f"/meetings/<int:meeting_id>/forms/<{ANY_FORM}:form>/template",
        f"/forms/<{ANY_FORM}:form>/starter",
        "/administration/forms",
        "/api/forms",
        f"/administration/forms/<{ANY_FORM}:form>/template",
        f"/administration/forms/<{ANY_FORM}:form>/preview",
    ],
    "what was said at a page, here nothing: tests/web/api/test_shown.py sees the line": [
        "/api/versions/<int:version_id>/pages/<int:number>/moments"
    ],
    "an arrival, which is a row of its own": ["/arrivals/<token>"],
}
"""GET routes that show nothing of what papers, recordings and minutes say, by the reason."""

WITHOUT_LINE = [route for routes in NO_LOOK.values() for route in routes]
PUBLIC = ("anyone", "public", "published")
ASKED_FOR = {"/api/dictionaries/words": {"series_id": 1}}
"""What a route cannot do without, behind the question mark."""


ASKED_WITH_A_BODY = {
    "/verification": "whether a file that one has is the approved text",
    "/api/verification": "whether a file that one has is the approved text",
    "/api/meetings/<int:meeting_id>/pointer": "one's own hand on a page that all see",
    "/api/meetings/<int:meeting_id>/echoes": "the time that a message takes",
}
"""Routes that take something and only read, and show nothing closed, each with its reason."""


def closed_reading(app: Flask) -> list[Any]:
    return [
        rule
        for rule, method in rules(app)
        if method == "GET" and policy_of(app.view_functions[rule.endpoint]) not in PUBLIC
    ]


def test_what_is_asked_with_a_body_and_shows_what_is_closed_is_a_look_too(app: Flask) -> None:
    without = {
        str(rule)
        for rule, method in rules(app)
        if method != "GET" and getattr(app.view_functions[rule.endpoint], "only_reads", False)
        if not NOTES.search(inspect.getsource(inspect.unwrap(app.view_functions[rule.endpoint])))
    }
    assert without == set(ASKED_WITH_A_BODY)


NOTES = re.compile(r"\bnote_(hourly_)?look\(")


def lines_of(session: Session, person: Person) -> int:
    session.rollback()
    lines = select(AuditLine.id).where(AuditLine.person_id == person.id)
    return len(session.scalars(lines.where(~AuditLine.verb.startswith("refused"))).all())


@pytest.mark.slow
def test_whoever_reads_what_is_not_public_leaves_a_line_and_a_list_of_names_leaves_none(
    app: Flask,
    engine: Engine,
    session: Session,
    world: World,
    cast: Cast,
    browse: Callable[[Person], Browser],
) -> None:
    reached, noted = set[str](), set[str]()
    for person in (cast.secretary, cast.organiser, cast.administrator):
        client = browse(person)
        for rule in closed_reading(app):
            before = lines_of(session, person)
            app.extensions["looks"] = Looks(engine)  # nobody has looked within this hour
            answer = client.get(url_of(rule, world), query_string=ASKED_FOR.get(str(rule)))
            if answer.status_code == 200:
                reached.add(str(rule))
                if lines_of(session, person) > before:
                    noted.add(str(rule))
    everything = {str(rule) for rule in closed_reading(app)}
    assert everything - reached == {"/arrivals/<token>"}, "nobody of these may read it"
    assert sorted(everything - noted) == sorted(WITHOUT_LINE)


def test_what_a_page_asks_for_by_the_dozen_leaves_one_line_an_hour(
    session: Session, world: World, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client = browse(cast.attendee)
    client.get("/versions/1/pages/1/picture")
    once = lines_of(session, cast.attendee)
    for path in ("/versions/1/pages/1/picture", "/versions/1/pages/2/picture", "/versions/1/file"):
        client.get(path)
    assert lines_of(session, cast.attendee) == once + 1, "the file alone is a look of its own"
    client.get("/api/versions/1/memos")
    assert lines_of(session, cast.attendee) == once + 1


def test_the_next_hour_and_another_person_are_looks_of_their_own(
    engine: Engine, session: Session, meeting: Meeting, cast: Cast
) -> None:
    session.commit()
    looks, at = Looks(engine), datetime(2026, 9, 1, 9, 10, tzinfo=UTC)
    for person, minutes in (
        (cast.attendee, 0),
        (cast.attendee, 49),
        (cast.attendee, 50),
        (cast.approver, 50),
    ):
        look = line_of(person, "look", meeting) | {"at": at + timedelta(minutes=minutes)}
        looks.note_hourly(look)
    assert (lines_of(session, cast.attendee), lines_of(session, cast.approver)) == (2, 1)
