"""`gijido transcript`: what was said, as a file for other programs."""

from pathlib import Path

import click

from meetings import audit
from meetings.config import Config
from meetings.disk import home
from meetings.errors import NotFound
from meetings.rights import Right, rights
from minutes.recordings.watching import person_with_login
from minutes.transcripts.exporting import Format, as_file
from models.database import connect, writing
from models.transcript import Transcript


@click.command("transcript")
@click.argument("transcript_id", metavar="NUMBER", type=int)
@click.option("--format", "wanted", type=click.Choice([one.value for one in Format]), default="txt")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--as", "login", required=True, help="Who takes it out: a login.")
@click.pass_obj
def write_transcript(
    config: Config, transcript_id: int, wanted: str, out: Path, login: str
) -> None:
    """Write transcript NUMBER to a file: txt, srt, vtt, csv, docx or json."""
    home.prepare(config)
    with writing(connect(config.database)) as session, session.begin():
        person = person_with_login(session, login)
        transcript = session.get(Transcript, transcript_id)
        if transcript is None or Right.HEAR not in rights(session, person, transcript.meeting):
            raise NotFound()
        audit.note(session, person, "download", transcript)
        content = as_file(session, transcript, Format(wanted))
    out.write_bytes(content)
    click.echo(out)
