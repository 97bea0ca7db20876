"""Recognises files that are encrypted, or that only their maker's program can read, so that the
error names the reason.

A general "cannot be opened" would make people look for damage that is not there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from meetings.errors import FileRejected
from minutes.sound.boxes import boxes, is_mp4

PROTECTED = (
    "このファイルは保護（暗号化）されているため、文字にできません。"
    "録音機や録音ソフトで保護（著作権保護・パスワード）をかけていない元のファイルを取り出して、"
    "送信してください。"
)
PACKED = (
    "このファイルは圧縮されたまとめ（zip）です。展開（解凍）して、"
    "中の録音ファイルを送信してください。"
)
OF_ONE_MAKER = (
    "この録音は録音機メーカー独自の形式（{}）のため開けません。"
    "録音機に付属のソフトで、mp3かwavに書き出してから送信してください。"
)

HEAD_BYTES = 64
HEADS = {
    b"\x03enc": PROTECTED,  # DS2 of a dictation machine with a password
    b"\x03ds2": OF_ONE_MAKER.format("DS2"),
    b"MS_VOICE": OF_ONE_MAKER.format("MSV・DVF"),
}
ZIP, ZIP_FLAGS, ZIP_ENCRYPTED = b"PK\x03\x04", slice(6, 8), 1

# Advanced Systems Format: objects in the head that say how the content is encrypted.
ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_HEAD_BYTES = 30
ASF_ENCRYPTIONS = {
    bytes.fromhex("fbb31122 23bdd211 b4b700a0 c955fc6e"),  # content encryption
    bytes.fromhex("14e68a29 2226174c b935dae0 7ee9289c"),  # extended content encryption
}

# ISO base media files: sample descriptions of encrypted sound and pictures, Apple's and Audible's.
MP4_PROTECTED = {b"enca", b"encv", b"drms", b"drmi", b"aavd"}
MP4_WAY = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
STSD_HEAD_BYTES = 8
MOST_OBJECTS = 1_000


def refuse_protected(path: Path) -> None:
    """Raise FileRejected for a file that is encrypted, a zip archive, or in a format of one
    maker.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        for beginning, sentence in HEADS.items():
            if head.startswith(beginning):
                raise FileRejected(sentence)
        if head.startswith(ZIP):
            is_encrypted = int.from_bytes(head[ZIP_FLAGS], "little") & ZIP_ENCRYPTED
            raise FileRejected(PROTECTED if is_encrypted else PACKED)
        if _has_encrypted_asf(file, head) or _has_encrypted_mp4(file, head):
            raise FileRejected(PROTECTED)


def _has_encrypted_asf(file: BinaryIO, head: bytes) -> bool:
    if not head.startswith(ASF):
        return False
    end, at = int.from_bytes(head[16:24], "little"), ASF_HEAD_BYTES
    for _ in range(MOST_OBJECTS):
        file.seek(at)
        begin = file.read(24)
        size = int.from_bytes(begin[16:], "little")
        if begin[:16] in ASF_ENCRYPTIONS:
            return True
        if at >= end or size < 24:
            break
        at += size
    return False


def _has_encrypted_mp4(file: BinaryIO, head: bytes) -> bool:
    if not is_mp4(head):
        return False
    return any(kind in MP4_PROTECTED for kind in _sample_kinds(file, 0, file.seek(0, 2), MP4_WAY))


def _sample_kinds(file: BinaryIO, start: int, end: int, way: tuple[bytes, ...]) -> Iterator[bytes]:
    """Yield the kinds of samples that the tracks declare, in the boxes at the end of the path
    `way`.
    """
    for kind, inside, after in boxes(file, start, end):
        if not way:
            yield kind
        elif kind == way[0]:
            inside += STSD_HEAD_BYTES if kind == MP4_WAY[-1] else 0
            yield from _sample_kinds(file, inside, after, way[1:])
