"""Reads JSON as programs around Whisper write it: `segments` of openai-whisper, faster-whisper and
WhisperX, or the list alone; `transcription` of whisper.cpp, with milliseconds.
"""

import json
import math
from typing import Any

from meetings.errors import FileRejected
from minutes.imports.pieces import ImportedPiece

NOT_JSON = "JSONとして読めません。途中で切れていないか、作ったソフトで確かめてください。"
OTHER_SHAPE = (
    "WhisperのJSONの形ではありません。segments（start、end、text）か、"
    "transcription（offsets、text）があるファイルを選んでください。"
)


def segments(text: str) -> list[ImportedPiece]:
    """Return the segments that have words, with times in seconds. Raises FileRejected for other
    JSON.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise FileRejected(NOT_JSON) from problem
    try:
        return [said for said in map(_said, _entries(content)) if said.text]
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as problem:
        raise FileRejected(OTHER_SHAPE) from problem


def _entries(content: Any) -> list[Any]:
    if isinstance(content, dict):
        content = content.get("segments", content.get("transcription"))
    if not isinstance(content, list) or not content:
        raise ValueError("no segments")
    return content


def _said(entry: dict[str, Any]) -> ImportedPiece:
    if "offsets" in entry:
        start, end = (_number(entry["offsets"][key]) / 1000 for key in ("from", "to"))
    else:
        start, end = _number(entry["start"]), _number(entry["end"])
    if not isinstance(entry["text"], str):
        raise TypeError("a text that is none")
    speaker = entry.get("speaker") or ""
    return ImportedPiece(entry["text"].strip(), str(speaker), start, max(start, end))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a time that is no number")
    if not math.isfinite(value):
        raise ValueError("a time without end")
    return float(value)
