"""Talk is assigned to the items of the agenda by what was shown and said."""

from collections.abc import Sequence

import pytest

from minutes.assignment.assigning import LONGEST_OUTSIDE_SECONDS, OUTSIDE, SpokenSegment, assign
from minutes.assignment.topics import Topic
from minutes.assignment.weights import CHOSEN
from minutes.evaluation.items import share_right
from minutes.terms.terms import PersonName
from models.transcript import AssignedBy
from tests.minutes.assignment.meetings import MEETINGS, meeting

BUDGET = Topic("1", "補正予算について", PersonName("芹沢 由紀", "せりざわ ゆき"))
HALLS = Topic("2", "公共施設の見直しについて", PersonName("五十嵐 久美子"))
OTHER = Topic("3", "その他")
AGENDA = [BUDGET, HALLS, OTHER]
SECONDS = 6.0


def said(*texts: str, shown: Sequence[int | None] = ()) -> list[SpokenSegment]:
    return [
        SpokenSegment(text, SECONDS, shown[place] if shown else None)
        for place, text in enumerate(texts)
    ]


def places(found: Sequence[object]) -> list[int | None]:
    return [getattr(one, "place", None) for one in found]


@pytest.mark.parametrize("name", MEETINGS)
def test_nearly_every_second_of_a_written_meeting_finds_its_item(name: str) -> None:
    """Spoken in order and out of it, with skipped items, with and without papers."""
    assert share_right(meeting(name), CHOSEN) > 0.95


def test_opening_and_closing_talk_belongs_to_no_item() -> None:
    found = assign(
        said(
            "定刻となりましたので開会いたします。",
            "では議題の1、補正予算についてお願いします。",
            "総額は12億円でございます。",
            "以上をもちまして閉会いたします。",
        ),
        AGENDA,
    )
    assert places(found) == [OUTSIDE, 0, 0, OUTSIDE]
    assert {one.by for one in found if one} == {AssignedBy.TEXT}


def test_a_title_that_was_misheard_as_the_same_sound_is_still_an_announcement() -> None:
    texts = (
        "では補正予算についてお願いします。",
        "次に講協施設の見直し、報告を求めます。",
        "はい。",
    )
    assert places(assign(said(*texts), AGENDA)) == [0, 1, 1]


def test_a_number_is_an_announcement_without_the_title() -> None:
    texts = ("では議題の1をお願いします。", "はい。", "それでは二つ目に移ります。", "はい。")
    assert places(assign(said(*texts), AGENDA)) == [0, 0, 1, 1]


def test_a_bill_is_known_by_its_number() -> None:
    bills = [Topic("1", "議案第12号 条例の改正"), Topic("2", "議案第13号 契約の締結")]
    texts = ("議案第12号を議題といたします。", "賛成多数です。", "次に、議案第13号を議題とします。")
    assert places(assign(said(*texts), bills)) == [0, 0, 1]


def test_an_item_that_is_not_taken_up_is_skipped() -> None:
    texts = ("では補正予算についてお願いします。", "はい。", "最後にその他、何かございますか。")
    assert places(assign(said(*texts), AGENDA)) == [0, 0, 2]


def test_items_can_be_discussed_out_of_order() -> None:
    texts = (
        "先に議題の2、公共施設の見直しについて説明をお願いします。",
        "はい。",
        "それでは戻りまして、議題の1、補正予算について説明をお願いします。",
        "はい。",
    )
    assert places(assign(said(*texts), AGENDA)) == [1, 1, 0, 0]


def test_of_two_items_with_one_title_the_second_is_the_one_announced_later() -> None:
    twice = [Topic("1", "報告事項"), BUDGET, Topic("3", "報告事項")]
    texts = (
        "では報告事項について説明をお願いします。",
        "はい。",
        "次に補正予算について説明をお願いします。",
        "はい。",
        "続いて報告事項について説明をお願いします。",
    )
    assert places(assign(said(*texts), twice)) == [0, 0, 1, 1, 2]


