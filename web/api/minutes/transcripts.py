"""The transcript and its segments, as the editor and correcting scripts use them."""

from collections import defaultdict
from math import inf
from typing import Literal

from flask import Blueprint, Response
from pydantic import Field

from meetings.agenda import flat, tree
from meetings.rights import Right
from minutes.accuracy import NOTHING, Accuracy
from minutes.imports import removing
from minutes.proposals import decisions
from minutes.speakers import naming
from minutes.transcripts import changes, exporting, transcripts
from models.person import Person
from models.transcript import Proposal, Segment, Transcript
from web import access
from web.api.minutes.segment_shapes import SegmentAnswer, SegmentChanged, SegmentWordsAnswer
from web.api.minutes.shown import ReadableVersionAnswer, readable_versions
from web.api.operations import Identity, Ordinal, Query, Revision, Shape, ShortText, operation
from web.api.shapes import AccuracyAnswer, WorkAnswer
from web.audit_access import note_hourly_look, note_look
from web.shared.files.named_files import send_named
from web.streams.presence import Present, clock, presence
from web.transaction import database_session

blueprint = Blueprint("api_transcripts", __name__)


class ItemAccuracyAnswer(Shape):
    agenda_item_id: int | None
    raw: AccuracyAnswer
    normalised: AccuracyAnswer


class TranscriptAccuracyAnswer(Shape):
    """raw: そのまま。normalised: つなぎ語・句読点・空白・数字の書き方の違いを除いたもの。"""

    raw: AccuracyAnswer
    normalised: AccuracyAnswer
    machine: AccuracyAnswer = Field(description="資料の言葉で自動で直したあと（machine）、そのまま")
    items: list[ItemAccuracyAnswer] = Field(description="議題ごと")

    @classmethod
    def of(cls, segments: list[Segment]) -> "TranscriptAccuracyAnswer":
        counted = _count(segments)
        return cls(
            machine=AccuracyAnswer.of(transcripts.accuracy_with_papers(segments)[0]),
            raw=AccuracyAnswer.of(sum((raw for raw, _ in counted.values()), NOTHING)),
            normalised=AccuracyAnswer.of(sum((norm for _, norm in counted.values()), NOTHING)),
            items=[
                ItemAccuracyAnswer(
                    agenda_item_id=item_id,
                    raw=AccuracyAnswer.of(raw),
                    normalised=AccuracyAnswer.of(normalised),
                )
                for item_id, (raw, normalised) in counted.items()
            ],
        )


class HeadingAnswer(Shape):
    id: int
    number: str = Field(description="「2-1」の形")
    title: str


class TranscriptAnswer(Shape):
    id: int
    meeting_id: int
    recording_id: int
    work: WorkAnswer
    speakers: list[str]
    agenda_items: list[HeadingAnswer]
    accuracy: TranscriptAccuracyAnswer | None
    latest: int = Field(description="ここまでの変更を含む。changes に since として渡す")
    segments: list[SegmentAnswer]
    versions: list[ReadableVersionAnswer] = Field(description="この会議の資料の、読める版すべて")
    is_closed: bool = Field(description="会議録が承認されているため、いまは直せない")


class OtherAnswer(Shape):
    """いま同じ逐語録を開いている人。"""

    name: str
    is_self: bool = Field(description="自分が別の画面で開いている")
    segment_id: int | None = Field(description="カーソルのある発話")


class ChangesAnswer(Shape):
    latest: int = Field(description="次に since として渡す")
    is_everything: bool = Field(description="変更が多いので、逐語録全体を読み直す")
    work: WorkAnswer
    segments: list[SegmentAnswer] = Field(description="変わった発話と、新しい発話")
    gone: list[int] = Field(description="なくなった発話")
    others: list[OtherAnswer]
    is_closed: bool = Field(description="会議録が承認されているため、いまは直せない")


class Since(Query):
    since: Ordinal = Field(0, description="前の答えの latest")
    newest: Ordinal = Field(0, description="知っている発話の id のうち最大のもの")
    at: Identity | None = Field(None, description="いまカーソルのある発話")
    seat: str = Field("", max_length=40, description="この画面の名前（同じ人の画面の区別）")


class WordsAnswer(Shape):
    segments: list[SegmentWordsAnswer]


