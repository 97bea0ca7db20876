"""Verifying a file that came in, for the screen and the API alike."""

from minutes.sealing import verifying
from minutes.sealing.verifying import Verdict
from web.shared.intake import received_file
from web.transaction import config, reading_session


def verify_received() -> Verdict:
    """Return whether the form's file is an approved record. The file is not kept. Raises
    FileRejected, InvalidInput and ConfigurationError as `verifying.verify` does."""
    with received_file(config().limits.document_mb) as file:
        path = file.incoming.path
        file.incoming.flush_to_disk()
        return verifying.verify(reading_session(), config(), path, file.file_name)
