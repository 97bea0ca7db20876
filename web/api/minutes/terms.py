"""The terms of a meeting, and the dictionary of its series."""

from dataclasses import asdict
from datetime import datetime

from flask import Blueprint
from pydantic import Field

from meetings.rights import Right
from minutes.terms import dictionaries
from minutes.terms.confusions import Learned, LearnedUse
from minutes.terms.dictionaries import LONGEST_READING, LONGEST_TERM, SeriesWord
from minutes.terms.listing import ListedTerm, TermFilter, has_words
from models.document import Page
from models.meeting import Meeting
from models.person import Person
from models.term import DictionaryEntry
from web import access
from web.api.operations import Query, Shape, ShortText, operation
from web.audit_access import note_hourly_look
from web.shared.terms import current_terms, pages_of
from web.transaction import database_session
from web.urls import page_url

blueprint = Blueprint("api_terms", __name__)


class WordPage(Query):
    q: str = Field("", max_length=200, description="言葉か読み（かな）に含まれるもの")
    limit: int = Field(50, ge=1, le=500, description="一度に返す数")
    offset: int = Field(0, ge=0, le=1_000_000, description="とばす数")


class TermPage(WordPage):
    shown: TermFilter = Field(
        TermFilter.ALL,
        description="all、guessed（読みが推定）、taught（加えた・学んだ）、off（使わない）",
    )


class TermAnswer(Shape):
    """用語。"""

    surface: str
    kana: str = Field(description="読み（カタカナ）。分からなければ空")
    is_guessed: bool = Field(description="読みが推定")
    is_off: bool = Field(description="この会議体では使わない")
    is_name: bool = Field(description="名簿の氏名")
    place: str = Field(description="どこにあるか")
    page: str | None = Field(description="印刷されている頁を開く URL")
    count: int = Field(description="資料などにある回数")

    @classmethod
    def of(cls, listed: ListedTerm, pages: dict[int, Page]) -> "TermAnswer":
        term = listed.term
        page = pages.get(term.page_id or 0)
        return cls(
            surface=term.surface,
            kana=term.kana,
            is_guessed=term.is_guessed,
            is_off=listed.is_off,
            is_name=term.is_name,
            place=term.place,
            page=page_url(page.version, page.number) if page else None,
            count=term.count,
        )


class TermList(Shape):
    """この会議らしい言葉から順に。"""

    terms: list[TermAnswer]
    total: int
    is_current: bool = Field(description="false なら集め直している途中（前に集めたもの）")


class EntryAnswer(Shape):
    """用語辞書の用語。"""

    id: int
    surface: str
    kana: str
    is_guessed: bool
    department: str | None = Field(description="所属の用語辞書なら、その所属")
    shared_from: str | None = Field(description="所属に広げた元の会議体")
    added_by: str
    added_at: datetime

    @classmethod
    def of(cls, entry: DictionaryEntry) -> "EntryAnswer":
        return cls(
            id=entry.id,
            surface=entry.surface,
            kana=entry.kana,
            is_guessed=entry.is_guessed,
            department=entry.department.full_name if entry.department else None,
            shared_from=entry.shared_from.name if entry.shared_from else None,
            added_by=entry.added_by.name,
            added_at=entry.added_at,
        )


class ConfusionAnswer(Shape):
    """聞き間違い。heard と聞き取られ、surface に直された。"""

    heard: str
    times: int = Field(description="直された発話の数")
    is_proposed: bool = Field(description="次の会議から修正候補に出る")

    @classmethod
    def of(cls, learned: Learned) -> "ConfusionAnswer":
        is_proposed = learned.use in (LearnedUse.SURE, LearnedUse.PROPOSED)
        return cls(heard=learned.heard, times=learned.times, is_proposed=is_proposed)


class EvidenceAnswer(Shape):
    """一つの録音の確認済みの発話で heard が meant とされた回数。同じなら、そのままが正しい。"""

    recording_id: int
    heard: str
    meant: str
    times: int
    last_at: datetime = Field(description="最後に確認された時")


class SubstitutionAnswer(Shape):
    """学んだ直し方。"""

    heard: str
    meant: str
    times: int = Field(description="直された発話の数")
    recordings: int = Field(description="直された録音の数")
    others: int = Field(description="そのままか、別の言葉で確認された録音の数")
    use: LearnedUse = Field(
        description="sure（前後の言葉に合えば、はじめから直す）、proposed（候補に出す）、"
        "once（あと1回で候補）、opposed（反対の証拠が多い）、off（使わない）"
    )
    evidence: list[EvidenceAnswer] = Field(description="新しい順")

    @classmethod
    def of(cls, one: Learned) -> "SubstitutionAnswer":
        return cls(
            heard=one.heard,
            meant=one.meant,
            times=one.times,
            recordings=one.recordings,
            others=one.others,
            use=one.use,
            evidence=[EvidenceAnswer(**asdict(seen)) for seen in one.evidence],
        )


