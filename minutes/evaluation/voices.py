"""`gijido evaluate --speakers`: the diarization error rate on meeting folders, without and with the
true number of voices. The reference is opened only after diarization.
"""

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meetings.config import Config
from meetings.errors import InvalidInput
from minutes.evaluation.error_rate import VoiceErrors, compare
from minutes.evaluation.recognition import sounds_of
from minutes.sound import audio
from minutes.voices import voices, weights
from minutes.voices.networks import Networks
from minutes.voices.speaker_turns import SpeakerTurn


@dataclass(frozen=True)
class VoicesResult:
    """The scores of one folder. `errors` and `count` are without help, `errors_with_count` with the
    true number of voices; `work_seconds` is for the diarization without help.
    """

    name: str
    audio: str
    errors: VoiceErrors
    errors_with_count: VoiceErrors
    count: int
    true_count: int
    sound_seconds: float
    work_seconds: float


def evaluate(folders: list[Path], audio_name: str | None, config: Config) -> list[VoicesResult]:
    """Return the scores of each folder. Raises InvalidInput for a folder that cannot be evaluated,
    before any work is done.
    """
    sounds = {folder: sounds_of(folder, audio_name) for folder in folders}
    for folder, paths in sounds.items():
        if len(paths) > 1:
            raise InvalidInput("folder", f"{folder} は短い音声の集まりです。会議のフォルダーで。")
    networks = Networks(weights.load(config), config.speech.threads)
    return [_evaluate(folder, path, networks) for folder, (path,) in sounds.items()]


def as_json(results: list[VoicesResult]) -> dict[str, Any]:
    """Return the results for JSON. Rates are fractions of the reference's speech, by the field's
    definition.
    """
    return {
        "folders": [
            {
                "name": result.name,
                "audio": result.audio,
                "seconds": result.sound_seconds,
                "rtf": result.work_seconds / result.sound_seconds,
                "speakers": {
                    "der": result.errors.rate,
                    "der_with_count": result.errors_with_count.rate,
                    "count": result.count,
                    "true_count": result.true_count,
                },
            }
            for result in results
        ],
        "der": sum((result.errors for result in results), VoiceErrors()).rate,
        "der_with_count": sum((r.errors_with_count for r in results), VoiceErrors()).rate,
    }


def as_table(results: list[VoicesResult]) -> str:
    """Return the results as a table of text: DER in %; missed, false alarm and confused are
    without the number of voices.
    """
    lines = [
        f"{'':<22}{'audio':<18}{'sound s':>8}{'DER':>7}{'missed':>8}{'false':>7}{'wrong':>7}"
        f"{'voices':>8}{'really':>7}{'DER, count given':>18}{'RTF':>7}"
    ]
    for result in results:
        errors = result.errors
        parts = [_share(each, errors) for each in (errors.missed, errors.false_alarm)]
        lines.append(
            f"{result.name:<22}{result.audio:<18}{result.sound_seconds:>8.1f}"
            f"{_percent(errors.rate):>7}{parts[0]:>8}{parts[1]:>7}"
            f"{_share(errors.confused, errors):>7}{result.count:>8}{result.true_count:>7}"
            f"{_percent(result.errors_with_count.rate):>18}"
            f"{result.work_seconds / result.sound_seconds:>7.3f}"
        )
    return "\n".join(lines)


def _evaluate(folder: Path, path: Path, networks: Networks) -> VoicesResult:
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        audio.normalise(path, wav)
        started = time.monotonic()
        alone = voices.tell_apart(wav, networks).turns
        worked = time.monotonic() - started
        reference = _reference_of(folder)
        true_count = len({said.voice for said in reference})
        counted = voices.tell_apart(wav, networks, true_count).turns
        return VoicesResult(
            name=folder.resolve().name,
            audio=path.name,
            errors=compare(reference, alone),
            errors_with_count=compare(reference, counted),
            count=len({turn.voice for turn in alone}),
            true_count=true_count,
            sound_seconds=audio.length_seconds(wav),
            work_seconds=worked,
        )


def _reference_of(folder: Path) -> list[SpeakerTurn]:
    path = folder / "reference.json"
    try:
        return [
            SpeakerTurn(
                float(one["start_seconds"]), float(one["end_seconds"]), str(turn["speaker"])
            )
            for turn in json.loads(path.read_text(encoding="utf-8"))
            for one in turn["sentences"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InvalidInput(
            "folder", f"{path} に発言者と文ごとの時刻がありません: {problem}"
        ) from problem


def _share(seconds: float, errors: VoiceErrors) -> str:
    return _percent(seconds / errors.total if errors.total else None)


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{100 * rate:.1f}"
