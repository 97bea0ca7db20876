"""What people add to the dictionaries of series and departments, switch off and share."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotFound
from meetings.people import people
from minutes.terms import dictionaries
from minutes.transcripts import transcripts
from models.audit import AuditLine
from models.meeting import Meeting, Series
from models.person import Role
from models.term import DictionaryEntry, SwitchedOff
from models.transcript import Transcript
from tests.conftest import Cast

MEANT = "それでは定刻となりましたので"


@pytest.fixture
def series(meeting: Meeting) -> Series:
    return meeting.series


def test_a_word_is_kept_with_its_reading_in_katakana_and_by_whom(
    session: Session, cast: Cast, series: Series
) -> None:
    entry = dictionaries.add(session, cast.secretary, series, " 市道 汐見線 ", "しどう しおみせん")
    assert (entry.surface, entry.kana, entry.is_guessed) == (
        "市道汐見線",
        "シドウシオミセン",
        False,
    )
    assert entry.added_by is cast.secretary
    verbs = select(AuditLine.verb).where(AuditLine.thing == "dictionary_entry")
    assert session.scalars(verbs).all() == ["add"]


def test_half_width_kana_are_a_reading_too(session: Session, cast: Cast, series: Series) -> None:
    assert dictionaries.add(session, cast.secretary, series, "汐見線", "ｼｵﾐｾﾝ").kana == "シオミセン"


def test_a_reading_that_the_dictionary_does_not_know_is_guessed_and_marked(
    session: Session, cast: Cast, series: Series
) -> None:
    known = dictionaries.add(session, cast.secretary, series, "手続き")
    assert (known.kana, known.is_guessed) == ("テツズキ", False)
    guessed = dictionaries.add(session, cast.secretary, series, "髙橋")
    assert (guessed.kana, guessed.is_guessed) == ("タカハシ", True)
    given = dictionaries.add(session, cast.secretary, series, "髙橋", "たかばし")
    assert (given.kana, given.is_guessed) == ("タカバシ", False)
    assert guessed.ended_at is not None
    assert [entry.kana for entry in dictionaries.entries_of(session, series)] == [
        "タカバシ",
        "テツズキ",
    ]


@pytest.mark.parametrize(
    ("surface", "kana", "field", "why"),
    [
        ("", "", "surface", "入力してください"),
        ("市", "し", "surface", "1文字"),
        ("の", "の", "surface", "1文字"),
        ("ます", "", "surface", "ひらがな2文字"),
        ("伊江", "いえ", "surface", "短すぎて"),
        ("123", "いちにさん", "surface", "記号や数字だけ"),
        ("…！", "てん", "surface", "記号や数字だけ"),
        ("あ" * 61, "", "surface", "60文字まで"),
        ("汐見線", "塩見線", "kana", "ひらがなかカタカナだけ"),
        ("汐見線", "shiomi", "kana", "ひらがなかカタカナだけ"),
        ("汐見線", "ア" * 121, "kana", "120文字まで"),
        ("Excel", "", "kana", "読みが分かりません"),
        ("燚", "", "kana", "読みが分かりません"),
        ("汐見\ue000線", "しおみ", "surface", "使えない文字"),
    ],
)
def test_what_would_be_found_everywhere_or_cannot_be_read_is_refused(
    session: Session, cast: Cast, series: Series, surface: str, kana: str, field: str,
    why: str,
) -> None:  # fmt: skip
    with pytest.raises(InvalidInput, match=why) as refused:
        dictionaries.add(session, cast.secretary, series, surface, kana)
    assert refused.value.field == field
    assert dictionaries.entries_of(session, series) == []


def test_adding_the_same_again_is_no_change(session: Session, cast: Cast, series: Series) -> None:
    once = dictionaries.add(session, cast.secretary, series, "汐見線", "しおみせん")
    assert dictionaries.add(session, cast.approver, series, "汐見線", "シオミセン") is once
    assert session.scalars(select(DictionaryEntry)).all() == [once]


def test_adding_without_a_reading_keeps_the_one_that_was_given(
    session: Session, cast: Cast, series: Series
) -> None:
    given = dictionaries.add(session, cast.secretary, series, "手続き", "てつづきい")
    dictionaries.switch_off(session, cast.secretary, series, "手続き")
    assert dictionaries.add(session, cast.approver, series, "手続き") is given
    assert given.ended_at is None
    assert dictionaries.taught(session, series).off == frozenset()


def test_a_dictionary_keeps_to_its_limit(
    session: Session, cast: Cast, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionaries, "MOST_ENTRIES", 1)
    dictionaries.add(session, cast.secretary, series, "汐見線", "しおみせん")
    with pytest.raises(InvalidInput, match="1語まで"):
        dictionaries.add(session, cast.secretary, series, "鶴ヶ丘", "つるがおか")
    assert dictionaries.add(session, cast.secretary, series, "汐見線", "しおみらいん")


def test_what_is_switched_off_can_be_switched_on_again(
    session: Session, cast: Cast, series: Series
) -> None:
    dictionaries.add(session, cast.secretary, series, "汐見線", "しおみせん")
    dictionaries.switch_off(session, cast.secretary, series, "汐見線")
    dictionaries.switch_off(session, cast.secretary, series, "汐見線")
    (row,) = session.scalars(select(SwitchedOff))
    assert row.switched_off_by is cast.secretary
    assert dictionaries.taught(session, series).off == {"汐見線"}
    dictionaries.switch_on(session, cast.secretary, series, "汐見線")
    assert dictionaries.taught(session, series).off == frozenset()
    dictionaries.switch_off(session, cast.secretary, series, "汐見線")
    dictionaries.add(session, cast.secretary, series, "汐見線", "しおみらいん")
    assert dictionaries.taught(session, series).off == frozenset(), "adding it means using it"


@pytest.fixture
def twice_corrected(session: Session, cast: Cast, transcript: Transcript) -> Series:
    """提告 became 定刻 in one segment, and in another."""
    for segment in transcript.segments[:2]:
        segment.heard = segment.machine = segment.text = "それでは提告となりましたので"
        transcripts.correct(session, cast.secretary, segment, MEANT, based_on=segment.revision)
        transcripts.confirm(session, cast.secretary, segment)
    session.flush()
    return transcript.meeting.series


def test_a_correction_teaches_a_word_and_the_second_one_a_proposal(
    session: Session, cast: Cast, twice_corrected: Series, transcript: Transcript
) -> None:
    taught = dictionaries.taught(session, twice_corrected)
    assert [word.surface for word in taught.words] == ["定刻"]
    (one,) = taught.confused
    assert (one.heard, one.meant, one.times, one.is_proposed) == ("提告", "定刻", 2, True)
    transcripts.take_back_confirmation(session, cast.secretary, transcript.segments[0])
    taught = dictionaries.taught(session, twice_corrected)
    assert [word.surface for word in taught.words] == ["定刻"]
    assert [one.is_proposed for one in taught.confused] == [False]


def test_a_confusion_can_be_switched_off_and_its_word_stays(
    session: Session, cast: Cast, twice_corrected: Series
) -> None:
    dictionaries.switch_off(session, cast.secretary, twice_corrected, "定刻", "提告")
    taught = dictionaries.taught(session, twice_corrected)
    assert (taught.confused, taught.off) == ([], frozenset())
    assert taught.refused == {("提告", "定刻")}
    (word,) = dictionaries.dictionary_of(session, twice_corrected)
    assert not word.is_off and word.learned[0].is_off
    dictionaries.switch_on(session, cast.secretary, twice_corrected, "定刻", "提告")
    assert dictionaries.taught(session, twice_corrected).confused


def test_a_word_that_is_switched_off_is_not_proposed_either(
    session: Session, cast: Cast, twice_corrected: Series
) -> None:
    dictionaries.switch_off(session, cast.secretary, twice_corrected, "定刻")
    assert dictionaries.taught(session, twice_corrected).confused == []


def other_series(session: Session, series: Series) -> Series:
    made = Series(name="別の会議体", department=series.department)
    session.add(made)
    session.flush()
    return made


def test_the_administrator_shares_a_word_with_the_department(
    session: Session, cast: Cast, twice_corrected: Series
) -> None:
    series, other = twice_corrected, other_series(session, twice_corrected)
    assert dictionaries.taught(session, other).words == []
    entry = dictionaries.share(session, cast.administrator, series, "定刻", series.department_id)
    assert (entry.shared_from, entry.department) == (series, series.department)
    (word,) = dictionaries.taught(session, other).words
    assert (word.surface, word.place) == ("定刻", f"{series.department.name}の用語辞書")
    dictionaries.share(session, cast.administrator, series, "定刻", series.department_id)
    assert len(dictionaries.shared(session, cast.administrator)) == 1
    dictionaries.remove(session, cast.administrator, dictionaries.shared(
        session, cast.administrator)[0])  # fmt: skip
    assert dictionaries.taught(session, other).words == []


def test_what_a_bureau_has_holds_for_its_sections(
    session: Session, cast: Cast, series: Series
) -> None:
    bureau = series.department.parent
    assert bureau is not None
    dictionaries.add(session, cast.secretary, series, "汐見線", "しおみせん")
    dictionaries.share(session, cast.administrator, series, "汐見線", bureau.id)
    assert [w.surface for w in dictionaries.taught(session, other_series(session, series)).words]
    elsewhere = Series(name="市民課会議", department=cast.outsider.department)
    session.add(elsewhere)
    session.flush()
    assert dictionaries.taught(session, elsewhere).words == []


def test_nobody_shares_words_of_a_department_that_somebody_else_administers(
    session: Session, cast: Cast, series: Series
) -> None:
    dictionaries.add(session, cast.secretary, series, "汐見線", "しおみせん")
    people.grant_role(session, cast.outsider, Role.ADMINISTRATOR, cast.outsider.department)
    session.flush()
    assert dictionaries.administered(session, cast.outsider) == []
    with pytest.raises(NotFound):
        dictionaries.share(session, cast.outsider, series, "汐見線", series.department_id)
    with pytest.raises(NotFound):
        dictionaries.share(session, cast.administrator, series, "汐見線", 10**9)
    with pytest.raises(NotFound):
        dictionaries.share(session, cast.administrator, series, "未知語", series.department_id)
