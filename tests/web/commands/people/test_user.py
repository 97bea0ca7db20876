"""`gijido user …`, as whoever runs the server types it."""

import csv
import json
import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.errors import InvalidInput, NotPossibleNow, SignInRefused
from meetings.people import password_links
from meetings.people.sign_ins import Attempt, SignInPlace, sign_in
from models.database import connect
from models.person import Person
from web.commands.cli import cli

pytestmark = pytest.mark.hostile


@pytest.fixture
def home(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With one person, sato, who is the administrator."""
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    shutil.copy(empty_database, tmp_path / "home")
    run(
        "add", "sato", "佐藤 花子", "--department", "財政課", "--bureau", "財政局",
        "--password", "long-enough", "--role", "administrator",
    )  # fmt: skip
    return tmp_path / "home"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["user", *words], catch_exceptions=False)


def session_on(home: Path) -> Session:
    return Session(connect(home / "gijido.sqlite3"))


def enters(home: Path, login: str, password: str) -> bool:
    attempt = Attempt(login, password, SignInPlace("192.0.2.1"), b"key")
    try:
        sign_in(connect(home / "gijido.sqlite3"), attempt, hours=1)
    except SignInRefused:
        return False
    return True


def people_in(*words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("list", "--json", *words).stdout)["people"]
    return found


def chooses(home: Path, link: str, password: str) -> None:
    """Opens the link and chooses a password."""
    engine, token = connect(home / "gijido.sqlite3"), link.strip().rsplit("/", 1)[1]
    password_links.choose(engine, Config(), token, password, SignInPlace("192.0.2.1"))


def test_a_new_password_ends_the_sign_ins_and_a_link_lets_choose_one(home: Path) -> None:
    assert enters(home, "sato", "long-enough")
    assert run("sessions", "sato").output.count("ブラウザー") == 1
    run("password", "sato", "--password", "another-one")
    assert run("sessions", "sato").output == ""
    assert enters(home, "sato", "another-one") and not enters(home, "sato", "long-enough")
    link = run("link", "sato").output.rsplit(" ", 1)[1]
    assert "/password/" in link and not enters(home, "sato", "another-one")
    chooses(home, link, "one of my own")
    assert enters(home, "sato", "one of my own")
    with pytest.raises(InvalidInput, match="推測"):
        run("password", "sato", "--password", "password")


def test_a_lost_tablet_is_signed_out(home: Path) -> None:
    enters(home, "sato", "long-enough")
    (shown,) = json.loads(run("sessions", "sato", "--json").stdout)["sign_ins"]
    assert shown["address"] == "192.0.2.1"
    assert "1件" in run("sign-out", "sato").output
    assert json.loads(run("sessions", "sato", "--json").stdout) == {"sign_ins": []}


def test_somebody_leaves_and_comes_back(home: Path) -> None:
    with pytest.raises(NotPossibleNow, match="最後の管理者"):
        run("end", "sato")
    run("add", "abe", "阿部", "--department", "財政課", "--password", "long-enough")
    run("end", "abe")
    assert not enters(home, "abe", "long-enough")
    assert [p["login"] for p in people_in()] == ["sato"]
    assert [p["login"] for p in people_in("--ended")] == ["abe", "sato"]
    run("reinstate", "abe")
    assert not enters(home, "abe", "long-enough")  # the password of before is not given back
    run("password", "abe", "--password", "long-enough")
    assert enters(home, "abe", "long-enough")


def test_a_role_is_taken_back_and_somebody_moves(home: Path) -> None:
    run("grant", "sato", "secretary=財政課")
    assert "administrator" in run("revoke", "sato", "secretary=財政課").output
    with pytest.raises(InvalidInput, match="役割はありません"):
        run("revoke", "sato", "secretary=財政課")
    with pytest.raises(NotPossibleNow):
        run("revoke", "sato", "administrator")
    assert "市民局 市民課" in run(
        "move", "sato", "--department", "市民課", "--bureau", "市民局"
    ).output  # fmt: skip
    assert [p["roles"] for p in people_in("--department", "市民課")] == [["administrator"]]
    assert people_in("--department", "財政課") == []


HEAD = "利用者ID,氏名,所属,局,職名,役割"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_list_of_people_is_taken_in_at_once(home: Path, tmp_path: Path, encoding: str) -> None:
    file, given = tmp_path / "名簿.csv", tmp_path / "配布.csv"
    rows = [f"p{n:02},職員 {n},市民課,市民局,主任," for n in range(30)]
    rows.append("boss,局長,市民局,,局長,approver organiser=市民課")
    file.write_text("\n".join([HEAD, *rows]), encoding=encoding)
    assert "追加 31人" in run("import", str(file), "--check").output and len(people_in()) == 1
    assert "追加 31人" in run("import", str(file), "--links", str(given)).output
    assert stat.S_IMODE(given.stat().st_mode) == 0o600
    with given.open(encoding="utf-8-sig", newline="") as opened:
        links = {row["利用者ID"]: row["リンク"] for row in csv.DictReader(opened)}
    chooses(home, links["p07"], "one of my own")
    assert len(links) == 31 and enters(home, "p07", "one of my own")
    (boss,) = people_in("局長")
    assert boss["roles"] == ["approver", "organiser=市民課"]
    assert boss["department"] == "市民局"


def test_without_a_list_of_passwords_nobody_gets_in_before_one_is_set(
    home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "名簿.csv"
    file.write_text(f"{HEAD}\np1,職員,市民課,市民局,,\n", encoding="utf-8")
    run("import", str(file))
    assert not enters(home, "p1", "")
    run("password", "p1", "--password", "long-enough")
    assert enters(home, "p1", "long-enough")


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("p1,同じID,市民課,市民局,,", "3行目.*行が2つ"),
        ("p2,,市民課,市民局,,", "3行目.*氏名"),
        ("p2,職員,市民課,市民局,,king", "3行目.*king"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_and_nobody_is_added(
    home: Path, tmp_path: Path, row: str, shown: str
) -> None:
    file, given = tmp_path / "名簿.csv", tmp_path / "配布.csv"
    file.write_text(f"{HEAD}\np1,職員,市民課,市民局,,\n{row}\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=shown):
        run("import", str(file), "--links", str(given))
    with session_on(home) as session:
        assert [p.login for p in session.query(Person)] == ["sato"]
    assert not given.exists()


def test_a_list_waits_for_its_day_and_what_is_written_is_read_again(
    home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "4月.csv"
    file.write_text("利用者ID,職名\nsato,課長\n", encoding="utf-8")
    assert "2199-04-01" in run("import", str(file), "--on", "2199-04-01").output
    assert people_in()[0]["title"] == ""
    run("grant", "sato", "approver", "--from", "2199-04-01", "--until", "2199-04-30")
    run("posts", "sato", "財政局=参事")
    run("export", str(tmp_path / "all.csv"))
    assert "変わるものはありません" in run("import", str(tmp_path / "all.csv"), "--check").output
    (sato,) = people_in()
    assert sato["roles"] == ["administrator", "approver@2199-04-01..2199-04-30"]
    assert sato["posts"] == {"財政局": "参事"}


def test_a_file_without_the_head_or_in_an_unknown_code_is_told(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "名簿.csv"
    file.write_text("login,name\np1,職員\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="見出し"):
        run("import", str(file))
    file.write_bytes(b"\xff\xfe\x00\x81\xff")
    with pytest.raises(InvalidInput, match="文字コード"):
        run("import", str(file))
