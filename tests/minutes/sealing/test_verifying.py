"""The signed record, and whether a file is the approved text: one approved meeting for all tests,
since setting and signing it takes seconds."""

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
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
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings import signing
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import ConfigurationError, FileRejected
from meetings.settings.server import StorageSettings
from meetings.settings.work import MinutesSettings, SigningSettings
from meetings.word_writing import paragraph, word_file
from minutes.forms import exporting, templates
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from minutes.forms.templates import CheckedTemplate
from minutes.records import publication, records
from minutes.records.audible import sentences
from minutes.records.closed import passages
from minutes.records.closed.choosing import ChosenPassage
from minutes.records.closed.passages import ClosedGround
from minutes.records.closed.public_copy import public_copy_of
from minutes.records.content import content_of
from minutes.records.paper import as_text
from minutes.retention import deleting
from minutes.retention.deleting import DeletionGround
from minutes.sealing import public_copies, signed_records, verifying
from minutes.sealing.verifying import Verdict
from models.base import now
from models.closed_passage import ClosedScope
from models.database import connect, reading, writing
from models.minutes import MinutesRevision
from models.person import Person
from models.retention import KeptKind
from models.seal import Standing
from models.transcript import Transcript
from tests.cities import Cities
from web.commands.records.record import record

SECRET, FURTHER = "電話は03-1234-5678です。", "説明をお願い"
DOCX, PDF = RecordFile.DOCX, RecordFile.PDF
SPEECHES = [
    paragraph(words, "Body")
    for words in (
        "{%p for 議事項目 in 議事 %}",
        "{%p for 一言 in 議事項目.発言 %}",
        "{{ 一言.発言者 }}「{{ 一言.本文 }}」",
        "{%p endfor %}",
        "{%p endfor %}",
    )
]


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

    @contextmanager
    def copied(self, home: Path) -> Iterator["Sealed"]:
        """The same city once more, in which a test may change something."""
        shutil.copytree(self.config.home, home)
        config = replace(self.config, storage=StorageSettings(home=str(home)))
        engine = connect(config.database)
        yield replace(self, config=config, engine=engine, storage=Storage(home))
        engine.dispose()


@pytest.fixture(scope="module")
def sealed(cities: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sealed]:
    home = tmp_path_factory.mktemp("sealed")
    cities.copy({"meeting", "recording", "transcript"}, home)
    config = replace(settings.load(), storage=StorageSettings(home=str(home)))
    engine, storage = connect(config.database), Storage(home)
    with writing(engine) as session, session.begin():
        transcript = session.query(Transcript).one()
        transcript.segments[1].text = SECRET
        people = {one.login: one for one in session.query(Person)}
        secretary, approver = people["morishita"], people["nagano"]
        revision = records.draft(session, secretary, transcript)
        records.leave_rest_out(session, secretary, revision)
        revision = revision.minutes.latest
        records.request_approval(session, secretary, revision)
        records.approve(session, approver, revision)
        close(session, secretary, revision, SECRET)
        publication.publish(session, secretary, revision)
    assert signed_records.sign_next(engine, config, storage)
    assert not signed_records.sign_next(engine, config, storage), "once and for ever"
    with reading(engine) as session:
        revision = approved(session)
        assert revision.is_approved
        kept = signed_records.signed_record(session, revision)
        assert kept is not None and kept.pdf_sha256 is not None
        pdf = home / "会議録.pdf"
        shutil.copy(storage.whole(kept.pdf_sha256), pdf)
        printed = exporting.printed(revision, config.city.name)
        word = WantedFile(RecordForm.VERBATIM, RecordFile.DOCX)
        docx = exporting.as_file(word, printed, revision_id=revision.id)
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
    found = sealed.verify(unsigned)
    assert found.standing is Standing.UNKNOWN and "署名がなく" in found.sentence


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
    text.write_text(sealed.text.decode().replace(FURTHER, "説明はいらない"))
    changed = sealed.verify(text)
    assert changed.standing is Standing.DIFFERS and changed.revision is not None
    assert "どの様式とも一致しません" in changed.sentence


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
    assert bad.exit_code == 1 and "分かりません" in bad.output


def test_a_pdf_without_a_signature_is_known_by_its_words_however_it_is_laid_out(
    sealed: Sealed, tmp_path: Path
) -> None:
    path, public = tmp_path / "record.pdf", tmp_path / "public.pdf"
    laid_out = WantedFile(RecordForm.VERBATIM, PDF, PdfLayout(2, True, True))
    path.write_bytes(made(sealed, laid_out))
    public.write_bytes(made(sealed, WantedFile(RecordForm.VERBATIM, PDF, is_public=True)))
    assert sealed.verify(public).standing is Standing.PUBLIC
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[-1]
        page.contents_add(b"/Artifact BMC q BT 1 0 0 1 0 0 Tm ET Q EMC")
        pdf.save(path)
    assert sealed.verify(path).standing is Standing.ORIGINAL, "though another program saved it"


