"""The record as a file in its forms, and the Word templates that it is written with."""

from datetime import datetime
from typing import Literal

from flask import Blueprint, Response
from pydantic import Field

from meetings.rights import Right
from minutes.forms import templates
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from models.meeting import Meeting, Series
from models.minutes import MinutesRevision
from models.person import Person, Role
from models.word_template import WordTemplate
from web import access
from web.api.operations import FormUpload, Query, Shape, operation
from web.api.shapes import PersonAnswer
from web.door.costs import RequestLane, costs
from web.shared import intake
from web.shared.files import record_files
from web.transaction import database_session, reading_session

blueprint = Blueprint("api_forms", __name__)
ANY_FORM = f"any({', '.join(one.value for one in RecordForm)})"
ANY_KIND = "application/octet-stream"
YesNo = Literal["0", "1"]


class RecordQuery(Query):
    form: RecordForm = Field(
        RecordForm.VERBATIM,
        description="verbatim（会議録）、digest（要点記録）、summary（会議概要）、outline（議事要旨）、"
        "programme（次第）",
    )
    format: RecordFile = Field(RecordFile.PDF, description="docx、pdf、txt")
    columns: Literal["1", "2"] = Field("1", description="PDFの段")
    contents: YesNo = Field("0", description="1ならPDFに目次の頁")
    lines: YesNo = Field("0", description="1ならPDFに行番号")
    public: YesNo = Field("0", description="1なら公開用の写し（公開しない箇所のないもの）")


class TemplateAnswer(Shape):
    """様式のひな形"""

    form: RecordForm
    file_name: str
    sha256: str
    put_in_by: PersonAnswer
    put_in_at: datetime

    @classmethod
    def of(cls, template: WordTemplate) -> "TemplateAnswer":
        return cls(
            form=RecordForm(template.form),
            file_name=template.file_name,
            sha256=template.sha256,
            put_in_by=PersonAnswer.of(template.put_in_by),
            put_in_at=template.put_in_at,
        )


class TemplatesAnswer(Shape):
    templates: list[TemplateAnswer] = Field(
        description="入れたひな形。ない様式は、市のひな形か、はじめのひな形で出る"
    )

    @classmethod
    def of(cls, series: Series | None) -> "TemplatesAnswer":
        found = (templates.own(reading_session(), series, form) for form in RecordForm)
        return cls(templates=[TemplateAnswer.of(one) for one in found if one])


@blueprint.get("/revisions/<int:revision_id>/file")
@access.to(MinutesRevision, Right.HEAR)
@costs(lane=RequestLane.FILES)
@operation("会議録の改訂をファイルで取り出す", query=RecordQuery, file=ANY_KIND)
def take_out(person: Person, revision: MinutesRevision, query: RecordQuery) -> Response:
    """Send the revision in a form. Before it is approved, each page says that it is a draft; the
    newest approved one is `approved_revision_id` of the minutes."""
    layout = PdfLayout(int(query.columns), query.contents == "1", query.lines == "1")
    wanted = WantedFile(query.form, query.format, layout, is_public=query.public == "1")
    return record_files.send_record(person, revision, wanted)


@blueprint.get("/meetings/<int:meeting_id>/programme")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.FILES)
@operation("次第をWordのファイルで取り出す", file=RecordFile.DOCX.content_type)
def programme(person: Person, meeting: Meeting) -> Response:
    return record_files.send_programme(person, meeting)


@blueprint.get("/meetings/<int:meeting_id>/forms")
@access.to(Meeting, Right.CORRECT)
@operation("会議体の様式のひな形", answers=TemplatesAnswer)
def list_templates(person: Person, meeting: Meeting) -> TemplatesAnswer:
    return TemplatesAnswer.of(meeting.series)


@blueprint.post(f"/meetings/<int:meeting_id>/forms/<{ANY_FORM}:form>/template")
@access.to(Meeting, Right.CORRECT)
@costs(files="transcript_mb")
@operation(
    "会議体の様式のひな形を入れる",
    answers=TemplateAnswer,
    status=201,
    upload=FormUpload("Wordのファイル（docx）"),
)
def put_in(person: Person, meeting: Meeting, form: str) -> TemplateAnswer:
    meeting_id = meeting.id

    def series() -> Series:
        found: Meeting = access.fetch(Meeting, meeting_id, Right.CORRECT, access.required_person())
        return found.series

    return _answer(intake.receive_template(RecordForm(form), series))


@blueprint.delete(f"/meetings/<int:meeting_id>/forms/<{ANY_FORM}:form>/template")
@access.to(Meeting, Right.CORRECT)
@operation("会議体の様式のひな形を外す")
def take_back(person: Person, meeting: Meeting, form: str) -> None:
    templates.take_back(database_session(), person, meeting.series, RecordForm(form))


@blueprint.get("/forms")
@access.with_role(Role.ADMINISTRATOR)
@operation("市の様式のひな形", answers=TemplatesAnswer)
def list_templates_of_city(person: Person) -> TemplatesAnswer:
    return TemplatesAnswer.of(None)


@blueprint.post(f"/forms/<{ANY_FORM}:form>/template")
@access.with_role(Role.ADMINISTRATOR)
@costs(files="transcript_mb")
@operation(
    "市の様式のひな形を入れる",
    answers=TemplateAnswer,
    status=201,
    upload=FormUpload("Wordのファイル（docx）"),
)
def put_in_for_city(person: Person, form: str) -> TemplateAnswer:
    return _answer(intake.receive_template(RecordForm(form), lambda: None))


@blueprint.delete(f"/forms/<{ANY_FORM}:form>/template")
@access.with_role(Role.ADMINISTRATOR)
@operation("市の様式のひな形を外す")
def take_back_for_city(person: Person, form: str) -> None:
    templates.take_back(database_session(), person, None, RecordForm(form))


def _answer(template: WordTemplate) -> TemplateAnswer:
    database_session().flush()
    return TemplateAnswer.of(template)
