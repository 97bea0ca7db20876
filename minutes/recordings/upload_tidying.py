"""The worker ends uploads that nobody continues, deletes files that no upload needs, and finishes
live recordings of browsers that fell silent.
"""

import logging
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.disk.expiry import Clocks, Overdue
from meetings.disk.storage import Storage
from meetings.settings.work import LimitSettings
from minutes.recordings.uploads import OPEN_STATES, expires_at, finish_upload
from models.base import now
from models.database import reading, writing
from models.upload import Upload, UploadState

TIDY_SECONDS = 60.0

LOG = logging.getLogger(__name__)


class Tidying:
    """Tidies up uploads. One object does it every minute, as it remembers what it saw before:
    nothing is ended on one look alone, in case the clock was set.
    """

    def __init__(
        self, engine: Engine, storage: Storage, limits: LimitSettings, clocks: Clocks | None = None
    ) -> None:
        self._engine, self._storage, self._limits = engine, storage, limits
        self._expired = Overdue(clocks)
        self._unknown = Overdue(clocks)
        # Sound that goes on coming changes the time of its row: after the clock was set, a
        # silence is long enough when it was one all the while.
        self._silent = Overdue(
            clocks, wait_seconds=TIDY_SECONDS, distrust_seconds=60.0 * limits.silent_minutes
        )

    def tidy(self) -> bool:
        """End what expired and delete what is not needed. Returns False: there is never more to
        do at once.
        """
        with writing(self._engine) as session, session.begin():
            self._end(session)
        with reading(self._engine) as session:
            rows = session.execute(select(Upload.key, Upload.state)).all()
        state_of = {key: state for key, state in rows}
        arrived = set(self._storage.arrivals())
        unwanted = {key for key in arrived & state_of.keys() if state_of[key] not in OPEN_STATES}
        # A file is there a moment before its row.
        for key in unwanted | self._unknown.confirm(arrived - state_of.keys()):
            self._drop(key)
        self._storage.clear_left_over()
        return False

    def _drop(self, key: str) -> None:
        """Delete one file; a failure is logged and does not stop the others."""
        try:
            self._storage.drop_arrival(key)
        except OSError as problem:
            LOG.warning("what arrived as %s cannot be removed: %s", key, problem)

    def _end(self, session: Session) -> None:
        open_ones = {
            (upload.id, upload.changed_at): upload
            for upload in session.scalars(select(Upload).where(Upload.state.in_(OPEN_STATES)))
        }
        silent = {seen for seen, upload in open_ones.items() if self._is_silent(upload)}
        for seen in self._silent.confirm(silent):
            finish_upload(session, None, open_ones[seen])
        expired = {seen for seen, upload in open_ones.items() if self._is_expired(upload)}
        for seen in self._expired.confirm(expired):
            upload = open_ones[seen]
            upload.state, upload.changed_at = UploadState.WITHDRAWN, now()
            audit.note(session, None, "expire", upload)

    def _is_silent(self, upload: Upload) -> bool:
        """Return whether a live recording has begun and nothing came for `silent_minutes`."""
        is_begun = upload.is_live and upload.state == UploadState.RECEIVING
        silence = now() - upload.changed_at
        is_long = silence > timedelta(minutes=self._limits.silent_minutes)
        return is_begun and upload.received_bytes > 0 and is_long

    def _is_expired(self, upload: Upload) -> bool:
        is_begun = upload.is_live and upload.received_bytes > 0
        if upload.state == UploadState.RECEIVING and is_begun:
            return False
        return upload.state != UploadState.WHOLE and now() > expires_at(upload, self._limits)
