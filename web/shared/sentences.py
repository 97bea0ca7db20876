"""The sound of one sentence of the minutes, for screens and API alike: for those who may hear this
text, and not the whole recording."""

from typing import cast

from flask import Response, current_app, send_file

from meetings.errors import NotFound
from minutes.recordings import sound_files
from minutes.records.audible import SentencePlace, sentences
from minutes.records.content import content_of
from minutes.sound import clips
from models.minutes import MinutesRevision
from models.person import Person
from models.recording import Recording
from models.transcript import Transcript
from web.audit_access import note_look
from web.transaction import reading_session, storage


def send_sentence(person: Person, revision: MinutesRevision, place: SentencePlace) -> Response:
    """Send the seconds in which the sentence is said. Raises NotFound for one that nobody said."""
    said = dict(sentences(content_of(revision))).get(place)
    if said is None or said.end_seconds <= said.start_seconds:
        raise NotFound()
    identity = said.transcript_id or revision.transcript_id
    recording = reading_session().get_one(Transcript, identity).recording
    note_look(person, "hear", revision)
    return send_clip(recording, said.start_seconds, said.end_seconds)


def send_clip(recording: Recording, start_seconds: float, end_seconds: float) -> Response:
    """Send these seconds of the recording. They are asked for anew each time, because the right to
    hear them may end any day."""
    path = sound_files.playable(storage(), recording)
    cache = cast(clips.Clips, current_app.extensions["clips"])
    clip = cache.clip(path, start_seconds, end_seconds)
    answer = send_file(clip, clips.TYPE, conditional=True, etag=clip.stem)
    answer.headers["Cache-Control"] = "no-cache"
    return answer
