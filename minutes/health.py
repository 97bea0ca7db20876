"""Checks the state of the installation: each finding is fine or not, with a sentence that says what
to do. 「運用」 shows them, `gijido check` prints them (and checks more, `minutes/inspection.py`).

To check something new, write a function here that yields its findings, and name it in `QUICK`.
"""

import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings import cell, certificates, dates, periodic, setbacks
from meetings.config import MEGABYTE, Config
from meetings.directory import rounds
from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.documents import preparation
from meetings.errors import ConfigurationError, ScannerSilent
from meetings.invitations import mail
from meetings.scanning import quarantine, scanners
from minutes.conversion import dictionary
from minutes.records import published
from minutes.terms import papers
from minutes.transcription import progress
from models.base import now
from models.upload import Upload, UploadState

LITTLE_SPACE_BYTES = 10_000_000_000
CERTIFICATE_WARNED_BEFORE = timedelta(days=60)
SIGNATURES_OLD_AFTER = timedelta(days=7)
DIRECTORY_WARNED_AFTER = timedelta(hours=36)
SET_ASIDE_SHOWN_FOR = timedelta(days=30)
LEAST_ATTEMPTS = 3
ASK = "サーバーのログを添えて、開発元に相談してください。"
RESTING = {
    preparation.KIND: (
        "頁を読み取れない資料の版",
        "資料を開いて確かめ、作ったソフトでPDFに書き出し直して差し替えてください。",
    ),
    papers.KIND: ("用語を集められない会議", ASK),
    published.KIND: ("組み立てられない公開会議録", ASK),
}
"""For each kind of setback: what cannot be done, and what to do about it."""


class Level(StrEnum):
    """How serious a finding is."""

    FINE = "fine"
    WARNING = "warning"
    PROBLEM = "problem"

    @property
    def label(self) -> str:
        """Return its Japanese word."""
        return {"fine": "正常", "warning": "注意", "problem": "異常"}[self]


@dataclass(frozen=True)
class Finding:
    """The result of a check. `name` is a word for scripts that says what was checked; `sentence`
    says in Japanese what is so, and what to do.
    """

    name: str
    level: Level
    sentence: str


