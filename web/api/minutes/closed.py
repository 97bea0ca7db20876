"""Passages of the minutes that citizens do not get, and the public copy without them."""

from datetime import datetime

from flask import Blueprint
from pydantic import Field

from meetings.rights import Right
from minutes.records.closed import passages, proposing
from minutes.records.closed.anchors import LocatedPassage
from minutes.records.closed.choosing import ChosenPassage
from minutes.records.closed.passages import ClosedGround
from minutes.records.closed.public_copy import public_copy_of
from minutes.records.content import official_only
from models.closed_passage import ClosedKind, ClosedScope, ClosedSource, ClosedState
from models.minutes import MinutesRevision
from models.person import Person
from web import access
from web.api.minutes.minutes import ContentShape
from web.api.operations import Identity, Ordinal, Shape, ShortText, operation
from web.api.shapes import PersonAnswer
from web.audit_access import note_look
from web.transaction import config, database_session, reading_session, settle

blueprint = Blueprint("api_closed", __name__)


class ClosedPlace(Shape):
    """文の中の位置。"""

    section: Ordinal = Field(description="content.sections の何番目か（0から）")
    paragraph: Ordinal = Field(description="その paragraphs の何番目か（0から）")
    start: Ordinal = Field(0, description="何文字目から（0から）")
    end: Ordinal = Field(0, description="何文字目の前まで")


class PassageAnswer(Shape):
    """公開しない箇所、またはその候補。"""

    id: int
    kind: ClosedKind
    scope: ClosedScope
    state: ClosedState
    source: ClosedSource
    quote: str = Field(description="公開しない言葉。議題の全体なら見出し、氏名なら名前")
    replacement: str = Field(description="公開用の写しで、代わりに書く言葉")
    hides_pages: bool = Field(description="そのとき示されていた頁も公開しない")
    reason: str
    decided_by_whom: str = Field(description="だれが決めたか（議長など）")
    marked_by: PersonAnswer
    marked_at: datetime
    decided_by: PersonAnswer | None
    decided_at: datetime | None
    is_lost: bool = Field(description="この改訂の文には、印を付けたときの形では見つからない")
    is_to_decide: bool = Field(description="決めるまで公開できない")
    places: list[ClosedPlace] = Field(description="この改訂の文での位置")

    @classmethod
    def of(cls, found: LocatedPassage) -> "PassageAnswer":
        one = found.passage
        return cls(
            id=one.id,
            kind=one.kind,
            scope=one.scope,
            state=one.state,
            source=one.source,
            quote=one.quote,
            replacement=one.replacement,
            hides_pages=one.hides_pages,
            reason=one.reason,
            decided_by_whom=one.decided_by_whom,
            marked_by=PersonAnswer.of(one.marked_by),
            marked_at=one.marked_at,
            decided_by=PersonAnswer.of(one.decided_by) if one.decided_by else None,
            decided_at=one.decided_at,
            is_lost=found.is_lost,
            is_to_decide=passages.is_to_decide(found),
            places=[
                ClosedPlace(
                    section=closing.place[0],
                    paragraph=closing.place[1],
                    start=closing.start,
                    end=closing.end,
                )
                for closing in found.closings
            ],
        )


class PassageList(Shape):
    passages: list[PassageAnswer] = Field(description="文の順。見つからないものが先")

    @classmethod
    def of(cls, revision: MinutesRevision) -> "PassageList":
        settle()
        found = passages.located_in(reading_session(), revision)
        return cls(passages=[PassageAnswer.of(one) for one in found])


class GroundShape(Shape):
    kind: ClosedKind | None = None
    reason: str = Field("", max_length=passages.LONGEST_REASON)
    decided_by_whom: ShortText = Field("", description="だれが決めたか（議長など）")
    replacement: str = Field(
        "", max_length=passages.LONGEST_REPLACEMENT, description="空なら市の設定のとおり"
    )
    hides_pages: bool | None = None

    def ground(self) -> ClosedGround:
        return ClosedGround(
            self.kind, self.reason, self.decided_by_whom, self.replacement, self.hides_pages
        )


