"""Cities as tests find them: each is built once, and copied for every test that wants it."""

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.people import people
from models.base import now
from models.database import connect, writing
from models.meeting import Meeting
from models.person import Role
from models.recording import Recording
from tests.cast import Cast, cast_of
from tests.parts import build_two_parts
from tests.world import HEARD, build_world
from web.demo import builders
from web.demo.people import add_people, hashed_password

Build = Callable[[Session, Storage, Cast], object]


def _add_meeting(session: Session, _: Storage, cast: Cast) -> None:
    """Today's meeting of dx-council: agenda and invitations, no documents yet."""
    builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series="DX推進計画策定懇話会",
        department=cast.organiser.department,
        starts_at=now(),
    )


def _add_recording(session: Session, storage: Storage, cast: Cast) -> None:
    meeting = session.scalars(select(Meeting)).one()
    source = builders.folder("dx-council")
    builders.add_recording(session, storage, cast.secretary, meeting, source)


def _add_transcript(session: Session, _: Storage, cast: Cast) -> None:
    recording = session.scalars(select(Recording)).one()
    builders.add_transcript(session, cast.secretary, recording, HEARD)


PARTS: dict[str, Build] = {
    "meeting": _add_meeting,
    "recording": _add_recording,
    "transcript": _add_transcript,
    "two_parts": build_two_parts,
    "world": build_world,
}
"""What a city may have besides its people, in the order in which it is built."""


class Cities:
    """Homes with everything that these parts put into the database and the store."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        self._folder = folder
        self._built = {(): self._with_people(empty_database)}

    def copy(self, parts: set[str], home: Path) -> None:
        """Make `home` a city with these of `PARTS`, and with those that they need."""
        made = self._with(tuple(part for part in PARTS if part in parts))
        shutil.copytree(made, home, dirs_exist_ok=True)

    def _with(self, parts: tuple[str, ...]) -> Path:
        if parts not in self._built:
            home = self._folder / "-".join(parts)
            shutil.copytree(self._with(parts[:-1]), home)
            _write(home, lambda session: PARTS[parts[-1]](session, Storage(home), cast_of(session)))
            self._built[parts] = home
        return self._built[parts]

    def _with_people(self, empty_database: Path) -> Path:
        home = self._folder / "people"
        home.mkdir()
        shutil.copy(empty_database, home)
        _write(home, _add_people)
        return home


def _add_people(session: Session) -> None:
    """Those of the demo, and one of another department."""
    add_people(session)
    outsider = people.add_person(
        session,
        login="outsider",
        name="外山 一郎",
        department=people.add_department(session, "市民課"),
        password=hashed_password(),
    )
    for role in (Role.ORGANISER, Role.SECRETARY, Role.APPROVER):
        people.grant_role(session, outsider, role, outsider.department)


def _write(home: Path, change: Callable[[Session], object]) -> None:
    engine = connect(home / "gijido.sqlite3")
    with writing(engine) as session:
        change(session)
        session.commit()
    engine.dispose()
