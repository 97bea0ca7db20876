"""`gijido evaluate`: runs the production recogniser over meeting folders and scores it afterwards,
without and with what the documents of the meeting correct.

It needs no server and no database. The reference is opened only when everything has been heard.
"""

import json
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from meetings.config import Config
from meetings.errors import InvalidInput
from minutes import accuracy, loading
from minutes.accuracy import NOTHING, Accuracy
from minutes.evaluation import items as assignment
from minutes.evaluation.folder import vocabulary_of
from minutes.evaluation.items import AssignedSeconds
from minutes.evaluation.scoring import Score, score
from minutes.proposals.selection import Selection, Teach
from minutes.recognition import backend
from minutes.recognition.heard import HeardSegment, Recognise
from minutes.recognition.pipeline import recognise_file
from minutes.sound import audio
from minutes.speech_models import speech_model
from minutes.terms.terms import MeetingVocabulary, collect
from minutes.timing_error import Edges, Timed, compare, share_near

DEFAULT_AUDIO = "audio.flac"
NO_PAPERS = collect(())


@dataclass(frozen=True)
class FolderResult:
    """The scores of one folder.

    `raw` and `normalised` count characters of the text after the documents' corrections, `heard`
    normalised ones before these, `without_papers` those after the corrections that are made
    without any document. `taught` counts corrections that were right and wrong. The seconds
    are of sound, of hearing and of correcting. `edges` are the timing errors of segments, `items`
    the seconds assigned to agenda items; both are empty where the reference gives no times or
    items.
    """

    name: str
    audio: str
    raw: Accuracy
    normalised: Accuracy
    heard: Accuracy
    without_papers: Accuracy
    taught: Score
    terms: int
    sound_seconds: float
    work_seconds: float
    taught_seconds: float
    edges: Edges
    items: AssignedSeconds


@dataclass(frozen=True)
class Materials:
    """Whose documents correct: each folder's own, those of the folder `other`, or none; and, as the
    city's earlier minutes, the references of the folders in `history`.
    """

    are_used: bool = True
    other: Path | None = None
    history: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """The scores of all folders, and the arithmetic backend that the speech model used."""

    folders: list[FolderResult]
    backend: str

    @property
    def normalised(self) -> Accuracy:
        """Return the counts after correction over all characters of all folders."""
        return sum((folder.normalised for folder in self.folders), NOTHING)

    @property
    def heard(self) -> Accuracy:
        """Return the counts before correction over all characters of all folders."""
        return sum((folder.heard for folder in self.folders), NOTHING)

    @property
    def without_papers(self) -> Accuracy:
        """Return the counts after correction without documents, over all folders."""
        return sum((folder.without_papers for folder in self.folders), NOTHING)

    @property
    def taught(self) -> Score:
        """Return the counts of right and wrong corrections over all folders."""
        return sum((folder.taught for folder in self.folders), Score())

    @property
    def edges(self) -> Edges:
        """Return the timing errors of the segments of all folders."""
        return sum((folder.edges for folder in self.folders), Edges())

    @property
    def items(self) -> AssignedSeconds:
        """Return the seconds assigned to agenda items over all folders."""
        return sum((folder.items for folder in self.folders), AssignedSeconds())

    @property
    def real_time_factor(self) -> float:
        """Return seconds of hearing for one second of sound, over all folders."""
        sound = sum(folder.sound_seconds for folder in self.folders)
        return sum(folder.work_seconds for folder in self.folders) / sound


@dataclass(frozen=True)
class ReferencePiece:
    """A piece of the reference. `audio` names its file where it is a clip of its own; `sentences`
    have times where somebody noted them.
    """

    text: str
    audio: str
    sentences: tuple[Timed, ...]


@dataclass(frozen=True)
class Clip:
    """One sound file, what was heard in it, and what was made of that with the documents and
    without any.
    """

    path: Path
    segments: list[HeardSegment]
    sound_seconds: float
    work_seconds: float
    choices: tuple[Selection, ...] = ()
    without_papers: tuple[Selection, ...] = ()
    taught_seconds: float = 0.0

    @property
    def heard(self) -> list[str]:
        """Return the texts of the segments as heard."""
        return [segment.text for segment in self.segments]

    @property
    def machine(self) -> list[str]:
        """Return the texts after the documents' corrections."""
        return [choice.text for choice in self.choices]

    @property
    def machine_without_papers(self) -> list[str]:
        """Return the texts after the corrections that need no document."""
        return [choice.text for choice in self.without_papers]