class PassageMark(GroundShape):
    scope: ClosedScope
    first: ClosedPlace = Field(description="初めの発言。言葉だけなら start も")
    last: ClosedPlace = Field(description="終わりの発言。言葉だけなら end も")
    is_decided: bool = Field(True, description="false なら、まだ決めていない印だけを付ける")

    def chosen(self) -> ChosenPassage:
        return ChosenPassage(
            self.scope,
            (self.first.section, self.first.paragraph),
            (self.last.section, self.last.paragraph),
            self.first.start,
            self.last.end,
        )


class PassageDecision(GroundShape):
    passage_ids: list[Identity] = Field(max_length=10_000)
    is_closed: bool = Field(description="true 公開しない、false 公開する")


class PassageAbsence(Shape):
    passage_id: Identity


class PublicCopyAnswer(Shape):
    content: ContentShape


@blueprint.get("/revisions/<int:revision_id>/closed-passages")
@access.to(MinutesRevision, Right.HEAR)
@operation("公開しない箇所とその候補", answers=PassageList)
def listed(person: Person, revision: MinutesRevision) -> PassageList:
    note_look(person, "look", revision)
    return PassageList.of(revision)


@blueprint.post("/revisions/<int:revision_id>/closed-passages")
@access.to(MinutesRevision, Right.CORRECT)
@operation("公開しない箇所に印を付ける", answers=PassageList, status=201, body=PassageMark)
def mark(person: Person, revision: MinutesRevision, body: PassageMark) -> PassageList:
    """Mark a passage. What is public is replaced at once."""
    passages.mark(
        database_session(),
        person,
        revision,
        body.chosen(),
        body.ground(),
        config().minutes,
        is_decided=body.is_decided,
    )
    return PassageList.of(revision)


@blueprint.post("/revisions/<int:revision_id>/closed-passages/proposals")
@access.to(MinutesRevision, Right.CORRECT)
@operation("公開しない箇所の候補を探す", answers=PassageList, status=201)
def propose(person: Person, revision: MinutesRevision) -> PassageList:
    found = proposing.find(reading_session(), revision)
    passages.propose(database_session(), person, revision, found, config().minutes)
    return PassageList.of(revision)


@blueprint.put("/revisions/<int:revision_id>/closed-passages/decision")
@access.to(MinutesRevision, Right.CORRECT)
@operation("公開しないか公開するかを決める", answers=PassageList, body=PassageDecision)
def decide(person: Person, revision: MinutesRevision, body: PassageDecision) -> PassageList:
    """Decide about passages. What is public is replaced at once."""
    session = database_session()
    chosen = passages.passages_by_id(session, revision, body.passage_ids)
    if body.is_closed:
        passages.decide(session, person, chosen, body.ground(), config().minutes)
    else:
        passages.decline(session, person, chosen, body.reason)
    return PassageList.of(revision)


@blueprint.post("/revisions/<int:revision_id>/closed-passages/absence")
@access.to(MinutesRevision, Right.CORRECT)
@operation(
    "公開しない箇所が文からなくなったと確かめる",
    answers=PassageList,
    status=201,
    body=PassageAbsence,
)
def confirm_absent(person: Person, revision: MinutesRevision, body: PassageAbsence) -> PassageList:
    session = database_session()
    (passage,) = passages.passages_by_id(session, revision, [body.passage_id])
    passages.confirm_absent(session, person, revision, passage)
    return PassageList.of(revision)


@blueprint.get("/revisions/<int:revision_id>/public-copy")
@access.to(MinutesRevision, Right.HEAR)
@operation("この改訂の、公開用の写し", answers=PublicCopyAnswer)
def public_copy(person: Person, revision: MinutesRevision) -> PublicCopyAnswer:
    note_look(person, "look", revision)
    copy = public_copy_of(reading_session(), revision)
    return PublicCopyAnswer(content=ContentShape.of(official_only(copy.content)))
