"""Makes `heard.json` of the demo's folders anew: what the packaged speech model hears.

`python -m web.demo.hear` runs the production recogniser over the sound of the meetings that
the demo shows already transcribed; nothing in these files is written by hand.
"""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from meetings import config as settings
from minutes.recognition import audio, decoding, speech_model, windows
from minutes.recognition.pipeline import recognise_chunk
from web.demo.builders import MeetingFolder, folder

TRANSCRIBED = ("finance-committee", "section-meeting")


def hear(source: MeetingFolder) -> None:
    config = settings.load()
    model = speech_model.choose(config)
    recognise = decoding.load(model, config.speech.threads)
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        audio.normalise(source.audio, wav)
        spans = windows.cut_chunks(
            wav, config.speech.first_chunk_seconds, config.speech.chunk_seconds
        )
        heard = [h for start, end in spans for h in recognise_chunk(recognise, wav, start, end)]
    made = {"speech_model_sha256": model.sha256, "segments": [asdict(h) for h in heard]}
    text = json.dumps(made, ensure_ascii=False, indent=1)
    (source.path / "heard.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in TRANSCRIBED:
        hear(folder(name))
