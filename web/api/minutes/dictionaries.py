"""用語辞書 for the administrator: words of series that all of their department should have."""

from flask import Blueprint
from pydantic import Field

from minutes.terms import dictionaries
from models.person import Person, Role
from web import access
from web.api.minutes.terms import EntryAnswer
from web.api.operations import Identity, Query, Shape, ShortText, operation
from web.transaction import database_session

blueprint = Blueprint("api_dictionaries", __name__)


class DictionarySeriesAnswer(Shape):
    id: int
    name: str
    department: str


class DictionariesAnswer(Shape):
    series: list[DictionarySeriesAnswer] = Field(description="用語のある会議体")
    shared: list[EntryAnswer] = Field(description="所属の用語辞書")


class SeriesWords(Query):
    series_id: Identity


class SharableWord(Shape):
    surface: str
    kana: str
    is_guessed: bool
    place: str = Field(description="どこから来たか")


class SharableWords(Shape):
    words: list[SharableWord]


class Sharing(Shape):
    series_id: Identity
    surface: ShortText
    department_id: Identity | None = Field(
        None, description="会議体の所属か、その上の所属。なければ会議体の所属"
    )


@blueprint.get("/dictionaries")
@access.with_role(Role.ADMINISTRATOR)
@operation("管理する所属の用語辞書", answers=DictionariesAnswer)
def list_dictionaries(person: Person) -> DictionariesAnswer:
    session = database_session()
    return DictionariesAnswer(
        series=[
            DictionarySeriesAnswer(id=one.id, name=one.name, department=one.department.full_name)
            for one in dictionaries.administered(session, person)
        ],
        shared=[EntryAnswer.of(entry) for entry in dictionaries.shared(session, person)],
    )


@blueprint.get("/dictionaries/words")
@access.with_role(Role.ADMINISTRATOR)
@operation("会議体で加え、学んだ用語", answers=SharableWords, query=SeriesWords)
def list_words(person: Person, query: SeriesWords) -> SharableWords:
    session = database_session()
    series = dictionaries.administered_series(session, person, query.series_id)
    return SharableWords(
        words=[
            SharableWord(
                surface=word.surface, kana=word.kana, is_guessed=word.is_guessed, place=word.place
            )
            for word in dictionaries.words_of(session, series)
        ]
    )


@blueprint.post("/dictionaries")
@access.with_role(Role.ADMINISTRATOR)
@operation("会議体の用語を所属に広げる", answers=EntryAnswer, status=201, body=Sharing)
def share(person: Person, body: Sharing) -> EntryAnswer:
    session = database_session()
    series = dictionaries.administered_series(session, person, body.series_id)
    department_id = body.department_id or series.department_id
    entry = dictionaries.share(session, person, series, body.surface, department_id)
    session.flush()
    return EntryAnswer.of(entry)


@blueprint.delete("/dictionaries/entries/<int:entry_id>")
@access.with_role(Role.ADMINISTRATOR)
@operation("所属の用語辞書から外す")
def remove(person: Person, entry_id: int) -> None:
    session = database_session()
    dictionaries.remove(session, person, dictionaries.shared_entry(session, person, entry_id))
