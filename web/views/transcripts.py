"""校正: the transcript beside its sound, and on paper."""

from typing import Any

from flask import Blueprint, render_template

from meetings.agenda import flat, tree
from meetings.invitations import invited
from meetings.rights import Right, rights
from minutes import accuracy
from minutes.transcription import LANGUAGES
from minutes.transcripts import accuracy_of, is_closed, segments_of
from models.person import Person
from models.transcript import Transcript
from web import access
from web.looks import note_look
from web.transaction import database_session

blueprint = Blueprint("transcripts", __name__)


@blueprint.get("/transcripts/<int:transcript_id>")
@access.to(Transcript, Right.HEAR)
def edit(person: Person, transcript: Transcript) -> Any:
    """The page is a frame; its script fetches the segments from the API and saves them there."""
    note_look(person, "look", transcript)
    session, meeting = database_session(), transcript.meeting
    closed = is_closed(session, transcript)
    return render_template(
        "transcripts/edit.html",
        transcript=transcript,
        meeting=meeting,
        recording=transcript.recording,
        names=_names(transcript),
        is_closed=closed,
        may_correct=Right.CORRECT in rights(session, person, meeting) and not closed,
        language=LANGUAGES.get(transcript.transcription.language, ""),
    )


@blueprint.get("/transcripts/<int:transcript_id>/print")
@access.to(Transcript, Right.HEAR)
def on_paper(person: Person, transcript: Transcript) -> Any:
    note_look(person, "print", transcript)
    session = database_session()
    segments = segments_of(session, transcript)
    raw, normalised = accuracy_of(segments)
    return render_template(
        "transcripts/print.html",
        transcript=transcript,
        meeting=transcript.meeting,
        recording=transcript.recording,
        segments=segments,
        headings={node.entry.id: node for node in flat(tree(session, transcript.meeting))},
        marks=accuracy.marks,
        raw=raw,
        normalised=normalised,
    )


def _names(transcript: Transcript) -> list[str]:
    """Whom a speaker may be named after: the invited, then whoever was named already."""
    names = [invitation.person.name for invitation in invited(transcript.meeting)]
    return list(dict.fromkeys(names + [speaker.name for speaker in transcript.speakers]))
