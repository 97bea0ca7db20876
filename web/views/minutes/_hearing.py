"""The way in which a sentence of the minutes is heard."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from minutes.records import records
from minutes.records.content import Content
from models.minutes import MinutesRevision
from web.transaction import reading_session


@dataclass(frozen=True)
class Hearing:
    """The addresses by which a sentence is heard. `sound`: the URL of what is heard, with the
    seconds behind `#t=` where it is a piece of a whole recording. `page`: the URL of a page that
    plays it without a script, and leads back."""

    sound: str
    page: str


def hearings(
    revision: MinutesRevision, content: Content, *, may_hear_all: bool = True
) -> Callable[[int, int], Hearing | None]:
    """Return a function that tells how each sentence, by its section and its place there, is heard
    in the recording of its part; None for one that nobody said. Who may not hear all of the
    recording hears each sentence alone."""
    sound_of = {
        source.id: url_for("recordings.sound", recording_id=source.recording.id)
        for source in records.sources_of(reading_session(), revision)
        if source.recording.emptied_at is None
    }
    page = url_for("minutes.show_revision", revision_id=revision.id)

    def hearing(section: int, place: int) -> Hearing | None:
        said = content.sections[section].paragraphs[place]
        if said.end_seconds <= said.start_seconds:  # nobody said it: a person added it
            return None
        here = f"{page}/sentences/{section}/{place}"
        sound = sound_of.get(said.transcript_id or revision.transcript_id)
        if sound is None:  # deleted by now
            return None
        if not may_hear_all:
            return Hearing(f"{here}/sound", here)
        seconds = f"{said.start_seconds:.1f},{said.end_seconds:.1f}"
        return Hearing(f"{sound}#t={seconds}", here)

    return hearing
