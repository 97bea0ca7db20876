"""The transcript and its segments: what the editor and correcting scripts use."""

from collections import defaultdict

from flask import Blueprint, url_for
from pydantic import Field

from meetings.agenda import flat, tree
from meetings.rights import Right
from minutes import accuracy, changes, transcripts, word_times
from minutes.accuracy import NOTHING, Accuracy, Mark
from minutes.imports import removing
from minutes.proposals import decisions
from minutes.style import fillers
from models.person import Person
from models.transcript import Proposal, Segment, Transcript
from web import access
from web.api.operations import Identity, Query, Revision, Shape, ShortText, operation
from web.api.shapes import AccuracyAnswer, WorkAnswer
from web.api.shown import ReadableVersionAnswer, ShownPageAnswer, page_of, readable_versions
from web.looks import note_look
from web.presence import Present, clock, presence
from web.transaction import database_session

blueprint = Blueprint("api_transcripts", __name__)


class MarkAnswer(Shape):
    """A piece of a segment's text."""

    text: str
    is_corrected: bool
    heard: str = Field(description="直した箇所で、もとに聞き取られていた文字")

    @classmethod
    def of(cls, mark: Mark) -> "MarkAnswer":
        return cls(text=mark.text, is_corrected=mark.is_corrected, heard=mark.heard)


class ProposalAnswer(Shape):
    """修正候補。まだ決めていないものだけ。"""

    id: int
    start: int = Field(description="いまの text での位置（文字）")
    before: str = Field(description="聞き取った言葉")
    after: str = Field(description="候補の言葉")
    was_changed: bool = Field(description="資料の言葉へ自動で直してある（text には after がある）")
    reason: str
    page: str | None = Field(description="その言葉が印刷されている頁を開く URL")

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalAnswer":
        return cls(
            id=proposal.id,
            start=decisions.place_of(proposal.segment.text, proposal) or 0,
            before=proposal.before,
            after=proposal.after,
            was_changed=proposal.was_changed,
            reason=decisions.reason_of(proposal),
            page=_page(proposal),
        )


def _page(proposal: Proposal) -> str | None:
    page = proposal.page
    if page is None:
        return None
    document_id = page.version.document_id
    return url_for(
        "documents.show", document_id=document_id, version=page.version.number, page=page.number
    )


class CountsAnswer(Shape):
    """字数。合計は発話ごとの値を足したもの。"""

    total: int = Field(description="確認済みの文の字数")
    wrong: int
    missing: int
    added: int
    fillers: int = Field(description="聞き取ったあと人が除いた「えー」などの字。added に含まない")

    @classmethod
    def of(cls, counted: Accuracy) -> "CountsAnswer":
        return cls(
            total=counted.total,
            wrong=counted.wrong,
            missing=counted.missing,
            added=counted.added,
            fillers=counted.fillers,
        )


class FillerAnswer(Shape):
    """フィラー（えー、あのー）。続く読点も含む。"""

    start: int = Field(description="いまの text での位置（文字）")
    words: str


class SegmentCountsAnswer(Shape):
    """確認済みの発話ひとつの数え方。意味は逐語録の accuracy と同じ。"""

    raw: CountsAnswer
    normalised: CountsAnswer
    machine: CountsAnswer

    @classmethod
    def of(cls, segment: Segment) -> "SegmentCountsAnswer":
        raw, normalised = transcripts.accuracy_of([segment])
        return cls(
            raw=CountsAnswer.of(raw),
            normalised=CountsAnswer.of(normalised),
            machine=CountsAnswer.of(transcripts.accuracy_with_papers([segment])[0]),
        )


