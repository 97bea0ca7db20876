"""What citizens see, without signing in and without a script: published minutes and their sound."""

import io
import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for

from meetings import dates
from meetings.errors import NotFound
from minutes import records, transcripts
from minutes.publication import current_publication
from minutes.recognition import audio
from minutes.records import Content, Paragraph, content_of
from minutes.search import Found, found_in_published
from models.minutes import MinutesRevision
from web import access
from web.transaction import database_session, storage

blueprint = Blueprint("public", __name__)
LONGEST_QUERY = 200
LONGEST_CLIP_SECONDS = 600.0
NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


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
    )


@blueprint.get("/published/<int:meeting_id>/text")
@access.published
def text(revision: MinutesRevision) -> Any:
    content = content_of(revision)
    name = NOT_IN_FILE_NAMES.sub("_", f"会議録_{content.title}_{content.starts_at[:10]}.txt")
    return send_file(
        io.BytesIO(records.as_text(content).encode()),
        mimetype="text/plain",
        as_attachment=True,
        download_name=name,
    )


@blueprint.get("/published/<int:meeting_id>/sentences/<int:section>/<int:paragraph>/sound")
@access.published
def sound(revision: MinutesRevision, section: int, paragraph: int) -> Any:
    """Exactly this sentence of the published revision, and nothing else of the recording."""
    content = content_of(revision)
    try:
        wanted = content.sections[section].paragraphs[paragraph]
    except IndexError as problem:
        raise NotFound() from problem
    if not _heard_spans(revision).covers(wanted):
        raise NotFound()
    recording = revision.transcript.recording
    path = storage().path(recording.playback_sha256 or recording.sha256)
    clip = audio.clip(path, wanted.start_seconds, wanted.end_seconds)
    return Response(clip, mimetype="audio/mpeg")


class _Spans:
    """Where in the recording segments begin and end. A sentence of the minutes is played only
    if it begins and ends there, so that edited times open nothing that was never a segment."""

    def __init__(self, starts: set[float], ends: set[float]) -> None:
        self._starts, self._ends = starts, ends

    def covers(self, paragraph: Paragraph) -> bool:
        seconds = paragraph.end_seconds - paragraph.start_seconds
        return (
            paragraph.start_seconds in self._starts
            and paragraph.end_seconds in self._ends
            and 0 < seconds <= LONGEST_CLIP_SECONDS
        )


def _heard_spans(revision: MinutesRevision) -> _Spans:
    segments = transcripts.segments_of(database_session(), revision.transcript)
    return _Spans({s.start_seconds for s in segments}, {s.end_seconds for s in segments})


def _plays(revision: MinutesRevision, content: Content) -> Callable[[int, int], str | None]:
    """The URL of a sentence's sound, None where there is none."""
    spans, meeting_id = _heard_spans(revision), revision.meeting.id

    def play(section: int, paragraph: int) -> str | None:
        if not spans.covers(content.sections[section].paragraphs[paragraph]):
            return None
        return url_for("public.sound", meeting_id=meeting_id, section=section, paragraph=paragraph)

    return play


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
