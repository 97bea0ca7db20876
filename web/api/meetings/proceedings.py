"""会議の記録: the course of a sitting, what became of its items, whether it was open; and what of
these is proposed from what was said."""

from datetime import datetime

from flask import Blueprint
from pydantic import Field
from sqlalchemy.orm import Session

from meetings.agenda import item_of
from meetings.errors import InvalidInput
from meetings.rights import Right
from meetings.sitting import decisions, events, openness
from meetings.sitting.decisions import MOST_VOTES, DecisionFacts
from minutes.proceedings import heard_decisions, heard_events
from minutes.records.head import head_of
from models.meeting import AgendaItem, Meeting, Openness
from models.person import Person
from models.proceedings import (
    ItemDecision,
    ItemResult,
    SittingEvent,
    SittingEventKind,
    VotingMethod,
)
from models.sitting import Attendance
from web import access
from web.api.minutes.head_shapes import HeadShape
from web.api.operations import Identity, Moment, Shape, ShortText, operation
from web.audit_access import note_look
from web.transaction import database_session

blueprint = Blueprint("api_proceedings", __name__)
MOST_NAMES = 10_000


class EventAnswer(Shape):
    """会議の経過の一つ"""

    id: int
    kind: SittingEventKind
    label: str
    at: datetime
    agenda_item_id: int | None = Field(description="そのときの議題")
    attendance_id: int | None = Field(description="入室・退席した人、議長を代わった人の出席の記録")
    who: str
    segment_id: int | None = Field(description="発言から記録したとき、その発話")

    @classmethod
    def of(cls, event: SittingEvent) -> "EventAnswer":
        database_session().flush()
        return cls(
            id=event.id,
            kind=event.kind,
            label=event.kind.label,
            at=event.at,
            agenda_item_id=event.agenda_item.id if event.agenda_item else None,
            attendance_id=event.attendance_id,
            who=event.who,
            segment_id=event.segment_id,
        )


class EventsAnswer(Shape):
    events: list[EventAnswer] = Field(description="起きた順")


class EventChange(Shape):
    at: Moment
    attendance_id: Identity | None = Field(
        None, description="入室（came_in）、退席（left）、議長交代（chair）のとき必要"
    )
    agenda_item_id: Identity | None = Field(None, description="null なら、そのとき審議中だった議題")


class EventBody(Shape):
    """開会（opened）、開議（began）、休憩（suspended）、再開（resumed）、延会（deferred）、散会
    （adjourned）、閉会（closed）、入室（came_in）、退席（left）、議長交代（chair）。最初の入室は
    出席（attendances）に記録する。"""

    kind: SittingEventKind
    at: Moment | None = Field(None, description="null なら、いま（会議の時間の間だけ）")
    attendance_id: Identity | None = None
    agenda_item_id: Identity | None = None


class DecisionShape(Shape):
    """議題の結果"""

    agenda_item_id: Identity | None = Field(None, description="null なら subject が必要")
    subject: ShortText = Field("", description="件名。議題と違うとき")
    result: ItemResult = Field(
        description="可決 passed、否決 rejected、承認 approved、了承 acknowledged、"
        "継続 continued、報告 reported"
    )
    method: VotingMethod | None = Field(
        None,
        description="簡易 simple、起立 standing、挙手 hands、記名 named、無記名 unnamed",
    )
    votes_for: int | None = Field(None, ge=0, le=MOST_VOTES, description="賛成の人数")
    votes_against: int | None = Field(None, ge=0, le=MOST_VOTES, description="反対の人数")
    names_for: list[ShortText] = Field([], max_length=MOST_NAMES, description="記名のとき必要")
    names_against: list[ShortText] = Field([], max_length=MOST_NAMES)
    mover: ShortText = Field("", description="提出者、動議を出した人")
    note: ShortText = Field("", description="付記")

    @classmethod
    def of_facts(cls, facts: DecisionFacts) -> "DecisionShape":
        return DecisionShape(
            agenda_item_id=facts.agenda_item.id if facts.agenda_item else None,
            subject=facts.subject,
            result=facts.result,
            method=facts.method,
            votes_for=facts.votes_for,
            votes_against=facts.votes_against,
            names_for=list(facts.names_for),
            names_against=list(facts.names_against),
            mover=facts.mover,
            note=facts.note,
        )

    def facts(self, meeting: Meeting) -> DecisionFacts:
        """Raise InvalidInput for an item of another meeting."""
        others = self.model_dump(exclude={"agenda_item_id"})
        return DecisionFacts(**others, agenda_item=_item(meeting, self.agenda_item_id))


