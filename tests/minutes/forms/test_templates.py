"""A city's own Word files as templates: refused with the paragraph that is wrong, else used."""

import io
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import FileRejected, NotPossibleNow
from minutes.forms import starters, templates
from minutes.forms.context import example
from minutes.forms.kinds import RecordForm
from minutes.forms.tags import TemplatePart, wrong_tags
from models.meeting import Meeting
from tests.cast import Cast
from tests.minutes.forms.test_exporting import words_of

VERBATIM = RecordForm.VERBATIM


def starter_with(old: str = "", new: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """The starter of a 会議録, with other words in its document, and with more parts."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(starters.starter(VERBATIM))) as known,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in known.namelist():
            text = known.read(name).decode()
            if name == "word/document.xml":
                assert old in text
                text = text.replace(old, new, 1)
            made.writestr(name, (more or {}).pop(name, b"") or text)
        for name, content in (more or {}).items():
            made.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def put(session: Session, storage: Storage, cast: Cast) -> Callable[..., None]:
    def put(content: bytes, meeting: Meeting | None = None, name: str = "市の様式.docx") -> None:
        with storage.receive(10**8) as incoming:
            incoming.write(content)
            checked = templates.prepare(storage, VERBATIM, name, incoming)
        templates.put_in(session, cast.secretary, meeting.series if meeting else None, checked)

    return put


def told(*paragraphs: str) -> list[str]:
    return wrong_tags([TemplatePart("本文", paragraphs)], example().for_templates())[1]


@pytest.mark.parametrize(
    ("paragraphs", "sentence"),
    [
        (["", "{{ 会議 名 }}"], "2段落目「{{ 会議 名 }}」：タグの書き方"),
        (["{{ 会義名 }}"], "「{{ 会義名 }}」：「会義名」という項目はありません（「会議名」のこと"),
        (["{% for 行 in 議事 %}", "{{ 行.担当 }}", "{% endfor %}"], "2段落目「{{ 行.担当 }}」"),
        (["{%p for 行 in 議事 %}", "{{ 行.題名 }}"], "閉じていません"),
        (["{{ 会議名 }}", "{%p endfor %}"], "2段落目「{%p endfor %}」：知らないか"),
        (["{%p for 字 in 会議名 %}", "{%p endfor %}"], "一覧でないもの"),
        (["{{ 出席委員 }}"], "一覧はそのままでは"),
        (["｛｛ 会議名 ｝｝"], "かっこが全角"),
        (["{{ 会議名.__class__ }}"], "「__class__」という項目は"),
        (["{{ ''.join(議事) }}"], "この書き方は使えません"),
        (["{% for a in range(99999999) %}{% endfor %}"], "この書き方は使えません"),
        (["{% include 'x' %}"], "ここで使えるのは"),
        (["{% set x = 1 %}"], "ここで使えるのは"),
        (["{% macro x() %}{% endmacro %}"], "ここで使えるのは"),
    ],
)  # fmt: skip
def test_a_wrong_tag_is_told_with_its_paragraph(paragraphs: list[str], sentence: str) -> None:
    assert sentence in "　".join(told(*paragraphs))


def test_what_an_office_writes_is_right() -> None:
    assert told(
        "{{ 市名 }}{{r 会議名 }}（{{ 出席委員|length }}人）",
        "{%p if 傍聴者数 and not 版の表示 %}", "{%p elif 版 > 1 %}", "{%p else %}", "{%p endif %}",
        "{%tr for 人 in 出席委員 %}", "{{ loop.index }}{{ 人.氏名 }}{{ “、” if not loop.last }}",
        "{%tr endfor %}",
    ) == []  # fmt: skip


@pytest.mark.parametrize("form", RecordForm)
def test_every_starter_is_a_template_that_is_taken_in(form: RecordForm, storage: Storage) -> None:
    with storage.receive(10**6) as incoming:
        incoming.write(starters.starter(form))
        assert templates.prepare(storage, form, "ひな形.docx", incoming).form is form


RELATION = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="a" Type="http://x/attachedTemplate" Target="http://example.com/a" '
    b'TargetMode="External"/></Relationships>'
)
SETTINGS = "word/_rels/settings.xml.rels"
FIELD = "<w:p><w:r><w:instrText> INCLUDETEXT /etc/passwd</w:instrText></w:r></w:p>"
ENTITY = '<!DOCTYPE w [<!ENTITY a "b">]><w:body>'


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (starter_with("{{ 会議体 }}", "{{ 会議隊 }}"), "a.docx", "本文の1段落目「{{ 会議隊 }}」"),
        (starter_with("{{ 一言.本文 }}", ""), "a.docx", "発言の本文がありません"),
        (starter_with(more={"word/vbaProject.bin": b"x"}), "a.docx", "マクロの入った"),
        (starter_with(), "a.docm", "Wordのファイル（docx）です"),
        (starter_with(more={SETTINGS: RELATION}), "a.docx", "ほかの場所から読み込む"),
        (starter_with(more={"word/embeddings/a.xlsx": b"x"}), "a.docx", "埋め込まれて"),
        (starter_with("<w:sectPr>", FIELD + "<w:sectPr>"), "a.docx", "フィールド"),
        (starter_with("<w:body>", ENTITY), "a.docx", "読めません"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.docx", "古い形式"),
        (b"PK\x03\x04 broken", "a.docx", "読めません"),
    ],
)  # fmt: skip
def test_what_is_no_good_template_is_refused_with_what_to_do(
    content: bytes, name: str, sentence: str, put: Callable[..., None]
) -> None:
    with pytest.raises(FileRejected, match=sentence):
        put(content, name=name)


@pytest.mark.hostile
def test_a_bomb_ends_in_the_cell(put: Callable[..., None]) -> None:
    bomb = starter_with(more={"word/media/a.png": bytes(150_000_000)})
    with pytest.raises(FileRejected, match="大きく"):
        put(bomb)


def test_the_series_own_template_counts_before_the_city_s_and_that_before_the_starter(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, put: Callable[..., None]
) -> None:
    def first_words() -> str:
        found = templates.in_use(session, meeting.series, VERBATIM)
        return words_of(templates.content(storage, found, VERBATIM))[0]

    assert first_words() == "{{ 会議体 }}"
    put(starter_with("{{ 会議体 }}", "市の様式"))
    assert first_words() == "市の様式"
    put(starter_with("{{ 会議体 }}", "委員会の様式"), meeting)
    put(starter_with("{{ 会議体 }}", "委員会の新しい様式"), meeting)
    assert first_words() == "委員会の新しい様式"
    templates.take_back(session, cast.secretary, meeting.series, VERBATIM)
    assert first_words() == "市の様式"
    templates.take_back(session, cast.secretary, None, VERBATIM)
    assert first_words() == "{{ 会議体 }}"
    with pytest.raises(NotPossibleNow, match="ひな形がありません"):
        templates.take_back(session, cast.secretary, None, VERBATIM)
