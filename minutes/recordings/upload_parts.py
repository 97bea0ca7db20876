"""One piece of an upload on its way: to the disk first, then into the row, and only then is the
sender told. Whatever is on disk beyond the row was never acknowledged and is written again."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine

from meetings.disk.storage import Arrival
from meetings.errors import ChecksumWrong, NotUnderstood, TooLarge
from minutes.recordings.uploads import MEGABYTE, acknowledge
from models.database import writing

STEP_BYTES = 8 * MEGABYTE
"""A cut connection loses at most so much of a piece that comes without a checksum."""

ALGORITHMS = ("sha256", "sha1")


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, told: str) -> "Checksum":
        """From `sha256 BASE64`. Raises NotUnderstood."""
        algorithm, _, encoded = told.strip().partition(" ")
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
    """With a checksum it counts as a whole or not at all; without one, step by step."""

    def __init__(
        self,
        engine: Engine,
        arrival: Arrival,
        key: str,
        offset: int,
        end: int,
        checksum: Checksum | None,
    ) -> None:
        """`end`: where the upload ends, or where it must end at the latest. Raises FileRejected
        when what was acknowledged is not there."""
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
        """Raises StorageFull, TooLarge, and NotPossibleNow when the upload has ended meanwhile.
        Whatever goes wrong: afterwards `forget` it."""
        if self._written + len(data) > self._end:
            raise TooLarge(self._end // MEGABYTE)
        self._arrival.write(data)
        self._written += len(data)
        if self._sum:
            self._sum.update(data)
        elif self._is_step_done():
            self._acknowledge()

    def finish(self) -> None:
        """All of it has come. Raises ChecksumWrong besides what `write` does."""
        if self._checksum and self._sum and self._sum.digest() != self._checksum.digest:
            raise ChecksumWrong()
        self._acknowledge()

    def break_off(self) -> None:
        """The connection is gone: what came counts, if nobody has to check it as a whole."""
        if self._checksum:
            self.forget()
        else:
            self._acknowledge()

    def forget(self) -> None:
        """What was not acknowledged goes, and with it the room that it took."""
        self._arrival.cut(self.acknowledged)

    def _is_step_done(self) -> bool:
        """The last one is `finish`'s: with it the upload ends, and that happens once."""
        return self.acknowledged + STEP_BYTES <= self._written < self._end

    def _acknowledge(self) -> None:
        self._arrival.flush_to_disk()
        with writing(self._engine) as session, session.begin():
            acknowledge(session, self._key, self.acknowledged, self._written)
        self.acknowledged = self._written
