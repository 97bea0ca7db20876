"""A transcript taken out is the same when it is taken in again."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from minutes.imports import reading
from minutes.speakers import naming
from minutes.transcripts import transcripts
from minutes.transcripts.exporting import Format, as_file
from models.transcript import Transcript
from tests.conftest import Cast

TEXTS = ["それでは、開会します。", "A<B & C --> D、10:30からです。", "=HYPERLINK(1)（拍手）"]
NAMES = ["古賀 真由美", "", "声1"]


@pytest.fixture
def taken_out(session: Session, cast: Cast, transcript: Transcript) -> Transcript:
    for segment, text, name in zip(transcript.segments, TEXTS, NAMES, strict=True):
        segment.text = text
        naming.name_speaker(session, cast.secretary, segment, name)
    transcripts.confirm(session, cast.secretary, transcript.segments[0])
    session.flush()
    return transcript


@pytest.mark.parametrize("wanted", [Format.SRT, Format.VTT, Format.TXT, Format.DOCX, Format.JSON])
def test_what_is_taken_out_is_read_back_with_speakers_times_and_words(
    taken_out: Transcript, session: Session, tmp_path: Path, wanted: Format
) -> None:
    file = tmp_path / f"逐語録.{wanted}"
    file.write_bytes(as_file(session, taken_out, wanted))
    found = reading.read(file.name, file)
    arrow = TEXTS[1].replace("-->", "→") if wanted in (Format.SRT, Format.VTT) else TEXTS[1]
    assert [one.text for one in found] == [TEXTS[0], arrow, TEXTS[2]]
    assert [found[0].speaker, found[2].speaker] == [NAMES[0], NAMES[2]]
    starts = [segment.start_seconds for segment in taken_out.segments]
    precision = 1 if wanted in (Format.TXT, Format.DOCX) else 0.001
    assert [one.start_seconds for one in found] == pytest.approx(starts, abs=precision)


def test_the_table_says_what_is_confirmed_and_holds_no_formula(
    taken_out: Transcript, session: Session
) -> None:
    content = as_file(session, taken_out, Format.CSV).decode()
    assert content.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    assert [row["確認"] for row in rows] == ["確認済み", "未確認", "未確認"]
    assert [row["文"] for row in rows] == [TEXTS[0], TEXTS[1], "'" + TEXTS[2]]
    assert [row["発言者"] for row in rows] == NAMES


def test_a_recording_without_words_makes_an_empty_file(
    transcript: Transcript, session: Session
) -> None:
    for segment in transcript.segments:
        segment.text = ""
    session.flush()
    assert as_file(session, transcript, Format.SRT) == b""
    assert as_file(session, transcript, Format.VTT) == b"WEBVTT\n"
