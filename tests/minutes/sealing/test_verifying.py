"""The signed record, and whether a file is the approved text: one approved meeting for all tests,
since setting and signing it takes seconds."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine

from meetings import config as settings
from meetings import signing
from meetings.config import Config, SigningSettings
from meetings.disk.storage import Storage
from meetings.errors import ConfigurationError, FileRejected
from minutes.forms import exporting
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import RecordFile, RecordForm
from minutes.records import records
from minutes.records.content import content_of
from minutes.sealing import signed_records, verifying
from minutes.sealing.verifying import Verdict
from models.base import now
from models.database import connect, reading, writing
from models.minutes import MinutesRevision
from models.person import Person
from models.transcript import Transcript
from tests.cities import Cities
from web.commands.record import record


@dataclass(frozen=True)
class Sealed:
    config: Config
    engine: Engine
    storage: Storage
    pdf: Path
    docx: bytes
    text: bytes

    def verify(self, path: Path) -> Verdict:
        with reading(self.engine) as session:
            return verifying.verify(session, self.config, path, path.name)


@pytest.fixture(scope="module")
def sealed(cities: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sealed]:
    home = tmp_path_factory.mktemp("sealed")
    cities.copy({"meeting", "recording", "transcript"}, home)
    config = replace(settings.load(), storage=settings.StorageSettings(home=str(home)))
    engine, storage = connect(config.database), Storage(home)
    with writing(engine) as session, session.begin():
        transcript = session.query(Transcript).one()
        people = {one.login: one for one in session.query(Person)}
        secretary, approver = people["morishita"], people["nagano"]
        revision = records.draft(session, secretary, transcript)
        records.leave_rest_out(session, secretary, revision)
        revision = revision.minutes.latest
        records.request_approval(session, secretary, revision)
        records.approve(session, approver, revision)
    assert signed_records.sign_next(engine, config, storage)
    assert not signed_records.sign_next(engine, config, storage), "once and for ever"
    with reading(engine) as session:
        approved = session.query(MinutesRevision).order_by(MinutesRevision.id.desc()).first()
        assert approved is not None and approved.is_approved
        kept = signed_records.signed_record(session, approved)
        assert kept is not None and kept.pdf_sha256 is not None
        pdf = home / "会議録.pdf"
        shutil.copy(storage.whole(kept.pdf_sha256), pdf)
        printed = exporting.printed(approved, config.city.name)
        word = WantedFile(RecordForm.VERBATIM, RecordFile.DOCX)
        docx = exporting.as_file(word, printed, revision_id=approved.id)
        plain = WantedFile(RecordForm.VERBATIM, RecordFile.TXT)
        text = exporting.as_file(plain, printed)
    yield Sealed(config, engine, storage, pdf, docx, text)
    engine.dispose()


def test_the_signed_pdf_is_the_approved_record_and_says_of_which_meeting(sealed: Sealed) -> None:
    found = sealed.verify(sealed.pdf)
    assert found.is_approved, found.sentence
    assert "の会議録（第" in found.sentence and "署名は有効です" in found.sentence
    assert found.signer == "若葉市 会議録"


def test_a_pdf_that_was_changed_or_written_on_after_signing_is_refused(
    sealed: Sealed, tmp_path: Path
) -> None:
    signed = sealed.pdf.read_bytes()
    place = signed.index(b"stream") + 20
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :])
    assert not sealed.verify(changed).is_approved
    added = tmp_path / "added.pdf"
    with pikepdf.open(sealed.pdf) as pdf:
        pdf.docinfo["/Title"] = "別の題"
        pdf.save(added)
    found = sealed.verify(added)
    assert not found.is_approved and "署名したあと" in found.sentence


def test_a_cut_an_empty_an_unsigned_and_a_foreign_file_are_told_apart(
    sealed: Sealed, tmp_path: Path
) -> None:
    cut, empty, other = (tmp_path / name for name in ("cut.pdf", "empty.pdf", "record.xlsx"))
    cut.write_bytes(sealed.pdf.read_bytes()[:5000])
    for path in (empty, other):
        path.write_bytes(b"")
    with pytest.raises(FileRejected, match="途中で切れているか"):
        sealed.verify(cut)
    with pytest.raises(FileRejected, match="空"):
        sealed.verify(empty)
    with pytest.raises(FileRejected, match="確かめられるのは"):
        sealed.verify(other)
    unsigned = tmp_path / "unsigned.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(unsigned)
    assert "署名がありません" in sealed.verify(unsigned).sentence


def test_a_signature_by_somebody_elses_key_is_no_approval(sealed: Sealed, tmp_path: Path) -> None:
    stranger = signing.identity(with_file(sealed.config, tmp_path / "other.p12", days=10))
    path = tmp_path / "foreign.pdf"
    path.write_bytes(signing.sign(stranger, unsigned_pdf(tmp_path), reason="承認", place="他市"))
    found = sealed.verify(path)
    assert (
        not found.is_approved and "この市のものではありません（署名者：別の人）" in found.sentence
    )


def test_word_and_text_files_are_known_by_their_words_however_they_were_saved(
    sealed: Sealed, tmp_path: Path
) -> None:
    docx, text = tmp_path / "record.docx", tmp_path / "record.txt"
    docx.write_bytes(sealed.docx)
    text.write_bytes(sealed.text.decode().replace("\n", "\r\n\r\n").encode("utf-16"))
    assert sealed.verify(docx).is_approved and sealed.verify(docx).form.startswith("会議録")
    assert sealed.verify(text).is_approved
    text.write_text(sealed.text.decode().replace("ありがとうございます", "ありがとう"))
    changed = sealed.verify(text)
    assert not changed.is_approved and "どれとも一致しません" in changed.sentence


def test_a_text_that_somebody_changed_in_the_database_breaks_the_seal(sealed: Sealed) -> None:
    with reading(sealed.engine) as session, session.no_autoflush:
        revision = session.query(MinutesRevision).order_by(MinutesRevision.id.desc()).first()
        assert revision is not None
        revision.content = content_of(revision).model_dump() | {"place": "別の場所"}
        found = verifying.verify(session, sealed.config, sealed.pdf, "record.pdf")
    assert not found.is_approved and "承認のときと違って" in found.sentence


def test_the_command_tells_by_a_sentence_and_by_its_exit_status(
    sealed: Sealed, tmp_path: Path
) -> None:
    runner = CliRunner()
    good = runner.invoke(record, ["verify", str(sealed.pdf), "--json"], obj=sealed.config)
    assert good.exit_code == 0 and json.loads(good.output)["is_approved"]
    text = tmp_path / "other.txt"
    text.write_text("別の文")
    bad = runner.invoke(record, ["verify", str(text)], obj=sealed.config)
    assert bad.exit_code == 1 and "一致しません" in bad.output


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="no pdfsig (apt install poppler-utils)")
def test_another_program_finds_the_signature_valid(sealed: Sealed) -> None:
    done = subprocess.run(
        ["pdfsig", "-nocert", str(sealed.pdf)], capture_output=True, text=True, check=False
    )
    assert "Signature is Valid" in done.stdout and "ETSI.CAdES.detached" in done.stdout


def test_a_key_file_that_cannot_be_used_says_why(config: Config, tmp_path: Path) -> None:
    good = with_file(config, tmp_path / "key.p12", days=10)
    wrong = replace(good, signing=replace(good.signing, passphrase="falsch"))
    with pytest.raises(ConfigurationError, match="パスフレーズ"):
        signing.identity(wrong)
    with pytest.raises(ConfigurationError, match=r"期限（.*まで）が切れています"):
        signing.identity(with_file(config, tmp_path / "old.p12", days=-1))
    with pytest.raises(ConfigurationError, match="読めません"):
        signing.identity(replace(good, signing=SigningSettings(pkcs12="/nowhere.p12")))


def with_file(config: Config, path: Path, *, days: int) -> Config:
    """The settings with a new key in a file, valid for so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "別の人")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(now() + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(b"geheim")
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"key", key, certificate, None, locked))
    return replace(config, signing=SigningSettings(pkcs12=str(path), passphrase="geheim"))


def unsigned_pdf(folder: Path) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(folder / "blank.pdf")
    return (folder / "blank.pdf").read_bytes()