def evaluate(
    folders: list[Path],
    audio_name: str | None,
    config: Config,
    materials: Materials = Materials(),
) -> Evaluation:
    """Return errors and speed of the production recogniser, with the production chunks.

    Raises InvalidInput for a folder that cannot be evaluated, before any work is done. Of a
    reference only the names of clips are read until everything has been heard and corrected.
    """
    sounds = {folder: sounds_of(folder, audio_name) for folder in folders}
    words = {folder: vocabulary(folder, materials) for folder in folders}
    model = speech_model.choose(config)
    recognise = loading.load(config, model)
    clips = {
        folder: [hear(recognise, path, config) for path in paths]
        for folder, paths in sounds.items()
    }
    teach = loading.load_teacher(config, model)
    for folder, heard in clips.items():
        clips[folder] = [_taught(teach, clip, words[folder]) for clip in heard]
    return Evaluation(
        [_score(folder, heard, len(words[folder].terms)) for folder, heard in clips.items()],
        backend.in_use(),
    )


def vocabulary(folder: Path, materials: Materials) -> MeetingVocabulary:
    """Return the terms that correct this folder's text, as `materials` says. Raises
    InvalidInput.
    """
    earlier = [said_in(other, "") for other in materials.history if not _is_same(other, folder)]
    if not materials.are_used:
        return NO_PAPERS
    return vocabulary_of(materials.other or folder, map(accuracy.without_tags, earlier))


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _taught(teach: Teach, clip: Clip, vocabulary: MeetingVocabulary) -> Clip:
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        audio.normalise(clip.path, wav)
        started = time.monotonic()
        sound = partial(audio.read, wav)
        choices = tuple(teach(clip.segments, sound, vocabulary))
        seconds = time.monotonic() - started
        others = tuple(teach(clip.segments, sound, NO_PAPERS)) if vocabulary.terms else choices
        return replace(clip, choices=choices, without_papers=others, taught_seconds=seconds)


