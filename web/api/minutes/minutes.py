"""The official minutes: draft, revision, approval, publication."""

from datetime import datetime
from typing import Annotated

from flask import Blueprint, Response
from pydantic import Field

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.rights import Right, published_revision
from meetings.style_choices import Annotations, Endings, Letters, Numbers, Removal, Speakers, Years
from minutes.digests.points import PointKind
from minutes.recordings.parts import usual_transcripts
from minutes.records import heading, publication, records
from minutes.records.content import Content, content_of
from minutes.records.digest import LONGEST_SENTENCE, with_digest
from minutes.records.unread import Unread
from minutes.sound import clips
from minutes.style.changes import Rule
from minutes.style.choice import Style, style_of
from minutes.transcripts.transcripts import transcripts_of
from models.meeting import Meeting
from models.minutes import Approval, ApprovalRequest, Minutes, MinutesRevision
from models.person import Person
from models.transcript import Transcript
from web import access
from web.api.minutes.head_shapes import HeadShape
from web.api.operations import Identity, Moment, Revision, Shape, ShortText, operation
from web.api.shapes import PersonAnswer
from web.audit_access import note_look
from web.door.costs import RequestLane, costs
from web.shared import drafting
from web.shared.files.archives import ZIP, send_archive
from web.shared.sentences import send_sentence
from web.transaction import config, database_session, reading_session, settle

blueprint = Blueprint("api_minutes", __name__)
Seconds = Annotated[float, Field(ge=0, le=10_000_000)]
Heading = Annotated[str, Field(max_length=40)]
LONGEST_TEXT = 1_000_000
"""Of what the server itself has written."""

Words = Annotated[str, Field(max_length=LONGEST_TEXT)]


class AttendeeShape(Shape):
    name: ShortText
    title: ShortText = ""


class StyleShape(Shape):
    """文の整え方。送らない項目は、市の設定（config.toml の [minutes]）のとおり。"""

    fillers: Removal | None = None
    repeats: Removal | None = None
    numbers: Numbers | None = None
    letters: Letters | None = None
    years: Years | None = None
    endings: Endings | None = None
    annotations: Annotations | None = None
    speakers: Speakers | None = None
    spelling: Annotated[
        list[Heading] | None, Field(max_length=200, description="「事=こと」の形")
    ] = None

    @classmethod
    def of(cls, style: Style) -> "StyleShape":
        return cls.model_validate_json(style.model_dump_json())

    def style(self) -> Style:
        usual = style_of(config().minutes)
        return Style.model_validate(usual.model_dump() | self.model_dump(exclude_none=True))


class ChangeShape(Shape):
    """規則による違い。"""

    start: int = Field(ge=0, description="faithful での位置（文字）")
    before: Words
    after: Words
    rules: list[Rule] = Field(max_length=20)


class ParagraphShape(Shape):
    """一つの発言（文）。録音のどこかを秒で示す。"""

    speaker: ShortText = ""
    text: str = Field(max_length=records.LONGEST_PARAGRAPH)
    start_seconds: Seconds
    end_seconds: Seconds
    transcript_id: Identity | None = Field(
        None, description="どの部の逐語録の発言か。秒はその録音の始まりから"
    )
    goes_on: bool = Field(False, description="前の発言と同じ段落に続く（発言者が同じとき）")
    segment_ids: list[Identity] = Field(
        [], max_length=20_000, description="もとになった発話。以下、送り返しても変わらない"
    )
    faithful: Words | None = Field(None, description="もとの逐語の文")
    changes: list[ChangeShape] = Field(
        [], max_length=LONGEST_TEXT, description="逐語の文から整えた箇所と、その規則"
    )
    unsure: list[Words] = Field([], max_length=LONGEST_TEXT, description="整えなかった箇所")


class DigestSourceShape(Shape):
    """要点のもとになった発言の場所。会議録の発言（paragraphs）と同じ値で示す。"""

    transcript_id: Identity | None = None
    start_seconds: Seconds
    end_seconds: Seconds


