"""The command line: `gijido …`. Everything that the screens do not do, and the servers."""

import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
import uvicorn
from sqlalchemy import select

from meetings import cell, certificates, home
from meetings import config as settings
from meetings.config import Config
from meetings.errors import GijidoError
from meetings.storage import Storage
from minutes import evaluation, health, word_evaluation
from minutes.health import Level
from minutes.proposals.choosing import Teach
from minutes.recognition import recogniser
from minutes.recognition.heard import FindWords, Recognise
from minutes.recognition.speech_model import SpeechModel
from minutes.speakers import evaluation as voices
from minutes.watching import Watch
from minutes.worker import Worker
from models.database import connect, reading, writing
from models.person import Person
from web.app import create_app
from web.asgi import raise_file_limit, serving
from web.bench_commands import bench
from web.beside import give_way, share_memory, worker_beside
from web.check_command import check
from web.demo import accounts as demo_accounts
from web.demo import people as demo_people
from web.demo.load import load as load_demo
from web.import_command import import_transcript
from web.model_commands import model
from web.user_commands import user

SWITCH_SECONDS = 0.0005


@click.group()
@click.option("--config", "file", type=click.Path(path_type=Path), default=settings.DEFAULT_FILE)
@click.pass_context
def cli(context: click.Context, file: Path) -> None:
    """議事堂（Gijido）"""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for quiet in ("alembic", "huey"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    home.keep_to_oneself()
    context.obj = settings.load(file)


def main() -> None:
    """Errors that have a sentence for people end the program with it, without a traceback."""
    try:
        cli()
    except GijidoError as problem:
        sys.exit(f"gijido: {problem.message}")


@cli.command()
@click.pass_obj
def serve(config: Config) -> None:
    """Start the web server and one worker. Ctrl-C stops both."""
    tls = _tls(config)
    # The event loop sends to thousands of terminals while other threads make pages: it must
    # not wait 5 ms for each of its turns at the interpreter.
    sys.setswitchinterval(SWITCH_SECONDS)
    with home.served(config):
        app = create_app(config)
        _tell_of_certificates(config)
        _tell_of_walls()
        threading.Thread(target=_tell_of_demo, args=(config,), daemon=True).start()
        with worker_beside(config):
            click.echo(f"議事堂: {config.address}/  （終了は Ctrl-C）")
            raise_file_limit()
            options = serving(app, host=config.server.host, port=config.server.port, **tls)
            uvicorn.Server(options).run()


def _tell_of_certificates(config: Config) -> None:
    for finding in health.certificate(config):
        if finding.level != Level.FINE:
            click.echo(f"{finding.level.label}: {finding.sentence}", err=True)


def _tell_of_demo(config: Config) -> None:
    """Beside the start: comparing passwords takes a moment."""
    with reading(connect(config.database)) as session:
        for finding in demo_accounts.finding(config, session):
            click.echo(f"{finding.level.label}: {finding.sentence}", err=True)


def _tell_of_walls() -> None:
    if warning := cell.warning():
        logging.getLogger(__name__).warning(warning)


def _tls(config: Config) -> dict[str, Any]:
    """What uvicorn is told for TLS; nothing without it."""
    server = config.server
    if not server.tls_certificate:
        return {}
    certificate, key = config.path(server.tls_certificate), config.path(server.tls_key)
    certificates.check(certificate, key)
    return {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}


@cli.command("certificate")
@click.argument("host")
@click.option("--more", multiple=True, help="Another name or IP address of the server.")
@click.pass_obj
def make_certificate(config: Config, host: str, more: tuple[str, ...]) -> None:
    """Make a certificate for HOST by an authority of the city's own, or renew it."""
    certificate, key = certificates.make_certificate(config, [host, *more])
    click.echo("証明書をつくりました。config.toml の [server] に次の2行を書いてください。")
    click.echo(f'tls_certificate = "{certificate}"')
    click.echo(f'tls_key = "{key}"')
    click.echo(
        f"端末への登録のしかたは、起動してから https://{host}:{config.server.port}/trust へ。"
    )


@cli.command()
@click.option("--parent", type=int, help="Stop when this process is gone.")
@click.pass_obj
def worker(config: Config, parent: int | None) -> None:
    """Transcribe what waits, until stopped."""
    share_memory()
    if parent is None:
        _tell_of_walls()
    else:
        give_way()
    home.prepare(config)

    def load(model: SpeechModel, language: str) -> Recognise:
        return recogniser.load(config, model, language)

    def load_teacher(model: SpeechModel) -> Teach:
        return recogniser.load_teacher(config, model)

    def load_word_finder(model: SpeechModel, language: str) -> FindWords:
        return recogniser.load_word_finder(config, model, language)

    working = Worker(config, connect(config.database), load, load_teacher, load_word_finder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: working.stop())
    if parent:
        threading.Thread(target=_stop_with, args=(parent, working), daemon=True).start()
    working.run()


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as", "login", required=True, help="Whose recordings they are: a login.")
@click.option("--once", is_flag=True, help="Go through the folder once and end.")
@click.pass_obj
def watch(config: Config, folder: Path, login: str, once: bool) -> None:
    """Take in the recordings that are dropped into FOLDER."""
    home.prepare(config)
    watching = Watch(config, connect(config.database), Storage(config.home), folder, login)
    if once:
        done = watching.run_once()
        click.echo(f"受付 {done.taken}件、受け付けられず {done.refused}件、次回へ {done.left}件")
        return
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    watching.run(stopping)


@cli.command("migrate")
@click.pass_obj
def migrate_database(config: Config) -> None:
    """Bring the database to the newest tables."""
    home.prepare(config)


@cli.command("demo")
@click.pass_obj
def load_demo_city(config: Config) -> None:
    """Load three meetings in three states, unless there are people already."""
    home.prepare(config)
    if load_demo(config):
        click.echo("デモの会議を3つ登録しました。")
    with writing(connect(config.database)) as session:
        logins = set(session.scalars(select(Person.login)))
    present = [known for known in demo_people.PEOPLE if known.login in logins]
    if present:
        click.echo(f"デモの利用者（パスワードはどれも {demo_people.PASSWORD}）:")
    for known in present:
        click.echo(f"  {known.login:<10} {known.name}（{known.part}）")


FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@cli.command()
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
    as_json: bool,
) -> None:
    """Character error rate and real-time factor of the recogniser on meeting folders, without and
    with what the papers of each meeting teach; with --speakers the diarization error rate;
    with --words how true the time of each word is, and the machine's own doubt of it."""
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
    materials = evaluation.Materials(not no_materials, materials_from, history)
    result = evaluation.evaluate(list(folders), audio, config, materials)
    if as_json:
        click.echo(json.dumps(evaluation.as_json(result), ensure_ascii=False))
    else:
        click.echo(evaluation.as_table(result))


cli.add_command(model)
cli.add_command(check)
cli.add_command(bench)
cli.add_command(import_transcript)
cli.add_command(user)


def _stop_with(parent: int, working: Worker) -> None:
    while os.getppid() == parent:
        threading.Event().wait(1)
    working.stop()


if __name__ == "__main__":
    main()
