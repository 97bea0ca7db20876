"""What corrections teach, and what they do not."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.assignment import spans
from minutes.records import records
from minutes.terms.learning import LearnedReplacement, replacements
from minutes.transcripts import cutting, transcripts
from models.term import Confusion
from models.transcript import Segment, Transcript
from tests.conftest import Cast

HEARD = "それでは提告となりましたので"
MEANT = "それでは定刻となりましたので"


@pytest.mark.parametrize(
    ("heard", "text", "learned"),
    [
        ("鉄づきが必要です", "手続きが必要です", ("鉄づき", "手続き")),
        ("北急集市の財政", "北九州市の財政", ("北急集", "北九州")),
        ("作点に関する件", "策定に関する件", ("作点", "策定")),
        ("公正労働省の通知", "厚生労働省の通知", ("公正", "厚生")),
        ("指導しおみせんの工事", "市道汐見線の工事", ("指導しおみせん", "市道汐見線")),
        ("セリザワ委員です", "芹沢委員です", ("セリザワ", "芹沢")),
        ("渡辺次長から", "渡邊次長から", ("渡辺", "渡邊")),
    ],
)
def test_whole_words_that_sound_alike_are_learned(
    heard: str, text: str, learned: tuple[str, str]
) -> None:
    assert replacements(heard, text) == [LearnedReplacement(*learned)]


def test_letters_that_make_no_word_are_read_as_in_words_from_chinese() -> None:
    assert replacements(HEARD, MEANT) == [LearnedReplacement("提告", "定刻")]
    assert replacements("財入財出", "歳入歳出") == [
        LearnedReplacement("財入", "歳入"),
        LearnedReplacement("財出", "歳出"),
    ]


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ("説明します", "ご説明いたします"),  # wording
        ("会議を開きます", "会合を開きます"),
        ("市長が申しました", "知事が申しました"),
        ("手を挙げてください", "挙手してください"),
        ("えーと予算です", "予算です"),  # a filler
        ("予算です、はい", "予算です。はい"),  # marks
        ("百四十八人です", "148人です"),  # notation of numbers
        ("3つきの会議", "3月の会議"),
        ("よろしく頂きます", "よろしくいただきます"),  # notation of words
        ("受け付けをします", "受付をします"),
        ("ほんじつはどうも", "本日はどうも"),
        ("この会で決めます", "この回で決めます"),  # one letter
        ("これから始めます", "これからはじめます"),
        ("", "予算です"),
        ("予算です", ""),
        ("予算です", "予算です"),
        ("�\x00、、", "手続き"),
    ],
)
def test_what_is_no_error_of_recognition_is_never_learned(heard: str, text: str) -> None:
    assert replacements(heard, text) == []


def test_a_sentence_written_anew_teaches_nothing() -> None:
    heard = "まあそういうことでございますので皆さんよろしくということでございます"
    assert replacements(heard, "以上、各委員の賛同を得た旨の報告があった") == []


def pairs(session: Session) -> list[tuple[str, str]]:
    session.flush()
    return [(row.heard, row.meant) for row in session.scalars(select(Confusion))]


@pytest.fixture
def segment(transcript: Transcript) -> Segment:
    assert transcript.segments[0].heard == HEARD
    return transcript.segments[0]


def test_a_confirmed_correction_counts_once_for_its_segment(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(session, cast.secretary, segment, MEANT, based_on=0)
    assert pairs(session) == [], "nobody has confirmed it yet"
    transcripts.confirm(session, cast.secretary, segment)
    transcripts.confirm(session, cast.secretary, segment)
    assert pairs(session) == [("提告", "定刻")]
    transcripts.take_back_confirmation(session, cast.secretary, segment)
    assert pairs(session) == []
    transcripts.confirm(session, cast.secretary, segment)
    assert pairs(session) == [("提告", "定刻")]


def test_correcting_again_replaces_what_a_segment_taught(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(session, cast.secretary, segment, MEANT, based_on=0)
    transcripts.confirm(session, cast.secretary, segment)
    other = "それでは帝国となりましたので"
    transcripts.correct(session, cast.secretary, segment, other, based_on=1)
    assert pairs(session) == [("提告", "帝国")]
    transcripts.correct(session, cast.secretary, segment, HEARD, based_on=2)
    assert pairs(session) == []


def test_segments_that_are_split_and_joined_keep_what_they_taught(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    by, (first, second) = cast.secretary, transcript.segments[:2]
    first.heard = first.machine = first.text = f"鉄づきの件です。{HEARD}"
    text = f"手続きの件です。{MEANT}"
    transcripts.correct(session, by, first, text, based_on=first.revision)
    transcripts.confirm(session, by, first)
    both = [("提告", "定刻"), ("鉄づき", "手続き")]
    assert sorted(pairs(session)) == both
    cutting.split(session, by, first, 8, based_on=first.revision)
    assert sorted(pairs(session)) == both
    assert len({row.segment_id for row in session.scalars(select(Confusion))}) == 2
    cutting.join(session, by, first, based_on=first.revision)
    assert sorted(pairs(session)) == both
    assert {row.segment_id for row in session.scalars(select(Confusion))} == {first.id}
    assert not second.is_confirmed
    cutting.join(session, by, first, based_on=first.revision)
    assert pairs(session) == [], "what is joined with an open segment is open"


def test_what_the_papers_changed_by_themselves_is_no_correction(
    session: Session, cast: Cast, segment: Segment
) -> None:
    segment.machine = segment.text = MEANT
    transcripts.confirm(session, cast.secretary, segment)
    assert pairs(session) == []
    text = f"{MEANT}、はい"
    transcripts.correct(session, cast.secretary, segment, text, based_on=segment.revision)
    assert pairs(session) == []


def test_an_error_of_the_papers_that_a_person_mended_teaches_what_was_heard(
    session: Session, cast: Cast, segment: Segment
) -> None:
    segment.machine = segment.text = "それでは帝国となりましたので"
    transcripts.correct(session, cast.secretary, segment, MEANT, based_on=segment.revision)
    transcripts.confirm(session, cast.secretary, segment)
    assert pairs(session) == [("提告", "定刻")]


def test_approval_teaches_nothing_that_nobody_has_confirmed(
    session: Session, cast: Cast, transcript: Transcript, segment: Segment
) -> None:
    transcripts.correct(session, cast.secretary, segment, MEANT, based_on=0)
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    assert pairs(session) == []
    session.refresh(segment)
    assert segment.heard == HEARD
