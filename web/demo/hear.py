"""Makes `heard.json` of the demo's folders anew: what the packaged speech model hears.

`python -m web.demo.hear` runs the production recogniser over the sound of the meetings that
the demo shows already transcribed; nothing in these files is written by hand.
"""

import json
from dataclasses import asdict

from meetings import config as settings
from minutes import loading
from minutes.recognition.pipeline import recognise_file
from minutes.speech_models import speech_model
from web.demo.builders import MeetingFolder, folder

TRANSCRIBED = ("finance-committee", "section-meeting")


def hear(source: MeetingFolder) -> None:
    config = settings.load()
    model = speech_model.choose(config)
    recognise = loading.load(config, model)
    _, heard = recognise_file(recognise, source.audio, config.speech)
    made = {"speech_model_sha256": model.sha256, "segments": [asdict(h) for h in heard]}
    text = json.dumps(made, ensure_ascii=False, indent=1)
    (source.path / "heard.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in TRANSCRIBED:
        hear(folder(name))