class DigestSentenceShape(Shape):
    """要点の一文。もとになった発言を必ず示す。"""

    text: str = Field(max_length=LONGEST_SENTENCE)
    sources: list[DigestSourceShape] = Field(max_length=100)
    source_text: Words = Field(
        "", description="書いたときのもとの発言の文。サーバーが付け、送り返しても変わらない"
    )


class DigestPointShape(Shape):
    """要点。一人が続けて述べた説明、質問、回答、意見、決定、宿題のどれか。"""

    kind: PointKind
    speaker: ShortText = ""
    sentences: list[DigestSentenceShape] = Field(max_length=1000)
    due: ShortText = Field("", description="宿題の期限（述べられたとおりの言葉）")


class SectionShape(Shape):
    """一つの議題についての発言。"""

    agenda_item_id: Identity | None = None
    number: Heading = Field("", description="「2-1」の形")
    title: ShortText
    paragraphs: list[ParagraphShape] = Field(max_length=20_000)
    digest: list[DigestPointShape] | None = Field(
        None, max_length=5000, description="要点記録。送らなければ前の改訂のまま"
    )


class ContentShape(Shape):
    """会議録の全文。"""

    title: ShortText
    series: ShortText
    starts_at: Moment
    ends_at: Moment
    place: ShortText
    attendees: list[AttendeeShape] = Field(max_length=1000)
    sections: list[SectionShape] = Field(max_length=1000)
    speakers: list[AttendeeShape] = Field(
        [], max_length=1000, description="出席者でない発言者の職名。送り返しても変わらない"
    )
    transcript_ids: list[Identity] = Field(
        [], max_length=1000, description="もとになった逐語録（部の順）。送り返しても変わらない"
    )
    style: StyleShape | None = Field(None, description="文の整え方。null なら前の改訂と同じ")
    head: HeadShape | None = Field(
        None, description="頭書き。送り返しても変わらない（出席者もここから決まる）"
    )

    @classmethod
    def of(cls, content: Content) -> "ContentShape":
        return cls.model_validate_json(content.model_dump_json())

    def content(self) -> Content:
        """Raise InvalidInput for a sentence that ends before it begins."""
        for number, section in enumerate(self.sections):
            for place, said in enumerate(section.paragraphs):
                if said.end_seconds < said.start_seconds:
                    field = f"content.sections[{number}].paragraphs[{place}].end_seconds"
                    raise InvalidInput(field, f"「{field}」は start_seconds 以後にしてください。")
        times = {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat()}
        others = {"style": self.style.style() if self.style else None, "head": None}
        return Content.model_validate(self.model_dump() | times | others)


class DecisionAnswer(Shape):
    is_approved: bool
    reason: str
    decided_by: PersonAnswer
    decided_at: datetime

    @classmethod
    def of(cls, decision: Approval) -> "DecisionAnswer":
        return cls(
            is_approved=decision.is_approved,
            reason=decision.reason,
            decided_by=PersonAnswer.of(decision.decided_by),
            decided_at=decision.decided_at,
        )


class RequestAnswer(Shape):
    requested_by: PersonAnswer
    requested_at: datetime
    word: str = Field(description="承認者へのひとこと")
    errata_reason: str = Field(description="正誤の理由。正誤でなければ空")
    addressee: PersonAnswer | None = Field(description="承認してほしい人")
    decision: DecisionAnswer | None = Field(description="承認か差し戻し。まだなら null")

    @classmethod
    def of(cls, request: ApprovalRequest) -> "RequestAnswer":
        decision = request.decision
        return cls(
            requested_by=PersonAnswer.of(request.requested_by),
            requested_at=request.requested_at,
            word=request.word,
            errata_reason=request.errata_reason,
            addressee=PersonAnswer.of(request.addressee) if request.addressee else None,
            decision=DecisionAnswer.of(decision) if decision else None,
        )


