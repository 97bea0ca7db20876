"""The agenda tree of a meeting."""

import pytest
from sqlalchemy.orm import Session

from meetings import agenda
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from models.meeting import AgendaItem, Meeting
from tests.conftest import Cast


def titles(session: Session, meeting: Meeting) -> list[str]:
    """「2-1 その他」 for every item, in the order of the paper."""
    session.flush()
    nodes = agenda.flat(agenda.tree(session, meeting))
    return [f"{node.number} {node.entry.title}" for node in nodes]


@pytest.fixture
def items(session: Session, cast: Cast, meeting: Meeting) -> list[AgendaItem]:
    """Three items, called い, ろ, は."""
    for entry, title in zip(meeting.agenda_items, "いろは", strict=True):
        entry.title = title
    session.flush()
    return list(meeting.agenda_items)


def test_items_are_numbered_in_their_order(
    session: Session, meeting: Meeting, items: list[AgendaItem]
) -> None:
    assert titles(session, meeting) == ["1 い", "2 ろ", "3 は"]


@pytest.mark.parametrize(
    ("moves", "wanted"),
    [
        ([(2, "up")], ["1 い", "2 は", "3 ろ"]),
        ([(0, "down")], ["1 ろ", "2 い", "3 は"]),
        ([(1, "in")], ["1 い", "1-1 ろ", "2 は"]),
        ([(1, "in"), (2, "in")], ["1 い", "1-1 ろ", "1-2 は"]),
        ([(1, "in"), (2, "in"), (2, "in")], ["1 い", "1-1 ろ", "1-1-1 は"]),
        ([(1, "in"), (1, "out")], ["1 い", "2 ろ", "3 は"]),
    ],
)
def test_items_move_one_step(
    session: Session,
    cast: Cast,
    meeting: Meeting,
    items: list[AgendaItem],
    moves: list[tuple[int, str]],
    wanted: list[str],
) -> None:
    for index, way in moves:
        agenda.shift_agenda_item(session, cast.organiser, items[index], way)
        session.flush()
    assert titles(session, meeting) == wanted


def test_an_item_moves_only_where_there_is_a_place(
    session: Session, cast: Cast, items: list[AgendaItem]
) -> None:
    first, second, third = items
    assert [agenda.ways(entry) for entry in items] == [
        {"down"},
        {"up", "down", "in"},
        {"up", "in"},
    ]
    for entry in (second, third, third):
        agenda.shift_agenda_item(session, cast.organiser, entry, "in")
        session.flush()
    assert [agenda.ways(entry) for entry in items] == [set(), {"out"}, {"out"}]
    for way in ("up", "down", "in", "out", "sideways"):
        with pytest.raises(InvalidInput, match="もう移せません"):
            agenda.shift_agenda_item(session, cast.organiser, first, way)


def test_an_item_is_never_put_below_itself(
    session: Session, cast: Cast, items: list[AgendaItem]
) -> None:
    agenda.shift_agenda_item(session, cast.organiser, items[1], "in")
    session.flush()
    with pytest.raises(InvalidInput, match="その議題自身の下"):
        agenda.move_agenda_item(session, cast.organiser, items[0], items[1], 0)


def test_the_tree_has_three_levels_at_most(
    session: Session, cast: Cast, meeting: Meeting, items: list[AgendaItem]
) -> None:
    for index in (1, 2, 2):
        agenda.shift_agenda_item(session, cast.organiser, items[index], "in")
        session.flush()
    with pytest.raises(InvalidInput, match="3段まで"):
        agenda.add_agenda_item(session, cast.organiser, meeting, title="に", parent=items[2])


def test_an_item_with_something_below_it_is_not_removed(
    session: Session, cast: Cast, meeting: Meeting, items: list[AgendaItem]
) -> None:
    agenda.shift_agenda_item(session, cast.organiser, items[1], "in")
    session.flush()
    with pytest.raises(NotPossibleNow, match="下に議題"):
        agenda.remove_agenda_item(session, cast.organiser, items[0])
    agenda.remove_agenda_item(session, cast.organiser, items[1])
    assert titles(session, meeting) == ["1 い", "2 は"]


def test_two_people_changing_one_title_are_told(
    session: Session, cast: Cast, items: list[AgendaItem]
) -> None:
    def change(title: str) -> None:
        agenda.change_agenda_item(
            session, cast.organiser, items[0], title=title, presenter="",
            planned_minutes=None, based_on=1,
        )  # fmt: skip

    change("ひとりめの題")
    with pytest.raises(StaleRevision) as problem:
        change("ふたりめの題")
    assert (problem.value.mine, problem.value.theirs) == ("ふたりめの題", "ひとりめの題")
    assert items[0].title == "ひとりめの題"