def quick(config: Config, session: Session) -> list[Finding]:
    """Return all findings that take no time, the worst first."""
    return worst_first(finding for check in QUICK for finding in check(config, session))


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings in the order in which people should read them."""
    return sorted(found, key=lambda finding: WORST_FIRST.index(finding.level))


def worker(config: Config, session: Session) -> Iterator[Finding]:
    """Yield the finding whether the worker that transcribes is running."""
    if progress.is_worker_running(session):
        yield Finding("worker", Level.FINE, "文字起こしの処理（ワーカー）が動いています。")
        return
    last = progress.last_sign(session)
    since = f"{dates.in_full(last)}{dates.clock(last)}から" if last else ""
    yield Finding(
        "worker",
        Level.PROBLEM if home.is_served(config.home) else Level.WARNING,
        f"文字起こしの処理（ワーカー）が{since}動いていません。サーバーで gijido serve を起動し直す"
        "か、gijido worker を起動してください。録音は順番待ちのまま残り、起動すると続きから"
        "始まります。",
    )


def disk(config: Config, _session: Session | None = None) -> Iterator[Finding]:
    """Yield the finding whether there is enough free space for the data directory."""
    free = shutil.disk_usage(config.home).free
    if free < config.limits.spare_mb * MEGABYTE:
        yield Finding(
            "disk",
            Level.PROBLEM,
            f"ディスクの空きが{config.limits.spare_mb:,} MBを切り、録音の送信を断っています。"
            "ほかのファイルを移すか、ディスクを増やしてください。",
        )
    elif free < LITTLE_SPACE_BYTES:
        yield Finding(
            "disk",
            Level.WARNING,
            "ディスクの空きが10 GBを切っています。いっぱいになると、録音も資料も受け取れなく"
            "なります。ほかのファイルを移すか、ディスクを増やしてください。",
        )
    else:
        yield Finding("disk", Level.FINE, f"ディスクの空きは{free / 1e9:,.1f} GBです。")


def certificate(config: Config, _session: Session | None = None) -> Iterator[Finding]:
    """Yield findings on how long the certificates of the server and of the authority are valid,
    where terminals connect by TLS.
    """
    try:
        ends = certificates.ends(config)
    except ConfigurationError as problem:
        yield Finding("certificate", Level.PROBLEM, problem.message)
        return
    for name, ends_at in ends.items():
        day = dates.in_full(ends_at)
        how = _how_to_renew(name)
        if ends_at <= now():
            sentence = f"{name}が{day}に切れました。端末から接続できません。{how}"
            yield Finding("certificate", Level.PROBLEM, sentence)
        elif ends_at - now() < CERTIFICATE_WARNED_BEFORE:
            sentence = f"{name}が{day}に切れます。{how}"
            yield Finding("certificate", Level.WARNING, sentence)
        else:
            yield Finding("certificate", Level.FINE, f"{name}は{day}まで有効です。")


def _how_to_renew(name: str) -> str:
    if name == "認証局の証明書":
        return (
            "home の tls フォルダーを別の名前で取っておき、gijido certificate を実行し直して、"
            "新しい認証局を端末に登録してください。"
        )
    return (
        "gijido certificate を同じホスト名で実行し、起動し直してください（ほかで発行した証明書は、"
        "発行元で更新してください）。"
    )


def conversion(_config: Config, _session: Session | None = None) -> Iterator[Finding]:
    """Yield a warning when the dictionary for words of the same sound is missing or damaged."""
    if sentence := dictionary.problem():
        yield Finding("conversion", Level.WARNING, sentence)


def lost_files(config: Config, _session: Session) -> Iterator[Finding]:
    """Yield a problem when stored files were found missing or broken."""
    lost = Storage(config.home).wholeness.lost()
    if not lost:
        return
    missing = sum(file.is_missing for file in lost)
    yield Finding(
        "lost_files",
        Level.PROBLEM,
        f"保存したファイルのうち{len(lost)}件が読み出せません（見つからないもの {missing}件、壊れて"
        f"いるもの {len(lost) - missing}件）。gijido check でどれかが分かります。バックアップの"
        " files から同じ名前のファイルを戻すか、手元のファイルをもう一度登録してください。"
        "ディスクの故障も疑ってください。",
    )


def rights_of_files(config: Config, _session: Session | None = None) -> Iterator[Finding]:
    """Yield a warning when other accounts of the machine can read files of the data directory."""
    opened = home.open_to_others(config.home)
    if opened:
        yield Finding(
            "file_rights",
            Level.WARNING,
            f"データのファイル{len(opened)}件を、サーバーのほかの利用者が読めます（{opened[0].name}"
            f" など）。chmod -R go= {config.home} を実行してください。",
        )


def rights_of_settings(config: Config, _session: Session | None = None) -> Iterator[Finding]:
    """Yield a warning when every account of the machine can read passwords in the settings."""
    if config.has_secrets and config.file.exists() and config.file.stat().st_mode & stat.S_IROTH:
        yield Finding(
            "settings_rights",
            Level.WARNING,
            f"{config.file.name} にパスワードがありますが、この機械のだれでも読めます。"
            f"chmod o= {config.file} を実行してください。",
        )


def walls(_config: Config, _session: Session | None = None) -> Iterator[Finding]:
    """Yield the finding whether files from outside are opened in a sandbox."""
    if warning := cell.warning():
        yield Finding("walls", Level.WARNING, warning)
    else:
        yield Finding("walls", Level.FINE, "資料や録音は、囲いの中で開いています。")


def virus_scanner(config: Config, session: Session) -> Iterator[Finding]:
    """Yield findings on the virus scanner, where the city has one, and on what waits in the
    quarantine.
    """
    if count := quarantine.waiting(session):
        yield Finding(
            "quarantine",
            Level.WARNING,
            f"ウイルス検査で隔離したファイルが{count}件、扱いを待っています。「運用」の「隔離した"
            "ファイル」で、消すか、誤検知として通すかを決めてください。",
        )
    scanner = scanners.of_settings(config.scanner)
    if scanner is None:
        return
    try:
        made_at = scanner.signatures_of()
    except ScannerSilent:
        yield Finding(
            "scanner",
            Level.PROBLEM,
            "ウイルス検査（[scanner]）が答えません。そのあいだ、資料も録音も受け付けられません。"
            "clamd が動いているか、設定の場所が合っているかを確かめてください。",
        )
        return
    if made_at and now() - made_at > SIGNATURES_OLD_AFTER:
        yield Finding(
            "scanner",
            Level.WARNING,
            f"ウイルス検査の定義が{dates.in_full(made_at)}のままです。freshclam などの更新が"
            "止まっていないか確かめてください。",
        )
    else:
        yield Finding("scanner", Level.FINE, "ウイルス検査が動いています。")


def set_aside(config: Config, session: Session) -> Iterator[Finding]:
    """Yield a warning for each kind of work that failed and was put aside while the rest goes on:
    mail, refused uploads, and what is tried again at intervals.
    """
    since = now() - SET_ASIDE_SHOWN_FOR
    yield from _mail(config, session, since)
    refused = select(func.count(), func.max(Upload.changed_at)).where(
        Upload.state == UploadState.REFUSED, Upload.changed_at > since
    )
    if count := session.execute(refused).one()[0]:
        yield Finding(
            "uploads",
            Level.WARNING,
            f"受け付けられなかった録音が{count}件あります。理由は、その会議の「録音」に出ていて、"
            "送ったファイルを取り出せます。",
        )
    for kind, (what, advice) in RESTING.items():
        if resting := setbacks.standing(session, kind, LEAST_ATTEMPTS):
            yield Finding(
                kind,
                Level.WARNING,
                f"{what}が{len(resting)}件あり（番号 {resting[-1].thing} など）、間をおいて"
                f"やり直しています。ほかのものは続いています。続くときは、{advice}",
            )


def _mail(config: Config, session: Session, since: datetime) -> Iterator[Finding]:
    given_up = mail.given_up(since)
    count = session.scalar(select(func.count()).select_from(given_up.subquery()))
    newest = session.scalar(given_up.limit(1))
    if newest is not None and config.mail.smtp_host:
        yield Finding(
            "mail",
            Level.WARNING,
            f"この30日に送れなかったメールが{count}通あります。いちばん新しい理由："
            f"{newest.problem}　誰に届いていないかは、その会議の「出欠」で分かります。",
        )


def periodic_tasks_that_fail(_config: Config, session: Session) -> Iterator[Finding]:
    """Yield a problem for each periodic task that keeps failing."""
    for setback in setbacks.standing(session, periodic.KIND, LEAST_ATTEMPTS):
        since = f"{dates.in_full(setback.began_at)}{dates.clock(setback.began_at)}"
        yield Finding(
            "errand",
            Level.PROBLEM,
            f"「{setback.thing}」が{since}から{setback.attempts}回続けて失敗しています"
            f"（{setback.problem}）。ほかの処理は続いています。サーバーのログを確かめ、"
            "ディスクの空きとファイルの権限を見てください。",
        )


def directory(config: Config, session: Session) -> Iterator[Finding]:
    """Yield whether the accounts are as the city's directory says, where there is one."""
    if not config.directory.is_used:
        return
    last, finished = rounds.last_round(session), rounds.last_finished(session)
    day = f"{dates.in_full(finished.began_at)}{dates.clock(finished.began_at)}" if finished else ""
    if last is None:
        sentence = "職員のディレクトリーとは、まだ合わせていません。"
        yield Finding("directory", Level.WARNING, sentence)
    elif last.problem:
        since = f"最後に合わせたのは{day}です。" if day else ""
        yield Finding("directory", Level.WARNING, last.problem + since)
    elif last.began_at < now() - DIRECTORY_WARNED_AFTER:
        sentence = f"職員のディレクトリーと合わせたのは、{day}が最後です。"
        yield Finding(
            "directory", Level.WARNING, sentence + "ワーカーが動いているか確かめてください。"
        )
    else:
        refused = (
            f"取り込めない人が{last.refused}人います（gijido directory sync --dry-run で分かる）。"
        )
        yield Finding(
            "directory",
            Level.WARNING if last.refused else Level.FINE,
            f"職員のディレクトリーとは{day}に合わせました。{refused if last.refused else ''}",
        )


Check = Callable[[Config, Session], Iterable[Finding]]
WORST_FIRST = (Level.PROBLEM, Level.WARNING, Level.FINE)
QUICK: tuple[Check, ...] = (
    worker,
    disk,
    certificate,
    walls,
    conversion,
    lost_files,
    virus_scanner,
    rights_of_files,
    rights_of_settings,
    set_aside,
    directory,
    periodic_tasks_that_fail,
)
