"""The command line, `gijido …`: everything that the screens do not do, and the servers.

What a command needs is loaded when it is called: a new password does not wait for the speech
engine.
"""

import errno
import getpass
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meetings.errors import ConfigurationError, GijidoError, StorageFull

if TYPE_CHECKING:
    from meetings.audit import LineOrigin

PROGRAMS = ("serve", "watch", "worker")
"""What they do by themselves is nobody's command."""


@dataclass(frozen=True)
class CommandPlace:
    """Where a command stands, and its help in one sentence, as the command itself has it."""

    module: str
    name: str
    help: str


COMMANDS = {
    "audit": CommandPlace(
        "web.commands.audit", "audit", "Prove, list, take out and archive the audit."
    ),
    "backup": CommandPlace(
        "web.commands.keeping.backup",
        "make_backup",
        "Make an encrypted backup at TARGET while the server runs.",
    ),
    "backup-key": CommandPlace(
        "web.commands.keeping.backup",
        "make_key",
        "Make the key with which backups are read, in FILE.",
    ),
    "bench": CommandPlace(
        "web.commands.bench", "bench", "Measure the running product on this machine."
    ),
    "check": CommandPlace(
        "web.commands.keeping.check",
        "check",
        "Look whether everything is as it should be: database, files, disk, certificate, worker.",
    ),
    "doctor": CommandPlace(
        "web.commands.keeping.doctor",
        "doctor",
        "Say what is wrong with this installation, before anybody can start it.",
    ),
    "evaluate": CommandPlace(
        "web.commands.evaluate",
        "evaluate",
        "How well speech is heard, on meetings whose words are known.",
    ),
    "certificate": CommandPlace(
        "web.commands.keeping.home",
        "make_certificate",
        "Make a certificate for HOST by an authority of the city's own, or renew it.",
    ),
    "migrate": CommandPlace(
        "web.commands.keeping.home", "migrate_database", "Bring the database to the newest tables."
    ),
    "demo": CommandPlace(
        "web.commands.demo",
        "load_demo_city",
        "Load three meetings in three states, unless there are people already.",
    ),
    "directory": CommandPlace(
        "web.commands.directory",
        "directory",
        "Accounts that the city's directory (LDAP, Active Directory) keeps.",
    ),
    "export": CommandPlace(
        "web.commands.records.export",
        "export_meeting",
        "Write everything of a meeting to one ZIP that is readable without Gijido.",
    ),
    "import": CommandPlace(
        "web.commands.imports",
        "import_transcript",
        "Take in FILE (txt, docx, srt, vtt, Whisper's JSON) as a transcript of a recording.",
    ),
    "model": CommandPlace(
        "web.commands.model",
        "model",
        "Speech models: the packaged one, folders below speech-models/, the one of the settings.",
    ),
    "record": CommandPlace(
        "web.commands.records.record",
        "record",
        "Write the official record of a meeting to a file, or verify such a file.",
    ),
    "restore": CommandPlace(
        "web.commands.keeping.backup",
        "restore",
        "Bring a backup back from TARGET into an empty home.",
    ),
    "retention": CommandPlace(
        "web.commands.records.retention",
        "retention",
        "How long what is kept, what will go when, and the certificates of what went.",
    ),
    "serve": CommandPlace("web.commands.serve", "serve", "Start the web server and one worker."),
    "transcript": CommandPlace(
        "web.commands.transcript",
        "write_transcript",
        "Write transcript NUMBER to a file: txt, srt, vtt, csv, docx or json.",
    ),
    "user": CommandPlace(
        "web.commands.people.user", "user", "People, their passwords and their roles."
    ),
    "watch": CommandPlace(
        "web.commands.worker", "watch", "Take in the recordings that are dropped into FOLDER."
    ),
    "worker": CommandPlace(
        "web.commands.worker", "worker", "Transcribe what waits, until stopped."
    ),
}


class Commands(click.Group):
    """Loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        command = getattr(import_module(place.module), place.name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in sorted(COMMANDS.items())])


@click.group(cls=Commands)
@click.option("--config", "file", type=click.Path(path_type=Path), help="Instead of config.toml.")
@click.pass_context
def cli(context: click.Context, file: Path | None) -> None:
    """議事堂（Gijido）"""
    # Not above: `gijido --help` needs neither the settings nor SQLAlchemy behind the home.
    from meetings import audit
    from meetings import config as settings
    from meetings.disk import home
    from web.commands import logs

    home.restrict_new_files()
    try:
        context.obj = settings.load(file or settings.DEFAULT_FILE)
    except ConfigurationError as problem:
        if context.invoked_subcommand != "doctor":
            raise
        context.obj = problem  # which it tells with everything else
        return
    logs.begin(context.obj.log)
    if context.invoked_subcommand not in PROGRAMS:
        context.with_resource(audit.coming_from(_by_hand()))


def _by_hand() -> "LineOrigin":
    """Return the origin of what a command does: the account of the machine, and before `sudo`."""
    from meetings.audit import LineOrigin
    from models.audit import Way

    return LineOrigin(Way.COMMAND, (os.environ.get("SUDO_USER") or getpass.getuser())[:45])


def main() -> None:
    """Run the command line. Errors that have a sentence for people end the program with it, without
    a traceback."""
    try:
        cli()
    except GijidoError as problem:
        sys.exit(f"gijido: {problem.message}")
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.exit(f"gijido: {StorageFull().message}")


if __name__ == "__main__":
    main()
