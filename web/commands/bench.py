"""`gijido bench …`: measurements of the running product on this machine.

Each command loads its bench when it is called: together they load the whole product.
"""

import json
import secrets
from contextlib import nullcontext
from pathlib import Path

import click

from meetings.config import Config


@click.group()
def bench() -> None:
    """Measure the running product on this machine."""


@bench.command("live")
@click.option("--clients", default=1500, show_default=True)
@click.option("--turns", default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_live(clients: int, turns: int, as_json: bool) -> None:
    """Turn pages before many terminals: delivery delay, losses, memory."""
    from web.bench import live

    measured = live.measure(clients, turns)
    words = json.dumps(live.as_json(measured)) if as_json else live.as_table(measured)
    click.echo(words)


@bench.command("audit")
@click.option("--lines", default=100_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_audit(lines: int, as_json: bool) -> None:
    """Measure what a line of the audit costs, with and without its chain, and verifying it."""
    from web.bench import audit

    measured = audit.measure(lines)
    click.echo(json.dumps(audit.as_json(measured)) if as_json else audit.as_table(measured))


@bench.command("lock")
@click.option("--segments", default=4500, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_lock(segments: int, as_json: bool) -> None:
    """Measure how long each changing route holds the write lock, on a long transcript."""
    from web.bench import lock

    measured = lock.measure(segments)
    made = lock.as_json(measured)
    click.echo(json.dumps(made) if as_json else lock.as_table(measured))


@bench.command("documents")
@click.option("--pages", default=300, show_default=True)
@click.option("--megabytes", default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_documents(pages: int, megabytes: int, as_json: bool) -> None:
    """Measure a heavy PDF: received, opened, leafed through in Chromium."""
    from web.bench import documents

    measured = documents.measure(pages, megabytes)
    made = documents.as_json(measured)
    click.echo(json.dumps(made) if as_json else documents.as_table(measured))


@bench.command("return")
@click.option("--tries", default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_return(tries: int, as_json: bool) -> None:
    """Measure how soon a terminal that lost the server is right again, in Chromium."""
    from web.bench import returning

    measured = returning.measure(tries)
    made = returning.as_json(measured)
    click.echo(json.dumps(made) if as_json else returning.as_table(measured))


@bench.command("forms")
@click.option("--pages", default=400, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_forms(pages: int, as_json: bool) -> None:
    """Measure a long record as Word file, PDF and text, and its Word file that comes back."""
    from web.bench import forms

    measured = forms.measure(pages)
    click.echo(json.dumps(forms.as_json(measured)) if as_json else forms.as_table(measured))


@bench.command("import")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("--audio", help="Another sound file of the folder than audio.flac.")
@click.option("--characters", type=int, help="Align a made text of so many characters instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def bench_import(
    config: Config,
    folders: tuple[Path, ...],
    audio: str | None,
    characters: int | None,
    as_json: bool,
) -> None:
    """Measure how far the begins of a transcript without times are off when the sound places it."""
    from web.bench import imports

    if characters:
        click.echo(json.dumps(imports.measure_length(characters)))
        return
    measured = imports.measure(folders, audio, config)
    made = imports.as_json(measured)
    click.echo(json.dumps(made) if as_json else imports.as_table(measured))


@bench.command("recording")
@click.argument("audio", type=click.Path(path_type=Path), required=False)
@click.option(
    "--silence",
    "hours",
    type=click.FloatRange(min=0, min_open=True),
    help="Instead of AUDIO: so many hours of nothing.",
)
@click.option("--to-the-end", is_flag=True, help="Through the steps after the text as well.")
@click.option("--curve", type=click.Path(path_type=Path), help="Draw time and memory here (SVG).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_recording(
    audio: Path | None, hours: float | None, to_the_end: bool, curve: Path | None, as_json: bool
) -> None:
    """Measure one recording, however long, through the worker: time and memory all the way."""
    from web.bench import recording

    if (audio is None) == (hours is None):
        raise click.UsageError("AUDIO か --silence のどちらか一方を指定してください。")
    sound = nullcontext(audio) if audio else recording.silence(hours or 0)
    with sound as path:
        watched = recording.measure(
            path, lambda words: click.echo(words, err=True), to_the_end=to_the_end
        )
    made = recording.as_json(watched)
    click.echo(json.dumps(made) if as_json else recording.as_table(watched))
    if curve:
        curve.write_text(recording.as_curve(watched), encoding="utf-8")


@bench.command("transcription")
@click.argument("audio", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--reference", type=click.Path(path_type=Path), help="Folder with reference.json.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def bench_transcription(
    config: Config, audio: tuple[Path, ...], reference: Path | None, as_json: bool
) -> None:
    """Compare our recogniser with faster-whisper's own on AUDIO, in turn: speed, errors, memory.

    AUDIO are sound files, or folders with a reference.json and their sound or clips.
    """
    from web.bench import transcription

    measured = transcription.measure(audio, reference, config)
    made = transcription.as_json(measured)
    click.echo(json.dumps(made) if as_json else transcription.as_table(measured))


@bench.command("editor")
@click.option("--segments", default=4500, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_editor(segments: int, as_json: bool) -> None:
    """Measure a transcript of hours in the editor, in Chromium: opening, typing, scrolling,
    memory."""
    from web.bench import editor

    measured = editor.measure(segments)
    made = editor.as_json(measured)
    click.echo(json.dumps(made) if as_json else editor.as_table(measured))


@bench.command("items")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
def bench_items(folders: tuple[Path, ...]) -> None:
    """Measure the seconds of meeting folders assigned to the right agenda item, with and without
    turns."""
    from minutes.evaluation import items as assignment

    for path in folders:
        click.echo("\n".join(assignment.table(path)))


@bench.command("correcting")
@click.argument("name", default="finance-committee")
@click.option("--json", "as_json", is_flag=True, help="One JSON array alone on stdout.")
def bench_correcting(name: str, as_json: bool) -> None:
    """Measure how a machine transcript of the demo is corrected by keyboard in Chromium: keys and
    decisions."""
    from web.bench import correcting
    from web.demo.builders import folder

    measured = correcting.measure(folder(name))
    made = correcting.as_json(measured)
    click.echo(json.dumps(made) if as_json else correcting.as_table(measured))


@bench.command("growth")
@click.option(
    "--percent",
    "percents",
    multiple=True,
    type=click.FloatRange(min=0, min_open=True, max=100),
    default=(1, 20),
    show_default=True,
    help="Of ten years of a large city; once for each home.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    help="Make the homes in this folder, and use those that are there already.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_growth(percents: tuple[float, ...], keep: Path | None, as_json: bool) -> None:
    """Measure every page that a person opens, after a little and after much of ten years."""
    from web.bench import growth

    measured = growth.measure(list(percents), keep, lambda words: click.echo(words, err=True))
    made = growth.as_json(measured)
    click.echo(json.dumps(made, ensure_ascii=False) if as_json else growth.as_table(measured))


@bench.command("hostile")
@click.option("--clients", default=300, show_default=True, help="Terminals of the meeting.")
@click.option("--seconds", default=120.0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_hostile(clients: int, seconds: float, as_json: bool) -> None:
    """Measure a meeting while others do their worst: half-sent bodies, slow readers, guessers,
    readers of the whole archive, files that choke their readers."""
    from web.bench import hostile

    measured = hostile.measure(clients, seconds, lambda words: click.echo(words, err=True))
    made = hostile.as_json(measured)
    click.echo(json.dumps(made) if as_json else hostile.as_table(measured))


@bench.command("signing-in")
@click.option("--people", default=70, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_signing_in(people: int, as_json: bool) -> None:
    """Measure everybody signing in at the same moment, while pages are turned."""
    from web.bench import signing_in

    measured = signing_in.measure(people)
    made = signing_in.as_json(measured)
    click.echo(json.dumps(made) if as_json else signing_in.as_table(measured))


@bench.command("soak")
@click.option("--kills", default=200, show_default=True, help="Of the server or its worker.")
@click.option("--seed", type=int, help="Of the accidents and of what people do; else a new one.")
@click.option("--locked-seconds", default=20.0, show_default=True, help="By another program.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
def bench_soak(kills: int, seed: int | None, locked_seconds: float, as_json: bool) -> None:
    """Kill, freeze and lock out a server at which people work; nothing acknowledged may be lost."""
    from web.bench.soak import soak

    chosen = secrets.randbelow(2**32) if seed is None else seed
    soaked = soak.soak(kills, chosen, locked_seconds)
    click.echo(json.dumps(soak.as_json(soaked)) if as_json else soak.as_table(soaked))
    if not soaked.is_clean:
        raise SystemExit(1)
