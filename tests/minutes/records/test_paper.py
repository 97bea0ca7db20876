"""The minutes as screen, print and file set them."""

import pytest

from meetings.style_choices import Speakers
from minutes.records.content import Attendee, Content, Paragraph, Section
from minutes.records.paper import as_text, laid_out, set_apart, speaker_labels
from minutes.style.choice import Style

CHAIR, CHIEF, GUEST = "桐生 正臣", "三浦 恵子", "声1"


def content(form: Speakers, *said: Paragraph) -> Content:
    return Content(
        title="総務財政委員会",
        series="総務財政委員会",
        starts_at="2026-11-24T14:00:00+09:00",
        ends_at="2026-11-24T15:00:00+09:00",
        place="第1委員会室",
        attendees=[Attendee(name=CHAIR, title="委員長（3期）")],
        speakers=[Attendee(name=CHIEF, title="財政局 財政課長")],
        sections=[Section(number="1", title="補正予算", paragraphs=list(said))],
        style=Style(speakers=form),
    )


def said(speaker: str, text: str, *, goes_on: bool = False) -> Paragraph:
    return Paragraph(speaker=speaker, text=text, start_seconds=0, end_seconds=1, goes_on=goes_on)


SAID = (
    said(CHAIR, "説明を求めます。"),
    said(CHIEF, "お答えします。"),
    said(CHIEF, "財源は基金です。", goes_on=True),
    said(CHIEF, "次に、歳出です。"),
    said(GUEST, "異議なし。", goes_on=True),
)


@pytest.mark.parametrize(
    ("form", "chair", "chief"),
    [
        (Speakers.NAME, "○桐生 正臣", "○三浦 恵子"),
        (Speakers.FAMILY_NAME, "○桐生委員長", "○三浦財政課長"),
        (Speakers.OFFICE, "○委員長", "○財政局財政課長"),
        (Speakers.OFFICE_AND_NAME, "○委員長（桐生正臣）", "○財政局財政課長（三浦恵子）"),
        (Speakers.OFFICE_AND_NAME_KUN, "○委員長（桐生正臣君）", "○財政局財政課長（三浦恵子君）"),
        (Speakers.IN_BRACKETS, "（桐生委員長）", "（三浦財政課長）"),
    ],
)
def test_who_speaks_is_called_as_the_city_writes_it(form: Speakers, chair: str, chief: str) -> None:
    label = speaker_labels(content(form))
    assert (label(CHAIR), label(CHIEF), label("桐生正臣")) == (chair, chief, chair)
    assert label(GUEST) == ("（声1）" if form is Speakers.IN_BRACKETS else "○声1")
    assert label("") == ""


def test_sentences_stand_in_paragraphs_and_a_speaker_is_named_once() -> None:
    (section,) = laid_out(content(Speakers.FAMILY_NAME, *SAID))
    assert [(block.speaker, block.text) for block in section] == [
        ("○桐生委員長", "説明を求めます。"),
        ("○三浦財政課長", "お答えします。財源は基金です。"),
        ("", "次に、歳出です。"),
        ("○声1", "異議なし。"),
    ]
    assert [sentence.place for sentence in section[1].sentences] == [1, 2]


def test_the_file_reads_like_the_screen() -> None:
    text = as_text(content(Speakers.OFFICE_AND_NAME_KUN, *SAID))
    assert "○委員長（桐生正臣君）　説明を求めます。\n\n" in text
    assert (
        "○財政局財政課長（三浦恵子君）　お答えします。財源は基金です。\n\n　次に、歳出です。"
        in text
    )


def test_texts_from_before_there_were_paragraphs_are_read_as_they_were() -> None:
    old = content(Speakers.NAME, *SAID).model_dump(exclude={"speakers", "style"})
    for paragraph in old["sections"][0]["paragraphs"]:
        del paragraph["goes_on"]
    (section,) = laid_out(Content.model_validate(old))
    assert [block.text for block in section] == [one.text for one in SAID]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("御異議ありませんか。（「異議なし」と呼ぶ者あり）異議なしと認めます。", 3),
        ("以上です。（拍手）", 2),
        ("（休憩）", 1),
        ("そうですね（笑い）、次に進みます。", 1),
        ("当時の市長（現顧問）。〔聞き取り不能〕です。", 1),
        ("一行目\n二行目", 2),
    ],
)
def test_what_happened_between_sentences_has_a_line_of_its_own(text: str, lines: int) -> None:
    set_so = set_apart(text)
    assert len(set_so.splitlines()) == lines
    assert set_so.replace("\n", "") == text.replace("\n", "")


def test_what_happened_is_said_by_nobody_and_interrupts_nobody() -> None:
    said_then = (
        said(CHAIR, "散会します。"),
        said(GUEST, "（拍手）", goes_on=True),
        said(CHAIR, "お疲れ様。", goes_on=True),
    )
    (section,) = laid_out(content(Speakers.OFFICE, *said_then))
    assert [(block.speaker, block.text) for block in section] == [
        ("○委員長", "散会します。"),
        ("", "（拍手）"),
        ("", "お疲れ様。"),
    ]