class SegmentAnswer(Shape):
    """発話。heard（聞き取ったまま）と machine は変わらず、text がいまの文。"""

    id: int
    start_seconds: float
    end_seconds: float
    heard: str
    machine: str
    text: str
    revision: int = Field(description="text を変えた回数。直すときに送り返す")
    is_confirmed: bool
    confidence: float | None = Field(description="聞き取りの自信（0から1）。分からなければ null")
    doubt: str | None = Field(description="聞き直しても疑わしいときの理由")
    speaker: str | None = Field(description="発言者。名前がまだなければ「声1」の形")
    is_suggested: bool = Field(description="発言者は声の違いからの候補で、まだ名前がない")
    suggested_name: str | None = Field(
        description="名前のない声が誰の声紋に似ているか。人が決めるまでの候補"
    )
    is_mixed: bool = Field(description="2人の声が聞こえる")
    agenda_item_id: int | None
    assigned_by: str | None = Field(
        description="議題を割り当てたもの（person, turns, text）。null ならまだ割り当てていない"
    )
    is_left_out: bool = Field(description="議題外（どの議題でもないと決めた）")
    counts: SegmentCountsAnswer | None = Field(
        description="確認済みでないか、取り込んだ逐語録なら null"
    )
    marks: list[MarkAnswer]
    fillers: list[FillerAnswer]
    proposals: list[ProposalAnswer]
    page: ShownPageAnswer | None = Field(
        description="話していたときに示されていた頁。なかったとき、録音の始まりが不明なときは null"
    )

    @classmethod
    def of(cls, segment: Segment) -> "SegmentAnswer":
        page = page_of(segment)
        return cls(
            id=segment.id,
            start_seconds=segment.start_seconds,
            end_seconds=segment.end_seconds,
            heard=segment.heard,
            machine=segment.machine,
            text=segment.text,
            revision=segment.revision,
            is_confirmed=segment.is_confirmed,
            confidence=segment.confidence,
            doubt=segment.doubt.label if segment.doubt else None,
            speaker=segment.speaker.name if segment.speaker else None,
            is_suggested=segment.speaker is not None and segment.speaker.is_unnamed,
            suggested_name=segment.speaker.suggested_name if segment.speaker else None,
            is_mixed=segment.is_mixed,
            agenda_item_id=segment.agenda_item_id,
            assigned_by=segment.assigned_by,
            is_left_out=segment.is_left_out,
            counts=SegmentCountsAnswer.of(segment) if transcripts.is_counted(segment) else None,
            marks=[MarkAnswer.of(mark) for mark in accuracy.marks(segment.heard, segment.text)],
            fillers=[
                FillerAnswer(start=start, words=segment.text[start:end])
                for start, end in fillers.spans(segment.text)
            ],
            proposals=[ProposalAnswer.of(p) for p in decisions.open_proposals(segment)],
            page=ShownPageAnswer.of(page) if page else None,
        )


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
    since: int = Field(0, ge=0, description="前の答えの latest")
    newest: int = Field(0, ge=0, description="知っている発話の id のうち最大のもの")
    at: Identity | None = Field(None, description="いまカーソルのある発話")
    seat: str = Field("", max_length=40, description="この画面の名前（同じ人の画面の区別）")


class WordAnswer(Shape):
    """言葉。発話の言葉を続けて並べると、いまの text になる。"""

    text: str
    seconds: float = Field(description="言い始めた時刻。人が直した言葉では前後からの推定")
    probability: float | None = Field(
        description="聞き取りの自信（0から1）。人が直した言葉では null"
    )
    is_unsure: bool = Field(description="自信がない言葉。半分ほどは誤り")


class SegmentWordsAnswer(Shape):
    segment_id: int
    words: list[WordAnswer] = Field(description="時刻が分からないときは空")

    @classmethod
    def of(cls, segment: Segment) -> "SegmentWordsAnswer":
        words = [
            WordAnswer(
                text=word.text,
                seconds=word.seconds,
                probability=word.probability,
                is_unsure=word.is_unsure,
            )
            for word in word_times.words_of(segment)
        ]
        return cls(segment_id=segment.id, words=words)


class WordsAnswer(Shape):
    segments: list[SegmentWordsAnswer]


class Between(Query):
    start: float = Field(0, ge=0, description="録音の何秒から")
    end: float = Field(gt=0, description="録音の何秒までに始まる発話か（含まない）")


class TextChange(Shape):
    """Too long a text is refused by the verb, which tells how long it is."""

    text: str = Field(json_schema_extra={"maxLength": transcripts.LONGEST_SEGMENT})
    revision: Revision = Field(description="読んだときの revision")


