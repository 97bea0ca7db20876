"""Files that cannot be read on purpose, or only by their maker's program."""

import io
import zipfile
from pathlib import Path

import pytest

from meetings.errors import FileRejected
from minutes.sound import audio
from tests.sounds import PICTURE, TONE, WAYS_TO_RECORD, Record

KEY = ("-encryption_key", "0123456789abcdef" * 2, "-encryption_kid", "fedcba9876543210" * 2)
ENCRYPTED = ("-encryption_scheme", "cenc-aes-ctr", *KEY)


def refused(path: Path) -> str:
    with pytest.raises(FileRejected) as problem:
        audio.inspect(path)
    with pytest.raises(FileRejected) as again:
        audio.normalise(path, path.with_suffix(".out"))
    assert problem.value.message == again.value.message
    return problem.value.message


@pytest.mark.parametrize("way", [TONE, (*PICTURE, *TONE)], ids=["sound", "film"])
def test_an_encrypted_mp4_is_told_as_protected(record: Record, way: tuple[str, ...]) -> None:
    assert "保護（暗号化）されている" in refused(record("bought.mp4", *way, *ENCRYPTED))


@pytest.mark.parametrize("kind", [b"drms", b"aavd"])
def test_a_bought_m4p_is_told_as_protected(record: Record, kind: bytes) -> None:
    path = record("tone.m4a")
    path.write_bytes(path.read_bytes().replace(b"mp4a", kind))
    assert "元のファイル" in refused(path)


@pytest.mark.parametrize(
    "guid", ["fbb3112223bdd211b4b700a0c955fc6e", "14e68a292226174cb935dae07ee9289c"]
)
def test_a_protected_wma_is_told_as_protected(record: Record, guid: str) -> None:
    path = record("tone.wma")
    content = path.read_bytes()
    encryption = bytes.fromhex(guid) + (40).to_bytes(8, "little") + bytes(16)
    size = int.from_bytes(content[16:24], "little") + len(encryption)
    head = content[:16] + size.to_bytes(8, "little") + content[24:30]
    path.write_bytes(head + encryption + content[30:])
    assert "保護（暗号化）されている" in refused(path)


def test_a_dictation_machines_password_is_told(tmp_path: Path) -> None:
    path = tmp_path / "R01.ds2"
    path.write_bytes(b"\x03enc" + bytes(2000))
    assert "パスワード" in refused(path)


@pytest.mark.parametrize("head", [b"\x03ds2", b"MS_VOICE"])
def test_a_format_of_one_maker_is_told_by_name(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "R01.msv"
    path.write_bytes(head + bytes(2000))
    assert "独自の形式" in refused(path)


def test_a_zip_is_told_and_never_unpacked(tmp_path: Path) -> None:
    """Ten megabytes here, ten gigabytes if somebody wanted."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("R01.wav", bytes(10_000_000))
    path = tmp_path / "R01.m4a"
    path.write_bytes(content.getvalue())
    assert "zip" in refused(path)
    locked = bytearray(content.getvalue())
    locked[6] |= 1  # encrypted
    path.write_bytes(locked)
    assert "保護（暗号化）されている" in refused(path)


@pytest.mark.parametrize("name", WAYS_TO_RECORD)
def test_usual_files_are_not_taken_for_protected(record: Record, name: str) -> None:
    assert audio.inspect(record(name)).duration_seconds > 0


@pytest.mark.parametrize("content", [b"", b"\0", b"\0\0\0\x08ftyp", b"\0\0\0\x10ftypM4A \xff\xff"])
def test_the_shortest_heads_are_not_taken_for_protected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "short.m4a"
    path.write_bytes(content)
    assert "保護" not in refused(path)
