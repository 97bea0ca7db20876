"""Proves that the audit is whole: link by link from its beginning, and by its checkpoints."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from meetings import signing
from meetings.auditing import archives, checkpoints, stored
from meetings.auditing.checkpoints import AuditCheckpoint
from meetings.auditing.stored import StoredLine
from meetings.config import Config
from meetings.errors import FileRejected
from models.audit_chain import FIRST, link_of

LAST_LINES = 1000
"""So many lines at the end are looked at when it must not take time."""


@dataclass
class AuditProof:
    """What is known of the audit. `problems`: sentences on what is wrong, none when it is whole;
    `notes`: what could not be looked at; `broken_line`: the first line that does not follow from
    the one before; `links`: those of the lines that checkpoints are about."""

    lines: int = 0
    first_line: int = 0
    last_line: int = 0
    last_link: bytes = FIRST
    broken_line: int | None = None
    checkpoints: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    links: dict[int, bytes] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return not self.problems


def whole(
    config: Config,
    session: Session,
    given: Sequence[Path] = (),
    archived: Sequence[Path] = (),
) -> AuditProof:
    """Return what all lines of archives and table and all checkpoints say together: those `given`
    from elsewhere, of the home, and of the folder of the settings. `archived`: archives that lie
    elsewhere."""
    proof = AuditProof()
    known = list(_readable(proof, [*given, *_there(config)]))
    wanted = {checkpoint.line for checkpoint in known}
    _walk_archives(config, session, proof, wanted, archived)
    proof.last_link = stored.beginning(session) if not proof.lines else proof.last_link
    _walk(proof, stored.lines(session), wanted)
    _compare(config, session, proof, known)
    return proof


def end(config: Config, session: Session) -> AuditProof:
    """Return whether the last lines are linked and agree with the newest checkpoint: what can be
    known at once."""
    proof = AuditProof()
    first, last = stored.ends(session)
    after = max(first - 1, last - LAST_LINES)
    linked = stored.link_at(session, after)
    proof.last_link = linked or stored.beginning(session)
    _walk(proof, stored.lines(session, after), set())
    newest = list(_readable(proof, checkpoints.files(config)[-1:]))
    for checkpoint in newest:
        if (link := stored.link_at(session, checkpoint.line)) is not None:
            proof.links[checkpoint.line] = link
    _compare(config, session, proof, newest)
    return proof


def _there(config: Config) -> list[Path]:
    try:
        return checkpoints.everywhere(config)
    except OSError:
        return checkpoints.files(config)


def _readable(proof: AuditProof, files: Iterable[Path]) -> Iterator[AuditCheckpoint]:
    for file in files:
        try:
            yield checkpoints.read(file)
        except FileRejected as problem:
            proof.problems.append(problem.message)


def _walk_archives(
    config: Config,
    session: Session,
    proof: AuditProof,
    wanted: set[int],
    archived: Sequence[Path],
) -> None:
    """Follow the chain through the archives, from the first one that is there."""
    elsewhere = {file.name: file for file in archived}
    for row in archives.all_of(session):
        name, sha256, last_link = row.file_name, row.sha256, row.last_link
        file = elsewhere.get(name, archives.folder(config) / name)
        if not file.exists():
            proof.notes.append(
                f"書庫ファイル {name} はここにありません。その中は確かめていません。"
            )
        elif archives.hash_of(file) != sha256:
            proof.problems.append(f"書庫ファイル {name} が、作ったときと違います。")
        else:
            try:
                _walk(proof, archives.lines_in(file), wanted)
            except FileRejected as problem:
                proof.problems.append(problem.message)
        proof.last_link = last_link


def _walk(proof: AuditProof, lines: Iterable[StoredLine], wanted: set[int]) -> None:
    """Follow the chain through these lines; remember the links that are wanted."""
    previous = proof.last_link
    for content, link in lines:
        number = content[0]
        assert isinstance(number, int)
        if link != link_of(previous, content) and proof.broken_line is None:
            proof.broken_line = number
            proof.problems.append(
                f"{number:,}行目が、その前の行とつながりません。この行が書き換えられたか、前の行が"
                "抜き取られています。"
            )
        if number in wanted:
            proof.links[number] = link
        previous, proof.lines, proof.last_line = link, proof.lines + 1, number
        proof.first_line = proof.first_line or number
    proof.last_link = previous


def _compare(
    config: Config, session: Session, proof: AuditProof, known: Sequence[AuditCheckpoint]
) -> None:
    trusted = signing.trusted(config)
    first = stored.ends(session)[0]
    for checkpoint in known:
        place = f"{checkpoint.line:,}行目の節目（{checkpoint.at}）"
        if not checkpoint.is_signed_by_one_of(trusted):
            proof.problems.append(f"{place}の署名を確かめられません。")
        elif checkpoint.line in proof.links:
            proof.checkpoints += 1
            if proof.links[checkpoint.line].hex() != checkpoint.link:
                proof.problems.append(f"{place}と、いまの記録が違います。書き換えられています。")
        elif checkpoint.line < first:
            proof.notes.append(f"{place}は、ここにない書庫ファイルの中です。")
        else:
            proof.problems.append(
                f"{place}の行がありません。終わりの記録が抜き取られています"
                f"（いまの最後は{proof.last_line:,}行目）。"
            )


def of_archive(config: Config, file: Path) -> AuditProof:
    """Return whether an archive alone is whole: its lines linked, its end signed. Raises
    FileRejected for a file that is no archive."""
    proof = AuditProof()
    proof.last_link = archives.link_before(file)
    _walk(proof, archives.lines_in(file), set())
    checkpoint = archives.checkpoint_in(file)
    agrees = (proof.last_line, proof.last_link.hex()) == (checkpoint.line, checkpoint.link)
    if not agrees or checkpoint.lines != proof.lines:
        proof.problems.append("終わりの節目と、中の記録が違います。")
    if not checkpoint.is_signed_by_one_of(signing.trusted(config)):
        proof.problems.append("終わりの節目の署名を確かめられません。")
    proof.checkpoints = 1
    return proof