class UnreadAnswer(Shape):
    """承認や公開の前に知らせること。どちらもなければ0と空。"""

    segments: int = Field(description="もとの逐語録の、まだ人が確認していない発話")
    letters: int = Field(description="その字数")
    all_letters: int = Field(description="もとの逐語録の全体の字数")
    percent: int = Field(description="字数の割合（％、切り上げ）")
    voices: list[str] = Field(description="会議録に残る、名前の決まっていない発言者（声1など）")
    voice_paragraphs: int = Field(description="その発言の数")
    sentences: list[str] = Field(description="画面に出す文")

    @classmethod
    def of(cls, found: Unread) -> "UnreadAnswer":
        return cls(
            segments=found.segments,
            letters=found.letters,
            all_letters=found.all_letters,
            percent=found.percent,
            voices=list(found.voices),
            voice_paragraphs=found.voice_paragraphs,
            sentences=found.sentences,
        )


class RevisionAnswer(Shape):
    """改訂。一度書いたら変わらない。"""

    id: int
    meeting_id: int
    number: int = Field(description="直すときに based_on として送り返す")
    written_by: PersonAnswer
    written_at: datetime
    request: RequestAnswer | None = Field(description="承認の依頼")
    is_published: bool
    unread: UnreadAnswer
    content: ContentShape

    @classmethod
    def of(cls, revision: MinutesRevision) -> "RevisionAnswer":
        settle()
        session = reading_session()
        return cls(
            id=revision.id,
            meeting_id=revision.meeting.id,
            number=revision.number,
            written_by=PersonAnswer.of(revision.written_by),
            written_at=revision.written_at,
            request=RequestAnswer.of(revision.request) if revision.request else None,
            is_published=published_revision(session, revision.meeting.id) is revision,
            unread=UnreadAnswer.of(records.unread_of(session, revision)),
            content=ContentShape.of(content_of(revision)),
        )


class MinutesAnswer(Shape):
    """会議録"""

    meeting_id: int
    transcript_id: int | None = Field(description="もとになった逐語録。部が複数なら第1部のもの")
    revision: RevisionAnswer | None = Field(description="最新の改訂。まだ会議録がなければ null")
    revision_ids: list[int] = Field(description="古い順")
    approved_revision_id: int | None = Field(description="承認された最新の改訂")


class Draft(Shape):
    """どちらも送らなければ、各部の最も新しい終わった逐語録から作る。"""

    transcript_id: Identity | None = Field(None, description="この逐語録だけから作る")
    transcript_ids: list[Identity] | None = Field(
        None, max_length=1000, description="各部の逐語録。予備の録音のものでもよい"
    )
    style: StyleShape = Field(StyleShape(), description="文の整え方")


class Restyling(Shape):
    style: StyleShape
    includes_hand: bool = Field(False, description="人が直した発言にも当てはめる")
    based_on: Revision = Field(description="読んだ改訂の number")


class ContentChange(Shape):
    content: ContentShape
    based_on: Revision = Field(description="読んだ改訂の number")


class ApprovalDecision(Shape):
    is_approved: bool
    reason: str = Field("", max_length=2000, description="差し戻すときは必要")
    step_id: Identity | None = Field(
        None, description="読んだときの段階（approval-steps の id）。段階があるときは必要"
    )


class Request(Shape):
    word: str = Field("", max_length=2000, description="承認者へのひとこと")
    addressee_id: Identity | None = Field(
        None, description="承認してほしい人。null なら承認できる人のだれでも"
    )
    errata_reason: str = Field(
        "", max_length=2000, description="承認された版の正誤なら、その理由。公開のページにも出る"
    )


class Replacing(Shape):
    reason: str = Field(
        "",
        max_length=2000,
        description="公開中の改訂と差し替える理由。差し替えるときは必要で、公開のページに出る",
    )


class Reason(Shape):
    reason: str = Field(max_length=2000, description="取り下げる理由")


