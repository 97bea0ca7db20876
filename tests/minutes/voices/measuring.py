"""How often a voiceprint names the right voice of another meeting:

    python -m tests.minutes.voices.measuring SOUND…

Each sound lies in a meeting's folder; its `meeting.json` says whose synthetic voice each speaker
has. Prints are made from one meeting and compared with the voices of every other one, for every
choice of those who agreed: all that speak are there, but not all of them have a print.
"""

import itertools
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from meetings.config import Config
from minutes.sound import audio
from minutes.speakers import suggestions
from minutes.voices import embeddings, weights
from minutes.voices.embeddings import Embedding
from minutes.voices.networks import Networks
from minutes.voices.speaker_turns import SpeakerTurn
from minutes.voices.stretches import Stretch
from minutes.voices.voices import tell_apart

LEAST = Config().speakers.voiceprint_likeness

Voices = dict[str, Embedding]
"""By the name of the synthetic voice."""


def main(sounds: list[Path]) -> None:
    networks = Networks(weights.load(Config()))
    heard = {sound: voices_of(sound, networks) for sound in sounds}
    print(f"{'prints':<12}{'voices':<12}{'right':>8}{'wrong':>8}{'missed':>8}{'nobody':>8}")
    for (prints, compared), count in sorted(compare_all(heard).items()):
        print(
            f"{prints:<12}{compared:<12}{count['right']:>8}{count['wrong']:>8}"
            f"{count['missed']:>8}{count['nobody']:>8}"
        )


def voices_of(sound: Path, networks: Networks) -> Voices:
    """As the step would keep them, from all that each voice says alone."""
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        audio.normalise(sound, wav)
        told = tell_apart(wav, networks)
    parts = defaultdict[int, list[tuple[Embedding, float]]](list)
    names = defaultdict[int, Counter[str]](Counter)
    reference = _reference(sound.parent)
    for each in told.heard:
        voice = int(_at(told.turns, each.stretch)[0].voice)
        parts[voice].append((each.embedding, each.stretch.seconds))
        names[voice].update(str(said.voice) for said in _at(reference, each.stretch))
    found = {voice: embeddings.mean(said) for voice, said in parts.items()}
    return {
        names[voice].most_common(1)[0][0]: embedding
        for voice, embedding in found.items()
        if embedding is not None
    }


def compare_all(heard: dict[Path, Voices]) -> dict[tuple[str, str], Counter[str]]:
    """By the kind of sound that prints and voices come from."""
    counts = defaultdict[tuple[str, str], Counter[str]](Counter)
    for one, other in itertools.permutations(heard, 2):
        if one.parent != other.parent:
            kinds = one.stem, other.stem
            for agreed in _choices(heard[one]):
                counts[kinds] += compare(agreed, heard[other])
    return dict(counts)


def compare(prints: Voices, voices: Voices) -> Counter[str]:
    """`wrong`: a name that is not this voice's; `nobody`: rightly none."""
    who, names = list(voices), list(prints)
    found = suggestions.match(list(voices.values()), list(prints.values()), LEAST)
    counted: Counter[str] = Counter()
    for place, voice in enumerate(who):
        suggested = names[found[place]] if place in found else None
        if suggested is not None:
            counted["right" if suggested == voice else "wrong"] += 1
        else:
            counted["missed" if voice in prints else "nobody"] += 1
    return counted


def _choices(voices: Voices) -> Iterator[Voices]:
    for count in range(1, len(voices) + 1):
        for names in itertools.combinations(voices, count):
            yield {name: voices[name] for name in names}


def _reference(folder: Path) -> list[SpeakerTurn]:
    meeting = json.loads((folder / "meeting.json").read_text(encoding="utf-8"))
    voices = {person["name"]: person["voice"] for person in meeting["attendees"]}
    turns = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    return [
        SpeakerTurn(said["start_seconds"], said["end_seconds"], voices[turn["speaker"]])
        for turn in turns
        for said in turn["sentences"]
    ]


def _at(said: list[SpeakerTurn], stretch: Stretch) -> list[SpeakerTurn]:
    middle = (stretch.start_seconds + stretch.end_seconds) / 2
    return [one for one in said if one.start_seconds <= middle < one.end_seconds]


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