class Decision(Shape):
    revision: Revision = Field(description="読んだときの発話の revision")


class SpeakerName(Shape):
    name: ShortText = Field(description="発言者。空なら取り消す")


class SegmentChanged(Shape):
    segment: SegmentAnswer

    @classmethod
    def of(cls, segment: Segment) -> "SegmentChanged":
        database_session().flush()
        return cls(segment=SegmentAnswer.of(segment))


class SegmentsChanged(Shape):
    segments: list[SegmentAnswer] = Field(description="変わった発話")

    @classmethod
    def of(cls, segments: list[Segment]) -> "SegmentsChanged":
        database_session().flush()
        return cls(segments=[SegmentAnswer.of(segment) for segment in segments])


@blueprint.get("/transcripts/<int:transcript_id>")
@access.to(Transcript, Right.HEAR)
@operation("逐語録を読む", answers=TranscriptAnswer)
def show(person: Person, transcript: Transcript) -> TranscriptAnswer:
    note_look(person, "read", transcript)
    return answer(person, transcript)


def answer(person: Person, transcript: Transcript, first: int | None = None) -> TranscriptAnswer:
    """With the `first` segments only, and no accuracy then, it comes along with the desk's page."""
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
    """Whoever asks has looked already: no line in the audit table for each time."""
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
        others=[OtherAnswer(name=one.name, segment_id=one.segment_id) for one in others],
        is_closed=transcripts.is_closed(session, transcript),
    )


@blueprint.get("/transcripts/<int:transcript_id>/words")
@access.to(Transcript, Right.HEAR)
@operation("言葉ごとの時刻と自信を読む", answers=WordsAnswer, query=Between)
def show_words(person: Person, transcript: Transcript, query: Between) -> WordsAnswer:
    note_look(person, "read", transcript)
    found = transcripts.segments_between(database_session(), transcript, query.start, query.end)
    return WordsAnswer(segments=[SegmentWordsAnswer.of(segment) for segment in found])


@blueprint.delete("/transcripts/<int:transcript_id>")
@access.to(Transcript, Right.CORRECT)
@operation("取り込んだ逐語録を消す。録音とほかの逐語録は残る")
def remove(person: Person, transcript: Transcript) -> None:
    """元には戻せない。承認された会議録、承認を依頼中の会議録のもとになっていれば、消せない。"""
    removing.remove(database_session(), person, transcript)


@blueprint.put("/segments/<int:segment_id>/text")
@access.to(Segment, Right.CORRECT)
@operation("発話を直す", answers=SegmentChanged, body=TextChange)
def correct(person: Person, segment: Segment, body: TextChange) -> SegmentChanged:
    transcripts.correct(database_session(), person, segment, body.text, based_on=body.revision)
    return SegmentChanged.of(segment)


@blueprint.post("/proposals/<int:proposal_id>/acceptance")
@access.to(Proposal, Right.CORRECT)
@operation("修正候補を採る", answers=SegmentChanged, body=Decision)
def accept_proposal(person: Person, proposal: Proposal, body: Decision) -> SegmentChanged:
    session = database_session()
    segment = decisions.accept(session, person, proposal, based_on=body.revision)
    return SegmentChanged.of(segment)


@blueprint.post("/proposals/<int:proposal_id>/refusal")
@access.to(Proposal, Right.CORRECT)
@operation("修正候補を採らない", answers=SegmentChanged, body=Decision)
def refuse_proposal(person: Person, proposal: Proposal, body: Decision) -> SegmentChanged:
    """自動で直した箇所なら、聞き取ったままの言葉に戻す。"""
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
    transcripts.name_speaker(database_session(), person, segment, body.name)
    return SegmentChanged.of(segment)


def _count(segments: list[Segment]) -> dict[int | None, tuple[Accuracy, Accuracy]]:
    """By agenda item, in the order of the sound: every text is compared once."""
    grouped: dict[int | None, list[Segment]] = defaultdict(list)
    for segment in segments:
        grouped[segment.agenda_item_id].append(segment)
    return {item_id: transcripts.accuracy_of(group) for item_id, group in grouped.items()}
