"""The meeting while it sits: what is presented now, presenting, turning pages, and the connection
tests of seats."""

from datetime import datetime

from flask import Blueprint
from pydantic import Field
from sqlalchemy.orm import Session

from meetings.agenda import item_of
from meetings.errors import InvalidInput
from meetings.rights import Right, readers_of, rights
from meetings.sitting import connection, presenting
from meetings.sitting.presenting import LiveState
from models.document import DocumentVersion
from models.meeting import Meeting
from models.person import Person
from models.sitting import Carrier, ConnectionTest, Turn
from web import access
from web.api.operations import Identity, Ordinal, Query, Shape, ShortText, operation
from web.api.shapes import PersonAnswer
from web.door.costs import RequestLane, costs
from web.streams.live import hub
from web.transaction import database_session, reads, urgent

blueprint = Blueprint("api_live", __name__)


class TurnAnswer(Shape):
    """いまみんなに見せている頁"""

    sequence: int
    at: datetime
    document_id: int
    version_id: int
    page: int
    area: list[float] | None = Field(
        description="見せている範囲。左、上、幅、高さ（頁に対する割合）。null なら頁全体"
    )
    agenda_item_id: int | None

    @classmethod
    def of(cls, turn: Turn) -> "TurnAnswer":
        return cls(
            sequence=turn.sequence,
            at=turn.at,
            document_id=turn.version.document_id,
            version_id=turn.version_id,
            page=turn.page_number,
            area=turn.area,
            agenda_item_id=turn.agenda_item_id,
        )


class YouAnswer(Shape):
    """この端末の人"""

    id: int
    name: str
    may_present: bool
    may_take: bool = Field(description="ほかの人から発表を引き取れる（主催者）")
    may_change_item: bool


class LiveAnswer(Shape):
    """発表のいま。sequence の大きいほうが新しい。"""

    sequence: int
    documents: int = Field(description="資料の追加・差替え・削除のたびに変わる数")
    presenter: PersonAnswer | None
    turn: TurnAnswer | None
    agenda_item_id: int | None = Field(description="審議中の議題")
    is_turn_closed: bool = Field(
        False, description="自分には公開されていない資料が発表されている（turn は null）"
    )
    you: YouAnswer | None = Field(None, description="自分で尋ねたときだけ")

    @classmethod
    def of(cls, state: LiveState) -> "LiveAnswer":
        return cls(
            sequence=state.sequence,
            documents=state.documents,
            presenter=PersonAnswer.of(state.presenter) if state.presenter else None,
            turn=TurnAnswer.of(state.turn) if state.turn else None,
            agenda_item_id=state.agenda_item_id,
            is_turn_closed=state.is_turn_closed,
            you=None,
        )


class LiveQuery(Query):
    wait: Ordinal | None = Field(
        None, description="この sequence より新しくなるまで、最長20秒待ってから答える"
    )


class TurnRequest(Shape):
    version_id: Identity
    page: int = Field(ge=1, le=1_000_000)
    area: tuple[float, float, float, float] | None = Field(
        None, description="左、上、幅、高さ（頁に対する割合）。なければ頁全体"
    )


class HandOver(Shape):
    person_id: Identity


class ItemRequest(Shape):
    agenda_item_id: Identity


class Pointer(Shape):
    version_id: Identity
    page: int = Field(ge=1, le=1_000_000)
    x: float = Field(ge=0, le=1, description="頁の幅に対する割合")
    y: float = Field(ge=0, le=1, description="頁の高さに対する割合")
    is_shown: bool = True


class ShownAnswer(Shape):
    document_id: int
    title: str
    version_id: int
    page: int
    at: datetime


class ShownListAnswer(Shape):
    pages: list[ShownAnswer] = Field(description="これまでに発表された頁。最後がいちばん新しい")


class TurnListAnswer(Shape):
    turns: list[TurnAnswer] = Field(description="頁送りの記録、古い順")


class TurnQuery(Query):
    after: Ordinal = Field(0, description="この sequence より後のものだけ")


class Echo(Shape):
    word: ShortText


class TestResult(Shape):
    carrier: Carrier = Field(description="stream（常時接続）か polling（定期問い合わせ）")
    median_ms: int
    worst_ms: int
    lost: int = Field(description="返ってこなかった数")
    terminal: ShortText = ""


class TestAnswer(Shape):
    id: int
    person: PersonAnswer
    at: datetime
    carrier: Carrier
    median_ms: int
    worst_ms: int
    lost: int
    is_good: bool
    terminal: str


class TestsAnswer(Shape):
    tests: list[TestAnswer] = Field(description="一人ずつ、いちばん新しいもの")


@blueprint.get("/meetings/<int:meeting_id>/live")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.LIVE)
@operation(
    "発表のいま（Accept: text/event-stream なら続けて届く）", answers=LiveAnswer, query=LiveQuery
)
def show(person: Person, meeting: Meeting, query: LiveQuery) -> LiveAnswer:
    session = database_session()
    answer = LiveAnswer.of(presenting.state_for(session, person, meeting))
    answer.you = _you(session, person, meeting)
    return answer


@blueprint.post("/meetings/<int:meeting_id>/turns")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.TURNS)
@operation("頁を送る（発表している人だけ）", answers=TurnAnswer, status=201, body=TurnRequest)
@urgent
def turn(person: Person, meeting: Meeting, body: TurnRequest) -> TurnAnswer:
    session = database_session()
    version = session.get(DocumentVersion, body.version_id)
    if version is None:
        raise InvalidInput("version_id", "この会議の資料から選んでください。")
    made = presenting.turn_page(
        session, person, meeting, version=version, page_number=body.page, area=body.area
    )
    return TurnAnswer.of(made)


