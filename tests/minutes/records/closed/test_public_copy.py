"""What is left of the minutes for citizens, and where marks are found again in a later text."""

import pytest

from minutes.digests.points import DigestPoint, DigestSentence, PointKind
from minutes.records.closed.anchors import Anchor, Marks
from minutes.records.closed.public_copy import public_copy
from minutes.records.content import Attendee, Content, Paragraph, Section
from minutes.records.digest import points_with, source_of
from minutes.records.head import HeadDecision, HeadPaper
from minutes.records.paper import as_text
from models.closed_passage import ClosedKind, ClosedPassage, ClosedScope, ClosedState
from models.proceedings import ItemResult

TRANSCRIPT, RECORDING = 1, 7
PHONE = "電話は03-1234-5678です。"
NAMED = "市内の山田花子さんから手紙が届きました。"
PLAIN = "次の議題に移ります。"


def said(text: str, start: float, speaker: str = "委員長 太郎", length: float = 4.0) -> Paragraph:
    return Paragraph(
        speaker=speaker,
        text=text,
        start_seconds=start,
        end_seconds=start + length,
        transcript_id=TRANSCRIPT,
        segment_ids=[int(start)],
        faithful=text,
    )


def content(*paragraphs: Paragraph, title: str = "相談") -> Content:
    return Content(
        title="定例会",
        series="審議会",
        starts_at="2026-04-01T10:00:00+09:00",
        ends_at="2026-04-01T12:00:00+09:00",
        place="会議室",
        attendees=[Attendee(name="委員長 太郎", title="委員長")],
        sections=[Section(title=title, paragraphs=list(paragraphs))],
        transcript_ids=[TRANSCRIPT],
    )


USUAL = content(said(PHONE, 0), said(NAMED, 5), said(PLAIN, 10))


def anchor(paragraph: Paragraph, quote: str = "") -> Anchor:
    start = paragraph.text.index(quote)
    return Anchor(
        recording_id=RECORDING,
        transcript_id=TRANSCRIPT,
        start_seconds=paragraph.start_seconds,
        end_seconds=paragraph.end_seconds,
        sentence=paragraph.text if quote else "",
        start=start,
        end=start + len(quote),
    )


def passage(
    *anchors: Anchor,
    scope: ClosedScope = ClosedScope.WORDS,
    quote: str = "",
    state: ClosedState = ClosedState.DECIDED,
) -> ClosedPassage:
    return ClosedPassage(
        scope=scope,
        kind=ClosedKind.PERSONAL,
        state=state,
        quote=quote or "".join(one.quote for one in anchors),
        anchors=[one.model_dump() for one in anchors],
        replacement="〔略〕",
        hides_pages=False,
    )


def texts(of: Content, *passages: ClosedPassage) -> list[str]:
    copy = public_copy(of, Marks(passages, {TRANSCRIPT: RECORDING}, TRANSCRIPT))
    return [p.text for section in copy.content.sections for p in section.paragraphs]


NUMBER = passage(anchor(said(PHONE, 0), "03-1234-5678"))


def test_closed_words_are_replaced_and_no_layer_beside_them_tells_them() -> None:
    copy = public_copy(USUAL, Marks([NUMBER], {TRANSCRIPT: RECORDING}, TRANSCRIPT))
    assert texts(USUAL, NUMBER) == ["電話は〔略〕です。", NAMED, PLAIN]
    assert "1234" not in copy.content.model_dump_json()
    assert "1234" in USUAL.model_dump_json(), "the original keeps them"


@pytest.mark.parametrize("state", [ClosedState.PROPOSED, ClosedState.DECLINED])
def test_what_nobody_decided_to_close_stays(state: ClosedState) -> None:
    open_one = passage(anchor(said(PHONE, 0), "03-1234-5678"), state=state)
    assert texts(USUAL, open_one) == [PHONE, NAMED, PLAIN]


def test_a_passage_over_the_border_of_two_sentences_closes_both_ends() -> None:
    over = passage(anchor(said(PHONE, 0), "5678です。"), anchor(said(NAMED, 5), "市内の山田花子"))
    assert texts(USUAL, over) == ["電話は03-1234-〔略〕", "〔略〕さんから手紙が届きました。", PLAIN]


def test_passages_that_overlap_are_one() -> None:
    other = passage(anchor(said(PHONE, 0), "1234-5678で"))
    assert texts(USUAL, NUMBER, other)[0] == "電話は〔略〕す。"


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([said("なお、" + PHONE, 0)], ["なお、電話は〔略〕です。"]),
        ([said("番号は03-1234-5678でございます。", 0)], ["番号は〔略〕でございます。"]),
        (
            [said("電話は03-12", 0, length=2), said("34-5678です。", 2, length=2)],
            ["電話は〔略〕", "〔略〕です。"],
        ),
        ([said(PHONE + NAMED, 0, length=9)], ["電話は〔略〕です。" + NAMED]),
        ([said(PLAIN, 10), said(PHONE, 0)], [PLAIN, "電話は〔略〕です。"]),
    ],
    ids=["added to", "changed around", "cut in two", "joined", "moved"],
)
def test_a_passage_is_found_again_in_a_later_text(
    later: list[Paragraph], expected: list[str]
) -> None:
    assert texts(content(*later), NUMBER) == expected


