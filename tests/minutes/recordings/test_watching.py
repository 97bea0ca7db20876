"""A watched folder, with a real store, a real database and real sound."""

import errno
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from meetings import dates, setting_up
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import InvalidInput, StorageFull
from minutes.recordings import filing, watching
from minutes.recordings.recordings import recordings_of
from minutes.recordings.watching import FolderWatch, RoundCounts
from minutes.sound import audio
from models.audit import AuditLine
from models.base import now
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, Transcription
from tests.conftest import Cast
from tests.sounds import TONE, ffmpeg

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
from pathlib import Path
from meetings.config import Config
from meetings.settings.work import WatchSettings
from meetings.disk.storage import Storage
from minutes.recordings.watching import FolderWatch
from models.database import connect

home, folder, login = sys.argv[1:]
config = Config(watch=WatchSettings(settle_seconds=0))
engine = connect(Path(home) / "gijido.sqlite3")
FolderWatch(config, engine, Storage(Path(home)), Path(folder), login).run_once()
"""

Drop = Callable[..., Path]


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two different sounds."""
    folder = tmp_path_factory.mktemp("tones")
    for number in (1, 2):
        words = ("-af", f"volume={number / 4}", "-c:a", "aac")
        ffmpeg(*TONE, *words, str(folder / f"{number}.m4a"))
    return sorted(folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "recorder"
    made.mkdir()
    return made


@pytest.fixture
def drop(folder: Path, tones: list[Path]) -> Drop:
    """`drop("12/R01.m4a")`: a sound, or other content, recorded when one says."""

    def dropped(
        name: str, content: bytes | None = None, tone: int = 0, ended: datetime | None = None
    ) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tones[tone].read_bytes() if content is None else content)
        if ended:
            os.utime(path, (ended.timestamp(), ended.timestamp()))
        return path

    return dropped


@pytest.fixture
def at_once(config: Config) -> Config:
    """Files count as whole at the first look."""
    return replace(config, watch=replace(config.watch, settle_seconds=0))


@pytest.fixture
def watch(
    at_once: Config, engine: Engine, storage: Storage, folder: Path, cast: Cast, meeting: Meeting
) -> FolderWatch:
    return FolderWatch(at_once, engine, storage, folder, cast.secretary.login)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def today() -> str:
    return dates.local(now()).strftime("%Y-%m-%d")


def reason(folder: Path, name: str) -> str:
    return (folder / filing.REFUSED / f"{name}.理由.txt").read_text(encoding="utf-8-sig")


def names(session: Session, meeting: Meeting) -> list[str]:
    session.commit()  # what it read before that is old now
    return [recording.file_name for recording in recordings_of(session, meeting)]


@pytest.mark.parametrize(
    "place",
    [
        "{}/R01.m4a",
        "{} 定例会/R01.m4a",
        "{}/午後/R01.m4a",
        "{}_R01.m4a",
        "{} 懇話会.m4a",
        "{wide}＿定例会.m4a",
        "{wide}　定例会/R01.m4a",
    ],
)
def test_a_recording_goes_to_the_meeting_that_its_place_names(
    session: Session,
    cast: Cast,
    meeting: Meeting,
    watch: FolderWatch,
    drop: Drop,
    folder: Path,
    place: str,
) -> None:
    wide = str(meeting.id).translate({48 + figure: 0xFF10 + figure for figure in range(10)})
    path = drop(place.format(meeting.id, wide=wide))
    assert watch.look() == RoundCounts(taken=1)
    assert names(session, meeting) == [path.name]
    recording = recordings_of(session, meeting)[0]
    assert recording.received_by_id == cast.secretary.id
    assert recording.duration_seconds == pytest.approx(2, abs=0.1)
    assert session.scalars(select(Transcription)).one().recording_id == recording.id
    lines = session.execute(select(AuditLine.person_id, AuditLine.verb, AuditLine.thing_id))
    assert (cast.secretary.id, "receive", recording.id) in [tuple(line) for line in lines]
    kept = str(path.relative_to(folder))
    assert files(folder) == [f"受付済み/{today()}/{kept}"]
    assert watch.look() == RoundCounts()


