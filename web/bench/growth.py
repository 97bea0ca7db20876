"""`gijido bench growth`: what years of work make of every page that a person opens.

Each share of ten years (`web/bench/city/city.py`) is filled into a home of its own. Then every
page is asked for in turns of all homes, in this process, through the real application, so that
whatever
else the machine does falls on all alike.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.documents import preparation
from meetings.errors import GijidoError
from meetings.people import sign_ins
from meetings.people.sign_ins import SignInPlace
from meetings.settings.server import StorageSettings
from models.base import now
from models.database import connect, migrate, reading, writing
from models.document import Document
from models.meeting import Invitation, Meeting
from models.minutes import ApprovalRequest, Minutes, MinutesRevision, Publication
from models.person import Person
from models.recording import Recording, Transcription
from models.transcript import Segment, Transcript
from web.app import create_app
from web.bench.city import city
from web.demo import load
from web.transaction import engine_of

ROUNDS = 11
SECONDS_FOR_A_PAGE = 30.0
FLOOR_MS = 5.0

PAGES: dict[str, tuple[str, str]] = {
    "front page": ("", "/"),
    "search": ("", "/?q=汐見地区"),
    "published list (API)": ("", "/api/published"),
    "published search (API)": ("", "/api/published?q=汐見地区"),
    "published meeting": ("", "/published/{published}"),
    "published meeting (API)": ("", "/api/published/{published}"),
    "published text": ("", "/published/{published}/text"),
    "sentence sound": ("", "/published/{published}/sentences/0/0/sound"),
    "today, secretary": ("morishita", "/today"),
    "today, approver": ("nagano", "/today"),
    "today, organiser": ("koga", "/today"),
    "today, councillor": ("okuma", "/today"),
    "today, staff": ("staff-1", "/today"),
    "meetings, secretary": ("morishita", "/meetings"),
    "meetings, councillor": ("okuma", "/meetings"),
    "meetings (API)": ("morishita", "/api/meetings"),
    "series (API)": ("koga", "/api/series"),
    "new meeting": ("koga", "/meetings/new"),
    "meeting, councillor": ("okuma", "/meetings/{coming}"),
    "meeting, organiser": ("koga", "/meetings/{coming}"),
    "meeting (API)": ("okuma", "/api/meetings/{coming}"),
    "documents (API)": ("okuma", "/api/meetings/{coming}/documents"),
    "viewer": ("okuma", "/meetings/{coming}/viewer"),
    "live state": ("okuma", "/api/meetings/{coming}/live"),
    "document": ("okuma", "/documents/{document}"),
    "PDF": ("okuma", "/versions/{version}/file"),
    "document search": ("okuma", "/api/meetings/{coming}/search?words=汐見"),
    "memos": ("okuma", "/api/versions/{version}/memos"),
    "invitations, organiser": ("koga", "/meetings/{coming}/invitations"),
    "invitations, councillor": ("okuma", "/meetings/{coming}/invitations"),
    "invitations (API)": ("koga", "/api/meetings/{coming}/invitations"),
    "roster": ("koga", "/meetings/{coming}/roster"),
    "agenda": ("koga", "/meetings/{coming}/agenda"),
    "copy form": ("koga", "/meetings/{coming}/copy"),
    "sitting": ("koga", "/meetings/{coming}/sitting"),
    "recordings": ("morishita", "/meetings/{corrected}/recordings"),
    "recordings (API)": ("morishita", "/api/meetings/{corrected}/recordings"),
    "desk": ("morishita", "/transcripts/{transcript}"),
    "transcript (API)": ("morishita", "/api/transcripts/{transcript}"),
    "changes poll": ("morishita", "/api/transcripts/{transcript}/changes?since=0&newest={segment}"),
    "open spans": ("morishita", "/api/transcripts/{transcript}/open-spans"),
    "minutes": ("morishita", "/meetings/{awaiting}/minutes"),
    "minutes, approver": ("nagano", "/meetings/{awaiting}/minutes"),
    "minutes (API)": ("morishita", "/api/meetings/{awaiting}/minutes"),
    "change form": ("morishita", "/meetings/{awaiting}/minutes/change"),
    "terms": ("morishita", "/meetings/{corrected}/terms"),
    "dictionary": ("morishita", "/meetings/{corrected}/dictionary"),
    "voiceprints": ("morishita", "/meetings/{corrected}/voiceprints"),
    "administration": ("shimada", "/administration"),
    "people": ("shimada", "/administration/people"),
    "people found": ("shimada", "/administration/people?q=職員 2"),
    "one of the people": ("shimada", "/administration/people/{person}"),
    "people (API)": ("shimada", "/api/people"),
    "own account": ("okuma", "/account"),
    "dictionaries": ("shimada", "/administration/dictionaries"),
    "dictionary of a series": ("shimada", "/administration/dictionaries/{series}"),
    "statistics": ("morishita", "/statistics"),
    "statistics table": ("morishita", "/statistics/table.csv"),
    "statistics (API)": ("morishita", "/api/statistics"),
}
"""By name: who asks ("" for a citizen), and for what; {…} are the things of `_things`."""


@dataclass(frozen=True)
class PageGrowth:
    """In the order of the shares: `p50_ms` and `p95_ms` until the answer was there, `cpu_ms` the
    median of the processor's time for it, and how many queries it asked."""

    p50_ms: list[float]
    p95_ms: list[float]
    cpu_ms: list[float]
    queries: list[int]

    @property
    def ratio(self) -> float:
        """Return largest to smallest share, of the processor's time: what else the machine does
        while it is measured is not in it. Below 5 ms nothing is told apart."""
        return round(max(self.cpu_ms[-1], FLOOR_MS) / max(self.cpu_ms[0], FLOOR_MS), 2)


