"""One bad thing never stops a row: it is set aside with its reason, and the next one goes on."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import periodic, setbacks
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.documents import preparation
from meetings.periodic import PeriodicTask
from minutes import health
from models.base import now
from models.document import DocumentVersion
from models.meeting import Meeting
from models.person import Person
from models.setback import Setback
from tests.conftest import Browser, Cast
from web.demo import builders

pytestmark = pytest.mark.hostile


@pytest.fixture
def versions(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> list[DocumentVersion]:
    builders.add_materials(session, storage, cast.organiser, meeting, builders.folder("dx-council"))
    session.commit()
    return list(session.scalars(select(DocumentVersion).order_by(DocumentVersion.id)))


def test_a_document_whose_reading_breaks_rests_while_the_others_are_read(
    session: Session, engine: Engine, storage: Storage, versions: list[DocumentVersion],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    bad, whole = min(versions, key=lambda v: (v.page_count, v.id)), preparation._contents

    def contents(storage: Storage, sha256: str, *others: object) -> object:
        if sha256 == bad.sha256:
            raise ValueError("this one")
        return whole(storage, sha256, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(preparation, "_contents", contents)
    broke = read_all(engine, storage)
    session.commit()
    assert broke == 1 and bad.prepared_pages == 0
    others = [v for v in versions if v.sha256 != bad.sha256]
    assert others and all(v.prepared_pages == v.page_count for v in others)
    for _ in range(preparation.MOST_ATTEMPTS):
        session.execute(Setback.__table__.update().values(next_try_at=now()))  # type: ignore[attr-defined]
        session.commit()
        broke += read_all(engine, storage)
    session.commit()
    assert broke == preparation.MOST_ATTEMPTS
    assert bad.prepared_pages == bad.page_count and bad.pages[0].problem
    assert setbacks.standing(session, preparation.KIND) == []


def read_all(engine: Engine, storage: Storage) -> int:
    """How often it broke."""
    broke, has_more = 0, True
    while has_more:
        try:
            has_more = preparation.prepare_some(engine, storage)
        except ValueError:
            broke += 1
    return broke


def test_a_periodic_task_that_fails_is_told_until_it_succeeds(
    engine: Engine, session: Session, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "PAUSE_AFTER_PROBLEM_SECONDS", 0.0)
    stopping, tries = threading.Event(), iter(range(10))

    def act() -> bool:
        if next(tries) < 4:
            raise ValueError("秘密の発言")
        stopping.set()
        return False

    told: list[str] = []
    tell = periodic.teller(engine)

    def look_and_tell(name: str, problem: str) -> None:
        tell(name, problem)
        session.rollback()
        told.extend(
            finding.sentence for finding in health.periodic_tasks_that_fail(config, session)
        )

    periodic._Loop(PeriodicTask("片付け", act, 0.0), look_and_tell).run(stopping)
    assert "「片付け」" in told[0] and "3回続けて失敗" in told[0] and "ValueError" in told[0]
    assert "秘密" not in "".join(told)
    session.rollback()
    assert setbacks.standing(session, periodic.KIND) == []


def test_the_administrator_sees_what_was_set_aside(
    session: Session, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    for _ in range(3):
        setbacks.begin(session, preparation.KIND, 12)
        setbacks.begin(session, periodic.KIND, "メールの送信", "OSError")
    session.commit()
    page = browse(cast.administrator).get("/administration").text
    assert "頁を読み取れない資料の版が1件" in page and "「メールの送信」が" in page
