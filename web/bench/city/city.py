"""A large city after years of work, written straight into the tables: what `gijido bench growth`
opens its pages on.

`WHOLE` is ten years of it. A share of that is a city as lively as the whole one that has been at
work for that part of the ten years, with that part of its people, departments and bodies; what one
meeting has is the same in every city. Files are not copied: all documents are one PDF of the
demo's, all recordings one sound.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.orm import Session

from meetings import department_years
from minutes import sums
from minutes.records import publication
from models.audit import AuditLine
from models.base import now
from models.database import writing
from models.document import Document, DocumentVersion, Page, VersionLook
from models.meeting import (
    AgendaItem,
    AnswerWord,
    Invitation,
    InvitationKind,
    InvitationReply,
    Meeting,
    RosterEntry,
    Series,
)
from models.memo import Memo, MemoKind
from models.minutes import (
    Minutes,
    MinutesRevision,
    Publication,
)
from models.notice import Notice, NoticeKind
from models.person import Department, Person, SignIn
from models.recording import Recording
from models.sitting import Turn
from models.term import DictionaryEntry
from web.bench.city.records import Records
from web.bench.city.rows import Rows, Sentences, columns_of, of_the_cast

HOURS_BETWEEN_MEETINGS = 10 * 365 * 24 / 6000
DAYS_AHEAD = 12
ITEMS, DOCUMENTS, PAGES, INVITED = 5, 10, 5, 20
TURNS, LOOKERS, MEMOS, SEGMENTS = 50, 4, 17, 500
SIGN_INS, AUDIT_LINES, WORDS_OF_A_SERIES = 166, 733, 20
LETTERS_ON_A_PAGE = 800
MOST_WAITING = 20
"""Meetings in correction, so many awaiting approval, and so many publication."""

MEETINGS_AT_ONCE = 50


@dataclass(frozen=True)
class Amounts:
    departments: int
    people: int
    series: int
    meetings: int
    segments: int = SEGMENTS
    """Of every transcript."""


WHOLE = Amounts(departments=80, people=1500, series=100, meetings=6000)
LEAST = Amounts(departments=3, people=30, series=1, meetings=30)


def amounts(share: float) -> Amounts:
    """Return the amounts for so much (0 to 1) of the ten years, at least enough to have one of
    everything."""
    return Amounts(
        departments=max(LEAST.departments, round(WHOLE.departments * share)),
        people=max(LEAST.people, round(WHOLE.people * share)),
        series=max(LEAST.series, round(WHOLE.series * share)),
        meetings=max(LEAST.meetings, round(WHOLE.meetings * share)),
    )


def fill(engine: Engine, size: Amounts) -> None:
    """Add the city to a database that has the demo's people, a document whose pages were read
    and a recording. Nothing else may use the database meanwhile."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for setting in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000"):
            driver.execute(f"PRAGMA {setting}")  # before the transaction: within it nothing changes
        city = _City(connection, size)
        city.add_people()
        for number in range(size.meetings):
            city.add_meeting(number)
            if number % MEETINGS_AT_ONCE == 0:
                city.rows.write()
        city.rows.write()
        connection.commit()
    engine.dispose()  # those settings were for this connection alone
    _publish(engine, city.records.to_publish)
    _sum(engine)


def _publish(engine: Engine, minutes_ids: list[int]) -> None:
    """Publish through the verb, which keeps whatever publishing keeps; then set back to its
    time."""
    for first in range(0, len(minutes_ids), MEETINGS_AT_ONCE):
        portion = minutes_ids[first : first + MEETINGS_AT_ONCE]
        with writing(engine) as session, session.begin():
            by = of_the_cast(session)["nagano"]
            for minutes in session.scalars(select(Minutes).where(Minutes.id.in_(portion))):
                publication.publish(session, session.get_one(Person, by), minutes.latest)
    held = (
        select(Meeting.ends_at)
        .join(Minutes)
        .join(MinutesRevision)
        .where(MinutesRevision.id == Publication.revision_id)
    )
    with writing(engine) as session, session.begin():
        session.execute(update(Publication).values(published_at=held.scalar_subquery()))


def _sum(engine: Engine) -> None:
    with writing(engine) as session, session.begin():
        for meeting in session.scalars(select(Meeting).join(Recording)):
            department_years.changed(session, meeting)
    while sums.refresh_one(engine):
        pass


