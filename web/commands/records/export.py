"""`gijido export`: everything of a meeting in one file."""

from pathlib import Path

import click

from meetings import audit
from meetings.config import Config
from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.errors import NotFound
from minutes.archives import meeting_archive
from models.database import connect, reading, writing
from models.meeting import Meeting


@click.command(
    "export", short_help="Write everything of a meeting to one ZIP that is readable without Gijido."
)
@click.argument("meeting_id", metavar="MEETING", type=int)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Else by its title.")
@click.pass_obj
def export_meeting(config: Config, meeting_id: int, out: Path | None) -> None:
    """Write everything of MEETING (its number) to one ZIP that is readable without Gijido: the
    record in all forms, transcripts with their history, papers, sound, figures, with hashes
    (BagIt). It holds what is closed to citizens too."""
    home.prepare(config)
    with writing(connect(config.database)) as session, session.begin():
        meeting = session.get(Meeting, meeting_id)
        if meeting is None:
            raise NotFound()
        audit.note(session, None, "export", meeting)
    with reading(connect(config.database)) as session:
        meeting = session.get_one(Meeting, meeting_id)
        path = out or Path(f"{meeting_archive.folder_name(meeting)}.zip")
        unfinished = path.with_name(f"{path.name}.unfinished")
        with unfinished.open("wb") as stream:
            meeting_archive.write(session, Storage(config.home), config, meeting, stream)
        unfinished.replace(path)
    click.echo(path)
