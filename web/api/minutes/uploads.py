"""Uploads by the tus protocol 1.0 (core, creation, creation-defer-length, expiration,
termination, checksum): everything but the bodies of the pieces, which `web/streams/tus.py`
takes."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from flask import Blueprint, Response, abort, after_this_request, request, url_for
from pydantic import Field
from werkzeug.datastructures import Headers

from meetings.config import MEGABYTE
from meetings.disk.storage import SHA256
from meetings.entries import plain_number
from meetings.errors import NotUnderstood
from meetings.rights import Right
from minutes.recordings import uploads
from minutes.recordings.upload_parts import ALGORITHMS, Checksum
from models.base import now
from models.meeting import Meeting
from models.person import Person
from models.recording import RecordingKind
from models.upload import Upload, UploadState
from web import access
from web.api.operations import Shape, operation
from web.api.shapes import PersonAnswer
from web.transaction import config, database_session, storage

blueprint = Blueprint("api_uploads", __name__)
VERSION = "1.0.0"
EXTENSIONS = "creation,creation-defer-length,expiration,termination,checksum"
PIECE_TYPE = "application/offset+octet-stream"
TAIL_BYTES = 1_000_000
LONGEST_METADATA = 8000
LARGEST_FILE_BYTES = 10**15
LONGEST_AGO_SECONDS = 30 * 24 * 3600


class UploadAnswer(Shape):
    """送信。1つの録音が、途切れても続きから届く。"""

    key: str
    meeting_id: int
    file_name: str
    size_bytes: int | None = Field(description="録音しながら送っているあいだは null")
    received_bytes: int = Field(description="受け取って、ディスクに書き終えたところ")
    state: UploadState
    state_label: str
    problem: str = Field(description="受け付けられなかったとき、その理由")
    is_live: bool = Field(description="長さを決めずに、録音しながら送っている")
    is_quiet: bool = Field(description="録音しながらのはずが、1分以上届いていない")
    kind: RecordingKind
    began_at: datetime | None
    sender: PersonAnswer
    changed_at: datetime
    expires_at: datetime
    recording_id: int | None = Field(description="受け付けたあとの録音")

    @classmethod
    def of(cls, upload: Upload) -> "UploadAnswer":
        database_session().flush()
        state = UploadState(upload.state)
        return cls(
            key=upload.key,
            meeting_id=upload.meeting_id,
            file_name=upload.file_name,
            size_bytes=upload.size_bytes,
            received_bytes=upload.received_bytes,
            state=state,
            state_label=state.label,
            problem=upload.problem,
            is_live=upload.is_live,
            is_quiet=uploads.is_quiet(upload),
            kind=RecordingKind(upload.kind),
            began_at=upload.began_at,
            sender=PersonAnswer.of(upload.person),
            changed_at=upload.changed_at,
            expires_at=uploads.expires_at(upload, config().limits),
            recording_id=upload.recording_id,
        )


class UploadsAnswer(Shape):
    uploads: list[UploadAnswer]


class TailAnswer(Shape):
    """受け取った最後の部分。手元のファイルの同じところと比べると、同じファイルか分かる。"""

    start: int
    end: int
    sha256: str


@blueprint.before_request
def _speak_the_same_version() -> None:
    if request.headers.get("Tus-Resumable", VERSION) != VERSION:
        abort(412)


@blueprint.after_request
def _say_what_we_speak(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    if request.method == "OPTIONS" or response.status_code == 412:
        response.headers["Tus-Version"] = VERSION
        response.headers["Tus-Extension"] = EXTENSIONS
        response.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
        response.headers["Tus-Max-Size"] = str(config().limits.upload_mb * MEGABYTE)
    return response


@blueprint.get("/meetings/<int:meeting_id>/uploads")
@access.to(Meeting, Right.RECORD)
@operation("届いている途中の録音と、受け付けられなかった録音", answers=UploadsAnswer)
def list_uploads(person: Person, meeting: Meeting) -> UploadsAnswer:
    found = uploads.open_uploads(database_session(), meeting)
    return UploadsAnswer(uploads=[UploadAnswer.of(upload) for upload in found])


@blueprint.post("/meetings/<int:meeting_id>/uploads")
@access.to(Meeting, Right.RECORD)
@operation("途切れても続きから送れる送信を始める（tus）", answers=UploadAnswer, status=201)
def start(person: Person, meeting: Meeting) -> UploadAnswer:
    """Begin an upload. Its headers are `Upload-Length` or `Upload-Defer-Length: 1`, and
    `Upload-Metadata` with `filename` and, if known, `sha256`, `kind` (part, spare), `began_at` or
    `began_seconds_ago`."""
    announced = _announced(request.headers)
    upload = uploads.start_upload(
        database_session(), storage(), person, meeting, announced, config().limits
    )
    answer = UploadAnswer.of(upload)
    _tell({"Location": url_for("api_uploads.show", upload_key=upload.key)} | _place(upload))
    return answer


@blueprint.get("/uploads/<upload_key>")
@access.to(Upload, Right.RECORD)
@operation("送信の進み具合（HEADなら tus の位置だけ）", answers=UploadAnswer)
def show(person: Person, upload: Upload) -> UploadAnswer:
    _tell(_place(upload))
    return UploadAnswer.of(upload)


@blueprint.patch("/uploads/<upload_key>")
@access.to(Upload, Right.RECORD)
@operation("録音の続きを送る（tus）。Upload-Offset の位置から", raw=PIECE_TYPE)
def admit(person: Person, upload: Upload) -> None:
    """Say whether the next piece may come, and from where: `web/streams/tus.py` asks, and takes the
    piece."""
    if request.mimetype != PIECE_TYPE:
        abort(415)
    if checksum := request.headers.get("Upload-Checksum"):
        Checksum.read(checksum)
    offset = _number(request.headers, "Upload-Offset")
    if offset is None:
        raise NotUnderstood("Upload-Offset がありません。")
    total = _number(request.headers, "Upload-Length")
    database_session()  # an upload that did not know its length may know it now
    uploads.admit_piece(upload, person, offset, total, config().limits)
    _tell(_place(upload))


@blueprint.delete("/uploads/<upload_key>")
@access.to(Upload, Right.RECORD)
@operation("送信を取りやめる。届いたところまでのファイルは消える")
def withdraw(person: Person, upload: Upload) -> None:
    uploads.withdraw_upload(database_session(), person, upload)


@blueprint.post("/uploads/<upload_key>/completion")
@access.to(Upload, Right.RECORD)
@operation("録音しながらの送信を、届いたところまでで受け付ける", answers=UploadAnswer)
def finish(person: Person, upload: Upload) -> UploadAnswer:
    uploads.finish_upload(database_session(), person, upload)
    return UploadAnswer.of(upload)


@blueprint.get("/uploads/<upload_key>/tail")
@access.to(Upload, Right.RECORD)
@operation("受け取った最後の部分のハッシュ", answers=TailAnswer)
def tail(person: Person, upload: Upload) -> TailAnswer:
    end = upload.received_bytes
    start = max(0, end - TAIL_BYTES)
    piece = storage().read_arrival(upload.key, start, end)
    return TailAnswer(start=start, end=end, sha256=hashlib.sha256(piece).hexdigest())


def _place(upload: Upload) -> dict[str, str]:
    """Return how far an upload is, as headers of the protocol."""
    headers = {"Upload-Offset": str(upload.received_bytes)}
    if upload.size_bytes is None:
        headers["Upload-Defer-Length"] = "1"
    else:
        headers["Upload-Length"] = str(upload.size_bytes)
    if upload.state == UploadState.RECEIVING:
        expires_at = uploads.expires_at(upload, config().limits)
        headers["Upload-Expires"] = format_datetime(expires_at.astimezone(UTC), usegmt=True)
    return headers


def _tell(headers: dict[str, str]) -> None:
    @after_this_request
    def add(response: Response) -> Response:
        response.headers.update(headers)
        return response


def _announced(headers: Headers) -> uploads.Announced:
    size_bytes = _number(headers, "Upload-Length")
    is_deferred = headers.get("Upload-Defer-Length") == "1"
    if is_deferred == (size_bytes is not None):
        raise NotUnderstood("Upload-Length か Upload-Defer-Length: 1 のどちらかを送ってください。")
    metadata = _metadata(headers.get("Upload-Metadata", ""))
    sha256 = metadata.get("sha256", "").lower()
    if sha256 and not SHA256.fullmatch(sha256):
        raise NotUnderstood("Upload-Metadata の sha256 は16進数64桁で送ってください。")
    kind = metadata.get("kind", RecordingKind.PART)
    if kind not in list(RecordingKind):
        raise NotUnderstood("Upload-Metadata の kind は part か spare で送ってください。")
    name = metadata.get("filename", "")
    return uploads.Announced(
        name, size_bytes, sha256 or None, RecordingKind(kind), _began(metadata)
    )


def _began(metadata: dict[str, str]) -> datetime | None:
    """Return when the recording began, by our own clock where the sender only knows how long ago it
    was; None where it is not said or has no time zone."""
    try:
        if "began_seconds_ago" in metadata:
            ago = min(max(float(metadata["began_seconds_ago"]), 0.0), LONGEST_AGO_SECONDS)
            return now() - timedelta(seconds=ago)
        if "began_at" in metadata:
            began_at = datetime.fromisoformat(metadata["began_at"])
            return began_at.astimezone(UTC) if began_at.tzinfo else None
    except (ValueError, OverflowError) as problem:
        raise NotUnderstood("Upload-Metadata の録音の開始時刻を読み取れません。") from problem
    return None


def _metadata(text: str) -> dict[str, str]:
    """Read `key BASE64,key BASE64`."""
    if len(text) > LONGEST_METADATA:
        raise NotUnderstood("Upload-Metadata が長すぎます。")
    return dict(_pairs(text.split(","))) if text.strip() else {}


def _pairs(entries: Iterable[str]) -> Iterable[tuple[str, str]]:
    for entry in entries:
        key, _, value = entry.strip().partition(" ")
        try:
            yield key, base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as problem:
            raise NotUnderstood("Upload-Metadata を読み取れません。") from problem


def _number(headers: Headers, name: str) -> int | None:
    typed = headers.get(name)
    if typed is None:
        return None
    number = plain_number(typed, most=LARGEST_FILE_BYTES)
    if number is None:
        raise NotUnderstood(f"{name} は0以上の整数で送ってください。")
    return number