@dataclass(frozen=True)
class GrowthMeasurement:
    """`server_rss_mb`: the most memory while pages were asked for, all homes in one process.
    `database_mb` and `fill_seconds` in the order of the shares."""

    percents: list[float]
    database_mb: list[float]
    fill_seconds: list[float]
    pages: dict[str, PageGrowth]
    server_rss_mb: float

    @property
    def worst_page(self) -> str:
        return max(self.pages, key=lambda name: self.pages[name].ratio)

    @property
    def slowest_page(self) -> str:
        return max(self.pages, key=lambda name: self.pages[name].p50_ms[-1])


def measure(
    percents: list[float], keep: Path | None, tell: Callable[[str], None]
) -> GrowthMeasurement:
    """Measure in homes that are made in the folder `keep`, where those that are there already
    are used again; without it in a temporary one. Raises GijidoError for a page that is not
    answered."""
    with ExitStack() as stack:
        folder = keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="gijido-growth-"))
        )
        homes, seconds = [], []
        for percent in sorted(percents):
            begin = time.monotonic()
            homes.append(_home(folder / f"{percent:g}", percent / 100))
            seconds.append(round(time.monotonic() - begin, 1))
            tell(f"{percent:g} %: {_megabytes(homes[-1]):,.0f} MB after {seconds[-1]:.0f} s")
        sites = [Site(home) for home in homes]
        _forget_peak()
        pages = {}
        for name, (login, url) in PAGES.items():
            pages[name] = _page(sites, login, url)
            tell(f"{name}: {pages[name].p50_ms} ms, {pages[name].queries} queries")
        return GrowthMeasurement(
            percents=sorted(percents),
            database_mb=list(map(_megabytes, homes)),
            fill_seconds=seconds,
            pages=pages,
            server_rss_mb=_peak_mb(),
        )


def as_json(measured: GrowthMeasurement) -> dict[str, Any]:
    return {
        "percents": measured.percents,
        "database_mb": measured.database_mb,
        "fill_seconds": measured.fill_seconds,
        "pages": {
            name: {**asdict(page), "ratio": page.ratio} for name, page in measured.pages.items()
        },
        "worst_page": measured.worst_page,
        "worst_ratio": measured.pages[measured.worst_page].ratio,
        "slowest_page": measured.slowest_page,
        "slowest_ms": measured.pages[measured.slowest_page].p50_ms[-1],
        "server_rss_mb": measured.server_rss_mb,
    }


def as_table(measured: GrowthMeasurement) -> str:
    """Return the figures as a table in Markdown."""
    heads = [f"{percent:g} %" for percent in measured.percents]
    columns = " | ".join(f"{head} p50 / p95 / processor ms" for head in heads)
    lines = [
        f"| page | {columns} | queries | ratio |",
        "|---|" + "---:|" * (len(heads) + 2),
    ]
    for name, page in measured.pages.items():
        times = [
            f"{p50:,.0f} / {p95:,.0f} / {cpu:,.0f}"
            for p50, p95, cpu in zip(page.p50_ms, page.p95_ms, page.cpu_ms, strict=True)
        ]
        queries = " → ".join(f"{count:,}" for count in page.queries)
        lines.append(f"| {name} | {' | '.join(times)} | {queries} | {page.ratio:.1f} |")
    found = as_json(measured)
    return "\n".join(
        [
            *lines,
            "",
            f"worst ratio {found['worst_ratio']} ({found['worst_page']}); slowest "
            f"{found['slowest_ms']:,.0f} ms ({found['slowest_page']}); memory at most "
            f"{measured.server_rss_mb:,.0f} MB; databases "
            + ", ".join(f"{size:,.0f} MB" for size in measured.database_mb),
        ]
    )


def _home(folder: Path, share: float) -> Config:
    """Return a home with the demo and the city. One that was not filled to the end has another
    name."""
    if not folder.exists():
        filling = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(filling, ignore_errors=True)
        config = _config(filling)
        migrate(config.database)
        load.load(config)
        engine, storage = connect(config.database), Storage(config.home)
        while preparation.prepare_some(engine, storage):
            pass
        city.fill(engine, city.amounts(share))
        filling.rename(folder)
    return _config(folder)