@blueprint.get("/meetings/<int:meeting_id>/turns")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.LIVE)
@operation("頁送りの記録", answers=TurnListAnswer, query=TurnQuery)
def turns(person: Person, meeting: Meeting, query: TurnQuery) -> TurnListAnswer:
    found = presenting.turns_seen_by(database_session(), person, meeting, query.after)
    return TurnListAnswer(turns=[TurnAnswer.of(entry) for entry in found])


@blueprint.get("/meetings/<int:meeting_id>/shown-pages")
@access.to(Meeting, Right.SEE)
@operation("これまでに発表された頁", answers=ShownListAnswer)
def shown(person: Person, meeting: Meeting) -> ShownListAnswer:
    found = presenting.shown_so_far(database_session(), person, meeting)
    return ShownListAnswer(
        pages=[
            ShownAnswer(
                document_id=entry.version.document_id,
                title=entry.version.document.title,
                version_id=entry.version.id,
                page=entry.page_number,
                at=entry.at,
            )
            for entry in found
        ]
    )


@blueprint.post("/meetings/<int:meeting_id>/presenting")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.TURNS)
@operation("発表を始める（主催者は引き取る）", answers=LiveAnswer, status=201)
@urgent
def begin(person: Person, meeting: Meeting) -> LiveAnswer:
    session = database_session()
    presenting.begin_presenting(session, person, meeting)
    return LiveAnswer.of(presenting.state_of(session, meeting))


@blueprint.put("/meetings/<int:meeting_id>/presenting")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.TURNS)
@operation("発表をほかの人に渡す", answers=LiveAnswer, body=HandOver)
@urgent
def hand_over(person: Person, meeting: Meeting, body: HandOver) -> LiveAnswer:
    session = database_session()
    to = session.get(Person, body.person_id)
    if to is None:
        raise InvalidInput("person_id", "渡す相手が見つかりません。")
    presenting.hand_over(session, person, meeting, to)
    return LiveAnswer.of(presenting.state_of(session, meeting))


@blueprint.delete("/meetings/<int:meeting_id>/presenting")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.TURNS)
@operation("発表を終える", answers=LiveAnswer)
@urgent
def stop(person: Person, meeting: Meeting) -> LiveAnswer:
    session = database_session()
    presenting.stop_presenting(session, person, meeting)
    return LiveAnswer.of(presenting.state_of(session, meeting))


@blueprint.put("/meetings/<int:meeting_id>/current-item")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.TURNS)
@operation("審議中の議題を変える", answers=LiveAnswer, body=ItemRequest)
@urgent
def change_item(person: Person, meeting: Meeting, body: ItemRequest) -> LiveAnswer:
    session = database_session()
    item = item_of(meeting, body.agenda_item_id)
    presenting.change_item(session, person, meeting, item)
    return LiveAnswer.of(presenting.state_of(session, meeting))


@blueprint.post("/meetings/<int:meeting_id>/pointer")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.TURNS)
@operation("指し示す場所を見せる（発表している人だけ。記録には残らない）", body=Pointer)
@reads
def point(person: Person, meeting: Meeting, body: Pointer) -> None:
    session = database_session()
    turn = presenting.points_at(session, person, meeting, body.version_id)
    if turn is not None:
        readers = readers_of(session, turn.version.document)
        hub().send(meeting.id, "pointer", body.model_dump_json(), only=readers)


@blueprint.post("/meetings/<int:meeting_id>/echoes")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.TURNS)
@operation("自分の端末へ合図を返す（接続テスト）", body=Echo)
@reads
def echo(person: Person, meeting: Meeting, body: Echo) -> None:
    hub().send(meeting.id, "echo", body.model_dump_json(), only={person.id})


@blueprint.post("/meetings/<int:meeting_id>/connection-tests")
@access.to(Meeting, Right.SEE)
@operation("接続テストの結果を残す", answers=TestAnswer, status=201, body=TestResult)
def keep_test(person: Person, meeting: Meeting, body: TestResult) -> TestAnswer:
    made = connection.keep_test(database_session(), person, meeting, **body.model_dump())
    return _test(made)


@blueprint.get("/meetings/<int:meeting_id>/connection-tests")
@access.to(Meeting, Right.RUN)
@operation("接続テストの結果", answers=TestsAnswer)
def tests(person: Person, meeting: Meeting) -> TestsAnswer:
    found = connection.last_tests(database_session(), meeting)
    return TestsAnswer(tests=[_test(entry) for entry in found.values()])


def _you(session: Session, person: Person, meeting: Meeting) -> YouAnswer:
    given = rights(session, person, meeting)
    return YouAnswer(
        id=person.id,
        name=person.name,
        may_present=presenting.may_present(session, person, meeting, given),
        may_take=Right.PREPARE in given,
        may_change_item=Right.RUN in given,
    )


def _test(test: ConnectionTest) -> TestAnswer:
    return TestAnswer(
        id=test.id,
        person=PersonAnswer.of(test.person),
        at=test.at,
        carrier=Carrier(test.carrier),
        median_ms=test.median_ms,
        worst_ms=test.worst_ms,
        lost=test.lost,
        is_good=connection.is_good(test),
        terminal=test.terminal,
    )
