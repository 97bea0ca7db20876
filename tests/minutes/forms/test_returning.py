"""A Word file of the minutes comes back corrected: by Word, by LibreOffice, or made by hand."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from meetings.errors import FileRejected, InvalidInput
from meetings.pdf import office
from minutes.forms import exporting, returning
from minutes.forms.building import Printed
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import RecordFile, RecordForm
from minutes.forms.returning import ReturnedChange, ReturnedKind
from minutes.records.content import Content
from tests.minutes.forms.sample import CHIEF, RARE, sample, sentence
from tests.minutes.forms.test_exporting import words_of
from tests.office import NEEDS_OFFICE, docx_of

IDENTITY = 12
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def exported() -> bytes:
    wanted = WantedFile(RecordForm.VERBATIM, RecordFile.DOCX)
    return exporting.as_file(wanted, Printed(sample(), number=3), revision_id=IDENTITY)


def edited(document: bytes, *pairs: tuple[str, str]) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as known,
        zipfile.ZipFile(target, "w") as made,
    ):
        for name in known.namelist():
            content = known.read(name)
            if name == "word/document.xml":
                text = content.decode()
                for old, new in pairs:
                    assert old in text, old
                    text = text.replace(old, new, 1)
                content = text.encode()
            made.writestr(name, content)
    return target.getvalue()


def found(
    document: bytes, folder: Path, latest: Content | None = None, source: Content | None = None
) -> list[ReturnedChange]:
    path = folder / "returned.docx"
    path.write_bytes(document)
    pieces = returning.read("戻り.docx", path)
    known = returning.source_of(pieces, [IDENTITY])
    source = source or sample() if known else None
    return returning.changes(pieces, latest or sample(), source, known or 0)


def test_a_file_that_nobody_changed_has_no_differences(exported: bytes, tmp_path: Path) -> None:
    assert found(exported, tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(not office.is_available(), reason=NEEDS_OFFICE)
def test_libreoffice_keeps_every_word_and_every_mark(exported: bytes, tmp_path: Path) -> None:
    source, made = tmp_path / "a.docx", tmp_path / "made"
    changed = edited(exported, ("説明を求めます。", "御説明を求めます。"))
    source.write_bytes(changed)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "docx", "--outdir", made, source]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    back = (made / "a.docx").read_bytes()
    (change,) = found(back, tmp_path)
    assert (change.place, change.new) == ((0, 0), "御説明を求めます。")
    assert [one for one in words_of(back) if one] == [one for one in words_of(changed) if one]


def test_what_was_typed_removed_and_written_between_is_found_at_its_place(
    exported: bytes, tmp_path: Path
) -> None:
    ending = '<w:bookmarkEnd w:id="90001"/>'
    new = "<w:p><w:r><w:t>次に、補足します。</w:t></w:r></w:p>"
    document = edited(
        exported,
        (ending, f"{ending}<w:r><w:t>以上です。</w:t></w:r>"),
        ("ありません。", ""),
    )
    paragraph = re.search(r"<w:p>(?:(?!</w:p>).)*御指摘です。.*?</w:p>", _xml(document), re.DOTALL)
    assert paragraph is not None
    document = edited(document, (paragraph[0], paragraph[0] + new))
    changes = {change.place: change for change in found(document, tmp_path)}
    assert {place: (c.kind, c.new) for place, c in changes.items()} == {
        (0, 0): (ReturnedKind.CHANGED, "説明を求めます。以上です。"),
        (0, 2): (ReturnedKind.ADDED, "次に、補足します。"),
        (1, 0): (ReturnedKind.REMOVED, ""),
    }
    content = returning.applied(sample(), changes.values())
    texts = [p.text for p in content.sections[0].paragraphs]
    assert texts[0] == "説明を求めます。以上です。" and texts[1] == RARE
    assert texts[3] == "次に、補足します。"
    last = content.sections[0].paragraphs[3]
    assert (last.speaker, last.start_seconds) == (CHIEF, 3.0)
    kept, before = content.sections[0].paragraphs[0], sample().sections[0].paragraphs[0]
    assert kept.place == before.place
    assert content.sections[1].paragraphs[0].text == ""


def test_tracked_changes_count_as_made(exported: bytes, tmp_path: Path) -> None:
    deleted = (
        '</w:t></w:r><w:del w:id="1" w:author="校正"><w:r><w:delText>消</w:delText></w:r></w:del>'
    )
    added = '<w:ins w:id="2" w:author="校正"><w:r><w:t>御</w:t></w:r></w:ins><w:r><w:t>説明'
    document = edited(exported, (">説明", f">{deleted}{added}"))
    assert [change.new for change in found(document, tmp_path)] == ["御説明を求めます。"]


def test_a_paragraph_broken_in_two_is_still_one_sentence(exported: bytes, tmp_path: Path) -> None:
    broken = "説明を</w:t></w:r></w:p><w:p><w:r><w:t>求めます。"
    assert found(edited(exported, ("説明を求めます。", broken)), tmp_path) == []


def test_what_was_changed_here_meanwhile_is_doubtful_and_the_same_change_is_none(
    exported: bytes, tmp_path: Path
) -> None:
    document = edited(exported, ("説明を求めます。", "説明を願います。"))
    latest = sample()
    latest.sections[0].paragraphs.insert(0, sentence("", "（開会）", 0.5))
    latest.sections[0].paragraphs[1].text = "説明をお願いします。"
    (change,) = found(document, tmp_path, latest)
    assert change.place == (0, 1) and change.is_doubtful
    assert (change.old, change.new) == ("説明をお願いします。", "説明を願います。")
    latest.sections[0].paragraphs[1].text = "説明を願います。"
    assert found(document, tmp_path, latest) == []


def test_a_file_without_marks_is_matched_by_its_words(tmp_path: Path) -> None:
    lines = [
        "総務財政委員会",
        "○桐生 正臣　説明を求めます。",
        "○三浦 恵子",
        RARE.replace("&", "&amp;").replace("<", "&lt;"),
        "財源は財政調整基金です。",
        "（拍手）",
        "桐生委員長の御指摘です。",
        "○槗本 葛󠄀　ありません。",
        "署名",
    ]
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    changes = found(docx_of(body), tmp_path)
    changed, added = changes
    assert (changed.place, changed.kind) == ((0, 2), ReturnedKind.CHANGED)
    assert changed.new == "財源は財政調整基金です。（拍手）桐生委員長の御指摘です。"
    assert (added.place, added.new) == ((1, 0), "署名")
    assert [one.is_doubtful for one in changes] == [False, True]


def test_a_changed_speaker_is_offered_and_a_changed_heading_told(
    exported: bytes, tmp_path: Path
) -> None:
    name, heading = sample().sections[0].paragraphs[0].speaker, sample().sections[1].title
    other = (f">2　{heading}<", ">2　別の見出し<")
    document = edited(exported, (f"○{name}", f"○{CHIEF}"), (heading, "予定"), other)
    by_kind = {change.kind: change for change in found(document, tmp_path)}
    assert set(by_kind) == {ReturnedKind.SPEAKER, ReturnedKind.HEADING}
    speaker, told = by_kind[ReturnedKind.SPEAKER], by_kind[ReturnedKind.HEADING]
    assert (speaker.place, speaker.old, speaker.new) == ((0, 0), name, CHIEF)
    assert not speaker.is_doubtful and not told.can_be_taken
    assert (told.place, told.new) == ((1, 0), "2　別の見出し")
    content = returning.applied(sample(), [speaker])
    assert content.sections[0].paragraphs[0].speaker == CHIEF
    with pytest.raises(InvalidInput, match="取り入れられません"):
        returning.applied(sample(), [told])
    (unknown,) = found(edited(exported, (f"○{name}", "○謎の人")), tmp_path)
    assert unknown.new == "謎の人" and unknown.is_doubtful
    (gone,) = found(edited(exported, (f"○{name}", "")), tmp_path)
    assert not gone.can_be_taken


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match="本文が見つかりません"):
        found(docx_of("<w:p><w:r><w:t>まったく別の文書。</w:t></w:r></w:p>"), tmp_path)
    with pytest.raises(FileRejected, match="docx"):
        returning.read("a.pdf", tmp_path)
    with pytest.raises(FileRejected, match="読めません"):
        found(b"nothing of the kind", tmp_path)
    with pytest.raises(InvalidInput, match="会議録にない文"):
        returning.applied(sample(), [ReturnedChange((9, 9), ReturnedKind.CHANGED, "", "a")])


def _xml(document: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        return packed.read("word/document.xml").decode()
