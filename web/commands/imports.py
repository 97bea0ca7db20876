"""`gijido import`: a transcript that was made elsewhere, onto a recording."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from meetings.config import MEGABYTE, Config
from meetings.disk import home
from meetings.disk.storage import COPY_BYTES, Storage
from meetings.errors import NotFound, TooLarge
from meetings.rights import Right, rights
from meetings.scanning.quarantine import Gate
from minutes.imports import importing, reading
from minutes.recordings.recordings import plain_name
from minutes.recordings.watching import person_with_login
from models.database import connect, writing
from models.database import reading as reading_session
from models.person import Person
from models.recording import Recording


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--recording", "recording_id", type=int, required=True, help="Its number.")
@click.option("--as", "login", required=True, help="Who takes it in: a login.")
@click.option("--offset", default="", help="By how much its times are later: 12.5 or 0:01:30.")
@click.option("--by-sound", is_flag=True, help="Place it by the sound though it has times.")
@click.pass_obj
def import_transcript(
    config: Config, file: Path, recording_id: int, login: str, offset: str, by_sound: bool
) -> None:
    """Take in FILE (txt, docx, srt, vtt, Whisper's JSON) as a transcript of a recording."""
    home.prepare(config)
    engine, limit_bytes = connect(config.database), config.limits.transcript_mb * MEGABYTE
    choice = importing.PlacingOptions(by_sound, importing.read_offset(offset))
    if file.stat().st_size > limit_bytes:
        raise TooLarge(config.limits.transcript_mb)
    storage = Storage(config.home)
    with reading_session(engine) as session:
        person, recording = _known(session, login, recording_id)
        heard, length_seconds = importing.heard_in(session, recording), recording.duration_seconds
        sender = person.id
    with storage.receive(limit_bytes) as incoming, file.open("rb") as stream:
        while piece := stream.read(COPY_BYTES):
            incoming.write(piece)
        Gate.of(config, engine, storage).admit(incoming, file.name, sender)
        placing = importing.place(
            reading.read(file.name, incoming.path), choice, heard, length_seconds
        )
        sha256 = storage.keep(incoming).sha256
    prepared = importing.PreparedFile(plain_name(file.name), sha256, placing)
    with writing(engine) as session, session.begin():
        person, recording = _known(session, login, recording_id)
        transcript = importing.add_imported(session, person, recording, prepared)
        click.echo(f"{config.address}/transcripts/{transcript.id}")
    for remark in importing.remarks_of(placing):
        click.echo(remark)


def _known(session: Session, login: str, recording_id: int) -> tuple[Person, Recording]:
    person, recording = person_with_login(session, login), session.get(Recording, recording_id)
    if recording is None or recording.meeting.removed_at is not None:
        raise NotFound()
    if Right.RECORD not in rights(session, person, recording.meeting):
        raise NotFound()
    return person, recording
