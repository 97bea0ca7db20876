"""`gijido record`: the official record as a file."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from meetings import audit
from meetings.config import Config
from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.errors import NotFound
from meetings.rights import Right, rights
from minutes.forms import exporting
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from minutes.recordings.watching import person_with_login
from models.database import connect, writing
from models.meeting import Meeting
from models.person import Person


@click.group("record")
def record() -> None:
    """Write the official record of a meeting to a file."""


@record.command("export")
@click.argument("meeting_id", metavar="MEETING", type=int)
@click.option("--form", type=click.Choice([one.value for one in RecordForm]), default="verbatim")
@click.option(
    "--format", "kind", type=click.Choice([one.value for one in RecordFile]), default="pdf"
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--draft", is_flag=True, help="The newest text, marked as a draft if it is one.")
@click.option("--columns", type=click.IntRange(1, 2), default=1, help="Of a PDF.")
@click.option("--contents", is_flag=True, help="A PDF with a page of contents.")
@click.option("--line-numbers", is_flag=True, help="A PDF with a number at each line.")
@click.option("--as", "login", help="Who takes it out: a login. Else whoever runs the machine.")
@click.pass_obj
def export(
    config: Config,
    meeting_id: int,
    form: str,
    kind: str,
    out: Path,
    draft: bool,
    columns: int,
    contents: bool,
    line_numbers: bool,
    login: str | None,
) -> None:
    """Write the newest approved record of MEETING (its number) to a file."""
    home.prepare(config)
    layout = PdfLayout(columns, contents, line_numbers)
    wanted = WantedFile(RecordForm(form), RecordFile(kind), layout)
    with writing(connect(config.database)) as session, session.begin():
        person = person_with_login(session, login) if login else None
        meeting = _meeting(session, meeting_id, person)
        revision = exporting.revision_to_export(session, meeting, may_be_draft=draft)
        audit.note(session, person, "download", revision)
        text, identity = exporting.printed(revision, config.city.name), revision.id
        template = exporting.template_for(session, Storage(config.home), meeting, wanted)
    out.write_bytes(exporting.as_file(wanted, text, template, identity))
    click.echo(out)


def _meeting(session: Session, meeting_id: int, person: Person | None) -> Meeting:
    """Return the meeting. Raises NotFound where there is none that this person may hear; whoever
    runs the machine (nobody) may read it all."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or (person and Right.HEAR not in rights(session, person, meeting)):
        raise NotFound()
    return meeting
