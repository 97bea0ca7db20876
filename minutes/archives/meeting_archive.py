"""Gathers everything of one meeting for its archive: the record in all its forms, the transcripts
with their history, the papers with their versions, the sound, the figures, and who did what.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import clean_text, dates
from meetings.clean_text import spreadsheet_cell
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import NotPossibleNow, StoredFileLost
from minutes.archives.bag import BagWriter
from minutes.forms import exporting, templates
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import RecordFile, RecordForm
from minutes.records.closed.public_copy import marks_of
from minutes.records.head import head_of
from minutes.records.records import minutes_of
from minutes.transcripts import counts
from minutes.transcripts import exporting as transcript_files
from minutes.transcripts.history import states_of
from minutes.transcripts.transcripts import segments_of, transcripts_of
from models.audit import AuditLine
from models.base import now
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.recording import Recording
from models.retention import Deletion
from models.transcript import Transcript

LONGEST_NAME = 60
README = """この保存用ファイルについて

会議「{title}」（{when}）のすべてを、議事堂（Gijido）から書き出したものです。
{at}に作りました。特別なプログラムがなくても読めます。

会議録/      会議録の各様式（Word、PDF、テキスト）と、すべての版の本文（json）
逐語録/      録音ごとの逐語録（テキスト、字幕、表、json）と、文が直された経過（csv）
資料/        配布資料のすべての版（PDF）と、もとのファイル
録音/        受け付けた録音そのもの
削除証明/    保存期間が過ぎて削除したものがあれば、その証明
正変換率.csv  認識した文と確認した文の違いの数
会議.json    次第、出席、会議の経過、議決など、会議録の頭書きになる事実
操作の記録.csv  だれが、いつ、何をしたか

非公開とされた部分も含む原本です。公開用ではありません。
このフォルダーは BagIt（RFC 8493）の形です。manifest-sha256.txt で、欠けや書き換えがないことを
確かめられます（例: sha256sum -c manifest-sha256.txt）。
"""


@dataclass(frozen=True)
class ArchivedFile:
    """A file of the archive: its name there, and its bytes or the hash that they are stored by."""

    name: str
    content: bytes | str


def write(
    session: Session, storage: Storage, config: Config, meeting: Meeting, stream: IO[bytes]
) -> None:
    """Write the archive of the meeting into the stream, which need not be seekable. Takes as long
    as copying its sound does.
    """
    at = now()
    bag = BagWriter(stream, folder_name(meeting), dates.local(at))
    lost = []
    for file in files_of(session, storage, config, meeting):
        try:
            bag.add(file.name, _found(storage, file))
        except StoredFileLost:
            lost.append(file.name)
    if lost:  # the rest is not held back by it
        bag.add("見つからなかったファイル.txt", "\n".join([*lost, ""]).encode())
    bag.close(
        {
            "Source-Organization": config.city.name,
            "External-Description": meeting.title,
            "External-Identifier": f"gijido-meeting-{meeting.id}",
            "Bag-Software-Agent": "Gijido",
        }
    )


def folder_name(meeting: Meeting) -> str:
    """Return the name of the archive's folder, and of its file without the ending."""
    day = dates.local(meeting.starts_at).date().isoformat()
    return _plain(f"{day}_{meeting.title}", f"会議{meeting.id}")


def _found(storage: Storage, file: ArchivedFile) -> bytes | Path:
    return file.content if isinstance(file.content, bytes) else storage.whole(file.content)


def files_of(
    session: Session, storage: Storage, config: Config, meeting: Meeting
) -> Iterator[ArchivedFile]:
    """Yield the archive's files one after the other; only one is in memory at a time."""
    yield ArchivedFile("はじめにお読みください.txt", _readme(meeting).encode())
    yield _json("会議.json", head_of(session, meeting).model_dump(mode="json"))
    yield from _record(session, storage, config, meeting)
    for number, transcript in enumerate(transcripts_of(session, meeting), 1):
        yield from _transcript(session, f"逐語録/{number:02}", transcript)
    yield from _documents(session, meeting)
    yield from _sound(session, meeting)
    yield from _deletions(session, meeting)
    yield _accuracy(session, meeting)
    yield _audit(session, meeting)


def _readme(meeting: Meeting) -> str:
    when = dates.span(meeting.starts_at, meeting.ends_at)
    return README.format(title=meeting.title, when=when, at=dates.in_full(now()))


def _record(
    session: Session, storage: Storage, config: Config, meeting: Meeting
) -> Iterator[ArchivedFile]:
    minutes = minutes_of(session, meeting)
    if minutes is None:
        return
    revision = _to_print(session, meeting)
    text = exporting.printed(revision, config.city.name)
    for form in RecordForm:
        own = templates.in_use(session, meeting.series, form)
        template = templates.content(storage, own, form)
        for kind in RecordFile:
            content = exporting.as_file(WantedFile(form, kind), text, template)
            yield ArchivedFile(f"会議録/{form.label}.{kind}", content)
    for one in (one for one in minutes.revisions if one.emptied_at is None):
        yield _json(f"会議録/版/第{one.number}版.json", _revision(one))
    marks = [_row_of(one) for one in marks_of(session, revision).passages]
    if marks:
        yield _json("会議録/非公開の部分.json", marks)


