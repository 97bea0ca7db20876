"""`gijido retention`: how long what is kept, what will go, and the certificates of what went."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.errors import NotFound
from minutes.recordings.watching import person_with_login
from minutes.retention import certificates, holds, plan, rules
from minutes.retention.plan import PlannedDeletion
from minutes.retention.rules import KeptFor
from models.database import connect, reading, writing
from models.meeting import Meeting
from models.retention import RULED_KINDS, CountedFrom, Deletion, KeptKind, PeriodUnit

KINDS = click.Choice([kind.value for kind in RULED_KINDS])


@click.group("retention")
def retention() -> None:
    """How long what is kept, what will go when, and the certificates of what went."""


@retention.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def list_planned(config: Config, as_json: bool) -> None:
    """List what will go within a year, the first one first."""
    home.prepare(config)
    with reading(connect(config.database)) as session:
        every = [_facts(one) for one in plan.planned(session, config.retention)]
    if as_json:
        click.echo(json.dumps(every, ensure_ascii=False))
        return
    for one in every:
        held = "　凍結中" if one["is_held"] else ""
        click.echo(
            f"{one['goes_at'][:10]}　会議{one['meeting_id']}　{one['label']}　{one['rule']}{held}"
        )


@retention.command("rule")
@click.argument("kind", type=KINDS)
@click.argument("amount", type=click.IntRange(1, 3650), required=False)
@click.option("--unit", type=click.Choice([unit.value for unit in PeriodUnit]), default="years")
@click.option(
    "--from", "event", type=click.Choice([one.value for one in CountedFrom]), default="approval"
)
@click.option("--april", is_flag=True, help="Count from the 1st of April after the event.")
@click.option("--as", "login", required=True, help="Who decides: the login of an administrator.")
@click.pass_obj
def set_rule(
    config: Config,
    kind: str,
    amount: int | None,
    unit: str,
    event: str,
    april: bool,
    login: str,
) -> None:
    """Keep KIND in the whole city for AMOUNT days or years; without AMOUNT for ever."""
    home.prepare(config)
    kept_for = KeptFor(amount, PeriodUnit(unit), CountedFrom(event), april)
    with writing(connect(config.database)) as session, session.begin():
        by = person_with_login(session, login)
        rules.set_rule(session, by, None, KeptKind(kind), kept_for)
    click.echo(f"{KeptKind(kind).label}　{kept_for.words}")


@retention.command("hold")
@click.argument("meeting_id", metavar="MEETING", type=int)
@click.option("--reason", required=True)
@click.option("--series", "is_of_series", is_flag=True, help="All meetings of its series.")
@click.option("--as", "login", required=True, help="Who holds it: a login.")
@click.pass_obj
def hold(config: Config, meeting_id: int, reason: str, is_of_series: bool, login: str) -> None:
    """Let nothing of MEETING (its number) be deleted. Prints the number of the hold."""
    home.prepare(config)
    with writing(connect(config.database)) as session, session.begin():
        meeting = _meeting(session, meeting_id)
        by = person_with_login(session, login)
        placed = holds.place(session, by, meeting.series if is_of_series else meeting, reason)
        session.flush()
        number = placed.id
    click.echo(number)


@retention.command("lift")
@click.argument("meeting_id", metavar="MEETING", type=int)
@click.argument("hold_id", metavar="HOLD", type=int)
@click.option("--as", "login", required=True, help="Who lifts it: a login.")
@click.pass_obj
def lift(config: Config, meeting_id: int, hold_id: int, login: str) -> None:
    """Lift HOLD (its number) of MEETING."""
    home.prepare(config)
    with writing(connect(config.database)) as session, session.begin():
        found = holds.hold_of(session, _meeting(session, meeting_id), hold_id)
        holds.lift(session, person_with_login(session, login), found)


@retention.command("certificates")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def list_certificates(config: Config, as_json: bool) -> None:
    """List what was deleted, the newest first."""
    home.prepare(config)
    with reading(connect(config.database)) as session:
        every = [_deletion(one) for one in certificates.listed(session)]
    if as_json:
        click.echo(json.dumps(every, ensure_ascii=False))
        return
    for one in every:
        when = (one["finished_at"] or "削除の途中")[:10]
        click.echo(
            f"第{one['number']}号　{when}　会議{one['meeting_id']}　{one['label']}　{one['rule']}"
        )


@retention.command("certificate")
@click.argument("number", type=int)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.pass_obj
def write_certificate(config: Config, number: int, out: Path) -> None:
    """Write certificate NUMBER to a file: the signed sheet where it ends with .pdf, else JSON."""
    home.prepare(config)
    with reading(connect(config.database)) as session:
        deletion = certificates.required(session, number)
        if out.suffix.lower() == ".pdf":
            sheet = Storage(config.home).whole(deletion.pdf_sha256 or "")
            out.write_bytes(sheet.read_bytes())
        else:
            out.write_text(deletion.certificate or "", encoding="utf-8")
    click.echo(out)


def _meeting(session: Session, meeting_id: int) -> Meeting:
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound()
    return meeting


def _facts(one: PlannedDeletion) -> dict[str, Any]:
    return {
        "meeting_id": one.meeting.id,
        "kind": one.kind.value,
        "label": one.kind.label,
        "rule": one.ground.rule,
        "due_at": one.due_at.isoformat(),
        "goes_at": one.goes_at.isoformat(),
        "warned_at": one.warned_at and one.warned_at.isoformat(),
        "is_held": one.is_held,
    }


def _deletion(one: Deletion) -> dict[str, Any]:
    return {
        "number": one.id,
        "meeting_id": one.meeting_id,
        "kind": one.kind.value,
        "label": KeptKind(one.kind).label,
        "rule": one.rule,
        "by": one.decided_by.name if one.decided_by else None,
        "finished_at": one.finished_at and one.finished_at.isoformat(),
    }
