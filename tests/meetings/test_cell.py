"""A cell really keeps what runs in it: from files, network, memory, time, disk, processes."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from meetings import cell
from meetings.cell import Cell, Done, Walls
from meetings.errors import Crowded, OutOfBounds, StorageFull
from tests.processes import await_end_of
from tests.walls import needs_walls

pytestmark = pytest.mark.hostile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "job"
    made.mkdir()
    return made


def python(words: str, folder: Path, *reads: Path, small: Cell | None = None) -> Done:
    room = small or Cell(memory_mb=200, output_mb=5, at_once=1)
    return room.run([sys.executable, "-c", words], seconds=30, reads=reads, folder=folder)


@needs_walls
def test_only_what_is_given_is_seen_and_only_the_folder_is_written_to(folder: Path) -> None:
    given, other = folder.parent / "given", folder.parent / "other"
    given.write_text("given")
    other.write_text("other")
    words = f"print(open({str(given)!r}).read()); open('made', 'w').write('made')"
    assert python(words, folder, given).output == b"given\n"
    assert (folder / "made").read_text() == "made"
    for forbidden in (
        f"open({str(other)!r})",
        "open('/etc/passwd')",
        f"open({str(given)!r}, 'w')",
        "open('/made', 'w')",
        "open('/dev/shm/made', 'w')",
        f"open({str(cell.ROOT / 'meetings' / 'made')!r}, 'w')",
    ):
        assert python(forbidden, folder, given).code == 1, forbidden
    assert given.read_text() == "given"


@needs_walls
def test_no_word_leaves_for_the_network(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        words = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        assert python(words, folder).code == 1
        with pytest.raises(TimeoutError):
            listener.accept()


def test_nothing_of_the_servers_surroundings_is_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIJIDO_HOME", "/srv/secret place")
    assert b"secret" not in python("import os; print(os.environ)", folder).output


def test_memory_ends_where_it_is_to(folder: Path) -> None:
    assert python("bytearray(300_000_000)", folder).code == 1
    assert python("bytearray(20_000_000)", folder).code == 0


def test_a_file_grows_no_further_than_it_may_nor_does_what_is_told(folder: Path) -> None:
    done = python("open('large', 'wb').write(bytes(50_000_000))", folder)
    assert done.code != 0
    assert (folder / "large").stat().st_size <= 5_000_000
    assert len(python("print('x' * 50_000_000)", folder).output) <= 5_000_000


def test_what_was_made_leads_nowhere_else(folder: Path) -> None:
    """A link in place of the PDF would have the server hand out another file of its own."""
    words = "import os; os.symlink('/etc/passwd', 'made.pdf'); os.mkfifo('first.jpg')"
    assert python(f"{words}; open('kept', 'w').write('kept')", folder).code == 0
    assert [path.name for path in folder.iterdir() if path.name != "tmp"] == ["kept"]


def test_time_ends_where_it_is_to_with_everything_that_was_started(folder: Path) -> None:
    child = f"sleep 600.{time.time_ns()}"
    room = Cell(memory_mb=200, output_mb=1, at_once=1)
    with pytest.raises(OutOfBounds):
        room.run(["sh", "-c", f"{child} & touch begun; wait"], seconds=2, folder=folder)
    assert (folder / "begun").exists()
    await_end_of(child)


@needs_walls
@pytest.mark.skipif(os.getuid() == 0, reason="root is never limited in its processes")
def test_a_program_that_starts_itself_again_and_again_comes_to_an_end(folder: Path) -> None:
    words = (
        "import os, time\n"
        "for n in range(1000):\n"
        "    try:\n"
        "        if os.fork() == 0: time.sleep(60)\n"
        "    except OSError: break\n"
        "print(n)"
    )
    assert int(python(words, folder).output) < cell.MOST_PROCESSES


def test_what_was_killed_is_told_by_its_signal(folder: Path) -> None:
    assert python("import os; os.kill(os.getpid(), 6)", folder).was_killed


def test_a_stream_of_one_that_was_killed_is_not_taken_for_whole(folder: Path) -> None:
    room = Cell(memory_mb=200, output_mb=1, at_once=1)
    words = "import os; os.write(1, b'half'); os.kill(os.getpid(), 11)"
    with (
        pytest.raises(OutOfBounds),
        room.stream([sys.executable, "-c", words], seconds=30) as stream,
    ):
        assert stream.read() == b"half"


def test_who_finds_no_place_in_time_is_told_so(folder: Path) -> None:
    room = Cell(memory_mb=200, output_mb=1, at_once=1)
    with room.stream(["sleep", "2"], seconds=60), pytest.raises(Crowded):
        room.run(["true"], seconds=0.1)
    assert room.run(["true"], seconds=10).code == 0


def test_a_full_disk_is_told_as_such(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Cell(memory_mb=200, output_mb=1, at_once=1)
    monkeypatch.setattr(room, "run", lambda *_, **__: Done(cell.FULL, b"", b""))
    with pytest.raises(StorageFull):
        room.ask("any", seconds=1)


@pytest.mark.parametrize("missing", [{"bwrap"}, {"bwrap", "unshare"}], ids=["bwrap", "both"])
def test_without_walls_the_limits_hold_and_the_operator_is_told_what_to_do(
    missing: set[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = cell.shutil.which
    monkeypatch.setattr(cell.shutil, "which", lambda name: None if name in missing else find(name))
    cell.walls.cache_clear()
    try:
        assert cell.walls() is not Walls.WHOLE
        assert "apt-get install bubblewrap" in cell.warning()
        assert python("bytearray(300_000_000)", folder).code == 1
        assert python("print('done')", folder).output == b"done\n"
    finally:
        monkeypatch.undo()
        cell.walls.cache_clear()
