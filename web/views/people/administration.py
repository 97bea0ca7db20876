"""What the administrator watches: the worker, the queue, disk, database, speech model, people.
Never what a meeting is about."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.people import people
from minutes import health
from minutes.backups import history as backups
from minutes.health import Finding
from models.person import Person, Role
from models.recording import Transcription, WorkState
from web import access
from web.demo import accounts as demo
from web.transaction import config, database_session

blueprint = Blueprint("administration", __name__)


@dataclass(frozen=True)
class Disk:
    free_bytes: int
    total_bytes: int
    database_bytes: int


@blueprint.get("/administration")
@access.with_role(Role.ADMINISTRATOR)
def show(person: Person) -> ResponseReturnValue:
    session = database_session()
    return render_template(
        "administration/show.html",
        findings=health.worst_first(_findings(session, config())),
        work=_work(session),
        disk=_disk(config()),
        speech_model=_speech_model(session, config()),
        people_count=people.count(session),
    )


def _findings(session: Session, settings: Config) -> Iterator[Finding]:
    yield from demo.finding(settings, session)
    yield from backups.findings(settings, session)
    yield from health.quick(settings, session)


def _work(session: Session) -> dict[str, int]:
    """Count the transcriptions in each state."""
    counts = select(Transcription.state, func.count()).group_by(Transcription.state)
    found = {str(state): count for state, count in session.execute(counts)}
    return {state.value: found.get(state.value, 0) for state in WorkState}


def _disk(settings: Config) -> Disk:
    usage = shutil.disk_usage(settings.home)
    files = settings.home.glob(f"{settings.database.name}*")  # the write-ahead log with it
    return Disk(usage.free, usage.total, sum(file.stat().st_size for file in files))


def _speech_model(session: Session, settings: Config) -> str:
    """Return the speech model that the worker used last; before that, what the settings say."""
    used = session.scalar(
        select(Transcription.speech_model)
        .where(Transcription.speech_model != "")
        .order_by(Transcription.id.desc())
        .limit(1)
    )
    return used or settings.speech.model or "whisper-base（同梱）"
