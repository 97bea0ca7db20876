"""`gijido evaluate`: the production recogniser over meeting folders, scored afterwards.

Needs no server and no database. The reference is opened only when everything has been heard.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meetings.config import Config
from meetings.errors import InvalidInput
from minutes import accuracy
from minutes.accuracy import NOTHING, Accuracy
from minutes.edges import Edges, Timed, compare, share_near
from minutes.recognition import recogniser, speech_model
from minutes.recognition.heard import Recognise
from minutes.recognition.pipeline import recognise_file

DEFAULT_AUDIO = "audio.flac"


@dataclass(frozen=True)
class FolderResult:
    """`raw` and `normalised`: counts of characters; `seconds`: of sound and of work; `edges`:
    of segments, empty where the reference has no times."""

    name: str
    audio: str
    raw: Accuracy
    normalised: Accuracy
    sound_seconds: float
    work_seconds: float
    edges: Edges


@dataclass(frozen=True)
class Evaluation:
    folders: list[FolderResult]

    @property
    def normalised(self) -> Accuracy:
        """Over all characters of all folders."""
        return sum((folder.normalised for folder in self.folders), NOTHING)

    @property
    def edges(self) -> Edges:
        return sum((folder.edges for folder in self.folders), Edges())

    @property
    def real_time_factor(self) -> float:
        sound = sum(folder.sound_seconds for folder in self.folders)
        return sum(folder.work_seconds for folder in self.folders) / sound


@dataclass(frozen=True)
class Said:
    """A piece of the reference: `audio` where it is a clip of its own, `sentences` where somebody
    noted when each was said."""

    text: str
    audio: str
    sentences: tuple[Timed, ...]


@dataclass(frozen=True)
class Clip:
    """One sound file and what was heard in it."""

    path: Path
    segments: list[Timed]
    sound_seconds: float
    work_seconds: float

    @property
    def heard(self) -> list[str]:
        return [segment.text for segment in self.segments]


def evaluate(folders: list[Path], audio_name: str | None, config: Config) -> Evaluation:
    """Errors and speed of the production recogniser, with the production chunks.

    Raises InvalidInput for a folder that cannot be evaluated, before any work is done. Of a
    reference only the names of clips are looked at until everything has been heard.
    """
    sounds = {folder: sounds_of(folder, audio_name) for folder in folders}
    recognise = recogniser.load(config, speech_model.choose(config))
    heard = {
        folder: [hear(recognise, path, config) for path in paths]
        for folder, paths in sounds.items()
    }
    return Evaluation([_score(folder, clips) for folder, clips in heard.items()])


def sounds_of(folder: Path, audio_name: str | None) -> list[Path]:
    """The folder's sound, or every file of a folder that is a list of clips.

    Raises InvalidInput when there is no reference or no sound.
    """
    names = _clip_names(folder) or [audio_name or _usual_name(folder)]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise InvalidInput(
            "folder", f"{folder} に音声 {'、'.join(missing)} がありません。名前を確かめてください。"
        )
    return [folder / name for name in names]


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Rates are fractions; `cer` is normalised, fillers removed. `starts_near`, `ends_near`: the
    share of segments' edges within NEAR_SECONDS of the sentence's; null without times."""
    return {
        "folders": [
            {
                "name": folder.name,
                "audio": folder.audio,
                "cer_raw": folder.raw.error_rate,
                "cer": folder.normalised.error_rate,
                "rtf": folder.work_seconds / folder.sound_seconds,
                "seconds": folder.sound_seconds,
                "starts_near": share_near(folder.edges.starts),
                "ends_near": share_near(folder.edges.ends),
            }
            for folder in evaluation.folders
        ],
        "cer": evaluation.normalised.error_rate,
        "rtf": evaluation.real_time_factor,
        "starts_near": share_near(evaluation.edges.starts),
        "ends_near": share_near(evaluation.edges.ends),
    }


