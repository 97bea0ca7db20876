"""Files that leave the server under a name: the one place where a name goes into a header
(Content-Disposition, RFC 6266), which nothing but a plain name may do."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import Response, send_file

from meetings import clean_text

UNNAMED = "ファイル"


def send_pieces(pieces: Iterator[str], kind: str, name: str) -> Response:
    """Send a long file that is made while it is sent."""
    answer = Response(pieces, content_type=kind)
    plain = clean_text.file_name(name, UNNAMED)
    answer.headers.set("Content-Disposition", "attachment", filename=plain)
    return answer


def send_named(
    file: Path | bytes | IO[bytes],
    kind: str,
    name: str,
    *,
    as_attachment: bool = True,
    etag: str | bool = True,
) -> Response:
    """Send a file, or what is in it, of this content type. Names of before are made plain too: a
    header that the server refuses would leave the terminal waiting."""
    return send_file(
        BytesIO(file) if isinstance(file, bytes) else file,
        kind,
        as_attachment=as_attachment,
        download_name=clean_text.file_name(name, UNNAMED),
        etag=etag,
    )