def _config(home: Path) -> Config:
    return replace(settings.load(), storage=StorageSettings(home=str(home)))


@dataclass(frozen=True)
class RequestCost:
    """One answer: the time until all of it was there, the processor's time of this thread (without
    that of other programs that it ran), and the number of queries."""

    wall_ms: float
    cpu_ms: float
    queries: int


class Site:
    """One home with its application."""

    def __init__(self, config: Config) -> None:
        self.app: Flask = create_app(config)
        self._engine = engine_of(self.app)
        with reading(self._engine) as session:
            self._things = _things(session)
        with writing(self._engine) as session, session.begin():
            logins = {login for login, _ in PAGES.values() if login}
            chosen = session.scalars(select(Person).where(Person.login.in_(logins)))
            end = now() + timedelta(days=1)
            self._tokens = {
                person.login: sign_ins.begin_sign_in(
                    session, person, end, SignInPlace("127.0.0.1")
                )[0]
                for person in chosen
            }

    def ask(self, login: str, url: str) -> RequestCost:
        """Raise GijidoError for what is not answered with 200."""
        headers = {"Authorization": f"Bearer {self._tokens[login]}"} if login else {}
        with _counting(self._engine) as queries:
            begin, cpu_begin = time.perf_counter(), time.thread_time()
            answer = self.app.test_client().get(url.format(**self._things), headers=headers)
            answer.get_data()
            wall, cpu = time.perf_counter() - begin, time.thread_time() - cpu_begin
        if answer.status_code != 200:
            raise GijidoError(f"{url} に {answer.status_code} が返りました。")
        return RequestCost(1000 * wall, 1000 * cpu, len(queries))


def _page(sites: list[Site], login: str, url: str) -> PageGrowth:
    """Measure one page. The first time is not counted: it fills caches, and compiles the
    template."""
    queries = [site.ask(login, url).queries for site in sites]
    asked: list[list[RequestCost]] = [[] for _ in sites]
    end = time.monotonic() + SECONDS_FOR_A_PAGE
    for round_ in range(ROUNDS):
        if round_ >= 2 and time.monotonic() > end:
            break
        for site, answers in zip(sites, asked, strict=True):
            answers.append(site.ask(login, url))
    walls = [[answer.wall_ms for answer in answers] for answers in asked]
    cpus = [[answer.cpu_ms for answer in answers] for answers in asked]
    return PageGrowth(
        p50_ms=[round(statistics.median(taken), 1) for taken in walls],
        p95_ms=[round(statistics.quantiles(taken, n=20)[-1], 1) for taken in walls],
        cpu_ms=[round(statistics.median(taken), 1) for taken in cpus],
        queries=queries,
    )


def _things(session: Session) -> dict[str, int]:
    """Return the ids that the pages are asked of: of every kind the newest. `coming`: a meeting to
    which okuma is invited; `corrected`: one whose transcript is being corrected; `awaiting`: one
    whose minutes are to be approved."""
    is_written = select(Minutes.id).where(Minutes.meeting_id == Recording.meeting_id).exists()
    transcript = _newest(
        session,
        select(Transcript)
        .join(Transcription)
        .join(Recording)
        .where(~is_written)
        .order_by(Transcript.id.desc()),
    )
    coming = _newest(
        session,
        select(Meeting)
        .join(Invitation)
        .join(Invitation.person)
        .where(Person.login == "okuma")
        .order_by(Meeting.id.desc()),
    )
    document = _newest(
        session, select(Document).where(Document.meeting_id == coming.id).order_by(Document.id)
    )
    awaiting = _newest(
        session,
        select(Minutes)
        .join(MinutesRevision)
        .join(ApprovalRequest)
        .where(~ApprovalRequest.decision.has())
        .order_by(Minutes.id.desc()),
    )
    published = _newest(
        session, select(Minutes).join(MinutesRevision).join(Publication).order_by(Minutes.id.desc())
    )
    okuma = _newest(session, select(Person).where(Person.login == "okuma"))
    segments = select(func.max(Segment.id)).where(Segment.transcript_id == transcript.id)
    return {
        "person": okuma.id,
        "coming": coming.id,
        "series": coming.series_id,
        "document": document.id,
        "version": document.current.id,
        "transcript": transcript.id,
        "segment": session.scalar(segments) or 0,
        "corrected": transcript.meeting.id,
        "awaiting": awaiting.meeting_id,
        "published": published.meeting_id,
    }  # fmt: skip


def _newest(session: Session, chosen: Any) -> Any:
    return session.scalars(chosen.limit(1)).one()


@contextmanager
def _counting(engine: Engine) -> Iterator[list[str]]:
    """Give the list of the statements that are executed meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _megabytes(config: Config) -> float:
    return round(config.database.stat().st_size / 1e6, 1)


def _forget_peak() -> None:
    """Forget the memory that filling took: it is not the server's."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1024, 1)
