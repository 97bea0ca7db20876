"""The speakers of a transcript: found by the machine as 声1, 声2 …, named by people.

A name that a person gave is never removed by the machine, and no text is ever changed.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy.orm import Session

from meetings import audit, clean_text, entries
from meetings.errors import NotPossibleNow
from meetings.invitations.invitations import invited
from minutes.speakers import voiceprints
from minutes.transcripts import transcripts
from minutes.voices.speaker_turns import SpeakerTurn
from models.meeting import Invitation, InvitationKind
from models.person import Person
from models.transcript import Segment, Speaker, Transcript

SECOND_SECONDS, SECOND_SHARE = 0.5, 0.15
"""Least seconds, and least share of a segment, of a second voice for the segment to be marked."""

CHAIR = re.compile(r"(?<!副)(?:議長|委員長|会長|座長)$")
"""The title of whoever chairs a sitting."""

NO_VOICE = "この発話には声が付いていません。先に発言者を付けてください。"


@dataclass(frozen=True)
class Nameable:
    """Somebody after whom a voice may be named; `kana` is empty where nobody has entered it."""

    name: str
    kana: str = ""


def nameable(transcript: Transcript) -> list[Nameable]:
    """Return the chair, the other invited people in the order of the roster, those who explain,
    and then whoever has a name in the transcript already.
    """
    asked = [one.person for one in sorted(invited(transcript.meeting), key=_rank)]
    people = {person.name: Nameable(person.name, person.kana) for person in asked}
    for speaker in transcript.speakers:
        people.setdefault(speaker.name, Nameable(speaker.name))
    return list(people.values())


def _rank(invitation: Invitation) -> tuple[bool, bool, int]:
    is_presenter = invitation.kind == InvitationKind.PRESENTER
    is_chair = not is_presenter and CHAIR.search(invitation.person.title) is not None
    return not is_chair, is_presenter, invitation.id


def keep(session: Session, transcript: Transcript, turns: Sequence[SpeakerTurn]) -> None:
    """Store the voice of each segment where no person has named one, and mark segments with two
    voices. Voices without a name from an earlier diarisation are replaced.
    """
    assert transcript.speakers is not None  # read at once, so that no segment asks for its own
    segments = transcripts.texts_of(session, transcript)
    unnamed = [one for one in segments if one.speaker and one.speaker.is_unnamed]
    transcripts.set_speaker(session, unnamed, None)
    _forget_empty(session, transcript)
    heard_in = _Heard(turns)
    of_voice: dict[int, list[Segment]] = {}
    mixed: dict[bool, list[Segment]] = {True: [], False: []}
    for segment in segments:
        heard = heard_in.seconds_of(segment)
        mixed[_is_mixed(segment, heard)].append(segment)
        if heard and segment.speaker is None:
            of_voice.setdefault(heard.most_common(1)[0][0], []).append(segment)
    for is_mixed, those in mixed.items():
        changed = [one for one in those if one.is_mixed != is_mixed]
        transcripts.set_all(session, changed, is_mixed=is_mixed)
    for those in of_voice.values():
        transcripts.set_speaker(session, those, _new_voice(session, transcript))


def name_speaker(session: Session, by: Person, segment: Segment, name: str) -> None:
    """Set the speaker of one segment; an empty name removes it. A voiceprint that this transcript
    gave to a name which no segment has any more is deleted. Raises NotPossibleNow, InvalidInput.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    name = entries.optional_text("speaker", "発言者", clean_text.single_spaced(name))
    segment.speaker = _speaker_called(session, segment.transcript, name) if name else None
    audit.note(session, by, "name_speaker", segment)
    voiceprints.forget_unused(session, by, segment.transcript)


@dataclass(frozen=True)
class Naming:
    """A wish that the speaker of a segment be called `then`, if it is called `now`; empty for no
    speaker.
    """

    segment: Segment
    now: str
    then: str


def name_speakers(session: Session, by: Person, namings: Sequence[Naming]) -> list[Segment]:
    """Set the speakers of those segments that still have the one which their naming expects:
    undoing many namings must not touch what somebody has changed since. Returns the changed
    segments. Voiceprints are deleted as by `name_speaker`. Raises NotPossibleNow, InvalidInput.
    """
    changed: dict[str, list[Segment]] = {}
    concerned = {one.segment.transcript for one in namings}
    for transcript in concerned:
        transcripts.refuse_when_approved(session, transcript)
    for one in namings:
        segment = one.segment
        if (segment.speaker.name if segment.speaker else "") == one.now:
            name = entries.optional_text("then", "発言者", clean_text.single_spaced(one.then))
            changed.setdefault(name, []).append(segment)
    for name, segments in changed.items():
        speaker = _speaker_called(session, segments[0].transcript, name) if name else None
        transcripts.set_speaker(session, segments, speaker)
    every = [segment for segments in changed.values() for segment in segments]
    if every:
        audit.note(session, by, "name_speakers", every[0])
    for transcript in concerned:
        voiceprints.forget_unused(session, by, transcript)
    return every