class _City:
    def __init__(self, connection: Connection, size: Amounts) -> None:
        self.rows, self.size, self._sentences = Rows(connection), size, Sentences()
        self._newest = now().replace(minute=0, second=0, microsecond=0)
        with Session(connection) as session:
            self._cast = of_the_cast(session)
            read = select(DocumentVersion).where(DocumentVersion.prepared_pages > 0)
            version = session.scalars(read).first()
            recording = session.scalars(select(Recording)).first()
            assert version and recording, "no document whose pages were read, or no recording"
            self._pages = [
                {n: getattr(page, n) for n in ("width", "height", "picture_sha256", "picture_hash")}
                for page in version.pages
            ]
            self._file = columns_of(
                version, "file_name", "sha256", "size_bytes", "thumbnail_sha256", "created_by_id"
            )
            sound = columns_of(
                recording, "file_name", "sha256", "size_bytes", "codec", "playback_sha256"
            )
        self.records = Records(
            self.rows,
            self._cast,
            self._sentences,
            sound,
            segments=size.segments,
            items=ITEMS,
            waiting=min(MOST_WAITING, max(1, size.meetings // 30)),
        )

    def add_people(self) -> None:
        rows, size = self.rows, self.size
        office = rows.add(Department, name="市役所")
        self._departments = [
            rows.add(Department, name=f"第{number}課", parent_id=office)
            for number in range(1, size.departments + 1)
        ]
        self._people = [self._add_person(number) for number in range(size.people)]
        self._series = [self._add_series(number) for number in range(size.series)]
        rows.write()

    def add_meeting(self, number: int) -> None:
        """Add meeting `number`; the newest has the highest number."""
        hours_ago = (self.size.meetings - 1 - number) * HOURS_BETWEEN_MEETINGS
        starts_at = self._newest + timedelta(days=DAYS_AHEAD) - timedelta(hours=hours_ago)
        series, held = number % self.size.series, self._held_after(number)
        is_recorded = held is not None and held % 2 == 0
        meeting = self.rows.add(
            Meeting,
            series_id=self._series[series],
            department_id=self._departments[series % self.size.departments],
            title=f"第{number // self.size.series + 1}回 第{series + 1}審議会",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            place=f"第{number % 9 + 1}会議室",
            created_by_id=self._cast["koga"],
            is_in_work=is_recorded,
        )
        items = [
            self.rows.add(
                AgendaItem,
                meeting_id=meeting,
                position=place,
                title=f"議題{place + 1}について",
                planned_minutes=20,
            )
            for place in range(ITEMS)
        ]
        invited = self._invited(number)
        self._add_invitations(meeting, starts_at, invited)
        versions = self._add_documents(meeting, items, starts_at, invited)
        self._add_traces(meeting, starts_at, invited)
        if held is not None:
            self._add_turns(meeting, items, versions, starts_at)
            if is_recorded:
                self.records.add(meeting, self._series[series], items, starts_at, held // 2 - 1)

    def _held_after(self, number: int) -> int | None:
        """Return how many meetings have been held since; None for one that is still to come."""
        ahead = int((DAYS_AHEAD * 24 + 2) / HOURS_BETWEEN_MEETINGS)
        since = self.size.meetings - 1 - number - ahead
        return since if since > 0 else None

    def _add_person(self, number: int) -> int:
        return self.rows.add(
            Person,
            login=f"staff-{number}",
            name=f"職員 {number}",
            kana=f"しょくいん {number}",
            title="主任",
            email=f"staff-{number}@city.example.jp",
            department_id=self._departments[number % len(self._departments)],
            password_hash="",
        )

    def _add_series(self, number: int) -> int:
        department = self._departments[number % len(self._departments)]
        series = self.rows.add(Series, name=f"第{number + 1}審議会", department_id=department)
        for person in self._staff(number, INVITED):
            self.rows.add(
                RosterEntry,
                series_id=series,
                person_id=person,
                kind=InvitationKind.ATTENDEE,
                added_by_id=self._cast["koga"],
            )
        for word in range(WORDS_OF_A_SERIES):
            self.rows.add(
                DictionaryEntry,
                series_id=series,
                surface=f"汐見{word}号線",
                kana="シオミ",
                added_by_id=self._cast["morishita"],
            )
        return series

    def _staff(self, number: int, count: int) -> list[int]:
        """Return so many people, different ones for different numbers."""
        return [self._people[(number * 7 + n) % len(self._people)] for n in range(count)]

    def _invited(self, number: int) -> list[int]:
        """Return who is invited. One councillor sits in every fifth meeting."""
        people = self._staff(number, INVITED)
        return [self._cast["okuma"], *people[1:]] if number % 5 == 0 else people

    def _add_invitations(self, meeting: int, starts_at: datetime, people: list[int]) -> None:
        asked_at = starts_at - timedelta(days=14)
        for person in people:
            invitation = self.rows.add(
                Invitation,
                meeting_id=meeting,
                person_id=person,
                kind=InvitationKind.ATTENDEE,
                invited_by_id=self._cast["koga"],
                invited_at=asked_at,
            )
            if starts_at < self._newest:
                self.rows.add(
                    InvitationReply,
                    invitation_id=invitation,
                    word=AnswerWord.COMING,
                    answered_by_id=person,
                    answered_at=asked_at,
                )
            for kind in (NoticeKind.INVITATION, NoticeKind.REMINDER):
                self.rows.add(
                    Notice,
                    invitation_id=invitation,
                    kind=kind,
                    words="次の会議を開催します。出欠を回答してください。",
                    sequence=0,
                    created_at=asked_at,
                    seen_at=asked_at,
                    address="staff@city.example.jp",
                    sent_at=asked_at,
                )

    def _add_documents(
        self, meeting: int, items: list[int], starts_at: datetime, people: list[int]
    ) -> list[int]:
        """Add documents, and return the versions that are shown; the first document has two."""
        shown = []
        for place in range(DOCUMENTS):
            document = self.rows.add(
                Document,
                meeting_id=meeting,
                agenda_item_id=items[place % ITEMS],
                position=place,
                title=f"資料{place + 1}",
            )
            numbers = (1, 2) if place == 0 else (1,)
            versions = [self._add_version(document, number, starts_at) for number in numbers]
            for person in people[:LOOKERS]:
                self.rows.add_pair(VersionLook, version_id=versions[-1], person_id=person)
            shown.append(versions[-1])
        return shown

    def _add_version(self, document: int, number: int, starts_at: datetime) -> int:
        version = self.rows.add(
            DocumentVersion,
            document_id=document,
            number=number,
            released_at=starts_at - timedelta(days=7),
            released_by_id=self._cast["koga"],
            page_count=PAGES,
            prepared_pages=PAGES,
            compared_pages=PAGES,
            **self._file,
        )
        for page in range(1, PAGES + 1):
            sentences = self._sentences.said(version * PAGES + page, LETTERS_ON_A_PAGE // 30)
            self.rows.add(
                Page,
                version_id=version,
                number=page,
                text="".join(meant for _, meant in sentences),
                **self._pages[(page - 1) % len(self._pages)],
            )
        return version

    def _add_turns(
        self, meeting: int, items: list[int], versions: list[int], starts_at: datetime
    ) -> None:
        for sequence in range(TURNS):
            place = sequence * DOCUMENTS // TURNS
            self.rows.add(
                Turn,
                meeting_id=meeting,
                sequence=sequence + 1,
                at=starts_at + timedelta(minutes=2 * sequence),
                presenter_id=self._cast["koga"],
                agenda_item_id=items[place % ITEMS],
                version_id=versions[place],
                page_number=1 + sequence % PAGES,
            )

    def _add_traces(self, meeting: int, at: datetime, people: list[int]) -> None:
        """Add what is written down of everybody's coming and looking, and what they keep."""
        for n in range(MEMOS):
            person = people[n % INVITED]
            self.rows.add(
                Memo,
                page_id=1,
                person_id=person,
                key=f"{meeting}-{n}",
                kind=MemoKind.INK,
                content={"strokes": [[[x, x, 0.5] for x in range(60)]], "colour": "red"},
            )
        for n in range(SIGN_INS):
            self.rows.add(
                SignIn,
                person_id=people[n % INVITED],
                token_sha256=f"{meeting}-{n}",
                created_at=at,
                expires_at=at,
            )
        for n in range(AUDIT_LINES):
            self.rows.add(
                AuditLine,
                at=at,
                person_id=people[n % INVITED],
                verb="look",
                thing="document_version",
                thing_id=1,
                meeting_id=meeting,
            )
