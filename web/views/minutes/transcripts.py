"""校正: the transcript beside its sound, and on paper."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from meetings.agenda import flat, tree
from meetings.rights import Right, rights
from minutes import accuracy
from minutes.proposals.means import is_corrected, means_of
from minutes.recordings.parts import PlacedRecording, placed_recordings, usual_transcript
from minutes.speakers.naming import nameable
from minutes.transcription.work import LANGUAGES
from minutes.transcripts.exporting import Format, as_file, file_name
from minutes.transcripts.transcripts import accuracy_of, is_closed, segments_of
from models.base import now
from models.person import Person
from models.transcript import Transcript
from web import access
from web.api.minutes.transcripts import answer
from web.audit_access import note_look
from web.shared.files.named_files import send_named
from web.transaction import config, database_session

blueprint = Blueprint("transcripts", __name__)

FIRST_SEGMENTS = 20
"""More than a screen of them: what can be read while the rest comes."""


@dataclass(frozen=True)
class Beside:
    """The way from one part to another; without a transcript while nothing was heard there."""

    words: str
    transcript: Transcript | None

    @classmethod
    def of(cls, name: str, part: PlacedRecording) -> "Beside":
        transcript = usual_transcript(database_session(), part.recording)
        return cls(f"{name}（{part.label}）", transcript)


@blueprint.get("/transcripts/<int:transcript_id>")
@access.to(Transcript, Right.HEAR)
def edit(person: Person, transcript: Transcript) -> ResponseReturnValue:
    """Show the editor. The page brings the first segments along; its script fetches the others from
    the API and saves them there."""
    note_look(person, "look", transcript)
    session, meeting = database_session(), transcript.meeting
    part, beside = _beside(transcript)
    given = rights(session, person, meeting)
    return render_template(
        "transcripts/edit.html",
        transcript=transcript,
        meeting=meeting,
        recording=transcript.recording,
        people=nameable(transcript),
        part=part,
        beside=beside,
        is_closed=is_closed(session, transcript),
        means=means_of(session, meeting) if is_corrected(transcript.transcription) else None,
        formats=list(Format),
        may_correct=Right.CORRECT in given,
        may_place=Right.RECORD in given,
        language=LANGUAGES.get(transcript.transcription.language, ""),
        beginning=answer(person, transcript, FIRST_SEGMENTS).model_dump(mode="json"),
        may_see_voiceprints=Right.VOICEPRINTS in given and meeting.series.keeps_voiceprints,
        voiceprint_until=now() + timedelta(days=config().speakers.voiceprint_days),
    )


@blueprint.get("/transcripts/<int:transcript_id>/print")
@access.to(Transcript, Right.HEAR)
def on_paper(person: Person, transcript: Transcript) -> ResponseReturnValue:
    note_look(person, "print", transcript)
    session = database_session()
    segments = segments_of(session, transcript)
    raw, normalised = accuracy_of(segments)
    return render_template(
        "transcripts/print.html",
        transcript=transcript,
        meeting=transcript.meeting,
        recording=transcript.recording,
        part=_beside(transcript)[0],
        segments=segments,
        headings={node.entry.id: node for node in flat(tree(session, transcript.meeting))},
        marks=accuracy.marks,
        raw=raw,
        normalised=normalised,
    )


@blueprint.get("/transcripts/<int:transcript_id>/files/<any(txt, srt, vtt, csv, docx, json):kind>")
@access.to(Transcript, Right.HEAR)
def take_out(person: Person, transcript: Transcript, kind: str) -> ResponseReturnValue:
    note_look(person, "download", transcript)
    wanted = Format(kind)
    content = as_file(database_session(), transcript, wanted)
    return send_named(content, wanted.content_type, file_name(transcript, wanted))


def _beside(transcript: Transcript) -> tuple[str, list[Beside]]:
    """Return what this transcript is of (「第2部（3部のうち）」), and the ways from it to other
    parts; both empty for the only part."""
    every = placed_recordings(database_session(), transcript.meeting)
    here = next(placed for placed in every if placed.recording is transcript.recording)
    parts = {placed.number: placed for placed in every if not placed.is_spare}
    if here.is_spare:
        goals, words = {"もとの部": here.number}, here.label
    elif len(parts) > 1:
        goals = {"前の部": here.number - 1, "次の部": here.number + 1}
        words = f"{here.label}（{len(parts)}部のうち）"
    else:
        return "", []
    return words, [Beside.of(name, parts[n]) for name, n in goals.items() if n in parts]