class Between(Query):
    start: float = Field(0, ge=0, description="録音の何秒から")
    end: float | None = Field(
        None, gt=0, description="録音の何秒までに始まる発話か（含まない）。なければ最後まで"
    )


class FileFormat(Query):
    format: Literal["txt", "srt", "vtt", "csv", "json"] = Field(
        "txt", description="txt、srt・vtt（字幕）、csv（表。先頭にバイト順マーク）、json"
    )


class FileAnswer(Shape):
    file_name: str
    content_type: str
    text: str = Field(description="ファイルの中身。UTF-8で保存する")


class TextChange(Shape):
    """Too long a text is refused by the verb, which tells how long it is."""

    text: str = Field(json_schema_extra={"maxLength": transcripts.LONGEST_SEGMENT})
    revision: Revision = Field(description="読んだときの revision")


class SeenRevision(Shape):
    revision: Revision = Field(description="読んだときの発話の revision")


class SpeakerName(Shape):
    name: ShortText = Field(description="発言者。空なら取り消す")


@blueprint.get("/transcripts/<int:transcript_id>")
@access.to(Transcript, Right.HEAR)
@operation("逐語録を読む", answers=TranscriptAnswer)
def show(person: Person, transcript: Transcript) -> TranscriptAnswer:
    note_look(person, "read", transcript)
    return answer(person, transcript)


def answer(person: Person, transcript: Transcript, first: int | None = None) -> TranscriptAnswer:
    """Return the transcript. With `first`, only so many segments and no accuracy, as it comes along
    with the editor's page."""
    session = database_session()
    latest = changes.latest(session)
    segments = transcripts.segments_of(session, transcript, first=first)
    return TranscriptAnswer(
        id=transcript.id,
        meeting_id=transcript.meeting.id,
        recording_id=transcript.recording.id,
        work=WorkAnswer.of(transcript.transcription),
        speakers=[speaker.name for speaker in transcript.speakers],
        agenda_items=[
            HeadingAnswer(id=node.entry.id, number=node.number, title=node.entry.title)
            for node in flat(tree(session, transcript.meeting))
        ],
        accuracy=None if first else TranscriptAccuracyAnswer.of(segments),
        latest=latest,
        segments=[SegmentAnswer.of(segment) for segment in segments],
        versions=readable_versions(person, transcript.meeting),
        is_closed=transcripts.is_closed(session, transcript),
    )


@blueprint.get("/transcripts/<int:transcript_id>/changes")
@access.to(Transcript, Right.HEAR)
@operation("逐語録の変更を読む", answers=ChangesAnswer, query=Since)
def show_changes(person: Person, transcript: Transcript, query: Since) -> ChangesAnswer:
    """Return what changed since then, and who else has the transcript open. It is asked every few
    seconds, so the look is noted once an hour."""
    note_hourly_look(person, transcript)
    session = database_session()
    found = changes.since(session, transcript, query.since, query.newest)
    here = Present(person.id, person.name, query.at, clock())
    others = presence().note(transcript.id, query.seat or str(person.id), here)
    return ChangesAnswer(
        latest=found.latest,
        is_everything=found.is_everything,
        work=WorkAnswer.of(transcript.transcription),
        segments=[SegmentAnswer.of(segment) for segment in found.segments],
        gone=found.gone,
        others=[
            OtherAnswer(
                name=one.name, is_self=one.person_id == person.id, segment_id=one.segment_id
            )
            for one in others
        ],
        is_closed=transcripts.is_closed(session, transcript),
    )


@blueprint.get("/transcripts/<int:transcript_id>/words")
@access.to(Transcript, Right.HEAR)
@operation("言葉ごとの時刻と自信を読む", answers=WordsAnswer, query=Between)
def show_words(person: Person, transcript: Transcript, query: Between) -> WordsAnswer:
    """Return the times of the words. No look is noted in the audit, because the words themselves
    are not in it."""
    found = transcripts.segments_between(
        database_session(), transcript, query.start, query.end or inf
    )
    return WordsAnswer(segments=[SegmentWordsAnswer.of(segment) for segment in found])


