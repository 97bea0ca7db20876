"""`gijido evaluate`: how good the recogniser is, on meetings whose words are known."""

import json
from pathlib import Path

import click

from meetings.config import Config
from minutes.evaluation import digests, recognition, voices
from minutes.evaluation import words as word_evaluation

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command(
    "evaluate", short_help="How well speech is heard, on meetings whose words are known."
)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--audio", help="Another sound file of the folder than audio.flac.")
@click.option("--no-materials", is_flag=True, help="Without what the papers teach.")
@click.option(
    "--materials-from", type=FOLDER, help="The papers of another meeting instead of its own."
)
@click.option(
    "--history", multiple=True, type=FOLDER, help="A meeting as the city's earlier minutes; repeat."
)
@click.option("--speakers", is_flag=True, help="How well voices are told apart, nothing else.")
@click.option("--words", is_flag=True, help="Times and doubts of words, nothing else.")
@click.option(
    "--digests", "as_digests", is_flag=True, help="What drafted digests keep, nothing else."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def evaluate(
    config: Config,
    folders: tuple[Path, ...],
    audio: str | None,
    no_materials: bool,
    materials_from: Path | None,
    history: tuple[Path, ...],
    speakers: bool,
    words: bool,
    as_digests: bool,
    as_json: bool,
) -> None:
    """Character error rate and real-time factor of the recogniser on meeting folders, without and
    with what the papers of each meeting teach; with --speakers the diarization error rate;
    with --words how true the time of each word is, and the machine's own doubt of it;
    with --digests how much of what readers want a drafted digest keeps (of `digest.json`)."""
    if as_digests:
        scores = digests.evaluate(folders)
        found_scores = {"meetings": [one.as_json() for one in scores]}
        as_text = digests.as_table(scores)
        click.echo(json.dumps(found_scores, ensure_ascii=False) if as_json else as_text)
        return
    if speakers:
        found = voices.evaluate(list(folders), audio, config)
        as_text = voices.as_table(found)
        click.echo(json.dumps(voices.as_json(found), ensure_ascii=False) if as_json else as_text)
        return
    if words:
        timed = word_evaluation.evaluate(list(folders), audio, config)
        as_text = word_evaluation.as_table(timed)
        click.echo(json.dumps(word_evaluation.as_json(timed)) if as_json else as_text)
        return
    materials = recognition.Materials(not no_materials, materials_from, history)
    result = recognition.evaluate(list(folders), audio, config, materials)
    if as_json:
        click.echo(json.dumps(recognition.as_json(result), ensure_ascii=False))
    else:
        click.echo(recognition.as_table(result))
