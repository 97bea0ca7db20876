"""Writes the bytes of one request of an upload: to the disk first, then into the row, and only then
is it acknowledged to the sender. What is on the disk beyond the row was never acknowledged and is
sent again.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine

from meetings.config import MEGABYTE
from meetings.disk.storage import Arrival
from meetings.errors import ChecksumWrong, NotUnderstood, TooLarge
from minutes.recordings.uploads import acknowledge
from models.database import writing

STEP_BYTES = 8 * MEGABYTE
"""Bytes after which a part without a checksum is acknowledged, and the most that a cut connection
loses of it."""

ALGORITHMS = ("sha256", "sha1")


@dataclass(frozen=True)
class Checksum:
    """A checksum that the sender gives for a part: name of the algorithm and its digest."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str) -> "Checksum":
        """Return the checksum of an Upload-Checksum header (`sha256 BASE64`, tus protocol). Raises
        NotUnderstood for another algorithm or a digest that cannot be read.
        """
        algorithm, _, encoded = header.strip().partition(" ")
        if algorithm not in ALGORITHMS:
            raise NotUnderstood("Upload-Checksum は sha256 か sha1 で送ってください。")
        try:
            digest = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            digest = b""
        if len(digest) != hashlib.new(algorithm).digest_size:
            raise NotUnderstood("Upload-Checksum を読み取れません。")
        return cls(algorithm, digest)


class UploadPart:
    """The bytes of one request. With a checksum they count as a whole or not at all; without one
    they are acknowledged every `STEP_BYTES`.
    """

    def __init__(
        self,
        engine: Engine,
        arrival: Arrival,
        key: str,
        offset: int,
        end: int,
        checksum: Checksum | None,
    ) -> None:
        """Begin a part at byte `offset`. `end` is the size of the upload, or the largest size that
        it may have. Raises FileRejected when bytes that were acknowledged are missing on the disk.
        """
        arrival.cut(offset)
        self._engine = engine
        self._arrival = arrival
        self._key = key
        self._end = end
        self._checksum = checksum
        self._sum = hashlib.new(checksum.algorithm) if checksum else None
        self._written = offset
        self.acknowledged = offset

    def write(self, data: bytes) -> None:
        """Write the next bytes. Raises StorageFull, TooLarge, and NotPossibleNow when the upload
        has ended meanwhile. After any error, call `forget`.
        """
        if self._written + len(data) > self._end:
            raise TooLarge(self._end // MEGABYTE)
        self._arrival.write(data)
        self._written += len(data)
        if self._sum:
            self._sum.update(data)
        elif self._is_step_done():
            self._acknowledge()

    def finish(self) -> None:
        """Acknowledge the part after its last byte. Raises ChecksumWrong besides what `write`
        raises.
        """
        if self._checksum and self._sum and self._sum.digest() != self._checksum.digest:
            raise ChecksumWrong()
        self._acknowledge()

    def break_off(self) -> None:
        """End the part after the connection broke: bytes without a checksum are acknowledged,
        others are forgotten.
        """
        if self._checksum:
            self.forget()
        else:
            self._acknowledge()

    def forget(self) -> None:
        """Cut the file back to what was acknowledged, which frees the space."""
        self._arrival.cut(self.acknowledged)

    def _is_step_done(self) -> bool:
        """Return whether enough bytes have come to acknowledge them. The last byte is left to
        `finish`: it ends the upload, which happens once.
        """
        return self.acknowledged + STEP_BYTES <= self._written < self._end

    def _acknowledge(self) -> None:
        self._arrival.flush_to_disk()
        with writing(self._engine) as session, session.begin():
            acknowledge(session, self._key, self.acknowledged, self._written)
        self.acknowledged = self._written
