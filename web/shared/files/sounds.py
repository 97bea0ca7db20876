"""Files about a recording that pages and API alike send."""

from flask import Response, send_file

from meetings.errors import NotFound
from minutes.sound import peaks
from models.recording import Recording
from web.transaction import storage


def send_peaks(recording: Recording) -> Response:
    """Raise NotFound while there are none."""
    if recording.peaks_sha256 is None:
        raise NotFound()
    return send_file(
        storage().whole(recording.peaks_sha256), mimetype=peaks.TYPE, etag=recording.peaks_sha256
    )
