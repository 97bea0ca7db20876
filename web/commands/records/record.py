"""`gijido record`: the official record as a file, and whether a file is the approved record."""

import json
import sys
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
from minutes.forms.pdf import unprintable
from minutes.recordings.watching import person_with_login
from minutes.sealing import verifying
from models.database import connect, reading, writing
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person


@click.group("record")
def record() -> None:
    """Write the official record of a meeting to a file, or verify such a file."""


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
@click.option("--public", is_flag=True, help="The copy for citizens, without closed passages.")
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
    public: bool,
    login: str | None,
) -> None:
    """Write the newest approved record of MEETING (its number) to a file."""
    home.prepare(config)
    layout = PdfLayout(columns, contents, line_numbers)
    wanted = WantedFile(RecordForm(form), RecordFile(kind), layout, is_public=public)
    engine = connect(config.database)
    with writing(engine) as session, session.begin():
        person = person_with_login(session, login) if login else None
        meeting = _meeting(session, meeting_id, person)
        revision = exporting.revision_to_export(session, meeting, may_be_draft=draft)
        audit.note(session, person, "download", revision)
        identity = revision.id
    with reading(engine) as session:
        out.write_bytes(_file(session, config, identity, wanted))
    click.echo(out)


def _file(session: Session, config: Config, identity: int, wanted: WantedFile) -> bytes:
    """Return the bytes of the file, and say on standard error which letters it cannot show."""
    revision, city = session.get_one(MinutesRevision, identity), config.city.name
    if wanted.is_public:
        text = exporting.printed_for_citizens(session, revision, city)
    else:
        text = exporting.printed(revision, city)
    missing = unprintable(text.content).letters if wanted.kind is RecordFile.PDF else []
    if missing:
        click.echo(f"印刷できない字があります（四角になります）：{'、'.join(missing)}", err=True)
    template = exporting.template_for(session, Storage(config.home), revision.meeting, wanted)
    return exporting.as_file(wanted, text, template, identity)


def _meeting(session: Session, meeting_id: int, person: Person | None) -> Meeting:
    """Return the meeting. Raises NotFound where there is none that this person may hear; whoever
    runs the machine (nobody) may read it all."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or (person and Right.HEAR not in rights(session, person, meeting)):
        raise NotFound()
    return meeting


@record.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def verify(config: Config, file: Path, as_json: bool) -> None:
    """Tell whether FILE (pdf, docx, txt) is the approved record or its public copy, and of which
    meeting. The exit status is 0 when it is, 1 when it is not."""
    home.prepare(config)
    with reading(connect(config.database)) as session:
        verdict = verifying.verify(session, config, file, file.name)
        revision = verdict.revision
        said = {
            "is_approved": verdict.is_approved,
            "standing": verdict.standing,
            "sentence": verdict.sentence,
            "meeting_id": revision.meeting.id if revision else None,
            "revision": revision.number if revision else None,
            "form": verdict.form,
            "signer": verdict.signer,
        }
    in_words = f"{verdict.standing.label}。{verdict.sentence}"
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else in_words)
    sys.exit(0 if verdict.is_approved else 1)
