"""`gijido backup`, `gijido backup-key` and `gijido restore`."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import click
from pyrage.x25519 import Identity

from meetings.config import Config
from meetings.disk import home
from meetings.errors import BackupFailed
from minutes.backups import history, keys, making, rehearsal, restoring
from minutes.backups.keys import Recipients
from minutes.backups.making import MadeBackup
from minutes.backups.rehearsal import Rehearsed
from minutes.backups.restoring import Restored
from models.database import connect

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
PROBLEM = 2


@click.command("backup", short_help="Make an encrypted backup at TARGET while the server runs.")
@click.argument("target", type=FOLDER, required=False)
@click.option("--recipient", multiple=True, help="Who can read it (age1…), beside the settings.")
@click.option("--read-all", is_flag=True, help="Read everything that lies there already, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def make_backup(
    config: Config, target: Path | None, recipient: tuple[str, ...], read_all: bool, as_json: bool
) -> None:
    """Make an encrypted backup of everything at TARGET (else the one of the settings), while the
    server runs: what is not there yet is written, read back, and what is over is removed.

    Ends with 0, with 1 when something is wrong with it all the same, else with a sentence.
    """
    if target is None and not config.backup.target:
        raise BackupFailed(
            "バックアップの場所を指定してください（または config.toml の [backup] target）。"
        )
    home.look(config)
    readers = Recipients(tuple(dict.fromkeys([*config.backup.recipients, *recipient])))
    made = making.make(
        config, target or config.path(config.backup.target), readers, reads_all=read_all
    )
    engine = connect(config.database)
    history.note_made(engine, made)
    engine.dispose()
    click.echo(making.as_json(made) if as_json else _told(made))
    sys.exit(1 if made.remarks else 0)


@click.command("backup-key", short_help="Make the key with which backups are read, in FILE.")
@click.argument("file", type=FILE)
@click.option("--passphrase", "has_passphrase", is_flag=True, help="Ask for a passphrase for it.")
def make_key(file: Path, has_passphrase: bool) -> None:
    """Make the key with which backups are read, in FILE. It does not belong on the server."""
    words = ""
    if has_passphrase:
        words = click.prompt("パスフレーズ", hide_input=True, confirmation_prompt="もう一度")
    public = keys.make(file, words)
    click.echo(f"鍵をつくりました: {file}")
    click.echo(
        "このファイルを、サーバーとは別の安全な所に2つ以上置いてください。なくすと、バックアップは"
    )
    click.echo("だれにも読めません。config.toml の [backup] に次の行を書いてください。")
    click.echo(f'recipients = ["{public}"]')


@click.command("restore", short_help="Bring a backup back from TARGET into an empty home.")
@click.argument("target", type=FOLDER)
@click.option("--at", default="", help="The name of the backup, such as 20260401T173000Z.")
@click.option("--key", type=FILE, help="The key file; else TARGET/key.age.")
@click.option("--passphrase-file", type=FILE, help="Where the key's passphrase stands; else asked.")
@click.option("--rehearse", is_flag=True, help="Prove it in a place of its own, and remove it.")
@click.option("--in", "beside", type=FOLDER, help="Where the rehearsal finds room.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def restore(
    config: Config,
    target: Path,
    at: str,
    key: Path | None,
    passphrase_file: Path | None,
    rehearse: bool,
    beside: Path | None,
    as_json: bool,
) -> None:
    """Bring the newest backup back from TARGET into an empty home, on this machine or a new one.

    Ends with 0, with 2 when some files could not be brought back, else with a sentence.
    """
    identities = _identities(key or target / "key.age", passphrase_file)
    if rehearse:
        place = beside or Path(tempfile.gettempdir())
        rehearsed = rehearsal.rehearse(config, target, identities, at, beside=place)
        click.echo(_json(rehearsed) if as_json else _told_rehearsed(rehearsed))
        sys.exit(0 if rehearsed.is_good else PROBLEM)
    restored = restoring.restore(config, target, identities, at)
    click.echo(_json(restored) if as_json else _told_restored(restored))
    sys.exit(PROBLEM if restored.damaged else 0)


def _identities(key: Path, passphrase_file: Path | None) -> list[Identity]:
    words = ""
    if keys.needs_passphrase(key):
        if passphrase_file is not None:
            words = passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
        else:
            words = click.prompt("鍵のパスフレーズ", hide_input=True)
    return list(keys.read(key, words))


def _json(found: Restored | Rehearsed) -> str:
    return json.dumps(asdict(found), ensure_ascii=False)


def _told(made: MadeBackup) -> str:
    seconds = (made.ended_at - made.began_at).total_seconds()
    lines = [
        f"バックアップ {made.name} ができました: {made.target}",
        f"ファイル{made.files:,}件、全部で{made.size_bytes / 1e6:,.1f} MB。新しく書いて読み直した"
        "もの"
        f" {made.new_bytes / 1e6:,.1f} MB（{made.new_objects:,}件）、{seconds:,.1f}秒。",
    ]
    if made.removed:
        lines.append(f"残す数を過ぎたバックアップを{len(made.removed)}件消しました。")
    return "\n".join([*lines, *(f"注意  {remark}" for remark in made.remarks)])


def _told_restored(restored: Restored) -> str:
    lines = [
        f"バックアップ {restored.name} を戻しました。",
        f"ファイル{restored.files - len(restored.damaged):,}件、表の行{restored.rows:,}行。",
        f"サインイン{restored.ended_sign_ins:,}件を終わらせました。全員がサインインし直します。",
        "バックアップのあとに利用を終わりにした人、変えた役割とパスワードは、もう一度確かめてください。",
        "設定とTLSの鍵のうち home の外にあったものは、home の from-backup にあります。",
    ]
    return "\n".join([*lines, *_missing(restored)])


def _told_rehearsed(rehearsed: Rehearsed) -> str:
    restored = rehearsed.restored
    lines = [
        f"バックアップ {restored.name} を別の場所に戻して確かめ、消しました。",
        f"ファイル{restored.files - len(restored.damaged):,}件、表の行{restored.rows:,}行。",
        *(f"{finding.level.label}  {finding.sentence}" for finding in rehearsed.findings),
    ]
    if rehearsed.opened:
        lines.append(f"会議録「{rehearsed.opened}」を開きました（{rehearsed.paragraphs:,}段落）。")
    verdict = (
        "このバックアップで元に戻せます。" if rehearsed.is_good else "元どおりには戻せません。"
    )
    return "\n".join([*lines, *_missing(restored), verdict])


def _missing(restored: Restored) -> list[str]:
    lines = [f"異常  戻せなかったファイル: {path}" for path in restored.damaged]
    if restored.lost_before:
        count = len(restored.lost_before)
        lines.append(
            f"注意  バックアップをとったときに、もう失われていたファイルが{count}件あります。"
        )
    return lines
