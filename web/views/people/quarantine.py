"""隔離したファイル: what the virus scanner found, and what the administrator decides on it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from meetings.scanning import quarantine
from models.person import Person, Role
from web import access
from web.transaction import config, database_session, reading_session, storage

blueprint = Blueprint("quarantine", __name__, url_prefix="/administration/quarantine")


@blueprint.get("")
@access.with_role(Role.ADMINISTRATOR)
def index(person: Person) -> ResponseReturnValue:
    has_scanner = bool(config().scanner.clamd or config().scanner.command)
    found = quarantine.known(reading_session())
    return render_template("administration/quarantine.html", found=found, has_scanner=has_scanner)


@blueprint.post("/<int:file_id>/destruction")
@access.with_role(Role.ADMINISTRATOR)
def destroy(person: Person, file_id: int) -> ResponseReturnValue:
    file = quarantine.one(database_session(), file_id)
    quarantine.destroy(database_session(), person, storage(), file)
    flash(f"「{file.file_name}」を消しました。")
    return redirect(url_for(".index"))


@blueprint.post("/<int:file_id>/admission")
@access.with_role(Role.ADMINISTRATOR)
def let_in(person: Person, file_id: int) -> ResponseReturnValue:
    file = quarantine.one(database_session(), file_id)
    quarantine.let_in(database_session(), person, storage(), file)
    flash(
        f"「{file.file_name}」を誤検知としました。{file.sent_by.name}さんに、同じファイルをもう一度"
        "送るよう伝えてください。"
    )
    return redirect(url_for(".index"))