def test_the_time_of_recording_finds_the_only_meeting(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop
) -> None:
    drop("20261103_140000.m4a", ended=meeting.starts_at + timedelta(minutes=20))
    drop("DCIM/R02.m4a", tone=1, ended=meeting.starts_at - timedelta(minutes=20))
    assert watch.look() == RoundCounts(taken=2)
    assert names(session, meeting) == ["20261103_140000.m4a", "R02.m4a"]
    began = recordings_of(session, meeting)[0].began_at
    assert began is not None
    assert abs(began - meeting.starts_at - timedelta(minutes=20)) < timedelta(seconds=3)


def test_the_time_in_the_head_goes_before_the_time_of_the_file(
    session: Session, meeting: Meeting, watch: FolderWatch, folder: Path
) -> None:
    began = meeting.starts_at.replace(microsecond=0) + timedelta(minutes=3)
    head = ("-metadata", f"creation_time={began:%Y-%m-%dT%H:%M:%SZ}")
    path = folder / "R01.m4a"
    ffmpeg(*TONE, *head, str(path))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert watch.look() == RoundCounts(taken=1)
    assert names(session, meeting) == ["R01.m4a"]
    assert recordings_of(session, meeting)[0].began_at == began


def test_what_is_put_into_a_shared_folder_is_open_to_whom_the_folder_is(
    watch: FolderWatch, drop: Drop, folder: Path, meeting: Meeting
) -> None:
    """Though the server keeps what is its own to itself."""
    folder.chmod(0o2775)
    drop("R01.m4a", ended=meeting.starts_at - timedelta(days=2))
    before = os.umask(0o077)
    try:
        assert watch.look() == RoundCounts(refused=1)
    finally:
        os.umask(before)
    place = folder / filing.REFUSED
    assert place.stat().st_mode & 0o7777 == 0o2775
    assert (place / "R01.m4a.理由.txt").stat().st_mode & 0o777 == 0o664


def test_a_time_without_a_meeting_is_refused_with_what_to_do(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    drop("R01.m4a", ended=meeting.starts_at - timedelta(days=2))
    assert watch.look() == RoundCounts(refused=1)
    assert names(session, meeting) == []
    assert files(folder) == [f"{filing.REFUSED}/R01.m4a", f"{filing.REFUSED}/R01.m4a.理由.txt"]
    told = reason(folder, "R01.m4a")
    assert "その時刻の会議がありません" in told
    assert "12 定例会" in told


def test_two_meetings_at_that_time_are_both_named(
    session: Session, cast: Cast, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    other = another_meeting(session, cast.organiser, meeting, "別室の打合せ")
    drop("R01.m4a", ended=now())
    assert watch.look() == RoundCounts(refused=1)
    assert f"{meeting.id} {meeting.title}、{other.id} 別室の打合せ" in reason(folder, "R01.m4a")


def test_meetings_that_the_person_may_not_record_or_that_were_called_off_do_not_count(
    at_once: Config, engine: Engine, storage: Storage, folder: Path,
    cast: Cast, meeting: Meeting, drop: Drop, session: Session,
) -> None:  # fmt: skip
    """The one of the other department runs at the same time."""
    own = another_meeting(session, cast.outsider, meeting, "市民課の会議")
    another_meeting(session, cast.outsider, meeting, "中止の会議").called_off_at = now()
    session.commit()
    drop("R01.m4a", ended=now())
    watch = FolderWatch(at_once, engine, storage, folder, cast.outsider.login)
    assert watch.look() == RoundCounts(taken=1)
    assert names(session, own) == ["R01.m4a"]


def another_meeting(session: Session, by: Person, meeting: Meeting, title: str) -> Meeting:
    made = setting_up.set_up_meeting(
        session, by, series=setting_up.series_named(session, title, by.department),
        department=by.department, title=title, starts_at=meeting.starts_at,
        ends_at=meeting.ends_at, place="別室", access_days=None,
    )  # fmt: skip
    session.commit()
    return made


@pytest.mark.parametrize("number", ["9999", "1"])
def test_absent_and_forbidden_meetings_are_refused_alike(
    at_once: Config, engine: Engine, storage: Storage, folder: Path,
    cast: Cast, meeting: Meeting, drop: Drop, session: Session, number: str,
) -> None:  # fmt: skip
    assert meeting.id == 1
    drop(f"{number}/R01.m4a")
    stranger = FolderWatch(at_once, engine, storage, folder, cast.outsider.login)
    assert stranger.look() == RoundCounts(refused=1)
    assert f"会議番号{number}の会議が見つからないか" in reason(folder, "R01.m4a")
    assert session.scalar(select(func.count(Recording.id))) == 0


def test_nobody_watches_for_a_person_who_is_not_there(
    at_once: Config, engine: Engine, storage: Storage, folder: Path
) -> None:
    with pytest.raises(InvalidInput, match="登録されていない"):
        FolderWatch(at_once, engine, storage, folder, "nobody")


def test_a_folder_that_is_not_there_is_told_at_once(
    at_once: Config, engine: Engine, storage: Storage, folder: Path, cast: Cast
) -> None:
    with pytest.raises(InvalidInput, match="フォルダー"):
        FolderWatch(at_once, engine, storage, folder / "missing", cast.secretary.login)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0バイト"),
        (b"<html>no sound</html>", "録音ではない"),
        (b"PK\x03\x04" + bytes(60), "zip"),
    ],
)
def test_what_cannot_be_heard_is_put_aside_with_the_reason(
    watch: FolderWatch, meeting: Meeting, drop: Drop, folder: Path, content: bytes, words: str
) -> None:
    drop("1/R01.m4a", content)
    assert watch.look() == RoundCounts(refused=1)
    told = reason(folder, "R01.m4a")
    assert words in told
    assert "1 / R01.m4a" in told
    assert (folder / filing.REFUSED / "R01.m4a").read_bytes() == content
    assert watch.look() == RoundCounts()


