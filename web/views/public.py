"""What citizens see, without signing in and without a script: published minutes and their sound."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for

from meetings import dates
from meetings.errors import NotFound
from minutes import records, transcripts
from minutes.content import Content, Paragraph, content_of
from minutes.publication import current_publication
from minutes.recognition import audio
from minutes.said_pages import Sentence, published_pages
from minutes.search import Found, found_in_published
from models.document import Page
from models.minutes import MinutesRevision
from models.transcript import Transcript
from web import access
from web.door.costs import Lane, costs
from web.named_files import send_named
from web.transaction import database_session, storage
from web.views._beside_page import BesidePage

blueprint = Blueprint("public", __name__)
LONGEST_QUERY = 200
LONGEST_CLIP_SECONDS = 600.0


@blueprint.get("/")
@access.anyone
def index() -> Any:
    query = request.args.get("q", "")[:LONGEST_QUERY].strip()
    found = found_in_published(database_session(), query)
    return render_template(
        "public/index.html", query=query, count=len(found), groups=_by_series(found)
    )


@blueprint.get("/published/<int:meeting_id>")
@access.published
def show(revision: MinutesRevision) -> Any:
    content = content_of(revision)
    return render_template(
        "public/published.html",
        revision=revision,
        publication=current_publication(revision),
        content=content,
        when=records.when(content),
        plays=_plays(revision, content),
        page_at=_page_at(revision),
    )


@blueprint.get("/published/<int:meeting_id>/pages/<int:version_id>/<int:number>")
@access.published
def page(revision: MinutesRevision, version_id: int, number: int) -> Any:
    """A page that was shown, and every sentence that was said then."""
    content = content_of(revision)
    wanted, places = _shown_beside(revision, version_id, number)
    return render_template(
        "public/page.html",
        meeting_id=revision.meeting.id,
        content=content,
        page=wanted,
        plays=_plays(revision, content),
        said=[(place, content.sections[place[0]].paragraphs[place[1]]) for place in places],
    )


@blueprint.get("/published/<int:meeting_id>/pages/<int:version_id>/<int:number>/picture")
@access.published
def page_picture(revision: MinutesRevision, version_id: int, number: int) -> Any:
    """Asked for anew each time: it may be withdrawn any day."""
    wanted, _ = _shown_beside(revision, version_id, number)
    assert wanted.picture_sha256 is not None
    path = storage().whole(wanted.picture_sha256)
    picture = send_file(path, mimetype="image/jpeg", conditional=True, etag=wanted.picture_sha256)
    picture.headers["Cache-Control"] = "no-cache"
    return picture


@blueprint.get("/published/<int:meeting_id>/text")
@access.published
def text(revision: MinutesRevision) -> Any:
    content = content_of(revision)
    name = f"会議録_{content.title}_{content.starts_at[:10]}.txt"
    return send_named(records.as_text(content).encode(), "text/plain", name)


@blueprint.get("/published/<int:meeting_id>/sentences/<int:section>/<int:paragraph>/sound")
@access.published
@costs(lane=Lane.CLIPS)
def sound(revision: MinutesRevision, section: int, paragraph: int) -> Any:
    """Exactly this sentence of the published revision, and nothing else of the recording."""
    content = content_of(revision)
    try:
        wanted = content.sections[section].paragraphs[paragraph]
    except IndexError as problem:
        raise NotFound() from problem
    source = _sources(revision)[wanted.transcript_id or revision.transcript_id]
    if not source.covers(wanted):
        raise NotFound()
    recording = source.recording
    path = storage().whole(recording.playback_sha256 or recording.sha256)
    clip = audio.clip(path, wanted.start_seconds, wanted.end_seconds)
    return Response(clip, mimetype="audio/mpeg")


class _Source:
    """One part's recording, and where in it segments begin and end. A sentence of the minutes is
    played only if it begins and ends there, so that edited times open nothing that was never a
    segment."""

    def __init__(self, transcript: Transcript) -> None:
        segments = transcripts.segments_of(database_session(), transcript)
        self.recording = transcript.recording
        self._starts = {segment.start_seconds for segment in segments}
        self._ends = {segment.end_seconds for segment in segments}

    def covers(self, paragraph: Paragraph) -> bool:
        seconds = paragraph.end_seconds - paragraph.start_seconds
        return (
            paragraph.start_seconds in self._starts
            and paragraph.end_seconds in self._ends
            and 0 < seconds <= LONGEST_CLIP_SECONDS
        )


def _sources(revision: MinutesRevision) -> dict[int, _Source]:
    """By the id of the transcript."""
    found = records.sources_of(database_session(), revision)
    return {transcript.id: _Source(transcript) for transcript in found}


def _plays(revision: MinutesRevision, content: Content) -> Callable[[int, int], str | None]:
    """The URL of a sentence's sound, None where there is none."""
    sources, meeting_id = _sources(revision), revision.meeting.id

    def play(section: int, paragraph: int) -> str | None:
        said = content.sections[section].paragraphs[paragraph]
        if not sources[said.transcript_id or revision.transcript_id].covers(said):
            return None
        return url_for("public.sound", meeting_id=meeting_id, section=section, paragraph=paragraph)

    return play


def _shown_beside(
    revision: MinutesRevision, version_id: int, number: int
) -> tuple[Page, list[Sentence]]:
    """The page, and the sentences beside which it stands. Raises NotFound where it stands beside
    none."""
    beside = published_pages(database_session(), revision)
    places = [
        place for place, p in beside.items() if (p.version_id, p.number) == (version_id, number)
    ]
    if not places:
        raise NotFound()
    return beside[places[0]], places


def _page_at(revision: MinutesRevision) -> Callable[[int, int], BesidePage | None]:
    beside, meeting_id = published_pages(database_session(), revision), revision.meeting.id

    def at(section: int, paragraph: int) -> BesidePage | None:
        page = beside.get((section, paragraph))
        if page is None:
            return None
        names: dict[str, Any] = {
            "meeting_id": meeting_id,
            "version_id": page.version_id,
            "number": page.number,
        }
        return BesidePage(
            title=page.version.document.title,
            number=page.number,
            url=url_for("public.page", **names),
            picture_url=url_for("public.page_picture", **names),
        )

    return at


def _by_series(found: list[Found]) -> list[tuple[str, list[tuple[str, list[Found]]]]]:
    """Series by name, in each the years, newest first, in each the meetings."""

    def series(one: Found) -> str:
        return one.content.series

    return [
        (name, [(year, list(ones)) for year, ones in groupby(group, key=_year)])
        for name, group in groupby(sorted(found, key=series), key=series)
    ]


def _year(one: Found) -> str:
    return dates.era_year(dates.local(one.revision.meeting.starts_at).date())