def _to_print(session: Session, meeting: Meeting) -> MinutesRevision:
    """Return the approved text, else the newest, which its files call a draft."""
    try:
        return exporting.revision_to_export(session, meeting, may_be_draft=False)
    except NotPossibleNow:
        return exporting.revision_to_export(session, meeting, may_be_draft=True)


def _revision(revision: MinutesRevision) -> dict[str, Any]:
    request = revision.request
    decision = request.decision if request else None
    return {
        **_row_of(revision),
        "written_by": revision.written_by.name,
        "request": request and {**_row_of(request), "requested_by": request.requested_by.name},
        "decision": decision and {**_row_of(decision), "decided_by": decision.decided_by.name},
        "publications": [_row_of(one) for one in revision.publications],
        "content": revision.content,
    }


def _transcript(session: Session, folder: str, transcript: Transcript) -> Iterator[ArchivedFile]:
    for wanted in transcript_files.Format:
        content = transcript_files.as_file(session, transcript, wanted)
        yield ArchivedFile(f"{folder}/逐語録.{wanted}", content)
    segments = segments_of(session, transcript)
    yield _json(f"{folder}/発話.json", [_row_of(segment) for segment in segments])
    history = (
        (segment.id, n, state.words, state.by.name if state.by else "", state.at or "", state.text)
        for segment in segments
        for n, state in enumerate(states_of(session, segment), 1)
    )
    head = ("発話", "番目", "経過", "だれが", "いつ", "文")
    yield _table(f"{folder}/経過.csv", head, history)


def _documents(session: Session, meeting: Meeting) -> Iterator[ArchivedFile]:
    versions = session.scalars(
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .where(Document.meeting_id == meeting.id)
        .order_by(DocumentVersion.document_id, DocumentVersion.number)
    ).all()
    rows = []
    for version in versions:
        title = _plain(version.document.title, "資料")
        base = f"資料/{version.document_id:04}_{title}/第{version.number}版"
        rows.append((version.document.title, version.number, *_facts(version)))
        if version.emptied_at is not None:
            continue
        yield ArchivedFile(f"{base}.pdf", version.sha256)
        if version.original_sha256:
            name = _plain(version.original_file_name, "もとのファイル")
            yield ArchivedFile(f"{base}_もと_{name}", version.original_sha256)
    yield _table("資料/一覧.csv", ("資料", "版", "作成", "配付", "取下げ", "頁数", "SHA-256"), rows)


def _facts(version: DocumentVersion) -> tuple[Any, ...]:
    return (
        version.created_at,
        version.released_at or "",
        version.withdrawn_at or "",
        version.page_count,
        version.sha256,
    )


def _sound(session: Session, meeting: Meeting) -> Iterator[ArchivedFile]:
    recordings = session.scalars(
        select(Recording).where(Recording.meeting_id == meeting.id).order_by(Recording.id)
    ).all()
    for number, recording in enumerate(recordings, 1):
        if recording.emptied_at is not None:
            continue
        name = _plain(recording.file_name, "録音")
        yield ArchivedFile(f"録音/{number:02}_{name}", recording.sha256)
    yield _json("録音/一覧.json", [_row_of(recording) for recording in recordings])


def _deletions(session: Session, meeting: Meeting) -> Iterator[ArchivedFile]:
    """Yield the certificates of what is not in the archive any more."""
    finished = Deletion.certificate.is_not(None)
    for one in session.scalars(
        select(Deletion).where(Deletion.meeting_id == meeting.id, finished).order_by(Deletion.id)
    ):
        yield ArchivedFile(f"削除証明/第{one.id}号.json", (one.certificate or "").encode())


def _accuracy(session: Session, meeting: Meeting) -> ArchivedFile:
    rows = [
        (transcript.id, *counts.count(session, transcript.id).columns.values())
        for transcript in transcripts_of(session, meeting)
    ]
    return _table("正変換率.csv", ("逐語録", *counts.COLUMNS), rows)


def _audit(session: Session, meeting: Meeting) -> ArchivedFile:
    lines = session.scalars(
        select(AuditLine).where(AuditLine.meeting_id == meeting.id).order_by(AuditLine.id)
    )
    rows = (
        (line.at, line.person.name if line.person else "", line.verb, line.thing, line.thing_id)
        for line in lines
    )
    return _table("操作の記録.csv", ("いつ", "だれが", "動作", "対象", "番号"), rows)


def _row_of(row: Any) -> dict[str, Any]:
    """Return the columns of a row by their names."""
    return {
        attribute.key: getattr(row, attribute.key)
        for attribute in row.__mapper__.column_attrs
        if attribute.columns[0].name != "moments"
    }


def _json(name: str, value: Any) -> ArchivedFile:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return ArchivedFile(name, (text + "\n").encode())


def _table(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> ArchivedFile:
    """Return a table for Excel: with the byte order mark, and no cell that it takes for a
    formula.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(head)
    for row in rows:
        writer.writerow([spreadsheet_cell(str(cell)) for cell in row])
    return ArchivedFile(name, ("\ufeff" + stream.getvalue()).encode())


def _plain(name: str, instead: str) -> str:
    return clean_text.file_name(name, instead)[-LONGEST_NAME:]