@blueprint.get("/meetings/<int:meeting_id>/minutes")
@access.to(Meeting, Right.HEAR)
@operation("会議録の最新の改訂", answers=MinutesAnswer)
def show(person: Person, meeting: Meeting) -> MinutesAnswer:
    minutes = records.minutes_of(database_session(), meeting)
    if minutes is None:
        return MinutesAnswer(
            meeting_id=meeting.id,
            transcript_id=None,
            revision=None,
            revision_ids=[],
            approved_revision_id=None,
        )
    note_look(person, "read", minutes.latest)
    return MinutesAnswer(
        meeting_id=meeting.id,
        transcript_id=minutes.latest.transcript_id,
        revision=RevisionAnswer.of(minutes.latest),
        revision_ids=[revision.id for revision in minutes.revisions],
        approved_revision_id=max((r.id for r in minutes.revisions if r.is_approved), default=None),
    )


@blueprint.get("/meetings/<int:meeting_id>/archive")
@access.to(Meeting, Right.CORRECT)
@access.fresh
@costs(lane=RequestLane.FILES)
@operation("会議のすべてを一つのZIP（BagIt）で取り出す。非公開の部分も含む", file=ZIP)
def take_archive(person: Person, meeting: Meeting) -> Response:
    return send_archive(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/minutes")
@access.to(Meeting, Right.CORRECT)
@operation("逐語録から会議録を作る", answers=RevisionAnswer, status=201, body=Draft)
def draft(person: Person, meeting: Meeting, body: Draft) -> RevisionAnswer:
    def choose() -> list[Transcript]:
        return _chosen(meeting, body) or usual_transcripts(reading_session(), meeting)

    return RevisionAnswer.of(drafting.draft(person, choose, body.style.style()))


@blueprint.put("/meetings/<int:meeting_id>/minutes")
@access.to(Meeting, Right.CORRECT)
@operation("会議録を直す（新しい改訂になる）", answers=RevisionAnswer, body=ContentChange)
def revise(person: Person, meeting: Meeting, body: ContentChange) -> RevisionAnswer:
    minutes = _required(meeting)
    return RevisionAnswer.of(
        drafting.revise(person, minutes, body.content.content(), body.based_on)
    )


@blueprint.get("/meetings/<int:meeting_id>/minutes/digest-draft")
@access.to(Meeting, Right.HEAR)
@operation("要点記録の下書きを添えた会議録", answers=ContentShape)
def draft_digest(person: Person, meeting: Meeting) -> ContentShape:
    """Return the latest text, with a draft in each section that has no digest. Nothing is saved:
    what is wanted of it is sent back as a change of the minutes."""
    latest = _required(meeting).latest
    note_look(person, "read", latest)
    return ContentShape.of(with_digest(content_of(latest)))


@blueprint.post("/meetings/<int:meeting_id>/minutes/head")
@access.to(Meeting, Right.CORRECT)
@operation("会議の記録を会議録の頭書きに写す（新しい改訂になる）", answers=RevisionAnswer)
def renew_head(person: Person, meeting: Meeting) -> RevisionAnswer:
    return RevisionAnswer.of(heading.renew_head(database_session(), person, _required(meeting)))


@blueprint.post("/meetings/<int:meeting_id>/minutes/style")
@access.to(Meeting, Right.CORRECT)
@operation("会議録の文を整え直す（新しい改訂になる）", answers=RevisionAnswer, body=Restyling)
def restyle(person: Person, meeting: Meeting, body: Restyling) -> RevisionAnswer:
    """Make the text anew from the spoken words, in another style. What a person wrote is changed
    only on request."""
    minutes = _required(meeting)
    content = records.restyle(
        reading_session(), minutes.latest, body.style.style(), includes_hand=body.includes_hand
    )
    return RevisionAnswer.of(drafting.revise(person, minutes, content, body.based_on))


@blueprint.post("/revisions/<int:revision_id>/approval-request")
@access.to(MinutesRevision, Right.CORRECT)
@operation("承認を依頼する", answers=RevisionAnswer, status=201, body=Request)
def request_approval(person: Person, revision: MinutesRevision, body: Request) -> RevisionAnswer:
    drafting.request_approval(person, revision, body.word, body.addressee_id, body.errata_reason)
    return RevisionAnswer.of(revision)


@blueprint.delete("/revisions/<int:revision_id>/approval-request")
@access.to(MinutesRevision, Right.CORRECT)
@operation("承認の依頼を取り下げる", answers=RevisionAnswer)
def take_request_back(person: Person, revision: MinutesRevision) -> RevisionAnswer:
    records.take_request_back(database_session(), person, revision)
    return RevisionAnswer.of(revision)


@blueprint.get("/revisions/<int:revision_id>")
@access.to(MinutesRevision, Right.REVIEW)
@operation("会議録の改訂。承認の段階にいる人は、自分の番の改訂だけ", answers=RevisionAnswer)
def show_revision(person: Person, revision: MinutesRevision) -> RevisionAnswer:
    note_look(person, "read", revision)
    return RevisionAnswer.of(revision)


@blueprint.get("/revisions/<int:revision_id>/sentences/<int:section>/<int:paragraph>/sound")
@access.to(MinutesRevision, Right.REVIEW)
@costs(lane=RequestLane.CLIPS)
@operation("会議録の一つの発言の音（MP3）", file=clips.TYPE)
def sentence_sound(
    person: Person, revision: MinutesRevision, section: int, paragraph: int
) -> Response:
    return send_sentence(person, revision, (section, paragraph))


@blueprint.post("/revisions/<int:revision_id>/approval")
@access.to(MinutesRevision, Right.REVIEW)
@operation("承認する、または差し戻す", answers=RevisionAnswer, status=201, body=ApprovalDecision)
def decide(person: Person, revision: MinutesRevision, body: ApprovalDecision) -> RevisionAnswer:
    if body.is_approved:
        drafting.approve(person, revision, body.step_id)
    else:
        session = database_session()
        records.send_back(session, person, revision, body.reason, step_id=body.step_id)
    return RevisionAnswer.of(revision)


@blueprint.post("/revisions/<int:revision_id>/publication")
@access.to(MinutesRevision, Right.PUBLISH)
@operation(
    "公開する、または公開中の改訂と差し替える", answers=RevisionAnswer, status=201, body=Replacing
)
def publish(person: Person, revision: MinutesRevision, body: Replacing) -> RevisionAnswer:
    drafting.publish(person, revision, body.reason)
    return RevisionAnswer.of(revision)


@blueprint.delete("/revisions/<int:revision_id>/publication")
@access.to(MinutesRevision, Right.PUBLISH)
@operation("公開を取り下げる", answers=RevisionAnswer, body=Reason)
def withdraw(person: Person, revision: MinutesRevision, body: Reason) -> RevisionAnswer:
    publication.withdraw(database_session(), person, revision, body.reason)
    return RevisionAnswer.of(revision)


def _required(meeting: Meeting) -> Minutes:
    minutes = records.minutes_of(reading_session(), meeting)
    if minutes is None:
        raise NotPossibleNow("会議録はまだありません。先に逐語録から作ってください。")
    return minutes


def _chosen(meeting: Meeting, body: Draft) -> list[Transcript]:
    """Raise InvalidInput for a transcript of another meeting."""
    wanted = [body.transcript_id] if body.transcript_id else body.transcript_ids or []
    of_meeting = {t.id: t for t in transcripts_of(reading_session(), meeting)}
    for identity in wanted:
        if identity not in of_meeting:
            field = "transcript_id" if body.transcript_id else "transcript_ids"
            raise InvalidInput(field, f"番号 {identity} の逐語録は、この会議にありません。")
    return [of_meeting[identity] for identity in dict.fromkeys(wanted)]
