"""`gijido audit …`: the audit proved, listed, taken out, archived."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import IO, Any

import click
from sqlalchemy import Engine

from meetings import audit as noting
from meetings.auditing import archives, checkpoints, exporting, listing, verifying
from meetings.auditing.exporting import AuditFile
from meetings.auditing.listing import AuditFilter
from meetings.auditing.verifying import AuditProof
from meetings.config import Config
from meetings.disk import home
from meetings.errors import InvalidInput
from models.audit import AuditLine
from models.database import connect, reading, writing

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
DAY = click.DateTime(formats=["%Y-%m-%d"])
FILTERED = {one.name for one in fields(AuditFilter)}


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


FILTERS = (
    click.option("--from", "first_day", type=DAY, help="From this day on, as 2026-04-01."),
    click.option("--until", "last_day", type=DAY, help="Until this day."),
    click.option("--login", default="", help="Of this person."),
    click.option("--verb", default="", help="What was done: look, correct, sign_in …"),
    click.option("--meeting", "meeting_id", type=int, help="Of the meeting with this number."),
    click.option("--address", default="", help="From this address."),
    click.option("--refused/--done", "is_refused", default=None, help="Only these."),
    click.option("--words", default="", help="In what was done, to what, by whom."),
)


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a filter, which it takes as `wanted`."""

    @wraps(command)
    def called(
        *args: Any, first_day: datetime | None, last_day: datetime | None, **given: Any
    ) -> None:
        own = {name: given.pop(name) for name in list(given) if name not in FILTERED}
        first, last = (day.date() if day else None for day in (first_day, last_day))
        command(*args, wanted=AuditFilter(first_day=first, last_day=last, **given), **own)

    for option in reversed(FILTERS):
        called = option(called)
    return called


@audit.command("list")
@filtered
@click.option("--count", type=click.IntRange(1, 10_000), default=50, help="The newest so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def list_lines(config: Config, wanted: AuditFilter, count: int, as_json: bool) -> None:
    """List lines of the audit, the newest first. That it was read is noted."""
    with _engine(config) as engine:
        _note(engine, "look")
        with reading(engine) as session:
            page = listing.page(session, wanted, count)
            rows = [listing.cells(line, page) for line in page.lines]
    if as_json:
        click.echo(json.dumps({"lines": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo("\t".join("" if value is None else str(value) for value in row.values()))


@audit.command("export")
@filtered
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format", "kind", type=click.Choice([kind.value for kind in AuditFile]), default="csv"
)
@click.pass_obj
def export(config: Config, file: Path, wanted: AuditFilter, kind: str) -> None:
    """Write lines of the audit to a new FILE, the newest first. That they were taken out is
    noted."""
    with _engine(config) as engine, _new(file) as stream:
        _note(engine, "export")
        stream.writelines(exporting.written(engine, wanted, AuditFile(kind)))
    click.echo(f"監査の記録を {file} に書き出しました。")


@contextmanager
def _new(file: Path) -> Iterator[IO[str]]:
    """Open a file that is for the eyes of its owner, and never one that is there."""
    try:
        file.touch(mode=0o600, exist_ok=False)
    except OSError as problem:
        raise InvalidInput("file", f"{file} を新しく作れません: {problem.strerror}") from problem
    with file.open("w", encoding="utf-8", newline="") as stream:
        yield stream


def _note(engine: Engine, verb: str) -> None:
    with writing(engine) as session, session.begin():
        noting.note(session, None, verb, AuditLine())


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