class SubstitutionList(Shape):
    """多く直されたものから順に。"""

    substitutions: list[SubstitutionAnswer]
    total: int


class DictionaryWordAnswer(Shape):
    surface: str
    kana: str
    is_guessed: bool
    is_off: bool
    entry: EntryAnswer | None = Field(description="人が加えたものなら")
    confusions: list[ConfusionAnswer]

    @classmethod
    def of(cls, word: SeriesWord) -> "DictionaryWordAnswer":
        return cls(
            surface=word.term.surface,
            kana=word.term.kana,
            is_guessed=word.term.is_guessed,
            is_off=word.is_off,
            entry=EntryAnswer.of(word.entry) if word.entry else None,
            confusions=[ConfusionAnswer.of(one) for one in word.learned],
        )


class DictionaryAnswer(Shape):
    words: list[DictionaryWordAnswer] = Field(description="会議体の用語辞書。読みの順")
    total: int
    shared: list[EntryAnswer] = Field(description="所属の用語辞書")


class NewTerm(Shape):
    surface: str = Field(max_length=LONGEST_TERM, description="用語")
    kana: str = Field(
        "", max_length=LONGEST_READING, description="読み（ひらがなかカタカナ）。空なら推定する"
    )


class Switch(Shape):
    surface: ShortText
    is_on: bool = Field(description="false なら、この会議体では使わない")
    heard: ShortText = Field("", description="入れると、この聞き間違いの候補としてだけ")


@blueprint.get("/meetings/<int:meeting_id>/terms")
@access.to(Meeting, Right.HEAR)
@operation("会議の用語", answers=TermList, query=TermPage)
def list_terms(person: Person, meeting: Meeting, query: TermPage) -> TermList:
    found = current_terms(meeting, query.q, query.shown)
    note_hourly_look(
        person, meeting
    )  # after it: collecting begins anew, and forgets what was noted
    listed = found.terms[query.offset : query.offset + query.limit]
    pages = pages_of(listed)
    return TermList(
        terms=[TermAnswer.of(one, pages) for one in listed],
        total=len(found.terms),
        is_current=found.is_current,
    )


@blueprint.get("/meetings/<int:meeting_id>/dictionary")
@access.to(Meeting, Right.HEAR)
@operation("会議体の用語辞書", answers=DictionaryAnswer, query=WordPage)
def show_dictionary(person: Person, meeting: Meeting, query: WordPage) -> DictionaryAnswer:
    session, series = database_session(), meeting.series
    every = dictionaries.dictionary_of(session, series)
    found = [word for word in every if has_words(word.term, query.q)]
    shared = dictionaries.entries_of_departments(session, dictionaries.departments_of(series))
    return DictionaryAnswer(
        words=[
            DictionaryWordAnswer.of(w) for w in found[query.offset : query.offset + query.limit]
        ],
        total=len(found),
        shared=[EntryAnswer.of(entry) for entry in shared],
    )


@blueprint.get("/meetings/<int:meeting_id>/dictionary/learned")
@access.to(Meeting, Right.HEAR)
@operation("会議体が学んだ直し方と、その根拠", answers=SubstitutionList, query=WordPage)
def list_learned(person: Person, meeting: Meeting, query: WordPage) -> SubstitutionList:
    """List what corrections taught the series. Each is switched by `terms/switch`."""
    every = dictionaries.learned(database_session(), meeting.series)
    found = [one for one in every if one.has(query.q)]
    shown = found[query.offset : query.offset + query.limit]
    return SubstitutionList(
        substitutions=[SubstitutionAnswer.of(one) for one in shown], total=len(found)
    )


@blueprint.put("/meetings/<int:meeting_id>/dictionary")
@access.to(Meeting, Right.CORRECT)
@operation("用語を加えるか、読みを付ける", answers=EntryAnswer, body=NewTerm)
def add(person: Person, meeting: Meeting, body: NewTerm) -> EntryAnswer:
    """Add a term to the dictionary; of one that is there already only the reading changes."""
    session = database_session()
    entry = dictionaries.add(session, person, meeting.series, body.surface, body.kana)
    session.flush()
    return EntryAnswer.of(entry)


@blueprint.delete("/meetings/<int:meeting_id>/dictionary/<int:entry_id>")
@access.to(Meeting, Right.CORRECT)
@operation("加えた用語を辞書から外す")
def remove(person: Person, meeting: Meeting, entry_id: int) -> None:
    session = database_session()
    entry = dictionaries.entry_of(session, meeting.series, entry_id)
    dictionaries.remove(session, person, entry)


@blueprint.put("/meetings/<int:meeting_id>/terms/switch")
@access.to(Meeting, Right.CORRECT)
@operation("用語を使わない、または、また使う", body=Switch)
def switch(person: Person, meeting: Meeting, body: Switch) -> None:
    act = dictionaries.switch_on if body.is_on else dictionaries.switch_off
    act(database_session(), person, meeting.series, body.surface, body.heard)
