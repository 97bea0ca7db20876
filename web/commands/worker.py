"""`gijido worker` and `gijido watch`: what works beside the server."""

import os
import signal
import threading
from pathlib import Path

import click

from meetings.config import Config
from meetings.disk import home
from meetings.disk.storage import Storage
from minutes import loading
from minutes.proposals.selection import Teach
from minutes.recognition.heard import FindTokenTimings, Recognise
from minutes.recordings.watching import FolderWatch
from minutes.speech_models.speech_model import SpeechModel
from minutes.worker.worker import Worker
from models.database import connect
from web.commands import startup_warnings
from web.commands.beside import give_way, share_memory


@click.command("worker")
@click.option("--parent", type=int, help="Stop when this process is gone.")
@click.pass_obj
def worker(config: Config, parent: int | None) -> None:
    """Transcribe what waits, until stopped."""
    share_memory()
    if parent is None:
        startup_warnings.warn_of_missing_walls()
    else:
        give_way()
    home.prepare(config)

    def load(model: SpeechModel, language: str) -> Recognise:
        return loading.load(config, model, language)

    def load_teacher(model: SpeechModel) -> Teach:
        return loading.load_teacher(config, model)

    def load_word_finder(model: SpeechModel, language: str) -> FindTokenTimings:
        return loading.load_word_finder(config, model, language)

    working = Worker(config, connect(config.database), load, load_teacher, load_word_finder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: working.stop())
    if parent:
        threading.Thread(target=_stop_with, args=(parent, working), daemon=True).start()
    working.run()


@click.command("watch")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as", "login", required=True, help="Whose recordings they are: a login.")
@click.option("--once", is_flag=True, help="Go through the folder once and end.")
@click.pass_obj
def watch(config: Config, folder: Path, login: str, once: bool) -> None:
    """Take in the recordings that are dropped into FOLDER."""
    home.prepare(config)
    watching = FolderWatch(config, connect(config.database), Storage(config.home), folder, login)
    if once:
        done = watching.run_once()
        click.echo(f"受付 {done.taken}件、受け付けられず {done.refused}件、次回へ {done.left}件")
        return
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    watching.run(stopping)


def _stop_with(parent: int, working: Worker) -> None:
    while os.getppid() == parent:
        threading.Event().wait(1)
    working.stop()