def sounds_of(folder: Path, audio_name: str | None) -> list[Path]:
    """Return the folder's sound file, or every file of a folder that is a list of clips.

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
    """Return the results for JSON. Rates are fractions.

    `cer` is the character error rate, normalised and without fillers, after the documents'
    corrections, `cer_without_materials` that before any, `cer_without_papers` that after the
    corrections that need no document; `rtf` is of the hearing alone. `starts_near` and `ends_near`
    are the shares of segments' edges within NEAR_SECONDS of the sentence's; `items` are seconds
    assigned to the right agenda item; null where the reference does not say. `backend` is "mkl" or
    "onednn", whose texts differ a little.
    """
    return {
        "folders": [
            {
                "name": folder.name,
                "audio": folder.audio,
                "cer_raw": folder.raw.error_rate,
                "cer": folder.normalised.error_rate,
                "cer_without_materials": folder.heard.error_rate,
                "cer_without_papers": folder.without_papers.error_rate,
                "terms": folder.terms,
                "changed": asdict(folder.taught.changed),
                "proposed": asdict(folder.taught.proposed),
                "rtf": folder.work_seconds / folder.sound_seconds,
                "rtf_of_materials": folder.taught_seconds / folder.sound_seconds,
                "seconds": folder.sound_seconds,
                "starts_near": share_near(folder.edges.starts),
                "ends_near": share_near(folder.edges.ends),
                "items": _seconds(folder.items),
            }
            for folder in evaluation.folders
        ],
        "backend": evaluation.backend,
        "cer": evaluation.normalised.error_rate,
        "cer_without_materials": evaluation.heard.error_rate,
        "cer_without_papers": evaluation.without_papers.error_rate,
        "changed": asdict(evaluation.taught.changed),
        "proposed": asdict(evaluation.taught.proposed),
        "rtf": evaluation.real_time_factor,
        "starts_near": share_near(evaluation.edges.starts),
        "ends_near": share_near(evaluation.edges.ends),
        "items": _seconds(evaluation.items),
    }


def as_table(evaluation: Evaluation) -> str:
    """Return the results as a table of text. 「CER heard」 is before the corrections, 「alone」
    after those that need no document, 「CER」 after those with the documents; changed and proposed
    are right/wrong.
    """
    lines = [
        f"{'':<22}{'audio':<17}{'sound s':>8}{'CER heard':>10}{'alone':>7}{'CER':>7}{'less':>7}"
        f"{'CER raw':>8}{'terms':>7}{'changed':>9}{'proposed':>9}{'RTF':>7}{'+RTF':>7}"
        f"{'starts':>7}{'ends':>6}{'items':>7}"
    ]
    for folder in as_json(evaluation)["folders"]:
        lines.append(
            f"{folder['name']:<22}{folder['audio']:<17}{folder['seconds']:>8.1f}"
            f"{_rates(folder)}{folder['cer_raw']:>8.3f}{folder['terms']:>7}{_counts(folder)}"
            f"{folder['rtf']:>7.3f}{folder['rtf_of_materials']:>7.3f}{_edges(folder)}"
            f"{_items(folder)}"
        )
    total = as_json(evaluation)
    lines.append(
        f"{'all':<47}{_rates(total)}{'':>15}{_counts(total)}{total['rtf']:>7.3f}{'':>7}{_edges(total)}"
        f"{_items(total)}"
    )
    lines.append(f"backend: {total['backend']}")
    return "\n".join(lines)


def _rates(counted: dict[str, Any]) -> str:
    before, after = counted["cer_without_materials"], counted["cer"]
    less = f"{after / before - 1:>+7.0%}" if before else f"{'-':>7}"
    return f"{before:>10.3f}{counted['cer_without_papers']:>7.3f}{after:>7.3f}{less}"


def _counts(counted: dict[str, Any]) -> str:
    return "".join(
        f"{counted[key]['right']:>5}/{counted[key]['wrong']:<3}" for key in ("changed", "proposed")
    )


def _edges(counted: dict[str, Any]) -> str:
    return _share(counted["starts_near"]) + _share(counted["ends_near"])


def _seconds(items: AssignedSeconds) -> dict[str, float] | None:
    if not items.seconds:
        return None
    return {"right_seconds": items.right, "seconds": items.seconds}


def _items(counted: dict[str, Any]) -> str:
    items = counted["items"]
    return " " + _share(items and items["right_seconds"] / items["seconds"])


def _share(share: float | None) -> str:
    return f"{'-':>6}" if share is None else f"{share:>6.2f}"


def _clip_names(folder: Path) -> list[str]:
    return [said.audio for said in _reference_of(folder) if said.audio]


def _usual_name(folder: Path) -> str:
    others = sorted(path.name for path in folder.glob("audio.*"))
    return others[0] if others and DEFAULT_AUDIO not in others else DEFAULT_AUDIO


def hear(recognise: Recognise, path: Path, config: Config) -> Clip:
    """Recognise the file and return what was heard, and how long that took."""
    started = time.monotonic()
    seconds, heard = recognise_file(recognise, path, config.speech)
    worked = time.monotonic() - started
    return Clip(path, heard, seconds, worked)


def _score(folder: Path, clips: list[Clip], terms: int) -> FolderResult:
    said = [said_in(folder, clip.path.name) for clip in clips]
    pairs = list(zip(clips, said, strict=True))
    timed = [Timed(h.text, h.start_seconds, h.end_seconds) for h in clips[0].segments]
    return FolderResult(
        name=folder.resolve().name,
        audio=clips[0].path.name if len(clips) == 1 else f"{len(clips)} files",
        raw=sum(
            (accuracy.count("".join(c.machine), accuracy.without_tags(s)) for c, s in pairs),
            NOTHING,
        ),
        normalised=sum((_normalised(clip.machine, s) for clip, s in pairs), NOTHING),
        heard=sum((_normalised(clip.heard, s) for clip, s in pairs), NOTHING),
        without_papers=sum(
            (_normalised(clip.machine_without_papers, s) for clip, s in pairs), NOTHING
        ),
        taught=sum((score(c.heard, c.choices, s) for c, s in pairs if c.choices), Score()),
        terms=terms,
        sound_seconds=sum(clip.sound_seconds for clip in clips),
        work_seconds=sum(clip.work_seconds for clip in clips),
        taught_seconds=sum(clip.taught_seconds for clip in clips),
        edges=compare(timed, sentences_of(folder)) if len(clips) == 1 else Edges(),
        items=_assigned(clips[0], folder) if len(clips) == 1 else AssignedSeconds(),
    )


def _assigned(clip: Clip, folder: Path) -> AssignedSeconds:
    return assignment.compare(clip.segments, clip.machine, folder)


def _normalised(texts: list[str], said: str) -> Accuracy:
    """Count with a pause between segments, so that a hesitation at an edge is recognised as
    one.
    """
    return accuracy.count_normalised("、".join(texts), said)


def said_in(folder: Path, audio_name: str) -> str:
    """Return what was said in this clip of the folder or, where it is no list of clips, in all of
    it.

    Raises InvalidInput when there is no reference.
    """
    reference = _reference_of(folder)
    of_clips = {said.audio: said.text for said in reference if said.audio}
    return of_clips.get(audio_name, "".join(said.text for said in reference))


def sentences_of(folder: Path) -> list[Timed]:
    """Return the sentences that were said, with times, as far as the reference gives them. Raises
    InvalidInput.
    """
    return [sentence for said in _reference_of(folder) for sentence in said.sentences]


def _reference_of(folder: Path) -> list[ReferencePiece]:
    """Return the pieces of the reference. Raises InvalidInput."""
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


def _said(entry: dict[str, Any]) -> ReferencePiece:
    sentences = (
        Timed(str(one["text"]), float(one["start_seconds"]), float(one["end_seconds"]))
        for one in entry.get("sentences", ())
    )
    return ReferencePiece(str(entry["text"]), str(entry.get("audio", "")), tuple(sentences))
