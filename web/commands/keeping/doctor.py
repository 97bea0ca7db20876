"""`gijido doctor`: what is wrong with an installation, and what to do."""

import click

from meetings.config import Config, with_environment
from meetings.errors import ConfigurationError
from minutes.diagnosis import diagnosis
from minutes.health import Finding, Level
from web.commands.keeping.check import tell


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def doctor(config: Config | ConfigurationError, as_json: bool) -> None:
    """Say what is wrong with this installation, before anybody can start it.

    Changes nothing. Ends with 0 when all is well, 1 with warnings, 2 with problems. Settings that
    cannot be read are a problem too; the rest is then looked at with the usual ones.
    """
    if isinstance(config, ConfigurationError):
        unread = Finding("settings", Level.PROBLEM, config.message)
        tell([unread, *diagnosis.diagnose(with_environment(Config()))], as_json=as_json)
    settings = Finding("settings", Level.FINE, f"設定ファイル {config.file} を読めます。")
    tell([*diagnosis.diagnose(config), settings], as_json=as_json)
