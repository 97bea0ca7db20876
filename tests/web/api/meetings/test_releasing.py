"""What those who read a paper are told of its versions and of the file it was made from."""

from collections.abc import Callable

from models.person import Person
from tests import pdfs
from tests.conftest import Browser
from tests.shelf import Shelf

Browse = Callable[[Person], Browser]
AMOUNTS = [f"款{n:02}　{12345 + 777 * n:,}　千円" for n in range(1, 12)]


def test_an_attendee_goes_from_a_replaced_paper_to_what_changed(
    browse: Browse, shelf: Shelf
) -> None:
    document = shelf.add(pdfs.scan_of(AMOUNTS))
    version = shelf.replace(document, pdfs.scan_of(AMOUNTS, aside=2, noise=1))
    attendee, path = browse(shelf.cast.attendee), f"/versions/{version.id}/comparison"
    assert path in attendee.get(f"/meetings/{shelf.meeting.id}").text
    told = attendee.get(f"/meetings/{shelf.meeting.id}/viewer").get_json()["documents"]
    assert [entry["changes_url"] for entry in told if entry["id"] == document.id] == [path]
    page = attendee.get(path).text
    assert "画像の頁です。目で確かめてください。" in page and page.count("<figure>") == 2


def test_an_original_goes_out_only_when_the_organiser_knows_what_it_carries_and_says_so(
    browse: Browse, shelf: Shelf
) -> None:
    document = shelf.add(pdfs.pdf_of("# 補助金"))
    version = document.current
    version.original_sha256, version.original_file_name = version.sha256, "補助金.docx"
    version.original_carries = "変更履歴\nコメント"
    shelf.session.commit()
    organiser, attendee = browse(shelf.cast.organiser), browse(shelf.cast.attendee)
    meeting, original = f"/meetings/{shelf.meeting.id}", f"/versions/{version.id}/original"
    assert attendee.get(original).status_code == 404
    assert "補助金.docx" not in attendee.get(meeting).text
    assert "PDFに出ていない変更履歴・コメントが入っています" in organiser.get(meeting).text
    allowed = {"title": "補助金", "may_download": "on", "may_take_original": "on"}
    organiser.post(f"/documents/{document.id}", data=allowed)
    assert attendee.get(original).status_code == 200
    assert "元のファイル（補助金.docx）" in attendee.get(meeting).text