class ItemDecisionAnswer(DecisionShape):
    id: int
    segment_id: int | None = Field(description="発言から記録したとき、その発話")

    @classmethod
    def of(cls, decision: ItemDecision) -> "ItemDecisionAnswer":
        database_session().flush()
        return cls(
            id=decision.id,
            segment_id=decision.segment_id,
            **DecisionShape.of_facts(decisions.as_facts(decision)).model_dump(),
        )


class DecisionsAnswer(Shape):
    decisions: list[ItemDecisionAnswer] = Field(description="議題の順")


class HeardEventAnswer(Shape):
    """発言から見つかった経過の候補"""

    segment_id: int
    kind: SittingEventKind
    at: datetime
    is_at_sure: bool = Field(description="録音の始まりの時刻が分かっている")
    text: str = Field(description="その発話")


class HeardDecisionAnswer(Shape):
    """発言から見つかった結果の候補"""

    segment_id: int
    at: datetime
    text: str = Field(description="その発話")
    decision: DecisionShape


class HeardAnswer(Shape):
    events: list[HeardEventAnswer]
    decisions: list[HeardDecisionAnswer]


class HeardEventReply(Shape):
    segment_id: Identity
    kind: SittingEventKind
    is_taken: bool = Field(description="記録する。false なら候補から外す")


class HeardDecisionReply(Shape):
    segment_id: Identity
    is_taken: bool = Field(description="記録する。false なら候補から外す")


class OpennessBody(Shape):
    openness: Openness | None = Field(
        description="公開 open、部分公開 partly、非公開 closed。記録しないとき null"
    )
    reason: ShortText = Field("", description="部分公開・非公開のとき必要")


@blueprint.get("/meetings/<int:meeting_id>/events")
@access.to(Meeting, Right.RUN)
@operation("会議の経過", answers=EventsAnswer)
def list_events(person: Person, meeting: Meeting) -> EventsAnswer:
    found = events.events_of(database_session(), meeting)
    return EventsAnswer(events=[EventAnswer.of(event) for event in found])


@blueprint.post("/meetings/<int:meeting_id>/events")
@access.to(Meeting, Right.RUN)
@operation("会議の経過を記録する", answers=EventAnswer, status=201, body=EventBody)
def add_event(person: Person, meeting: Meeting, body: EventBody) -> EventAnswer:
    session = database_session()
    made = events.note_event(
        session,
        person,
        meeting,
        body.kind,
        at=body.at,
        attendance=_attendance(session, meeting, body.attendance_id),
        agenda_item=_item(meeting, body.agenda_item_id),
    )
    return EventAnswer.of(made)


@blueprint.put("/sitting-events/<int:sitting_event_id>")
@access.to(SittingEvent, Right.RUN)
@operation("会議の経過を直す", answers=EventAnswer, body=EventChange)
def change_event(person: Person, sitting_event: SittingEvent, body: EventChange) -> EventAnswer:
    session, meeting = database_session(), sitting_event.meeting
    events.change_event(
        session,
        person,
        sitting_event,
        at=body.at,
        attendance=_attendance(session, meeting, body.attendance_id),
        agenda_item=_item(meeting, body.agenda_item_id),
    )
    return EventAnswer.of(sitting_event)


@blueprint.delete("/sitting-events/<int:sitting_event_id>")
@access.to(SittingEvent, Right.RUN)
@operation("会議の経過を取り消す")
def strike_event(person: Person, sitting_event: SittingEvent) -> None:
    events.strike_event(database_session(), person, sitting_event)


@blueprint.get("/meetings/<int:meeting_id>/decisions")
@access.to(Meeting, Right.RUN)
@operation("議題の結果", answers=DecisionsAnswer)
def list_decisions(person: Person, meeting: Meeting) -> DecisionsAnswer:
    found = decisions.decisions_of(database_session(), meeting)
    return DecisionsAnswer(decisions=[ItemDecisionAnswer.of(one) for one in found])


