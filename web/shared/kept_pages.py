"""A cache of what citizens open of published minutes: twelve readers of sixty long texts cost
little more than one.

What is made of a publication is known by the publication, by its last correction and by what else
went into it; whoever has it already is told so. Compressed it takes a tenth. Withdrawn minutes are
not asked for here: the view did not find them.
"""

import gzip
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import cast

from flask import Response, current_app, request
from flask import session as cookie

from models.minutes import Publication
from web import access

MOST_BYTES = 32_000_000
FLASHES = "_flashes"
PageKey = tuple[str, int, int, str]


class KeptPages:
    """A cache of compressed answers, of which the least recently used goes first. `run` is
    different after each start: the next version of the program may write another page."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.run = secrets.token_hex(8)
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[PageKey, bytes] = OrderedDict()
        self._lock = Lock()

    @property
    def size_bytes(self) -> int:
        return self._bytes

    def get(self, key: PageKey) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: PageKey, packed: bytes) -> None:
        with self._lock:
            self._bytes += len(packed) - len(self._kept.pop(key, b""))
            self._kept[key] = packed
            while self._bytes > self._most_bytes:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= len(gone)


def public_answer(
    kind: str, publication: Publication, stamp: str, make: Callable[[], str | bytes], mimetype: str
) -> Response:
    """Answer with what `make` writes of this publication: for citizens from the cache, and 304 to
    those who have it already. `stamp` says what went into it besides the publication. Whoever is
    signed in sees their own name on it, so it is made anew."""
    if access.current_person() is not None or cookie.get(FLASHES):
        return Response(make(), mimetype=mimetype)
    key = (kind, publication.id, publication.corrected, stamp)
    kept = _kept_pages()
    etag = hashlib.sha256(repr((*key, kept.run)).encode()).hexdigest()
    if request.if_none_match.contains_weak(etag):
        return _public(Response(status=304), etag)
    packed = kept.get(key)
    if packed is None:
        packed = gzip.compress(_bytes(make()), compresslevel=6, mtime=0)
        kept.keep(key, packed)
    if request.accept_encodings["gzip"]:
        answer = Response(packed, mimetype=mimetype)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = Response(gzip.decompress(packed), mimetype=mimetype)
    return _public(answer, etag)


def _bytes(made: str | bytes) -> bytes:
    return made.encode() if isinstance(made, str) else made


def _public(answer: Response, etag: str) -> Response:
    """Set the headers by which it is asked for anew each time: it may be withdrawn any day."""
    answer.set_etag(etag, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.update(("Cookie", "Accept-Encoding"))
    return answer


def _kept_pages() -> KeptPages:
    return cast(KeptPages, current_app.extensions["kept_pages"])
