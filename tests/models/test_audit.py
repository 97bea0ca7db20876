"""The audit can only be added to, and each line is linked to the one before."""

from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from models.audit import AuditLine
from models.audit_chain import FIRST, link_of
from models.database import connect, migrate, reading, writing
from models.person import Person

CONTENT = "id, at, person_id, verb, thing, thing_id, meeting_id, way, address, result, times, link"


def links_hold(engine: Engine) -> int:
    """Return how many lines there are; fail where one does not follow from the one before."""
    with reading(engine) as session:
        rows = session.execute(text(f"SELECT {CONTENT} FROM audit_line ORDER BY id")).all()
    previous = FIRST
    for *content, link in rows:
        previous = link_of(previous, tuple(content))
        assert link == previous
    return len(rows)


def test_lines_are_linked_however_they_are_written(engine: Engine) -> None:
    with writing(engine) as session, session.begin():
        session.add(AuditLine(verb="look", thing="meeting", thing_id=1))
        lines = [{"verb": "correct", "thing": "segment", "thing_id": one} for one in range(2000)]
        session.execute(insert(AuditLine), lines)
        session.add(AuditLine(verb='名\u007f"\\\n', thing="\u0001", address="fe80::1"))
    assert links_hold(engine) >= 2002


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE audit_line SET verb = 'nothing' WHERE id = 2",
        "UPDATE OR IGNORE audit_line SET link = NULL",
        "DELETE FROM audit_line WHERE id = 3",
        "DELETE FROM audit_line WHERE id = (SELECT MAX(id) FROM audit_line)",
        "INSERT OR REPLACE INTO audit_line (id, at, verb, thing)"
        " SELECT MAX(id), '2026-01-01', 'a', 'b' FROM audit_line",
        "INSERT INTO audit_line (id, at, verb, thing) VALUES (0, '2026-01-01', 'a', 'b')",
        "INSERT INTO audit_line (at, verb, thing, link) VALUES ('2026-01-01', 'a', 'b', x'00')",
        "INSERT INTO audit_archive (made_at, first_line, last_line, last_link, file_name, sha256)"
        " VALUES ('2026-01-01', 1, 2, x'00', '', '')",
        "INSERT INTO audit_archive (made_at, first_line, last_line, last_link, file_name, sha256)"
        " SELECT '2026-01-01', 2, 3, link, '', '' FROM audit_line WHERE id = 3",
    ],
)
def test_nothing_is_changed_taken_out_or_put_in_between(engine: Engine, forbidden: str) -> None:
    with writing(engine) as session, session.begin():
        session.execute(insert(AuditLine), [{"verb": "look", "thing": "meeting"}] * 4)
    before = links_hold(engine)
    with writing(engine) as session, pytest.raises(IntegrityError), session.begin():
        session.execute(text(forbidden))
    assert links_hold(engine) == before


OLD_LINES = """
INSERT INTO department (id, name) VALUES (1, '総務局');
INSERT INTO person (id, login, name, kana, title, email, is_guest, department_id, password_hash,
  created_at) VALUES (1, 'koga', '古賀', '', '', '', 0, 1, '-', '2026-01-01');
INSERT INTO audit_line (id, at, person_id, verb, thing, thing_id, address, times) VALUES
  (1, '2026-01-01 00:00:00.000000', 1, 'look', 'meeting', 1, '', 1),
  (2, '2026-01-01 00:01:00.000000', NULL, 'refused_sign_in', '', NULL, '192.0.2.1', 3),
  (4, '2026-01-01 00:02:00.000000', 1, 'correct', 'segment', 9, '', 1);
"""


def test_lines_of_before_are_kept_and_linked(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, to="0042")
    old = sqlite.connect(path)
    old.executescript(OLD_LINES)
    old.close()
    migrate(path)
    engine = connect(path)
    assert links_hold(engine) == 3
    with reading(engine) as session:
        lines = session.scalars(select(AuditLine).order_by(AuditLine.id)).all()
        assert [(line.id, line.result) for line in lines] == [
            (1, "done"), (2, "refused"), (4, "done"),
        ]  # fmt: skip
        assert lines[1].times == 3 and lines[2].person is session.get(Person, 1)
    engine.dispose()
