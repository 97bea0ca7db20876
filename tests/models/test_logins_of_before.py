"""Logins from before they were folded."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate

ROWS = """
INSERT INTO department (id, name) VALUES (1, '企画課');
INSERT INTO person (id, login, name, kana, title, department_id, password_hash, email, is_guest,
    created_at)
    VALUES (1, 'Koga', '古賀', '', '', 1, '', '', 0, '2026-01-01'),
           (2, 'Okuma', '大隈', '', '', 1, '', '', 0, '2026-01-01'),
           (3, 'okuma', '大熊', '', '', 1, '', '', 0, '2026-01-01'),
           (4, 'ＳＡＴＯ', '佐藤', '', '', 1, '', '', 0, '2026-01-01'),
           (5, 'Sato', '佐東', '', '', 1, '', '', 0, '2026-01-01');
"""


def test_each_gets_its_one_form_unless_somebody_else_has_it(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0023")
    connection = sqlite.connect(path)
    connection.executescript(ROWS)
    connection.commit()
    migrate(path)
    logins = [login for (login,) in connection.execute("SELECT login FROM person ORDER BY id")]
    connection.close()
    assert logins == ["koga", "Okuma", "okuma", "sato", "Sato"]
