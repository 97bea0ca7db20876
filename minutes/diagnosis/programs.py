"""What the server calls and reads besides its own code: programs, fonts, dictionaries, models."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import imageio_ffmpeg

from meetings.config import Config
from meetings.errors import ConfigurationError
from meetings.pdf.typesetting import FONTS
from minutes.health import Finding, Level
from minutes.japanese.words import words as cut
from minutes.speech_models.model_folder import look_into
from minutes.speech_models.speech_model import HALVES, PACKAGED, folder_of

AGAIN = "make install でパッケージを入れ直してください。"
BUILT = FONTS.parent / "manifest.json"


def ffmpeg(_config: Config) -> Iterator[Finding]:
    """Yield whether sounds can be read."""
    try:
        program = Path(imageio_ffmpeg.get_ffmpeg_exe())
        is_there = os.access(program, os.X_OK)
    except RuntimeError:
        is_there = False
    if is_there:
        yield Finding("ffmpeg", Level.FINE, "録音を読むための ffmpeg があります。")
    else:
        sentence = f"録音を読むための ffmpeg がないか、実行できません。{AGAIN}"
        yield Finding("ffmpeg", Level.PROBLEM, sentence)


def office(_config: Config) -> Iterator[Finding]:
    """Yield whether Office files can become PDFs."""
    if shutil.which("soffice") or shutil.which("libreoffice"):
        yield Finding("office", Level.FINE, "Officeの資料をPDFにする LibreOffice があります。")
    else:
        yield Finding(
            "office",
            Level.WARNING,
            "LibreOffice がないので、Word・Excel・PowerPointの資料は登録できません（PDFはできます"
            "）。"
            "要るときは apt-get install libreoffice を実行してください。",
        )


def typesetting(_config: Config) -> Iterator[Finding]:
    """Yield whether papers can be set: the typesetter and its fonts."""
    if find_spec("typst") is None:
        sentence = f"書類をつくる typst がありません。{AGAIN}"
        yield Finding("typesetting", Level.PROBLEM, sentence)
    elif not any(FONTS.glob("*.ttf")) and not any(FONTS.glob("*.otf")):
        yield Finding(
            "typesetting",
            Level.PROBLEM,
            f"書類の文字（フォント）が {FONTS} にありません。make install を実行してください。",
        )
    else:
        yield Finding("typesetting", Level.FINE, "書類をつくる typst と文字があります。")


def screens(_config: Config) -> Iterator[Finding]:
    """Yield whether the screens' scripts and styles have been built."""
    if BUILT.exists():
        yield Finding("screens", Level.FINE, "画面は組み立ててあります。")
    else:
        yield Finding(
            "screens",
            Level.PROBLEM,
            f"画面が組み立てられていません（{BUILT} がない）。make install を実行してください。",
        )


def japanese(_config: Config) -> Iterator[Finding]:
    """Yield whether Japanese text can be cut into words."""
    try:
        is_well = bool(cut("会議を開きます"))
    except RuntimeError:  # MeCab's, for a dictionary that is missing or damaged
        is_well = False
    if is_well:
        yield Finding("japanese", Level.FINE, "日本語の辞書（MeCab）を読めます。")
    else:
        sentence = f"日本語の辞書（MeCab、unidic-lite）を読めません。{AGAIN}"
        yield Finding("japanese", Level.PROBLEM, sentence)


def speech_model(config: Config) -> Iterator[Finding]:
    """Yield whether the speech model of the settings is there, as far as its files' sizes tell."""
    wanted = config.speech.model or PACKAGED
    try:
        if wanted == PACKAGED:
            problem = "" if all(find_spec(half) for half in HALVES) else f"見つかりません。{AGAIN}"
        else:
            look_into(folder_of(config, wanted))
            problem = ""
    except ConfigurationError as refused:
        problem = refused.message
    if problem:
        sentence = f"音声認識モデル {wanted} を使えません：{problem}"
        yield Finding("speech_model", Level.PROBLEM, sentence)
    else:
        yield Finding("speech_model", Level.FINE, f"音声認識モデル {wanted} があります。")