def test_an_item_is_known_by_the_words_of_its_papers_where_nobody_announced_it() -> None:
    papers = ("除雪車の出動基準。除雪委託業者、融雪剤、凍結防止、排雪場。",)
    topics = [BUDGET, Topic("2", "冬の対策", texts=papers)]
    texts = ["では補正予算についてお願いします。"]
    texts += [
        "除雪車は積雪10センチで出動し、除雪委託業者と融雪剤を手配し、凍結防止と排雪場です。"
    ] * 30
    assert places(assign(said(*texts), topics))[-1] == 1


def test_garbage_is_assigned_to_nothing() -> None:
    found = assign(said(*["ららら ぽん 123 @@@ ご視聴"] * 40), AGENDA)
    assert places(found) == [None] * 40


@pytest.mark.parametrize("texts", [(), ("",), ("", "", "")])
def test_without_words_nothing_is_known(texts: tuple[str, ...]) -> None:
    assert places(assign(said(*texts), AGENDA)) == [None] * len(texts)


def test_without_an_agenda_nothing_is_assigned() -> None:
    assert places(assign(said("では補正予算についてお願いします。"), [])) == [None]


def test_long_talk_before_the_first_item_was_not_understood() -> None:
    early = [SpokenSegment("雑談です。", LONGEST_OUTSIDE_SECONDS + 1)]
    found = assign([*early, *said("では議題の1、補正予算をお願いします。")], AGENDA)
    assert places(found) == [None, 0]


def test_one_segment_of_an_hour_is_one_item() -> None:
    text = "では補正予算についてお願いします。" + "総額は12億円でございます。" * 2000
    assert places(assign([SpokenSegment(text, 3600.0)], AGENDA)) == [0]


@pytest.mark.slow
def test_two_hundred_items_are_told_apart() -> None:
    topics = [Topic(str(n), f"議案第{n}号 第{n}地区の整備について") for n in range(1, 201)]
    texts = [
        t for n in range(1, 201) for t in (f"次に、議案第{n}号を議題とします。", *["はい。"] * 9)
    ]
    found = places(assign(said(*texts), topics))
    assert found == [n for n in range(200) for _ in range(10)]


def test_what_was_shown_counts_where_the_words_tell_nothing() -> None:
    shown = [0] * 20 + [1] * 20
    found = assign(said(*["はい。"] * 40, shown=shown), AGENDA)
    assert places(found) == shown
    assert {one.by for one in found if one} == {AssignedBy.TURNS}


def test_an_announcement_moves_the_border_before_the_late_turn() -> None:
    texts = (
        ["はい。"] * 10 + ["次に公共施設の見直しについて、説明をお願いします。"] + ["はい。"] * 12
    )
    found = assign(said(*texts, shown=[0] * 13 + [1] * 10), AGENDA)
    assert places(found) == [0] * 10 + [1] * 13
    assert [one.by for one in found if one][9:14] == [
        AssignedBy.TURNS,
        *[AssignedBy.TEXT] * 3,
        AssignedBy.TURNS,
    ]


def test_a_short_look_into_another_items_paper_changes_nothing() -> None:
    shown = [1] * 20 + [0] * 3 + [1] * 20
    assert places(assign(said(*["はい。"] * 43, shown=shown), AGENDA)) == [1] * 43


def test_what_a_person_decided_leads_and_is_not_repeated() -> None:
    talk = said(*["はい。"] * 6)
    talk[2] = SpokenSegment("はい。", SECONDS, fixed=1)
    talk[5] = SpokenSegment("はい。", SECONDS, fixed=OUTSIDE)
    assert places(assign(talk, AGENDA)) == [OUTSIDE, OUTSIDE, None, 1, 1, None]


def test_a_later_part_may_begin_in_the_middle_of_an_item() -> None:
    texts = ["公共施設の見直しの公共施設です。"] * 4 + ["最後にその他、何かございますか。"]
    found = assign(said(*texts), AGENDA, is_beginning=False)
    assert places(found) == [1, 1, 1, 1, 2]
