"""The columns that name files of the store."""

from minutes import stored_files
from models.tables import Base

NAME_NO_FILE = {
    "approval.seal_sha256",  # of the text
    "issued_text.text_sha256",
    "signed_record.certificate_sha256",
    "term_list.sources_sha256",
    "transcription.speech_model_sha256",
    "voice_sample.weights_sha256",
    "voiceprint.weights_sha256",
    "audit_archive.sha256",  # of what lies beside the store
    "quarantined_file.sha256",
    "upload.sha256",  # of what arrives beside the store; the recording names it once it is in
    "guest_pass.token_sha256",  # of secrets
    "sign_in.token_sha256",
    "sign_in.device_sha256",
    "password_link.token_sha256",
    "sign_in_step.token_sha256",
    "speech_check.token_sha256",
}


def test_every_column_with_a_hash_names_a_stored_file_or_is_known_to_name_none() -> None:
    """A file that no row is known to name is an orphan: it would be removed, and not backed up."""
    hashes = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("sha256")
    }
    naming = {
        f"{column.parent.local_table.name}.{column.key}"
        for _, column in stored_files.NAMING.values()
    }
    assert hashes == naming | NAME_NO_FILE
    assert not naming & NAME_NO_FILE
