"""The command line, as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.errors import (
    ConfigurationError,
    GijidoError,
    InvalidInput,
    NotFound,
    NotPossibleNow,
    SignInRefused,
)
from meetings.people import people
from meetings.people.sign_ins import Attempt, SignInPlace, sign_in
from minutes.meeting_stages import MeetingState, state_of
from minutes.speech_models import speech_model
from models.database import connect, migrate
from models.meeting import Meeting, Series
from models.person import Person, Role
from models.recording import Transcription
from tests.e2e.conftest import ROOT
from web.commands.cli import COMMANDS, cli

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def session_on(home: Path) -> Session:
    return Session(connect(home / "gijido.sqlite3"))


def can_sign_in(home: Path, login: str, password: str) -> bool:
    attempt = Attempt(login, password, SignInPlace("10.0.0.1"), b"key")
    try:
        sign_in(connect(home / "gijido.sqlite3"), attempt, hours=1)
    except SignInRefused:
        return False
    return True


def test_a_person_is_added_with_roles_and_can_sign_in(home: Path) -> None:
    run(
        "user", "add", "sato", "佐藤 花子", "--department", "財政課", "--bureau", "財政局",
        "--password", "long-enough", "--role", "organiser", "--role", "secretary=財政課",
    )  # fmt: skip
    assert can_sign_in(home, "sato", "long-enough")
    with session_on(home) as session:
        person = people.person_with(session, "sato")
        assert person.department.full_name == "財政局 財政課"
        assert person.has_role_for(Role.SECRETARY, person.department)
        assert person.has_role(Role.ORGANISER)
        assert "long-enough" not in person.password_hash
        assert person.password_hash.startswith("$argon2")


def test_a_persons_address_is_changed_and_a_wrong_one_told(home: Path) -> None:
    run(
        "user", "add", "sato", "佐藤 花子", "--department", "財政課", "--password", "long-enough",
        "--title", "係長",
    )  # fmt: skip
    run("user", "change", "sato", "--email", "sato@city.example.jp")
    with session_on(home) as session:
        person = session.scalars(select(Person).where(Person.login == "sato")).one()
        assert (person.email, person.title) == ("sato@city.example.jp", "係長")
    with pytest.raises(InvalidInput, match="形が正しくありません"):
        run("user", "change", "sato", "--email", "sato@")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["--password", "short"], "8文字以上"),
        (["--password", "long-enough", "--role", "king"], "king"),
        (["--password", "long-enough", "--role", "secretary=無い課"], "無い課"),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence_and_adds_nobody(
    home: Path, words: list[str], shown: str
) -> None:
    with pytest.raises(InvalidInput) as problem:
        run("user", "add", "sato", "佐藤 花子", "--department", "財政課", *words)
    assert shown in problem.value.message
    migrate(home / "gijido.sqlite3")
    with session_on(home) as session:
        assert session.scalars(select(Person)).all() == []


def test_a_role_is_given_later(home: Path) -> None:
    run("user", "add", "sato", "佐藤", "--department", "財政課", "--password", "long-enough")
    run("user", "grant", "sato", "approver")
    with session_on(home) as session:
        assert session.scalars(select(Person)).one().has_role(Role.APPROVER)
    with pytest.raises(GijidoError, match="登録されていません"):
        run("user", "grant", "nobody", "approver")


def test_the_demo_has_three_meetings_in_three_states_and_is_loaded_once(home: Path) -> None:
    shown = run("demo").output
    assert "koga" in shown and "gijido-demo" in shown
    again = run("demo").output
    assert "登録しました" not in again and "koga" in again
    with session_on(home) as session:
        states = {state_of(session, meeting) for meeting in session.scalars(select(Meeting))}
    assert states == {MeetingState.HELD_NOW, MeetingState.CORRECTING, MeetingState.PUBLISHED}


@pytest.fixture
def own_settings(home: Path, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(settings.DEFAULT_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_speech_models_are_listed_checked_and_chosen(
    home: Path, own_settings: Path, small_model: Path
) -> None:
    at = ["--config", str(own_settings), "model"]
    (home / "speech-models" / "half").mkdir(parents=True)
    (home / "speech-models" / "kotoba").symlink_to(small_model)
    before = own_settings.read_text(encoding="utf-8")
    shown = run(*at, "use", "kotoba").output
    assert "1秒の音を文字にできました" in shown and "再起動" in shown
    after = own_settings.read_text(encoding="utf-8")
    assert after == before.replace('model = ""', 'model = "kotoba"', 1)
    assert settings.load(own_settings).speech.model == "kotoba"
    lines = run(*at, "list").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["  whisper-base", "* kotoba", "  half"]
    assert speech_model.PACKAGED_SHA256 in lines[0] and "公開されているもの" in lines[0]
    assert "独自のもの" in lines[1] and "使えません" in lines[2]
    assert "kotoba" in run(*at, "check").output


def test_a_speech_model_that_cannot_be_used_changes_nothing(
    home: Path, own_settings: Path, tmp_path: Path
) -> None:
    before = own_settings.read_bytes()
    with pytest.raises(ConfigurationError, match="フォルダーがありません"):
        run("--config", str(own_settings), "model", "use", str(tmp_path / "nowhere"))
    assert own_settings.read_bytes() == before


def test_a_speech_model_is_chosen_for_one_series_alone(
    home: Path, own_settings: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is named as one stands, and written down so that it is found from anywhere."""
    at = ["--config", str(own_settings), "model", "use", small_model.name, "--series"]
    monkeypatch.chdir(small_model.parent)
    migrate(home / "gijido.sqlite3")
    with session_on(home) as session:
        section = people.add_department(session, "企画課")
        session.add_all(Series(name=name, department=section) for name in ("懇話会", "委員会"))
        session.commit()
    before = own_settings.read_bytes()
    run(*at, "懇話会")
    assert own_settings.read_bytes() == before
    with session_on(home) as session:
        chosen = {series.name: series.speech_model for series in session.scalars(select(Series))}
    assert chosen.pop("懇話会") == str(small_model)
    assert chosen == {"委員会": ""}
    with pytest.raises(InvalidInput, match="登録されていません"):
        run(*at, "無い会議体")


