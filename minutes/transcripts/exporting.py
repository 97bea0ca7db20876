"""Writes a transcript as a file for other programs: subtitles (SubRip, WebVTT), a table (CSV),
plain text, a Word file, and JSON as Whisper writes it.

`minutes/imports` reads all but the table back with the same times, words and speakers. Only
segments without a speaker's name get the speaker before them.
"""

import csv
import html
import io
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from meetings.agenda import flat, tree
from meetings.clean_text import spreadsheet_cell
from meetings.word_writing import paragraph, word_file
from minutes.transcripts import transcripts
from models.transcript import Segment, Transcript

HEAD = [
    "始まり（秒）",
    "終わり（秒）",
    "始まり",
    "発言者",
    "議題",
    "文",
    "聞き取ったままの文",
    "確認",
]


class Format(StrEnum):
    """The formats of a file."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    CSV = "csv"
    DOCX = "docx"
    JSON = "json"

    @property
    def content_type(self) -> str:
        """Return the media type."""
        return {
            Format.TXT: "text/plain",
            Format.SRT: "application/x-subrip",
            Format.VTT: "text/vtt",
            Format.CSV: "text/csv",
            Format.DOCX: (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            ),
            Format.JSON: "application/json",
        }[self]

    @property
    def label(self) -> str:
        """Return the name of the format in Japanese."""
        return {
            Format.TXT: "テキスト（txt）",
            Format.SRT: "字幕（srt）",
            Format.VTT: "字幕（vtt）",
            Format.CSV: "表（csv、Excel用）",
            Format.DOCX: "Word（docx）",
            Format.JSON: "データ（json）",
        }[self]


def as_file(session: Session, transcript: Transcript, wanted: Format) -> bytes:
    """Return the bytes of the file: all segments in the order of the sound, in UTF-8. The table
    begins with a byte order mark, by which Excel recognises UTF-8. Segments without text are in the
    table only.
    """
    segments = transcripts.segments_of(session, transcript)
    if wanted == Format.CSV:
        numbers = {n.entry.id: n.number for n in flat(tree(session, transcript.meeting))}
        return ("\ufeff" + _table(segments, numbers)).encode()
    spoken = [segment for segment in segments if segment.text]
    if wanted == Format.DOCX:
        return _word(transcript, spoken)
    write = {Format.TXT: _text, Format.SRT: _srt, Format.VTT: _vtt, Format.JSON: _json}[wanted]
    return write(spoken).encode()


def file_name(transcript: Transcript, wanted: Format) -> str:
    """Return a name for the file, of the meeting's title and the transcript's id."""
    return f"{transcript.meeting.title} 逐語録 {transcript.id}.{wanted}"


def _text(segments: Iterable[Segment]) -> str:
    return "".join(map(_line, segments))


def _line(segment: Segment) -> str:
    return f"[{_stamp(segment.start_seconds)[:8]}] {_named(segment)}\n"


def _word(transcript: Transcript, segments: Iterable[Segment]) -> bytes:
    title = paragraph(f"{transcript.meeting.title}　逐語録", "Name")
    lines = (line.rstrip("\n") for line in map(_line, segments))
    return word_file([title, *(paragraph(line, "Speech") for line in lines)])


def _json(segments: Iterable[Segment]) -> str:
    return json.dumps({"segments": list(map(_entry, segments))}, ensure_ascii=False, indent=1)


def _entry(segment: Segment) -> dict[str, Any]:
    return {
        "start": round(segment.start_seconds, 3),
        "end": round(max(segment.start_seconds, segment.end_seconds), 3),
        "text": segment.text,
        "speaker": segment.speaker.name if segment.speaker else "",
    }


def _srt(segments: Iterable[Segment]) -> str:
    return "\n".join(
        f"{number}\n{_span(segment, ',')}\n{_in_a_cue(_named(segment))}\n"
        for number, segment in enumerate(segments, 1)
    )


def _vtt(segments: Iterable[Segment]) -> str:
    cues = (f"{_span(segment, '.')}\n{_voiced(segment)}\n" for segment in segments)
    return "\n".join(["WEBVTT\n", *cues])


def _voiced(segment: Segment) -> str:
    words = html.escape(_in_a_cue(segment.text), quote=False)
    if segment.speaker is None:
        return words
    return f"<v {html.escape(segment.speaker.name, quote=False)}>{words}</v>"


def _in_a_cue(words: str) -> str:
    """Return the words without an arrow `-->`, which a reader would take for the times of another
    cue.
    """
    return words.replace("-->", "→")


def _named(segment: Segment) -> str:
    return f"{segment.speaker.name}: {segment.text}" if segment.speaker else segment.text


def _table(segments: Iterable[Segment], numbers: dict[int, str]) -> str:
    made = io.StringIO()
    rows = (_row(segment, numbers) for segment in segments)
    csv.writer(made).writerows([HEAD, *rows])
    return made.getvalue()


def _row(segment: Segment, numbers: dict[int, str]) -> list[str | float]:
    item = numbers.get(segment.agenda_item_id or 0, "")
    return [
        round(segment.start_seconds, 3),
        round(segment.end_seconds, 3),
        _stamp(segment.start_seconds)[:8],
        spreadsheet_cell(segment.speaker.name if segment.speaker else ""),
        "議題外" if segment.is_left_out else item,
        spreadsheet_cell(segment.text),
        spreadsheet_cell(segment.heard),
        "確認済み" if segment.is_confirmed else "未確認",
    ]


def _span(segment: Segment, point: str) -> str:
    start, end = segment.start_seconds, max(segment.start_seconds, segment.end_seconds)
    return f"{_stamp(start, point)} --> {_stamp(end, point)}"


def _stamp(seconds: float, point: str = ".") -> str:
    """Return the time as 「00:01:02.345」."""
    whole, thousandths = divmod(round(1000 * seconds), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{point}{thousandths:03}"
