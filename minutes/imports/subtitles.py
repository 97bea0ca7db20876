"""Reads subtitles, SubRip (srt) and WebVTT, as programs really write them: without hours, with a
comma or a point, with tags, with or without numbers.
"""

import html
import re
from dataclasses import replace
from itertools import takewhile

from meetings.errors import FileRejected
from minutes.imports.pieces import ImportedPiece

STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
TIMING = re.compile(rf"^[ \t]*{STAMP}[ \t]*-->[ \t]*{STAMP}.*$", re.MULTILINE)
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^\s<>][^<>]*)>")
TAG = re.compile(
    r"</?(?:(?:b|i|u|s|c|v|font|ruby|rt|rp|lang)(?:[.\s][^<>]*)?|\d[\d:.]*(?:\s[^<>]*)?)>"
    r"|\{\\[^{}]*\}",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\s*\d+\s*")
NO_CUES = (
    "字幕のファイルとして読めません。「00:00:01,000 --> 00:00:04,000」の形の時刻が"
    "見つかりませんでした。作ったソフトで、もう一度 srt か vtt として書き出してください。"
)


def looks_like(text: str) -> bool:
    """Return whether the text is WebVTT or has a line of subtitle times."""
    return _is_vtt(text) or bool(TIMING.search(text))


def cues(text: str) -> list[ImportedPiece]:
    """Return the cues in the order of the file, with times in seconds. A cue with several voices
    becomes one piece for each, its time divided among them. Raises FileRejected where there are no
    cues.
    """
    found = list(TIMING.finditer(text))
    if not found:
        raise FileRejected(NO_CUES)
    is_vtt = _is_vtt(text)
    is_numbered = bool(NUMBER.fullmatch(text[: found[0].start()].rpartition("\n\n")[2]))
    ends = [timing.start() for timing in found[1:]] + [len(text)]
    pieces: list[ImportedPiece] = []
    for timing, end in zip(found, ends, strict=True):
        start_seconds, end_seconds = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        lines = text[timing.end() : end].split("\n")[1:]
        if is_vtt:
            lines = list(takewhile(str.strip, lines))
        elif is_numbered and timing is not found[-1]:
            lines = _without_number(lines)
        payload = "\n".join(lines)
        pieces += _voices(payload, start_seconds, max(start_seconds, end_seconds), is_vtt)
    return pieces


def _is_vtt(text: str) -> bool:
    return text.lstrip("\ufeff \n").startswith("WEBVTT")


def _without_number(lines: list[str]) -> list[str]:
    """Return the lines without the last one where that is the number of the next cue."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines[:-1] if lines and NUMBER.fullmatch(lines[-1]) else lines


def _voices(payload: str, start: float, end: float, is_vtt: bool) -> list[ImportedPiece]:
    """Return a piece for each voice (`<v 名前>…`) of a cue."""
    parts = VOICE.split(payload)
    spoken = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    said = [
        ImportedPiece(cleaned, html.unescape(who).strip(), start, end)
        for who, words in spoken
        if (cleaned := _without_tags(words, is_vtt))
    ]
    share = (end - start) / max(1, len(said))
    return [
        replace(one, start_seconds=start + n * share, end_seconds=start + (n + 1) * share)
        for n, one in enumerate(said)
    ]


def _without_tags(words: str, is_vtt: bool) -> str:
    text = TAG.sub("", words)
    return _together(html.unescape(text) if is_vtt else text)


def _together(text: str) -> str:
    """Return the lines of a cue as one, with a space between words of languages that write one."""
    joined = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        is_parted = joined and joined[-1].isascii() and line[0].isascii()
        joined += f" {line}" if is_parted else line
    return joined


def _seconds(stamp: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = stamp
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000
