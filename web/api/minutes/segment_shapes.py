"""A segment as the API gives it, to the editor and to scripts that correct."""

from pydantic import Field

from minutes import accuracy
from minutes.accuracy import Accuracy, Mark
from minutes.japanese import fillers
from minutes.japanese.annotations import Annotation, Kind, annotations
from minutes.proposals import decisions
from minutes.transcripts import transcripts, word_times
from minutes.transcripts.expected import expected_errors
from models.transcript import Proposal, Segment
from web.api.minutes.shown import ShownPageAnswer, page_of
from web.api.operations import Shape
from web.transaction import reading_session, settle
from web.urls import page_url


class MarkAnswer(Shape):
    """A piece of a segment's text."""

    text: str
    is_corrected: bool
    is_annotation: bool = Field(description="（拍手）など。だれも言っておらず、誤りに数えない")
    heard: str = Field(description="直した箇所で、もとに聞き取られていた文字")

    @classmethod
    def of(cls, mark: Mark) -> "MarkAnswer":
        return cls(
            text=mark.text,
            is_corrected=mark.is_corrected,
            heard=mark.heard,
            is_annotation=mark.is_annotation,
        )


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
        page = proposal.page
        return cls(
            id=proposal.id,
            start=decisions.place_of(proposal.segment.text, proposal) or 0,
            before=proposal.before,
            after=proposal.after,
            was_changed=proposal.was_changed,
            reason=decisions.reason_of(proposal),
            page=page_url(page.version, page.number) if page else None,
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


class AnnotationAnswer(Shape):
    """注記。だれも言っていない、人が書き入れた言葉。"""

    start: int = Field(description="いまの text での位置（文字）")
    text: str = Field(description="括弧も含む。「（拍手）」")
    kind: Kind = Field(description="ト書き、聞き取れない所、時刻、そのほかの注記〔…〕")
    label: str

    @classmethod
    def of(cls, one: Annotation, text: str) -> "AnnotationAnswer":
        words = text[one.start : one.end]
        return cls(start=one.start, text=words, kind=one.kind, label=one.kind.label)


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
    expected_errors: float | None = Field(
        description="まだ残っていそうな誤りの字数（聞き取りの自信からの推定）。"
        "確認済みか、自信が分からなければ null"
    )
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
    annotations: list[AnnotationAnswer]
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
            expected_errors=expected_errors(segment),
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
            annotations=[
                AnnotationAnswer.of(one, segment.text) for one in annotations(segment.text)
            ],
            proposals=[ProposalAnswer.of(p) for p in decisions.open_proposals(segment)],
            page=ShownPageAnswer.of(page) if page else None,
        )


class WordAnswer(Shape):
    """言葉。発話の言葉を続けて並べると、その revision の text になる。"""

    letters: int = Field(description="text の何文字か")
    seconds: float = Field(description="言い始めた時刻。人が直した言葉では前後からの推定")
    probability: float | None = Field(
        description="聞き取りの自信（0から1）。人が直した言葉では null"
    )
    is_unsure: bool = Field(description="見る価値のある言葉。10のうち6ほどは誤り")


class SegmentWordsAnswer(Shape):
    segment_id: int
    revision: int
    words: list[WordAnswer] = Field(description="時刻が分からないときは空")

    @classmethod
    def of(cls, segment: Segment) -> "SegmentWordsAnswer":
        words = [
            WordAnswer(
                letters=len(word.text),
                seconds=word.seconds,
                probability=word.probability,
                is_unsure=word.is_unsure,
            )
            for word in word_times.words_of(segment)
        ]
        return cls(segment_id=segment.id, revision=segment.revision, words=words)


class SegmentChanged(Shape):
    segment: SegmentAnswer

    @classmethod
    def of(cls, segment: Segment) -> "SegmentChanged":
        settle()
        return cls(segment=SegmentAnswer.of(segment))


class SegmentsChanged(Shape):
    segments: list[SegmentAnswer] = Field(description="変わった発話")

    @classmethod
    def of(cls, segments: list[Segment]) -> "SegmentsChanged":
        settle()
        transcripts.load_beside(reading_session(), segments)
        return cls(segments=[SegmentAnswer.of(segment) for segment in segments])
