"""Changes of more than one segment at a time: all that are alike, splitting, joining."""

from datetime import datetime

from flask import Blueprint
from pydantic import Field

from meetings.errors import InvalidInput
from meetings.rights import Right
from minutes import accuracy
from minutes.proposals import decisions
from minutes.speakers import naming
from minutes.speakers.naming import Naming
from minutes.transcripts import alike, cutting, editing, history, rewriting, transcripts
from minutes.transcripts.alike import SegmentMatch
from minutes.transcripts.rewriting import Rewriting, Tick
from models.person import Person
from models.transcript import Proposal, Segment, Transcript
from web import access
from web.api.minutes.segment_shapes import (
    MarkAnswer,
    SegmentAnswer,
    SegmentChanged,
    SegmentsChanged,
)
from web.api.minutes.transcripts import SeenRevision
from web.api.operations import Identity, Ordinal, Query, Revision, Shape, ShortText, operation
from web.audit_access import note_hourly_look
from web.transaction import database_session, reading_session, reads, settle

blueprint = Blueprint("api_segments", __name__)
MOST_AT_ONCE = 10_000


class Earlier(Shape):
    before: str = Field(
        max_length=transcripts.LONGEST_SEGMENT, description="直す前の文（いまの文と比べる）"
    )


class PlaceAnswer(Shape):
    """ほかの発話の、同じ言葉または同じ音の箇所。"""

    segment_id: int
    start: int = Field(description="その発話の text での位置（文字）")
    words: str
    is_same_text: bool = Field(description="字も同じ（false なら音だけが同じ）")
    is_sure: bool = Field(description="字も同じで、確認済みでもない。ほかは1か所ずつ見てから直す")
    leading: str = Field(description="その前の文")
    following: str = Field(description="そのあとの文")
    is_confirmed: bool
    revision: int

    @classmethod
    def of(cls, place: SegmentMatch) -> "PlaceAnswer":
        return cls(
            segment_id=place.segment.id,
            start=place.start,
            words=place.words,
            is_same_text=place.is_same_text,
            is_sure=place.is_sure,
            leading=place.leading,
            following=place.following,
            is_confirmed=place.segment.is_confirmed,
            revision=place.segment.revision,
        )


class AlikeAnswer(Shape):
    before: str
    after: str
    places: list[PlaceAnswer]


class AlikesAnswer(Shape):
    replacements: list[AlikeAnswer] = Field(description="ほかにも箇所がある置き換えだけ")


class OneText(Shape):
    segment_id: Identity
    text: str = Field(max_length=transcripts.LONGEST_SEGMENT)
    revision: Revision


class Texts(Shape):
    texts: list[OneText] = Field(min_length=1, max_length=MOST_AT_ONCE)


class OneSpeaker(Shape):
    segment_id: Identity
    now: ShortText = Field(description="いまの発言者（違っていればそのままにする）。空ならなし")
    then: ShortText = Field(description="変えたあとの発言者。空なら取り消す")


class SpeakerNames(Shape):
    speakers: list[OneSpeaker] = Field(min_length=1, max_length=MOST_AT_ONCE)


class OneTick(Shape):
    segment_id: Identity
    now: bool = Field(description="いま確認済みか（違っていればそのままにする）")
    then: bool = Field(description="変えたあと確認済みか")


class Ticks(Shape):
    confirmations: list[OneTick] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Cut(Shape):
    at: Ordinal = Field(description="この文字の前で分ける（text での位置）")
    revision: Revision


class SegmentsJoined(Shape):
    segment: SegmentAnswer
    gone: int = Field(description="つなげられて、なくなった発話")


class Spent(Shape):
    seconds: float = Field(ge=0, le=86_400, description="前に伝えたときから作業していた秒数")


class SpentAnswer(Shape):
    seconds: float = Field(description="この逐語録の校正に使った時間（全員の合計、秒）")


@blueprint.post("/transcripts/<int:transcript_id>/editing-time")
@access.to(Transcript, Right.CORRECT)
@operation("校正の作業時間を伝える", answers=SpentAnswer, body=Spent)
def note_editing_time(person: Person, transcript: Transcript, body: Spent) -> SpentAnswer:
    session = database_session()
    editing.note_time(session, person, transcript, body.seconds)
    session.flush()
    return SpentAnswer(seconds=editing.seconds_of(session, [transcript.id]))


class StateAnswer(Shape):
    """発話の文の、ある時点での姿。"""

    text: str
    words: str = Field(description="何によるものか")
    by: str | None = Field(description="直した人。機械によるものは null")
    at: datetime | None
    marks: list[MarkAnswer] = Field(description="比べる相手（against、なければひとつ前）との違い")


class HistoryAnswer(Shape):
    states: list[StateAnswer] = Field(description="古いものから順に。最後がいまの文")


class Against(Query):
    against: Ordinal | None = Field(None, description="比べる相手（states の番号、0から）")