def name_voice(session: Session, by: Person, segment: Segment, name: str) -> list[Segment]:
    """Name the voice of this segment, for all its segments, and return them. Where another voice
    has that name already, the two become one. A voiceprint that this voice gave to another name is
    deleted. Raises NotPossibleNow, InvalidInput.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    name = entries.text("speaker", "発言者", clean_text.single_spaced(name))
    voice, same = _voice(segment), _named(segment.transcript, name)
    segments = transcripts.segments_of_voice(session, voice)
    if same is not voice:
        voiceprints.forget_made_from(session, by, voice)
    if same is None:
        voice.name, voice.suggestion = name, None
    elif same is not voice:
        transcripts.set_speaker(session, segments, same)
        session.delete(voice)
        segment.transcript.speakers.remove(voice)
    audit.note(session, by, "name_voice", segment)
    return segments


def split_voice(session: Session, by: Person, segment: Segment) -> list[Segment]:
    """Give the segments of this voice from here on to a new voice without a name, and return
    them. Raises NotPossibleNow.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    voice, place = _voice(segment), (segment.start_seconds, segment.id)
    segments = [
        each
        for each in transcripts.segments_of_voice(session, voice)
        if (each.start_seconds, each.id) >= place
    ]
    other = _new_voice(session, segment.transcript)
    transcripts.set_speaker(session, segments, other)
    voiceprints.remake_after_split(session, by, voice)
    audit.note(session, by, "split_voice", segment)
    return segments


def _voice(segment: Segment) -> Speaker:
    if segment.speaker is None:
        raise NotPossibleNow(NO_VOICE)
    return segment.speaker


def _named(transcript: Transcript, name: str) -> Speaker | None:
    return next((each for each in transcript.speakers if each.name == name), None)


def _speaker_called(session: Session, transcript: Transcript, name: str) -> Speaker:
    speaker = _named(transcript, name)
    if speaker is None:
        speaker = Speaker(transcript=transcript, name=name, number=Speaker.number_in(name))
        session.add(speaker)
    return speaker


def _new_voice(session: Session, transcript: Transcript) -> Speaker:
    """Add a voice with the next number that no voice has or had."""
    names = {speaker.name for speaker in transcript.speakers}
    number = max((speaker.number or 0 for speaker in transcript.speakers), default=0) + 1
    while Speaker.voice_name(number) in names:
        number += 1
    voice = Speaker(transcript=transcript, name=Speaker.voice_name(number), number=number)
    session.add(voice)
    session.flush()
    return voice


def _forget_empty(session: Session, transcript: Transcript) -> None:
    for speaker in list(transcript.speakers):
        if speaker.is_unnamed and not transcripts.segments_of_voice(session, speaker):
            transcript.speakers.remove(speaker)
            session.delete(speaker)
    session.flush()


class _Heard:
    """The turns of all voices, searchable by time."""

    def __init__(self, turns: Sequence[SpeakerTurn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.start_seconds)
        self._starts = [turn.start_seconds for turn in self._turns]
        self._latest_ends = list(accumulate((turn.end_seconds for turn in self._turns), max))

    def seconds_of(self, segment: Segment) -> Counter[int]:
        """Return how many seconds each voice is heard in this segment. Turns that begin after it,
        and those before it once all have ended, are skipped: a day's sitting has thousands.
        """
        first = bisect_right(self._latest_ends, segment.start_seconds)
        last = bisect_left(self._starts, segment.end_seconds)
        heard: Counter[int] = Counter()
        for turn in self._turns[first:last]:
            start = max(turn.start_seconds, segment.start_seconds)
            end = min(turn.end_seconds, segment.end_seconds)
            if end > start:
                heard[turn.voice] += end - start  # type: ignore[index, assignment]
        return heard


def _is_mixed(segment: Segment, heard: Counter[int]) -> bool:
    if len(heard) < 2:
        return False
    second = heard.most_common(2)[1][1]
    length = segment.end_seconds - segment.start_seconds
    return second >= max(SECOND_SECONDS, SECOND_SHARE * length)
