"""Suggests names for voices: compares the voiceprints of the series with the voices of a
transcript.

A suggestion changes nothing: the voice stays 声1 until a person accepts the name.
"""

import numpy as np
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotPossibleNow
from minutes.speakers import samples, voiceprints
from minutes.transcripts import transcripts
from minutes.voices import embeddings
from minutes.voices.embeddings import Embedding
from models.meeting import Series
from models.person import Person
from models.transcript import Segment, Speaker, Transcript
from models.voiceprint import Voiceprint

LEAST_LEAD = 0.05
"""Least lead of the nearest print over the next one, as a difference of cosines."""


def suggest(
    session: Session, transcript: Transcript, weights_sha256: str, least_likeness: float
) -> None:
    """Set the suggestion of each voice without a name, replacing all earlier ones. Names that the
    transcript has already are not suggested. `least_likeness` is a cosine; 0.75 suits the weights
    that come along (docs/decisions/0016).
    """
    named = {speaker.name for speaker in transcript.speakers}
    voices = _voices(session, transcript)
    prints = _prints(session, transcript.meeting.series, weights_sha256) if voices else []
    prints = [one for one in prints if one[1].size == voices[0][1].size]
    for speaker in transcript.speakers:
        speaker.suggestion = None
    found = match([one for _, one in voices], [one for _, one in prints], least_likeness)
    for voice, nearest in found.items():
        voiceprint = prints[nearest][0]
        if voiceprint.name not in named:
            voices[voice][0].suggestion = voiceprint
    session.flush()


def dismiss(session: Session, by: Person, segment: Segment) -> list[Segment]:
    """Remove the suggestion of this segment's voice: it is somebody else. Returns the voice's
    segments. Raises NotPossibleNow where there is no suggestion.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    voice = segment.speaker
    if voice is None or voice.suggested_name is None:
        raise NotPossibleNow("この声には、決める名前の候補がありません。ほかの人が先に決めました。")
    voice.suggestion = None
    audit.note(session, by, "dismiss_voice_suggestion", segment)
    return transcripts.segments_of_voice(session, voice)


def match(
    voices: list[Embedding], prints: list[Embedding], least_likeness: float
) -> dict[int, int]:
    """Return indexes of prints by indexes of voices, comparing by cosine. A voice gets its nearest
    print if that is near enough and clearly nearer than the next; each print goes to at most one
    voice, the most similar.
    """
    if not voices or not prints:
        return {}
    likeness = np.stack(voices) @ np.stack(prints).T
    ranked = np.sort(likeness, axis=1)
    lead = ranked[:, -1] - ranked[:, -2] if len(prints) > 1 else np.full(len(voices), np.inf)
    found: dict[int, int] = {}
    for voice in np.argsort(-likeness.max(axis=1)):
        nearest = int(likeness[voice].argmax())
        is_like = likeness[voice, nearest] >= least_likeness and lead[voice] >= LEAST_LEAD
        if is_like and nearest not in found.values():
            found[int(voice)] = nearest
    return found


def _voices(session: Session, transcript: Transcript) -> list[tuple[Speaker, Embedding]]:
    unnamed = [speaker for speaker in transcript.speakers if speaker.is_unnamed]
    found = [(speaker, samples.of_voice(session, speaker)) for speaker in unnamed]
    return [(speaker, sample[0]) for speaker, sample in found if sample is not None]


def _prints(
    session: Session, series: Series, weights_sha256: str
) -> list[tuple[Voiceprint, Embedding]]:
    """Return the voiceprints made with the same weights. A broken one is left out; the list on the
    screen says so.
    """
    found = [
        (each, embeddings.from_bytes(each.embedding))
        for each in voiceprints.of_series(session, series)
        if each.weights_sha256 == weights_sha256
    ]
    return [(each, embedding) for each, embedding in found if embedding is not None]
