"""署名議員・署名委員: chosen from the members, their sheet, and its scan."""

import io

import pikepdf
import pytest
from PIL import Image
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import FileRejected, InvalidInput, NotPossibleNow
from minutes.records import records
from minutes.sealing import signers
from minutes.sealing.signers import PreparedScan
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    drafted = records.draft(session, cast.secretary, transcript)
    records.leave_rest_out(session, cast.secretary, drafted)
    return drafted.minutes.latest


def prepared(storage: Storage, name: str, content: bytes) -> PreparedScan:
    with storage.receive(10_000_000) as incoming:
        incoming.write(content)
        return signers.prepare_scan(storage, name, incoming)


def picture() -> bytes:
    sheet = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(sheet, "JPEG", comment=b"secret words")
    return sheet.getvalue()


def test_members_are_chosen_in_order_and_stand_on_the_sheet(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    with pytest.raises(NotPossibleNow, match="まだ選んでいません"):
        signers.sheet(session, revision)
    with pytest.raises(InvalidInput, match="出席者にいません"):
        signers.choose(session, cast.secretary, revision.minutes, [cast.administrator])
    members = signers.members(revision.meeting)[:2]
    signers.choose(session, cast.secretary, revision.minutes, members)
    assert [s.person for s in signers.signers_of(session, revision.minutes)] == members
    assert signers.sheet(session, revision).startswith(b"%PDF")


def test_the_scan_of_the_sheet_is_kept_with_the_approved_revision_as_a_plain_pdf(
    session: Session, storage: Storage, cast: Cast, revision: MinutesRevision
) -> None:
    scan = prepared(storage, "署名 1.jpg", picture())
    with pytest.raises(NotPossibleNow, match="承認された版"):
        signers.take_scan(session, cast.secretary, revision, scan)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    signers.take_scan(session, cast.secretary, revision, scan)
    (kept,) = signers.scans_of(session, revision)
    assert (kept.page_count, kept.file_name) == (1, "署名 1.pdf")
    content = storage.whole(kept.sha256).read_bytes()
    assert content.startswith(b"%PDF") and b"secret words" not in content


def test_what_a_scanned_pdf_would_do_is_left_out_and_what_is_no_scan_is_refused(
    storage: Storage,
) -> None:
    active = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        act = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = pdf.make_indirect(act)
        pdf.save(active)
    kept = prepared(storage, "scan.pdf", active.getvalue())
    with pikepdf.open(storage.whole(kept.sha256)) as pdf:
        assert "/OpenAction" not in pdf.Root and len(pdf.pages) == 1
    for content, words in ((b"", "空"), (b"no picture at all", "読めません")):
        with pytest.raises(FileRejected, match=words):
            prepared(storage, "scan.png", content)