def as_table(evaluation: Evaluation) -> str:
    lines = [
        f"{'':<24}{'audio':<18}{'sound s':>9}{'CER raw':>9}{'CER':>8}{'RTF':>7}"
        f"{'starts':>8}{'ends':>8}"
    ]
    for folder in as_json(evaluation)["folders"]:
        lines.append(
            f"{folder['name']:<24}{folder['audio']:<18}{folder['seconds']:>9.1f}"
            f"{folder['cer_raw']:>9.3f}{folder['cer']:>8.3f}{folder['rtf']:>7.3f}"
            f"{_share(folder['starts_near'])}{_share(folder['ends_near'])}"
        )
    total = as_json(evaluation)
    lines.append(
        f"{'all':<60}{total['cer']:>8.3f}{total['rtf']:>7.3f}"
        f"{_share(total['starts_near'])}{_share(total['ends_near'])}"
    )
    return "\n".join(lines)


def _share(share: float | None) -> str:
    return f"{'-':>8}" if share is None else f"{share:>8.2f}"


def _clip_names(folder: Path) -> list[str]:
    return [said.audio for said in _reference_of(folder) if said.audio]


def _usual_name(folder: Path) -> str:
    others = sorted(path.name for path in folder.glob("audio.*"))
    return others[0] if others and DEFAULT_AUDIO not in others else DEFAULT_AUDIO


def hear(recognise: Recognise, path: Path, config: Config) -> Clip:
    """What is heard in the file, and how long that took."""
    started = time.monotonic()
    seconds, heard = recognise_file(recognise, path, config.speech)
    worked = time.monotonic() - started
    segments = [Timed(h.text, h.start_seconds, h.end_seconds) for h in heard]
    return Clip(path, segments, seconds, worked)


def _score(folder: Path, clips: list[Clip]) -> FolderResult:
    pairs = [(clip.heard, said_in(folder, clip.path.name)) for clip in clips]
    return FolderResult(
        name=folder.resolve().name,
        audio=clips[0].path.name if len(clips) == 1 else f"{len(clips)} files",
        raw=sum((accuracy.count("".join(h), accuracy.without_tags(s)) for h, s in pairs), NOTHING),
        # The pause between segments, so that a hesitation at an edge is known as one.
        normalised=sum((accuracy.count_normalised("、".join(h), s) for h, s in pairs), NOTHING),
        sound_seconds=sum(clip.sound_seconds for clip in clips),
        work_seconds=sum(clip.work_seconds for clip in clips),
        edges=compare(clips[0].segments, _sentences_of(folder)) if len(clips) == 1 else Edges(),
    )


def said_in(folder: Path, audio_name: str) -> str:
    """What was said in this clip of the folder or, where it is no list of clips, in all of it.

    Raises InvalidInput when there is no reference.
    """
    reference = _reference_of(folder)
    of_clips = {said.audio: said.text for said in reference if said.audio}
    return of_clips.get(audio_name, "".join(said.text for said in reference))


def _sentences_of(folder: Path) -> list[Timed]:
    return [sentence for said in _reference_of(folder) for sentence in said.sentences]


def _reference_of(folder: Path) -> list[Said]:
    """What was said, piece by piece. Raises InvalidInput."""
    path = folder / "reference.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [_said(entry) for entry in entries]
    except FileNotFoundError as problem:
        raise InvalidInput(
            "folder",
            f"{folder} に reference.json がありません。評価するフォルダーを確かめてください。",
        ) from problem
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InvalidInput(
            "folder", f"{path} を読めません。text のある項目の並びにしてください: {problem}"
        ) from problem


def _said(entry: dict[str, Any]) -> Said:
    sentences = (
        Timed(str(one["text"]), float(one["start_seconds"]), float(one["end_seconds"]))
        for one in entry.get("sentences", ())
    )
    return Said(str(entry["text"]), str(entry.get("audio", "")), tuple(sentences))
