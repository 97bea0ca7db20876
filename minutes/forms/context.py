"""What a form may hold: one set of values for Word templates, PDFs and texts. Templates of a city
call each by its Japanese name (the alias).
"""

from typing import Any

from pydantic import BaseModel, Field

NONE = "なし"
"""Stands where a list of points, decisions or homework is empty: nothing is guessed."""


class FormValues(BaseModel):
    """Values with a Japanese name for templates."""


class FormPerson(FormValues):
    """Somebody of the head of the record."""

    name: str = Field(default="", serialization_alias="氏名")
    title: str = Field(default="", serialization_alias="職名")


class FormEntry(FormValues):
    """A line of the agenda or of the list of papers. `level` is the depth in the agenda, from 1."""

    number: str = Field(default="", serialization_alias="番号")
    title: str = Field(default="", serialization_alias="題名")
    level: int = Field(default=1, serialization_alias="階層")


class FormSpeech(FormValues):
    """A paragraph of what was said. `speaker` is the name as the paper has it, empty where the
    same one goes on.
    """

    speaker: str = Field(default="", serialization_alias="発言者")
    text: str = Field(default="", serialization_alias="本文")


class FormItem(FormValues):
    """An item of the agenda with what was said and what came of it (`results`, which may be none),
    and its points, decisions and homework, one of them at least each (`NONE`).
    """

    number: str = Field(default="", serialization_alias="番号")
    title: str = Field(default="", serialization_alias="題名")
    speeches: list[FormSpeech] = Field(default=[], serialization_alias="発言")
    results: list[str] = Field(default=[], serialization_alias="結果")
    points: list[str] = Field(default=[NONE], serialization_alias="要点")
    decisions: list[str] = Field(default=[NONE], serialization_alias="決定")
    homework: list[str] = Field(default=[NONE], serialization_alias="宿題")


class FormContext(FormValues):
    """Everything that a template may ask for. `mark` says on every page that the text is not
    approved; it is empty for one that is.
    """

    form: str = Field(default="", serialization_alias="様式")
    city: str = Field(default="", serialization_alias="市名")
    mark: str = Field(default="", serialization_alias="版の表示")
    number: int = Field(default=0, serialization_alias="版")
    title: str = Field(default="", serialization_alias="会議名")
    body: str = Field(default="", serialization_alias="会議体")
    when: str = Field(default="", serialization_alias="日時")
    place: str = Field(default="", serialization_alias="場所")
    access: str = Field(default="", serialization_alias="公開の別")
    audience: str = Field(default="", serialization_alias="傍聴者数")
    members: list[FormPerson] = Field(default=[], serialization_alias="出席委員")
    absent: list[FormPerson] = Field(default=[], serialization_alias="欠席委員")
    explainers: list[FormPerson] = Field(default=[], serialization_alias="説明員")
    guests: list[FormPerson] = Field(default=[], serialization_alias="参考人")
    office: list[FormPerson] = Field(default=[], serialization_alias="事務局")
    course: list[str] = Field(default=[], serialization_alias="経過")
    agenda: list[FormEntry] = Field(default=[], serialization_alias="議題")
    documents: list[FormEntry] = Field(default=[], serialization_alias="配布資料")
    items: list[FormItem] = Field(default=[], serialization_alias="議事")

    def for_templates(self) -> dict[str, Any]:
        """Return the values by their Japanese names."""
        return self.model_dump(by_alias=True)


def example() -> FormContext:
    """Return values in which nothing is empty, to try a template with."""
    person = FormPerson(name="見本 太郎", title="委員")
    entry = FormEntry(number="1", title="見本の議題")
    item = FormItem(
        number="1",
        title="見本の議題",
        speeches=[FormSpeech(speaker="○会長", text="見本の発言です。")],
        points=["見本の要点です。"],
        results=["可決（簡易採決）"],
        decisions=["原案のとおり可決"],
        homework=["次回までに資料を用意する。"],
    )
    return FormContext(
        form="会議録", city="見本市", mark="案（未定稿）", number=1, title="見本の会議",
        body="見本審議会", when="令和8年11月24日（火）午後2時から午後3時まで", place="第1会議室",
        access="公開", audience="2人", members=[person], absent=[person], explainers=[person],
        office=[person], guests=[person], course=["午後2時　開会"],
        agenda=[entry], documents=[entry], items=[item],
    )  # fmt: skip
