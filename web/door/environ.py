"""The environment of a request in WSGI's terms (PEP 3333)."""

import sys
from typing import IO, Any

from werkzeug.wsgi import FileWrapper

from web.door.answers import Scope
from web.limits import PIECE_BYTES


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Return the WSGI environment of this request. `body` is complete, so its length is known,
    however it was sent."""
    length = body.seek(0, 2)
    body.seek(0)
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "gijido.peer": scope.get("gijido.peer", client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _in_pieces,
    }
    for name, value in scope["headers"]:
        _add(environ, name.decode("latin-1"), value.decode("latin-1"))
    environ["CONTENT_LENGTH"] = str(length)
    return environ


def _in_pieces(file: IO[bytes], _size: int = 0) -> FileWrapper:
    return FileWrapper(file, PIECE_BYTES)


def _add(environ: dict[str, Any], name: str, value: str) -> None:
    """Add a header to the environment. One whose name has an underscore could pass for another and
    is left out, as are those of the message's framing, which is over when the body is complete."""
    if "_" in name or name in ("content-length", "transfer-encoding"):
        return
    key = name.upper().replace("-", "_")
    key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
    environ[key] = f"{environ[key]},{value}" if key in environ else value
