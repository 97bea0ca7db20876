"""Who stands at the front, and that only that one turns pages."""

import math

import pytest
from sqlalchemy.orm import Session

from meetings import agenda
from meetings.documents import documents
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.sitting import presenting
from models.document import DocumentVersion
from models.sitting import Turn
from tests import pdfs
from tests.conftest import Cast
from tests.shelf import Shelf


@pytest.fixture
def version(shelf: Shelf) -> DocumentVersion:
    return shelf.add(pdfs.plain_pdf(3)).current


def turn(shelf: Shelf, version: DocumentVersion, page: int = 1, **how: object) -> Turn:
    by = how.pop("by", shelf.cast.presenter)
    return presenting.turn_page(
        shelf.session,
        by,  # type: ignore[arg-type]
        shelf.meeting,
        version=version,
        page_number=page,
        **how,  # type: ignore[arg-type]
    )


def test_a_turn_is_a_row_with_presenter_item_version_and_page(
    shelf: Shelf, version: DocumentVersion
) -> None:
    presenting.begin_presenting(shelf.session, shelf.cast.presenter, shelf.meeting)
    turn(shelf, version, 2, area=(0.5, 0.5, 0.9, 0.1))
    shelf.session.commit()
    (row,) = shelf.session.query(Turn)
    assert (row.presenter_id, row.version_id, row.page_number) == (
        shelf.cast.presenter.id, version.id, 2,
    )  # fmt: skip
    assert row.agenda_item_id == shelf.meeting.agenda_items[0].id
    assert row.area == [0.1, 0.5, 0.9, 0.1]


def test_nobody_but_the_presenter_turns(shelf: Shelf, version: DocumentVersion) -> None:
    with pytest.raises(NotPossibleNow, match="誰も発表していません"):
        turn(shelf, version)
    presenting.begin_presenting(shelf.session, shelf.cast.presenter, shelf.meeting)
    for by in (shelf.cast.attendee, shelf.cast.organiser, shelf.cast.secretary):
        with pytest.raises(NotPossibleNow, match="安永"):
            turn(shelf, version, by=by)
    assert shelf.session.query(Turn).count() == 0


@pytest.mark.parametrize("page", [0, -1, 4, 10**9])
def test_a_page_that_does_not_exist_is_not_shown(
    shelf: Shelf, version: DocumentVersion, page: int
) -> None:
    presenting.begin_presenting(shelf.session, shelf.cast.presenter, shelf.meeting)
    with pytest.raises(InvalidInput, match="1から3頁まで"):
        turn(shelf, version, page)


def test_an_area_is_within_the_page_and_finite(shelf: Shelf, version: DocumentVersion) -> None:
    presenting.begin_presenting(shelf.session, shelf.cast.presenter, shelf.meeting)
    assert turn(shelf, version, area=(-1.0, 2.0, 5.0, 0.0)).area == [0, 0.98, 1, 0.02]
    with pytest.raises(InvalidInput):
        turn(shelf, version, area=(math.nan, 0.0, 1.0, 1.0))


def test_an_attendee_cannot_begin_and_a_presenter_cannot_take_it_from_another(
    shelf: Shelf, cast: Cast, session: Session
) -> None:
    with pytest.raises(NotPossibleNow, match="説明者として招集された人と主催者"):
        presenting.begin_presenting(session, cast.attendee, shelf.meeting)
    presenting.begin_presenting(session, cast.organiser, shelf.meeting)
    with pytest.raises(NotPossibleNow, match="古賀"):
        presenting.begin_presenting(session, cast.presenter, shelf.meeting)


def test_an_organiser_takes_it_and_hands_it_to_anybody_of_the_meeting(
    shelf: Shelf, cast: Cast, session: Session
) -> None:
    presenting.begin_presenting(session, cast.presenter, shelf.meeting)
    presenting.begin_presenting(session, cast.organiser, shelf.meeting)
    assert presenting.state_of(session, shelf.meeting).presenter is cast.organiser
    presenting.hand_over(session, cast.organiser, shelf.meeting, cast.attendee)
    assert presenting.state_of(session, shelf.meeting).presenter is cast.attendee
    with pytest.raises(InvalidInput, match="招集された人"):
        presenting.hand_over(session, cast.attendee, shelf.meeting, cast.outsider)


def test_every_change_has_a_greater_sequence(
    shelf: Shelf, cast: Cast, session: Session, version: DocumentVersion
) -> None:
    seen = [presenting.state_of(session, shelf.meeting).sequence]
    steps = [
        lambda: presenting.begin_presenting(session, cast.presenter, shelf.meeting),
        lambda: turn(shelf, version, 2),
        lambda: presenting.change_item(
            session, cast.secretary, shelf.meeting, shelf.meeting.agenda_items[1]
        ),
        lambda: turn(shelf, version, 3),
        lambda: presenting.stop_presenting(session, cast.presenter, shelf.meeting),
    ]
    for step in steps:
        step()
        session.flush()
        seen.append(presenting.state_of(session, shelf.meeting).sequence)
    assert seen == sorted(set(seen))


def test_the_pages_shown_so_far_are_listed_once_the_last_one_last(
    shelf: Shelf, version: DocumentVersion
) -> None:
    presenting.begin_presenting(shelf.session, shelf.cast.presenter, shelf.meeting)
    for page in (1, 2, 3, 1):
        turn(shelf, version, page)
    attendee = shelf.cast.attendee
    shown = presenting.shown_so_far(shelf.session, attendee, shelf.meeting)
    assert [entry.page_number for entry in shown] == [2, 3, 1]
    only_presenter = documents.Permissions(readers=[shelf.cast.presenter])
    documents.permit(shelf.session, shelf.cast.organiser, version.document, only_presenter)
    assert presenting.shown_so_far(shelf.session, attendee, shelf.meeting) == []


def test_the_item_under_discussion_is_what_was_said_last(
    shelf: Shelf, cast: Cast, session: Session, version: DocumentVersion
) -> None:
    first, second = shelf.meeting.agenda_items[:2]
    presenting.begin_presenting(session, cast.presenter, shelf.meeting)
    turn(shelf, version)
    assert presenting.state_of(session, shelf.meeting).agenda_item_id == first.id
    presenting.change_item(session, cast.secretary, shelf.meeting, second)
    assert presenting.state_of(session, shelf.meeting).agenda_item_id == second.id
    with pytest.raises(NotPossibleNow, match="主催者、書記"):
        presenting.change_item(session, cast.attendee, shelf.meeting, first)


def test_an_item_that_was_discussed_is_not_removed(
    shelf: Shelf, cast: Cast, session: Session, version: DocumentVersion
) -> None:
    """The record of the meeting refers to it."""
    item = agenda.add_agenda_item(session, cast.organiser, shelf.meeting, title="追加の議題")
    session.flush()
    presenting.change_item(session, cast.secretary, shelf.meeting, item)
    with pytest.raises(NotPossibleNow, match="審議"):
        agenda.remove_agenda_item(session, cast.organiser, item)