def test_where_the_passage_itself_was_changed_nothing_of_its_sentence_is_public() -> None:
    later = content(said("電話は03-9999-5678です。", 0), said(NAMED, 5))
    assert texts(later, NUMBER) == ["〔略〕", NAMED]


def test_what_somebody_saw_to_be_gone_closes_nothing_until_the_text_changes_again() -> None:
    later = content(said("電話番号をお伝えします。", 0))
    gone = passage(anchor(said(PHONE, 0), "03-1234-5678"))
    gone.absent_from = f"{RECORDING}\n電話番号をお伝えします。"
    assert texts(later, gone) == ["電話番号をお伝えします。"]
    assert texts(content(said("電話番号は1234です。", 0)), gone) == ["〔略〕"]
    assert texts(USUAL, gone)[0] == "電話は〔略〕です。"


def test_whole_sentences_are_closed_whatever_they_say_by_now_and_stand_as_one() -> None:
    whole = passage(anchor(said(PHONE, 0)), anchor(said(NAMED, 5)), scope=ClosedScope.SENTENCES)
    later = content(said("別の文。", 0), said("もう一つ。", 5), said(PLAIN, 10))
    assert texts(later, whole) == ["〔略〕", PLAIN]


def test_a_closed_section_says_neither_who_spoke_nor_how_often() -> None:
    section = passage(
        *(anchor(p) for p in USUAL.sections[0].paragraphs), scope=ClosedScope.SECTION, quote="相談"
    )
    copy = public_copy(USUAL, Marks([section], {TRANSCRIPT: RECORDING}, TRANSCRIPT))
    (only,) = copy.content.sections[0].paragraphs
    assert (only.text, only.speaker) == ("〔略〕", "")
    moved = content(said(NAMED, 5), title="別の見出し")
    assert texts(moved, section) == ["〔略〕"], "under another heading it stays closed"


def test_of_a_closed_item_the_result_alone_is_told_and_of_limited_papers_nothing() -> None:
    of = content(said(PHONE, 0), said(NAMED, 5))
    of.sections[0].agenda_item_id = 3
    decided = HeadDecision(
        agenda_item_id=3, subject="相談", result=ItemResult.REJECTED, votes_for=1, mover="議員 甲"
    )
    papers = [
        HeadPaper(document_id=n, number=f"資料{n}", title=title, is_limited=n == 2)
        for n, title in ((1, "予算書"), (2, "個人名簿"))
    ]
    of.head = of.shown_head.model_copy(update={"decisions": [decided], "papers": papers})
    section = passage(
        *(anchor(p) for p in of.sections[0].paragraphs), scope=ClosedScope.SECTION, quote="相談"
    )
    told = as_text(public_copy(of, Marks([section], {TRANSCRIPT: RECORDING}, TRANSCRIPT)).content)
    assert "結果　否決\n" in told and "予算書" in told
    assert "議員 甲" not in told and "1人" not in told and "個人名簿" not in told
    open_copy = public_copy(of, Marks([], {TRANSCRIPT: RECORDING}, TRANSCRIPT)).content
    assert "議員 甲" in as_text(open_copy) and "個人名簿" not in as_text(open_copy)


def test_a_hidden_speaker_is_named_nowhere() -> None:
    witness = "参考人 花子"
    of = content(said("参考人花子です。", 0, witness), said(PLAIN, 5))
    of.attendees.append(Attendee(name=witness, title="参考人"))
    of.head = of.shown_head.model_copy(update={"openness_reason": f"{witness}を守るため"})
    hidden = passage(anchor(of.sections[0].paragraphs[0]), scope=ClosedScope.SPEAKER, quote=witness)
    copy = public_copy(of, Marks([hidden], {TRANSCRIPT: RECORDING}, TRANSCRIPT))
    assert "花子" not in copy.content.model_dump_json() + as_text(copy.content)
    assert "○〔略〕　〔略〕です。" in as_text(copy.content)
    assert copy.unnamed == {(0, 0)}


def test_a_digest_loses_what_rests_on_a_closed_passage_or_repeats_it() -> None:
    original = content(said(PHONE, 0), said(NAMED, 5), said(PLAIN, 10))
    section = original.sections[0]
    section.digest = [
        *points_with(section, 0),
        DigestPoint(
            kind=PointKind.OPINION,
            speaker="委員長 太郎",
            sentences=[
                DigestSentence(
                    text=text, sources=[source_of(section.paragraphs[2])], source_text=PHONE
                )
                for text in ("次の議題に移る。", "03-1234-5678に電話する。")
            ],
        ),
    ]
    closed = passage(anchor(original.sections[0].paragraphs[0], "03-1234-5678"))
    copy = public_copy(original, Marks([closed], {TRANSCRIPT: RECORDING}, TRANSCRIPT))
    (point,) = copy.content.sections[0].digest or []
    assert [(one.text, one.source_text) for one in point.sentences] == [("次の議題に移る。", "")]