def test_a_file_counts_only_when_it_stood_still(
    config: Config, engine: Engine, storage: Storage, folder: Path,
    cast: Cast, meeting: Meeting, drop: Drop, tones: list[Path], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """As a slow share brings it: in pieces, with pauses."""
    clock = [1000.0]
    monkeypatch.setattr("minutes.recordings.watching.time.monotonic", lambda: clock[0])
    watch = FolderWatch(config, engine, storage, folder, cast.secretary.login)
    content = tones[0].read_bytes()
    for share in (0.2, 0.5, 0.9, 1.0):
        drop("1/R01.m4a", content[: int(len(content) * share)])
        assert watch.look() == RoundCounts(left=1)
        clock[0] += config.watch.settle_seconds - 1
        assert watch.look() == RoundCounts(left=1)
    clock[0] += 1
    assert watch.look() == RoundCounts(taken=1)


def test_a_file_that_grows_while_it_is_copied_is_never_taken_half(
    session: Session,
    meeting: Meeting,
    watch: FolderWatch,
    drop: Drop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = drop("1/R01.m4a", bytes(3_000_000))
    write = Storage.receive

    def growing(*given: object) -> object:
        with path.open("ab") as file:
            file.write(b"more")
        return write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Storage, "receive", growing)
    assert watch.look() == RoundCounts(left=1)
    assert path.exists()
    monkeypatch.undo()
    assert watch.look() == RoundCounts(refused=1)  # whole now, and no sound


def test_a_file_that_grows_while_it_is_looked_into_is_left_too(
    session: Session,
    meeting: Meeting,
    watch: FolderWatch,
    drop: Drop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, inspect = drop("1/R01.m4a"), audio.inspect

    def growing(copy: Path, *_: int) -> audio.Sound:
        with path.open("ab") as file:
            file.write(b"more")
        return inspect(copy)

    monkeypatch.setattr(audio, "inspect", growing)
    assert watch.look() == RoundCounts(left=1)
    assert names(session, meeting) == []


@pytest.mark.parametrize(
    "name", ["R01.m4a.part", "R01.tmp", "R01.m4a.crdownload", "~R01.m4a", ".R01.m4a", "Thumbs.db"]
)
def test_half_written_and_foreign_names_are_left_alone(
    watch: FolderWatch, drop: Drop, folder: Path, name: str
) -> None:
    drop(f"1/{name}")
    assert watch.look() == RoundCounts()
    assert files(folder) == [f"1/{name}"]


def test_after_a_crash_before_the_move_the_file_is_only_moved(
    session: Session, cast: Cast, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path,
    at_once: Config, engine: Engine, storage: Storage, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    drop("1/R01.m4a")

    def dies(*given: object) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(filing, "file_taken", dies)
        with pytest.raises(KeyboardInterrupt):
            watch.look()
    assert files(folder) == ["1/R01.m4a"]
    assert names(session, meeting) == ["R01.m4a"]
    again = FolderWatch(at_once, engine, storage, folder, cast.secretary.login)
    assert again.look() == RoundCounts(taken=1)
    assert files(folder) == [f"受付済み/{today()}/1/R01.m4a"]
    assert names(session, meeting) == ["R01.m4a"]
    assert session.scalar(select(func.count(Transcription.id))) == 1


def test_the_same_sound_under_another_name_is_not_doubled(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    drop("1/R01.m4a")
    drop("1/写し.m4a")
    assert watch.look() == RoundCounts(taken=2)
    assert len(names(session, meeting)) == 1
    assert len(files(folder)) == 2


def test_the_same_name_twice_keeps_both_files(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    for tone in (0, 1):
        drop("1/R01.m4a", tone=tone)
        watch.look()
    for content in (b"first", b"second"):
        drop("1/notes.m4a", content)
        watch.look()
    assert files(folder) == [
        "受け付けられなかったもの/notes (2).m4a",
        "受け付けられなかったもの/notes (2).m4a.理由.txt",
        "受け付けられなかったもの/notes.m4a",
        "受け付けられなかったもの/notes.m4a.理由.txt",
        f"受付済み/{today()}/1/R01 (2).m4a",
        f"受付済み/{today()}/1/R01.m4a",
    ]
    assert len(names(session, meeting)) == 2


def test_links_are_never_followed(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path,
    tmp_path: Path, tones: list[Path],
) -> None:  # fmt: skip
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.copy(tones[0], outside / "secret.m4a")
    (folder / "1").symlink_to(outside)
    (folder / "1_link.m4a").symlink_to(outside / "secret.m4a")
    os.mkfifo(folder / "1_pipe.m4a")
    assert watch.look() == RoundCounts()
    assert names(session, meeting) == []
    assert (outside / "secret.m4a").exists()


@pytest.mark.parametrize("place", [filing.TAKEN, filing.REFUSED])
def test_nothing_is_moved_out_of_the_folder_through_a_link(
    watch: FolderWatch, drop: Drop, folder: Path, tmp_path: Path, place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / place).symlink_to(outside)
    drop("1/R01.m4a")
    (folder / "1" / "R02.m4a").write_text("no sound")
    watch.look()
    assert list(outside.rglob("*")) == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("1_録音.m4a".encode("cp932"), "1_録音.m4a"),
        (b"1_\xff\xfe.m4a", None),
        (b"1_a\nb\tc.m4a", "1_a_b_c.m4a"),
        (b"1_" + b"x" * 249 + b".m4a", None),
        (("1_" + "あ" * 83 + ".m").encode(), None),
    ],
    ids=["Shift_JIS", "no text", "control characters", "long", "long Japanese"],
)
@pytest.mark.parametrize("is_sound", [True, False])
def test_odd_names_are_taken_and_refused_like_others(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path,
    raw: bytes, shown: str | None, is_sound: bool,
) -> None:  # fmt: skip
    drop(os.fsdecode(raw), None if is_sound else b"no sound")
    assert watch.look() == (RoundCounts(taken=1) if is_sound else RoundCounts(refused=1))
    assert watch.look() == RoundCounts()
    assert len(list(folder.iterdir())) == 1
    if is_sound:
        kept = names(session, meeting)[0]
        assert len(kept) <= 200
        assert shown is None or kept == shown
    else:
        assert list((folder / filing.REFUSED).glob("*.理由.txt"))


def test_a_folder_that_is_dropped_whole_is_gone_through(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    drop("1 定例会/前半/A.m4a")
    drop("1 定例会/後半/B.m4a", tone=1)
    drop("1 定例会/メモ.txt", "本日の出席".encode())
    assert watch.look() == RoundCounts(taken=2, refused=1)
    assert names(session, meeting) == ["A.m4a", "B.m4a"]


def test_a_thousand_files_are_gone_through(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    for number in range(998):
        drop(f"9999/{number:04}.m4a", b"of a meeting that is not there")
    drop("1/まん中.m4a")
    drop("1/最後.m4a", tone=1)
    assert watch.look() == RoundCounts(taken=2, refused=998)
    assert len(files(folder)) == 2 + 2 * 998
    assert watch.look() == RoundCounts()


def test_a_full_disk_loses_nothing_and_the_next_round_goes_on(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path,
    storage: Storage, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    drop("1/R01.m4a", bytes(3_000_000))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            watch.look()
    assert files(folder) == ["1/R01.m4a"]
    assert list((storage.path("0" * 64).parents[2] / "arriving").iterdir()) == []
    drop("1/R01.m4a")
    assert watch.look() == RoundCounts(taken=1)


def test_a_file_at_which_something_breaks_comes_last_and_is_put_aside_in_the_end(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    drop("1/R01.m4a")
    drop("1/R02.m4a", tone=1)
    whole = watching._copy

    def breaking(path: Path, *others: Any) -> None:
        if path.name == "R01.m4a":
            raise RecursionError("whatever")
        whole(path, *others)

    monkeypatch.setattr(watching, "_copy", breaking)
    for _ in range(watching.MOST_TRIES):
        with pytest.raises(RecursionError):
            watch.look()
    assert names(session, meeting) == ["R02.m4a"]
    assert watch.look() == RoundCounts(refused=1)
    assert watch.look() == RoundCounts()
    assert any("R01" in name and filing.REFUSED in name for name in files(folder))


def test_what_cannot_be_moved_is_taken_once_and_not_again_and_again(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    drop("1/R01.m4a")
    (folder / filing.TAKEN).mkdir()
    (folder / filing.TAKEN / today()).write_text("a file where a folder should be")
    assert watch.look().taken == 1
    assert watch.look() == RoundCounts()
    assert names(session, meeting) == ["R01.m4a"]
    assert "1/R01.m4a" in files(folder)


def test_a_share_that_is_gone_is_waited_for(
    session: Session, meeting: Meeting, watch: FolderWatch, drop: Drop, folder: Path
) -> None:
    away = folder.rename(folder.with_name("away"))
    assert watch.look() == RoundCounts()
    away.rename(folder)
    drop("1/R01.m4a")
    assert watch.look() == RoundCounts(taken=1)


def test_watching_goes_on_until_it_is_stopped(
    at_once: Config, engine: Engine, storage: Storage, folder: Path,
    cast: Cast, meeting: Meeting, drop: Drop, session: Session,
) -> None:  # fmt: skip
    quick = replace(at_once, watch=replace(at_once.watch, interval_seconds=0))
    watch, stopping = (
        FolderWatch(quick, engine, storage, folder, cast.secretary.login),
        threading.Event(),
    )
    thread = threading.Thread(target=watch.run, args=(stopping,))
    thread.start()
    try:
        drop("1/R01.m4a")
        while not names(session, meeting):
            session.rollback()
    finally:
        stopping.set()
        thread.join()
    assert names(session, meeting) == ["R01.m4a"]


def test_a_watch_killed_at_any_moment_takes_everything_in_exactly_once(
    config: Config, folder: Path, cast: Cast, meeting: Meeting, drop: Drop, session: Session,
    tmp_path: Path, tones: list[Path],
) -> None:  # fmt: skip
    """A real process with `kill -9`; the last one is let finish."""
    seed = random.randrange(1000)
    print("seed", seed)
    chance = random.Random(seed)
    sound = tmp_path / "one.wav"
    ffmpeg(*TONE, str(sound))
    for number in range(12):
        drop(f"1/{number}.wav", sound.read_bytes() + bytes(2 * number))
    command = [sys.executable, "-c", PROGRAM, str(config.home), str(folder), cast.secretary.login]
    for _ in range(3):
        process = subprocess.Popen(command, cwd=Path(__file__).parents[3])
        seen = len(files(folder / filing.TAKEN))
        while process.poll() is None and len(files(folder / filing.TAKEN)) == seen:
            pass
        threading.Event().wait(chance.random() * 0.2)
        process.kill()
        process.wait()
    subprocess.run(command, cwd=Path(__file__).parents[3], check=True)
    assert sorted(names(session, meeting)) == sorted(f"{number}.wav" for number in range(12))
    assert len(files(folder / filing.TAKEN)) == 12
    assert session.scalar(select(func.count(Transcription.id))) == 12
