"""Which formats of recordings are read, and limits that no real recording exceeds, so that a few
bytes cannot demand unlimited work.
"""

from pathlib import Path

from meetings.errors import FileRejected
from minutes.sound import wave_sizes

FORMATS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,dsf,dss,flac,flv,gsm,matroska,webm,mov,mp4,m4a,3gp,"
    "mp3,mpeg,mpegts,ogg,w64,wav,wv"
)
"""FFmpeg's names of the formats that recorders write."""
READ_SAFELY = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
"""FFmpeg's options for files from outside. They are read only as one of FORMATS and as a plain
file: playlists, which name other files and addresses, are not recordings.
"""

ALL_TRACKS = 0
"""In place of a track's number, which counts from 1: all tracks together."""

MOST_TRACKS = 16
MOST_CHANNELS = 64
LOWEST_RATE, HIGHEST_RATE = 4_000, 1_536_000
"""Samples per second: below the telephone's, and above the best recorders'."""

BROKEN = (
    "録音ファイルを開けませんでした。途中で切れているか、録音ではないファイルです。"
    "録音機からもう一度取り出して送信してください。"
)
NO_SOUND = "このファイルには音声が入っていません。録音したファイルかどうかを確かめてください。"
UNKNOWN = (
    "この録音の形式には対応していません。録音機に付属のソフトで、mp3かwavに書き出してから"
    "送信してください。"
)
ODD_RATE = (
    "この録音の標本化周波数（{:,} Hz）は、録音機のものではありません。録音機に付属のソフトで、"
    "mp3かwavに書き出してから送信してください。"
)
TOO_MANY_TRACKS = (
    "この録音には音声のトラックが{:,}本あります（上限は{}本）。必要なトラックだけを書き出してから"
    "送信してください。"
)
TOO_MANY_CHANNELS = (
    "この録音には音声のチャンネルが{:,}本あります（上限は{}本）。ステレオかモノラルで書き出してから"
    "送信してください。"
)
TOO_LONG = "録音が長すぎます（上限は{:,}時間）。分割してから送信してください。"


def reading(path: Path) -> dict[str, str]:
    """Return FFmpeg's options for reading this file safely and to its end."""
    return READ_SAFELY | ({"ignore_length": "1"} if wave_sizes.declares_too_little(path) else {})


def refuse_odd(rate: int, channels: int) -> None:
    """Raise FileRejected for a sample rate or a number of channels that no recorder writes. 0
    means not known yet.
    """
    if rate and not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise FileRejected(ODD_RATE.format(rate))
    if channels > MOST_CHANNELS:
        raise FileRejected(TOO_MANY_CHANNELS.format(channels, MOST_CHANNELS))