@pytest.mark.model
def test_evaluate_prints_one_json_object_and_needs_no_database(home: Path) -> None:
    folder = next(path.parent for path in DATA.rglob("reference.json"))
    printed = json.loads(run("evaluate", str(folder), "--json").stdout)
    assert printed["folders"][0]["name"] == folder.name
    assert 0 < printed["cer"] < 0.5
    assert printed["rtf"] > 0
    assert not (home / "gijido.sqlite3").exists()


def test_evaluate_names_what_is_missing(home: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"reference\.json"):
        run("evaluate", str(tmp_path))


def test_a_folder_is_gone_through_once_and_the_counts_are_told(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(
        "user", "add", "sato", "佐藤", "--department", "財政課", "--password", "long-enough",
        "--role", "secretary",
    )  # fmt: skip
    settings = tmp_path / "config.toml"
    settings.write_text("[watch]\nsettle_seconds = 0\n")
    folder = tmp_path / "recorder"
    folder.mkdir()
    (folder / "12_R01.m4a").write_bytes(b"of a meeting that is not there")
    (folder / "R02.m4a.part").write_bytes(b"half")
    words = ("--config", str(settings), "watch", str(folder), "--once", "--as")
    assert run(*words, "sato").output == "受付 0件、受け付けられず 1件、次回へ 0件\n"
    assert (folder / "受け付けられなかったもの" / "12_R01.m4a").exists()
    with pytest.raises(InvalidInput, match="登録されていない"):
        run(*words, "nobody")


def test_a_transcript_is_taken_in_from_the_command_line(home: Path, tmp_path: Path) -> None:
    run("demo")
    file = tmp_path / "字幕.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:03,000\n開会します。\n", encoding="utf-8")
    words = ("import", str(file), "--recording", "1", "--offset", "2")
    said = run(*words, "--as", "morishita").output
    assert "/transcripts/" in said and "1発話" in said
    with session_on(home) as session:
        made = session.scalars(select(Transcription).order_by(Transcription.id.desc())).first()
        assert made is not None and made.imported_file_name == "字幕.srt"
        assert made.requested_by.login == "morishita"
    with pytest.raises(NotFound):
        run(*words, "--as", "okuma")


def test_a_transcript_is_taken_out_on_the_command_line(home: Path, tmp_path: Path) -> None:
    run("demo")
    out = tmp_path / "逐語録.srt"
    words = ("--format", "srt", "--out", str(out), "--as", "morishita")
    with pytest.raises(NotFound):
        run("transcript", "99", *words)
    assert not out.exists()
    assert run("transcript", "1", *words).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("1\n00:00:0")
    _take_record_out(tmp_path / "会議録.txt")


def _take_record_out(out: Path) -> None:
    """Of the meeting that is published, and of one whose minutes nobody has approved."""
    words = ("--format", "txt", "--out", str(out), "--as", "morishita")
    with pytest.raises(NotFound):
        run("record", "export", "99", *words)
    with pytest.raises(NotPossibleNow):
        run("record", "export", "1", *words)
    assert not out.exists()
    assert run("record", "export", "3", *words, "--form", "outline").exit_code == 0
    assert "議事要旨" in out.read_text(encoding="utf-8")
    assert run("record", "export", "3", "--format", "docx", "--out", str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"PK")


def test_every_command_stands_where_it_is_looked_for_with_the_help_it_has() -> None:
    for name, place in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert (command.name, command.get_short_help_str(300)) == (name, place.help)


SLOW = {
    "alembic",
    "av",
    "ctranslate2",
    "faster_whisper",
    "flask",
    "numpy",
    "onnxruntime",
    "pikepdf",
}


@pytest.mark.parametrize(
    ("words", "shown", "slow"),
    [
        (["--help"], "Start the web server", SLOW | {"sqlalchemy", "pydantic"}),
        (["bench", "--help"], "Turn pages before many terminals", SLOW),
        (["user", "list", "--help"], "List the people", SLOW),
    ],
)
def test_a_help_text_does_not_wait_for_what_only_the_command_itself_needs(
    words: list[str], shown: str, slow: set[str]
) -> None:
    script = (
        "import sys; from web.commands.cli import cli\n"
        f"cli({words}, standalone_mode=False)\n"
        f"sys.exit(', '.join({slow} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.strip() == "" and shown in done.stdout