def test_what_citizens_download_is_the_public_copy_even_after_it_was_corrected(
    sealed: Sealed, tmp_path: Path
) -> None:
    text, word = tmp_path / "public.txt", tmp_path / "public.docx"
    with reading(sealed.engine) as session:
        copy = public_copy_of(session, approved(session)).content
        text.write_text(as_text(copy))
    word.write_bytes(made(sealed, WantedFile(RecordForm.OUTLINE, DOCX, is_public=True)))
    assert SECRET not in text.read_text()
    assert [sealed.verify(path).standing for path in (text, word)] == [Standing.PUBLIC] * 2
    with sealed.copied(tmp_path / "later") as later:
        assert public_copies.note_next(later.engine, later.config, later.storage)
        assert not public_copies.note_next(later.engine, later.config, later.storage)
        with writing(later.engine) as session, session.begin():
            secretary = session.query(Person).filter_by(login="morishita").one()
            close(session, secretary, approved(session), FURTHER)
        found = later.verify(text)
        assert found.standing is Standing.PUBLIC and "改められています" in found.sentence
        assert public_copies.note_next(later.engine, later.config, later.storage), "and noted anew"


def test_a_form_that_was_made_with_the_citys_own_template_is_known_by_it(
    sealed: Sealed, tmp_path: Path
) -> None:
    own = word_file([paragraph("若葉市議会　会議録{{ 会議名 }}{{ 日時 }}", "Body"), *SPEECHES])
    with sealed.copied(tmp_path / "own") as city:
        with writing(city.engine) as session, session.begin():
            stored = city.storage.add(io.BytesIO(own), 1_000_000)
            administrator = session.query(Person).filter_by(login="morishita").one()
            checked = CheckedTemplate(RecordForm.VERBATIM, "若葉市.docx", stored)
            templates.put_in(session, administrator, None, checked)
        path = tmp_path / "own.docx"
        path.write_bytes(made(city, WantedFile(RecordForm.VERBATIM, DOCX)))
        with writing(city.engine) as session, session.begin():
            administrator = session.query(Person).filter_by(login="morishita").one()
            templates.take_back(session, administrator, None, RecordForm.VERBATIM)
        found = city.verify(path)
        assert found.standing is Standing.TEMPLATE and "ひな形「若葉市.docx」" in found.form


def test_the_command_writes_the_original_and_the_copy_for_citizens(
    sealed: Sealed, tmp_path: Path
) -> None:
    with reading(sealed.engine) as session:
        meeting = str(approved(session).meeting.id)

    def export(*more: str, ending: str = "txt", code: int = 0) -> Path:
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.{ending}"
        arguments = ["export", meeting, "--out", str(out), "--format", ending, *more]
        done = CliRunner().invoke(record, arguments, obj=sealed.config)
        assert done.exit_code == code, done.output
        return out

    assert SECRET in export().read_text()
    copy = export("--public").read_text()
    assert SECRET not in copy and "〔略〕" in copy
    standings = [
        sealed.verify(export("--public", "--form", form, ending=ending)).standing
        for form, ending in (("verbatim", "docx"), ("outline", "pdf"))
    ]
    assert standings == [Standing.PUBLIC] * 2
    with_name = export("--public", "--as", "nobody", code=1)
    assert not with_name.exists(), "nobody is called so"


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


def approved(session: Session) -> MinutesRevision:
    return session.query(MinutesRevision).order_by(MinutesRevision.id.desc()).limit(1).one()


def close(session: Session, by: Person, revision: MinutesRevision, quote: str) -> None:
    """Close these words to citizens."""
    said = dict(sentences(content_of(revision)))
    place = next(place for place, one in said.items() if quote in one.text)
    start = said[place].text.index(quote)
    chosen = ChosenPassage(ClosedScope.WORDS, place, place, start, start + len(quote))
    passages.mark(session, by, revision, chosen, ClosedGround(), MinutesSettings())


def made(city: Sealed, wanted: WantedFile) -> bytes:
    """The file as it is handed out."""
    with reading(city.engine) as session:
        revision, name = approved(session), city.config.city.name
        if wanted.is_public:
            text = exporting.printed_for_citizens(session, revision, name)
        else:
            text = exporting.printed(revision, name)
        template = exporting.template_for(session, city.storage, revision.meeting, wanted)
    return exporting.as_file(wanted, text, template, revision.id)


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


def test_a_signed_record_is_recognised_when_its_sound_and_even_its_original_are_deleted(
    sealed: Sealed, tmp_path: Path
) -> None:
    with sealed.copied(tmp_path / "home") as city:
        delete(city, KeptKind.SOUND)
        assert city.verify(city.pdf).sentence == sealed.verify(sealed.pdf).sentence
        with writing(city.engine) as session, session.begin():
            revision = approved(session)
            publication.withdraw(session, revision.written_by, revision, "保存期間の試し")
        delete(city, KeptKind.ORIGINAL)
        found = city.verify(city.pdf)
        assert found.is_approved and "原本は保存期間が過ぎたため削除しました" in found.sentence
        with reading(city.engine) as session:
            kept = signed_records.signed_record(session, approved(session))
            assert kept is not None and kept.pdf_sha256 is not None
            assert not city.storage.path(kept.pdf_sha256).exists()


def delete(city: Sealed, kind: KeptKind) -> None:
    with writing(city.engine) as session, session.begin():
        meeting = approved(session).meeting
        deletion = deleting.begin(session, None, meeting, kind, DeletionGround("1年"))
        session.flush()
        assert deletion is not None
        number = deletion.id
    assert deleting.finish(city.engine, city.config, city.storage, number, settled_seconds=0)