@blueprint.get("/transcripts/<int:transcript_id>/file")
@access.to(Transcript, Right.HEAR)
@operation("逐語録をほかのソフトのファイルの形で読む", answers=FileAnswer, query=FileFormat)
def show_file(person: Person, transcript: Transcript, query: FileFormat) -> FileAnswer:
    """Return the transcript as a file. The forms of a record are made from the minutes."""
    note_look(person, "download", transcript)
    wanted = exporting.Format(query.format)
    content = exporting.as_file(database_session(), transcript, wanted)
    return FileAnswer(
        file_name=exporting.file_name(transcript, wanted),
        content_type=wanted.content_type,
        text=content.decode(),
    )


@blueprint.get("/transcripts/<int:transcript_id>/file.docx")
@access.to(Transcript, Right.HEAR)
@operation("逐語録をWordのファイルで読む", file=exporting.Format.DOCX.content_type)
def show_word_file(person: Person, transcript: Transcript) -> Response:
    note_look(person, "download", transcript)
    wanted = exporting.Format.DOCX
    content = exporting.as_file(database_session(), transcript, wanted)
    return send_named(content, wanted.content_type, exporting.file_name(transcript, wanted))


@blueprint.delete("/transcripts/<int:transcript_id>")
@access.to(Transcript, Right.CORRECT)
@operation("取り込んだ逐語録を消す。録音とほかの逐語録は残る")
def remove(person: Person, transcript: Transcript) -> None:
    """Remove a transcript that was taken in, which cannot be undone. Refused where minutes that are
    approved, or that wait for approval, were made from it."""
    removing.remove(database_session(), person, transcript)


@blueprint.put("/segments/<int:segment_id>/text")
@access.to(Segment, Right.CORRECT)
@operation("発話を直す", answers=SegmentChanged, body=TextChange)
def correct(person: Person, segment: Segment, body: TextChange) -> SegmentChanged:
    transcripts.correct(database_session(), person, segment, body.text, based_on=body.revision)
    return SegmentChanged.of(segment)


@blueprint.post("/proposals/<int:proposal_id>/acceptance")
@access.to(Proposal, Right.CORRECT)
@operation("修正候補を採る", answers=SegmentChanged, body=SeenRevision)
def accept_proposal(person: Person, proposal: Proposal, body: SeenRevision) -> SegmentChanged:
    session = database_session()
    segment = decisions.accept(session, person, proposal, based_on=body.revision)
    return SegmentChanged.of(segment)


@blueprint.post("/proposals/<int:proposal_id>/refusal")
@access.to(Proposal, Right.CORRECT)
@operation("修正候補を採らない", answers=SegmentChanged, body=SeenRevision)
def refuse_proposal(person: Person, proposal: Proposal, body: SeenRevision) -> SegmentChanged:
    """Refuse a proposal. Where the change was made automatically, the words as they were heard come
    back."""
    session = database_session()
    segment = decisions.refuse(session, person, proposal, based_on=body.revision)
    return SegmentChanged.of(segment)


@blueprint.put("/segments/<int:segment_id>/confirmation")
@access.to(Segment, Right.CORRECT)
@operation("発話を確認済みにする", answers=SegmentChanged)
def confirm(person: Person, segment: Segment) -> SegmentChanged:
    transcripts.confirm(database_session(), person, segment)
    return SegmentChanged.of(segment)


@blueprint.delete("/segments/<int:segment_id>/confirmation")
@access.to(Segment, Right.CORRECT)
@operation("発話の確認を取り消す", answers=SegmentChanged)
def take_back_confirmation(person: Person, segment: Segment) -> SegmentChanged:
    transcripts.take_back_confirmation(database_session(), person, segment)
    return SegmentChanged.of(segment)


@blueprint.put("/segments/<int:segment_id>/speaker")
@access.to(Segment, Right.CORRECT)
@operation("発言者を付ける", answers=SegmentChanged, body=SpeakerName)
def name_speaker(person: Person, segment: Segment, body: SpeakerName) -> SegmentChanged:
    naming.name_speaker(database_session(), person, segment, body.name)
    return SegmentChanged.of(segment)


def _count(segments: list[Segment]) -> dict[int | None, tuple[Accuracy, Accuracy]]:
    """Count the accuracy by agenda item, in the order of the sound: every text is compared once."""
    grouped: dict[int | None, list[Segment]] = defaultdict(list)
    for segment in segments:
        grouped[segment.agenda_item_id].append(segment)
    return {item_id: transcripts.accuracy_of(group) for item_id, group in grouped.items()}
