"""`gijido audit …`: the audit proved, listed, taken out, archived."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from meetings.auditing import archives, checkpoints, verifying
from meetings.auditing.verifying import AuditProof
from meetings.config import Config
from meetings.disk import home
from models.database import connect, reading

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def audit() -> None:
    """Prove, list, take out and archive the audit."""


@audit.command("verify")
@click.option("--checkpoint", "given", type=FILE, multiple=True, help="Kept elsewhere.")
@click.option("--archive", "archived", type=FILE, multiple=True, help="An archive kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def verify(
    config: Config, given: tuple[Path, ...], archived: tuple[Path, ...], as_json: bool
) -> None:
    """Tell whether every line of the audit follows from the one before, and whether all agrees with
    the checkpoints. Ends with 0 when it is whole, else with 2."""
    with _engine(config) as engine, reading(engine) as session:
        proof = verifying.whole(config, session, given, archived)
    click.echo(_as_json(proof) if as_json else _as_text(proof))
    sys.exit(0 if proof.is_whole else 2)


@audit.command("checkpoint")
@click.pass_obj
def make_checkpoint(config: Config) -> None:
    """Sign a checkpoint of the newest line now, and print it."""
    with _engine(config) as engine, reading(engine) as session:
        made = checkpoints.make(config, session)
        checkpoints.bring_elsewhere(config)
    click.echo(made.text if made else "監査の記録は、まだ1行もありません。")


@audit.command("archive")
@click.pass_obj
def make_archive(config: Config) -> None:
    """Move the lines of the years that are over into a signed file."""
    with _engine(config) as engine:
        made = archives.archive(config, engine)
    if made is None:
        click.echo("書庫ファイルに移す、古い監査の記録はありません。")
        return
    click.echo(
        f"{made.first_line:,}行目から{made.last_line:,}行目までを、書庫ファイルに移しました: "
        f"{archives.folder(config) / made.file_name}"
    )


@audit.command("verify-archive")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def verify_archive(config: Config, file: Path, as_json: bool) -> None:
    """Tell whether an archive alone is whole. Ends with 0 when it is, else with 2."""
    proof = verifying.of_archive(config, file)
    click.echo(_as_json(proof) if as_json else _as_text(proof))
    sys.exit(0 if proof.is_whole else 2)


@contextmanager
def _engine(config: Config) -> Iterator[Engine]:
    home.look(config)
    engine = connect(config.database)
    yield engine
    engine.dispose()


def _as_text(proof: AuditProof) -> str:
    looked = (
        f"{proof.first_line:,}行目から{proof.last_line:,}行目まで、{proof.lines:,}行を確かめました"
        f"（節目{proof.checkpoints:,}個と照合）。"
    )
    said = ["監査の記録はそろっています。" if proof.is_whole else "監査の記録に異常があります。"]
    return "\n".join([*said, looked, *proof.problems, *proof.notes])


def _as_json(proof: AuditProof) -> str:
    said = {
        "is_whole": proof.is_whole,
        "lines": proof.lines,
        "first_line": proof.first_line,
        "last_line": proof.last_line,
        "last_link": proof.last_link.hex(),
        "broken_line": proof.broken_line,
        "checkpoints": proof.checkpoints,
        "problems": proof.problems,
        "notes": proof.notes,
    }
    return json.dumps(said, ensure_ascii=False)