@blueprint.post("/meetings/<int:meeting_id>/decisions")
@access.to(Meeting, Right.RUN)
@operation("議題の結果を記録する", answers=ItemDecisionAnswer, status=201, body=DecisionShape)
def add_decision(person: Person, meeting: Meeting, body: DecisionShape) -> ItemDecisionAnswer:
    made = decisions.note_decision(database_session(), person, meeting, body.facts(meeting))
    return ItemDecisionAnswer.of(made)


@blueprint.put("/item-decisions/<int:item_decision_id>")
@access.to(ItemDecision, Right.RUN)
@operation("議題の結果を直す", answers=ItemDecisionAnswer, body=DecisionShape)
def change_decision(
    person: Person, item_decision: ItemDecision, body: DecisionShape
) -> ItemDecisionAnswer:
    facts = body.facts(item_decision.meeting)
    decisions.change_decision(database_session(), person, item_decision, facts)
    return ItemDecisionAnswer.of(item_decision)


@blueprint.delete("/item-decisions/<int:item_decision_id>")
@access.to(ItemDecision, Right.RUN)
@operation("議題の結果を取り消す")
def strike_decision(person: Person, item_decision: ItemDecision) -> None:
    decisions.strike_decision(database_session(), person, item_decision)


@blueprint.get("/meetings/<int:meeting_id>/heard-proceedings")
@access.to(Meeting, Right.CORRECT)
@operation("発言から見つかった経過と結果の候補", answers=HeardAnswer)
def list_heard(person: Person, meeting: Meeting) -> HeardAnswer:
    session = database_session()
    note_look(person, "look", meeting)
    return HeardAnswer(
        events=[
            HeardEventAnswer(
                segment_id=one.place.segment.id,
                kind=one.kind,
                at=one.place.at,
                is_at_sure=one.place.is_sure,
                text=one.place.segment.text,
            )
            for one in heard_events.heard_events(session, meeting)
        ],
        decisions=[
            HeardDecisionAnswer(
                segment_id=one.place.segment.id,
                at=one.place.at,
                text=one.place.segment.text,
                decision=DecisionShape.of_facts(one.facts),
            )
            for one in heard_decisions.heard_decisions(session, meeting)
        ],
    )


@blueprint.post("/meetings/<int:meeting_id>/heard-events")
@access.to(Meeting, Right.CORRECT)
@operation("発言から見つかった経過を記録するか、候補から外す", body=HeardEventReply)
def answer_heard_event(person: Person, meeting: Meeting, body: HeardEventReply) -> None:
    session = database_session()
    if body.is_taken:
        heard_events.take_heard_event(session, person, meeting, body.segment_id, body.kind)
    else:
        heard_events.turn_down_heard_event(session, person, meeting, body.segment_id, body.kind)


@blueprint.post("/meetings/<int:meeting_id>/heard-decisions")
@access.to(Meeting, Right.CORRECT)
@operation("発言から見つかった結果を記録するか、候補から外す", body=HeardDecisionReply)
def answer_heard_decision(person: Person, meeting: Meeting, body: HeardDecisionReply) -> None:
    session = database_session()
    if body.is_taken:
        heard_decisions.take_heard_decision(session, person, meeting, body.segment_id)
    else:
        heard_decisions.turn_down_heard_decision(session, person, meeting, body.segment_id)


@blueprint.put("/meetings/<int:meeting_id>/openness")
@access.to(Meeting, Right.RUN)
@operation("公開の別を記録する", body=OpennessBody)
def set_openness(person: Person, meeting: Meeting, body: OpennessBody) -> None:
    openness.set_openness(database_session(), person, meeting, body.openness, body.reason)


@blueprint.get("/meetings/<int:meeting_id>/head")
@access.to(Meeting, Right.RUN)
@operation("いまの記録から作る会議録の頭書き", answers=HeadShape)
def show_head(person: Person, meeting: Meeting) -> HeadShape:
    return HeadShape.model_validate_json(head_of(database_session(), meeting).model_dump_json())


def _item(meeting: Meeting, item_id: int | None) -> AgendaItem | None:
    return item_of(meeting, item_id) if item_id else None


def _attendance(session: Session, meeting: Meeting, identity: int | None) -> Attendance | None:
    entry = session.get(Attendance, identity) if identity else None
    if identity and (entry is None or entry.meeting_id != meeting.id):
        raise InvalidInput("attendance_id", "この会議の出席の記録から選んでください。")
    return entry
