"""The transcripts of a meeting from which minutes are drafted, for each of its parts."""

from dataclasses import dataclass

from flask import request

from meetings.errors import InvalidInput, NotFound
from meetings.style_choices import FIELDS
from minutes.assignment.spans import AgendaSpan, open_spans
from minutes.recordings.parts import PlacedRecording, placed_recordings, remarks, usual_transcript
from minutes.style.choice import Style, style_of
from minutes.transcripts.transcripts import segments_of, transcripts_of
from models.meeting import Meeting
from models.transcript import Segment, Transcript
from web.transaction import config, reading_session


@dataclass(frozen=True)
class Source:
    """A transcript that minutes can be made from, and what is still open in it."""

    transcript: Transcript
    segments: int
    unconfirmed: int
    unnamed: int
    spans: list[AgendaSpan]

    @classmethod
    def of(cls, transcript: Transcript, segments: list[Segment]) -> "Source":
        return cls(
            transcript,
            len(segments),
            unconfirmed=sum(not segment.is_confirmed for segment in segments),
            unnamed=sum(_is_unnamed(segment) for segment in segments),
            spans=open_spans(reading_session(), transcript),
        )


def _is_unnamed(segment: Segment) -> bool:
    return segment.speaker is None or segment.speaker.is_unnamed


@dataclass(frozen=True)
class DraftingPart:
    """One part of the meeting. `usual` is the transcript that is taken unless another is chosen
    from `sources`, its own and those of spares."""

    placed: PlacedRecording
    remarks: list[str]
    usual: Source | None
    sources: list[Source]


@dataclass(frozen=True)
class Drafting:
    """The choices for a draft. `sources` are all transcripts with words, newest first. `parts` is
    given only where the meeting has several recordings, which make one text together."""

    sources: list[Source]
    parts: list[DraftingPart]


def drafting_of(meeting: Meeting) -> Drafting:
    session = reading_session()
    found = [Source.of(t, segments_of(session, t)) for t in transcripts_of(session, meeting)]
    sources = [source for source in reversed(found) if source.segments]
    every = placed_recordings(session, meeting)
    parts = [_part(every, placed, sources) for placed in every if not placed.is_spare]
    return Drafting(sources, parts if len(every) > 1 else [])


def chosen_transcripts(meeting: Meeting) -> list[Transcript]:
    """Return the transcript of the form's `transcript_id`, or one for each part by
    `transcript_ids`; a part without one is left out. Raises NotFound, and InvalidInput when all are
    left out."""
    fields = request.form.getlist("transcript_ids") or request.form.getlist("transcript_id")
    wanted = {field for field in fields if field}
    if fields and not wanted:
        raise InvalidInput("transcript_ids", "会議録に入れる部を1つ以上選んでください。")
    found = [t for t in transcripts_of(reading_session(), meeting) if str(t.id) in wanted]
    if not wanted or len(found) < len(wanted):
        raise NotFound()
    return found


def usual_style() -> Style:
    """Return the city's style."""
    return style_of(config().minutes)


def chosen_style(kind: str, usual: Style) -> Style:
    """Return the style of the form's fields `kind-fillers`, …; what is not sent is as usual. Raises
    InvalidInput."""
    chosen = {}
    for name, (label, choices) in FIELDS.items():
        word = request.form.get(f"{kind}-{name}", getattr(usual, name))
        if word not in list(choices):
            raise InvalidInput(f"{kind}-{name}", f"「{label}」を一覧から選んでください。")
        chosen[name] = choices(word)
    return usual.model_copy(update=chosen)


def _part(
    every: list[PlacedRecording], placed: PlacedRecording, sources: list[Source]
) -> DraftingPart:
    usual = usual_transcript(reading_session(), placed.recording)
    spares = [other.recording for other in every if other.is_spare]
    return DraftingPart(
        placed,
        remarks(every, placed),
        next((source for source in sources if source.transcript is usual), None),
        [source for source in sources if source.transcript.recording is placed.recording]
        + [source for source in sources if source.transcript.recording in spares],
    )
