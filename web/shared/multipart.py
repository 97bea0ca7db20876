"""Multipart forms as they arrive: files go to disk piece by piece, never into memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from flask import request
from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from meetings import clean_text
from meetings.disk.storage import COPY_BYTES, Incoming, Storage
from meetings.errors import FileRejected, InvalidInput, NotUnderstood
from web.errors import WORDS

LONGEST_FIELD = 10_000
MOST_PARTS = 200


@dataclass
class ReceivedFile:
    field: str
    file_name: str
    incoming: Incoming


@dataclass
class ReceivedForm:
    """The plain fields and the files of one form, in the order in which they came."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[ReceivedFile] = field(default_factory=list)


class _Parts:
    """The parser's callbacks: collects the head of each part, then sends its body onwards."""

    def __init__(
        self,
        open_file: Callable[[], Incoming],
        before_file: Callable[[dict[str, str]], None],
    ) -> None:
        self.received = ReceivedForm()
        self._open_file = open_file
        self._before_file = before_file
        self._parts = 0
        self._begin()

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._text = b""
        self._file: ReceivedFile | None = None
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise InvalidInput("files", f"一度に送れるのは{MOST_PARTS}件までです。")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode(errors="replace")
        if b"filename" not in options:
            return
        self._before_file(self.received.fields)
        name = clean_text.file_name(options[b"filename"].decode(errors="replace"), "")
        self._file = ReceivedFile(self._field, name, self._open_file())

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.incoming.write(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > LONGEST_FIELD:
            raise InvalidInput(self._field, "入力が長すぎます。短くしてから送信してください。")

    def _end(self) -> None:
        if self._file is None:
            self.received.fields[self._field] = self._text.decode(errors="replace")
        elif self._file.file_name or self._file.incoming.size_bytes:
            self.received.files.append(self._file)


@contextmanager
def receive_form(
    storage: Storage, limit_bytes: int, before_file: Callable[[dict[str, str]], None]
) -> Iterator[ReceivedForm]:
    """Read the request's multipart form. `before_file` is given the fields that stand before
    the first file and may refuse them (the anti-forgery token is one of them).

    The files are gone after the block unless they were kept. Raises FileRejected when one is
    larger than `limit_bytes` or the form breaks off in the middle, NotUnderstood for what is no
    such form.
    """
    boundary = _boundary()
    request.max_content_length = None  # the door knows how much this view takes
    with ExitStack() as stack:
        parts = _Parts(lambda: stack.enter_context(storage.receive(limit_bytes)), before_file)
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]
        try:
            received_bytes = _feed(parser)
        except MultipartParseError as problem:
            raise NotUnderstood(WORDS[400]) from problem
        if request.content_length and received_bytes < request.content_length:
            raise FileRejected("送信が途中で切れました。通信を確かめて、もう一度送信してください。")
        yield parts.received


def _feed(parser: MultipartParser) -> int:
    received_bytes = 0
    while piece := request.stream.read(COPY_BYTES):
        received_bytes += len(piece)
        parser.write(piece)
    return received_bytes


def _boundary() -> bytes:
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise InvalidInput("file", "ファイルを選んでから送信してください。")
    return options[b"boundary"]