@blueprint.get("/segments/<int:segment_id>/history")
@access.to(Segment, Right.HEAR)
@operation("発話の文の移り変わりを読む", answers=HistoryAnswer, query=Against)
def show_history(person: Person, segment: Segment, query: Against) -> HistoryAnswer:
    note_hourly_look(person, segment.transcript)
    states = history.states_of(database_session(), segment)
    if query.against is not None and query.against >= len(states):
        raise InvalidInput("against", "比べる相手の番号がありません。")
    answers = []
    for number, state in enumerate(states):
        other = states[max(0, number - 1) if query.against is None else query.against]
        marks = [MarkAnswer.of(mark) for mark in accuracy.differences(other.text, state.text)]
        by = state.by.name if state.by else None
        answers.append(
            StateAnswer(text=state.text, words=state.words, by=by, at=state.at, marks=marks)
        )
    return HistoryAnswer(states=answers)


@blueprint.post("/segments/<int:segment_id>/alike")
@access.to(Segment, Right.CORRECT)
@operation("同じように直す箇所を探す", answers=AlikesAnswer, body=Earlier)
@reads
def find_alike(person: Person, segment: Segment, body: Earlier) -> AlikesAnswer:
    """Return the places in other segments that are like what was corrected here. No text is
    changed; changes are sent to `texts`."""
    note_hourly_look(person, segment.transcript)
    segments = transcripts.texts_of(reading_session(), segment.transcript)
    wanted = alike.replacements(body.before, segment.text)
    return AlikesAnswer(
        replacements=[
            AlikeAnswer(
                before=one.before, after=one.after, places=[PlaceAnswer.of(p) for p in places]
            )
            for one, places in alike.places(wanted, segments, but=segment).items()
            if places
        ]
    )


@blueprint.put("/transcripts/<int:transcript_id>/texts")
@access.to(Transcript, Right.CORRECT)
@operation("いくつもの発話を一度に直す", answers=SegmentsChanged, body=Texts)
def correct_texts(person: Person, transcript: Transcript, body: Texts) -> SegmentsChanged:
    """Correct all the texts that are sent, or none of them."""
    wanted = [Rewriting(one.segment_id, one.text, one.revision) for one in body.texts]
    rewriting.prepare_texts(reading_session(), transcript, wanted)
    rewriting.correct_all(database_session(), person, transcript, wanted)
    settle()
    named = {one.segment_id for one in body.texts}
    changed = transcripts.segments_of(reading_session(), transcript, touched=named)
    return SegmentsChanged.of(changed)


@blueprint.put("/transcripts/<int:transcript_id>/speakers")
@access.to(Transcript, Right.CORRECT)
@operation("いくつもの発話の発言者を変える", answers=SegmentsChanged, body=SpeakerNames)
def name_speakers(person: Person, transcript: Transcript, body: SpeakerNames) -> SegmentsChanged:
    """Name the speakers of segments. Those whose speaker is not `now` any more, and those that are
    gone, are left as they are."""
    session = database_session()  # first: all is read anew with it, and here at once
    known = {segment.id: segment for segment in transcript.segments}
    namings = [
        Naming(known[one.segment_id], one.now, one.then)
        for one in body.speakers
        if one.segment_id in known
    ]
    return SegmentsChanged.of(naming.name_speakers(session, person, namings))


@blueprint.put("/transcripts/<int:transcript_id>/confirmations")
@access.to(Transcript, Right.CORRECT)
@operation("いくつもの発話を確認済みにする、または取り消す", answers=SegmentsChanged, body=Ticks)
def tick_segments(person: Person, transcript: Transcript, body: Ticks) -> SegmentsChanged:
    """Confirm segments, or take that back. Only what a person has listened to is to be sent;
    segments whose state is not `now` any more are left as they are."""
    wanted = [Tick(one.segment_id, one.now, one.then) for one in body.confirmations]
    rewriting.prepare_ticks(reading_session(), transcript, wanted)
    changed = rewriting.tick_all(database_session(), person, transcript, wanted)
    settle()
    return SegmentsChanged.of(
        transcripts.segments_of(reading_session(), transcript, touched=set(changed))
    )


@blueprint.post("/segments/<int:segment_id>/split")
@access.to(Segment, Right.CORRECT)
@operation("発話を二つに分ける", answers=SegmentsChanged, body=Cut)
def split(person: Person, segment: Segment, body: Cut) -> SegmentsChanged:
    session = database_session()
    both = cutting.split(session, person, segment, body.at, based_on=body.revision)
    return SegmentsChanged.of(list(both))


@blueprint.post("/segments/<int:segment_id>/join")
@access.to(Segment, Right.CORRECT)
@operation("次の発話とつなげる", answers=SegmentsJoined, body=SeenRevision)
def join(person: Person, segment: Segment, body: SeenRevision) -> SegmentsJoined:
    session = database_session()
    joined, gone = cutting.join(session, person, segment, based_on=body.revision)
    settle()
    return SegmentsJoined(segment=SegmentAnswer.of(joined), gone=gone)


@blueprint.post("/proposals/<int:proposal_id>/reopening")
@access.to(Proposal, Right.CORRECT)
@operation("修正候補の決定を取り消す", answers=SegmentChanged, body=SeenRevision)
def reopen_proposal(person: Person, proposal: Proposal, body: SeenRevision) -> SegmentChanged:
    session = database_session()
    return SegmentChanged.of(decisions.take_back(session, person, proposal, based_on=body.revision))
