"""Files of transcripts, and lists of people, as a machine spoils them: each is read, or refused
with a sentence. `make soak` spoils more of them."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as some

from meetings.errors import GijidoError
from meetings.people import csv_lists
from meetings.word_writing import paragraph, word_file
from minutes.imports import subtitles, text_files, whisper_files, word_files

FILES = int(os.environ.get("GIJIDO_FUZZED_FILES", "60"))
SEED = int(os.environ.get("GIJIDO_SEED", "20261129"))

SRT = (
    "1\n00:00:01,000 --> 00:00:04,500\n議長：それでは始めます。\n\n"
    "2\n00:00:05,000 --> 00:00:09,000\nはい\n"
)
VTT = "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:04.000 align:start\n<v 桐生>それでは<c.a>はい</c></v>\n"
TXT = "○議長（桐生正臣君）　ただいまから会議を開きます。\n（拍手）\n○３番　質問します。\n\n"
WHISPER = json.dumps({"segments": [{"start": 0.0, "end": 2.5, "text": "始めます"}]})
PEOPLE = "利用者ID,氏名,所属,局,職名,役割\nsato,佐藤 花,財政課,総務局,係長,secretary=財政課\n"
WORD = word_file([paragraph("○議長　始めます。", "Body"), paragraph("はい。", "Body")], header="x")
ODD = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"-->", b"99:99:99,999", b"<", b"</v>", b'"',
    b",", b"[", b"]}", b"1e999", b"NaN", b"-1", b"\\ud800", "\u202e".encode(), "\u3000".encode(),
    b"PK\x05\x06", b"&a;", b"<!DOCTYPE x [", b"=cmd|'/c'!A1", b"9" * 400,
]  # fmt: skip


def words(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    word_files.paragraphs(path)


READERS: dict[str, tuple[bytes, Callable[[Path, bytes], object]]] = {
    "srt": (SRT.encode(), lambda _, content: subtitles.cues(text_files.decode(content))),
    "vtt": (VTT.encode(), lambda _, content: subtitles.cues(text_files.decode(content))),
    "txt": (
        TXT.encode("cp932"),
        lambda _, content: text_files.paragraphs(text_files.decode(content)),
    ),
    "json": (
        WHISPER.encode(),
        lambda _, content: whisper_files.segments(text_files.decode(content)),
    ),
    "people": (PEOPLE.encode(), lambda _, content: csv_lists.lines_of(content)),
    "docx": (WORD, words),
}


@some.composite
def spoiled(draw: some.DrawFn, whole: bytes) -> bytes:
    """Draws the file with up to six places cut out, doubled, or overwritten."""
    content = whole
    for _ in range(draw(some.integers(1, 6))):
        start = draw(some.integers(0, len(content)))
        end = min(len(content), start + draw(some.integers(0, 40)))
        put = draw(
            some.sampled_from(ODD) | some.binary(max_size=8) | some.just(content[start:end] * 3)
        )
        content = content[:start] + put + content[end:]
    return content


@pytest.mark.parametrize("kind", READERS)
def test_a_spoiled_file_is_read_or_refused_with_a_sentence(kind: str) -> None:
    whole, read = READERS[kind]
    print(f"seed {SEED}, {FILES} files")
    with TemporaryDirectory() as folder:

        @seeded(SEED)
        @settings(
            max_examples=FILES,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(content=spoiled(whole))
        def try_it(content: bytes) -> None:
            try:
                read(Path(folder) / "file", content)
            except GijidoError as problem:
                assert problem.message.endswith("。"), problem.message

        try_it()
