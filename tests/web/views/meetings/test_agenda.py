"""The agenda's screen: one form, of which every button saves everything."""

import re
from collections.abc import Callable
from http import HTTPStatus

import pytest
from sqlalchemy.orm import Session

from meetings import agenda
from models.meeting import Meeting
from models.person import Person
from tests import pages
from tests.conftest import Browser, Cast

Browse = Callable[[Person], Browser]


@pytest.fixture
def organiser(browse: Browse, cast: Cast, meeting: Meeting) -> Browser:
    return browse(cast.organiser)


def as_shown(client: Browser, meeting: Meeting, page: str = "") -> dict[str, str]:
    """What the form would send as it stands."""
    page = page or client.get(f"/meetings/{meeting.id}/agenda").text
    return pages.form(page, "/agenda-items")


def send(client: Browser, meeting: Meeting, form: dict[str, str], act: str = "save") -> object:
    return client.post(f"/meetings/{meeting.id}/agenda-items", data=form | {"act": act})


def lines(session: Session, meeting: Meeting) -> list[tuple[str, str, str, int | None]]:
    session.rollback()
    return [
        (node.number, node.entry.title, node.entry.presenter, node.entry.planned_minutes)
        for node in agenda.flat(agenda.tree(session, meeting))
    ]


@pytest.mark.parametrize("act", ["save", "finish", "down:{0}", "add", "remove:{2}"])
def test_whichever_button_is_pressed_all_that_was_typed_is_kept(
    session: Session, meeting: Meeting, organiser: Browser, act: str
) -> None:
    ids = [entry.id for entry in meeting.agenda_items]
    form = as_shown(organiser, meeting)
    form |= {f"presenter-{ids[0]}": "古賀", f"planned_minutes-{ids[1]}": "２５", "title": "その他"}
    send(organiser, meeting, form, act.format(*ids))
    found = {
        title: (presenter, minutes) for _, title, presenter, minutes in lines(session, meeting)
    }
    assert found[form[f"title-{ids[0]}"]][0] == "古賀"
    assert found[form[f"title-{ids[1]}"]][1] == 25
    assert "その他" in found


def test_what_cannot_be_taken_comes_back_beside_its_field_with_everything_else_typed(
    session: Session, meeting: Meeting, organiser: Browser
) -> None:
    before = lines(session, meeting)
    first, second = [entry.id for entry in meeting.agenda_items][:2]
    form = as_shown(organiser, meeting)
    form |= {f"planned_minutes-{first}": "25分", f"presenter-{second}": "永野", "title": "次回"}
    answer = send(organiser, meeting, form, f"down:{first}")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert lines(session, meeting) == before
    shown = as_shown(organiser, meeting, answer.text)
    assert {name: shown[name] for name in form if name in shown} == form | {
        "csrf_token": shown["csrf_token"]
    }
    (beside,) = pages.texts(answer.text, f'//*[@id="planned_minutes-{first}-error"]')
    assert "整数" in beside
    send(organiser, meeting, shown | {f"planned_minutes-{first}": "25"})
    assert (lines(session, meeting)[0][3], lines(session, meeting)[1][2]) == (25, "永野")


def test_two_who_edit_the_list_overwrite_only_what_they_typed_in(
    session: Session, meeting: Meeting, organiser: Browser
) -> None:
    first, second = [entry.id for entry in meeting.agenda_items][:2]
    mine, theirs = as_shown(organiser, meeting), as_shown(organiser, meeting)
    send(organiser, meeting, theirs | {f"title-{first}": "別の題", f"presenter-{second}": "永野"})
    answer = send(organiser, meeting, mine | {f"presenter-{second}": "安永"})
    assert "ほかの人が先に" in answer.text and "永野" in answer.text
    send(organiser, meeting, as_shown(organiser, meeting, answer.text))
    found = lines(session, meeting)
    assert (found[0][1], found[1][2]) == ("別の題", "安永")


def test_arrows_are_dead_where_nothing_moves_and_one_goes_on_where_one_was(
    session: Session, meeting: Meeting, organiser: Browser
) -> None:
    ids = [entry.id for entry in meeting.agenda_items]
    page = organiser.get(f"/meetings/{meeting.id}/agenda").text
    dead = set(re.findall(r'id="((?:up|down|in|out)-\d+)"[^>]* disabled', page))
    assert {f"up-{ids[0]}", f"in-{ids[0]}", f"down-{ids[-1]}"} <= dead
    assert not {f"down-{ids[0]}", f"up-{ids[1]}"} & dead
    moved = send(organiser, meeting, as_shown(organiser, meeting), f"up:{ids[1]}")
    assert moved.location.endswith(f"#item-{ids[1]}")  # at the top: the arrow is dead there
    moved = send(organiser, meeting, as_shown(organiser, meeting), f"down:{ids[1]}")
    assert moved.location.endswith(f"#down-{ids[1]}")
    below = {"title": "細目", "parent_id": str(ids[0])}
    added = send(organiser, meeting, as_shown(organiser, meeting) | below, "add")
    assert added.location.endswith(f"?below={ids[0]}#title")
    assert f'value="{ids[0]}" selected' in organiser.get(added.location).text


def test_a_line_whose_item_somebody_removed_is_not_lost_silently(
    session: Session, cast: Cast, meeting: Meeting, organiser: Browser
) -> None:
    gone = meeting.agenda_items[-1]
    form = as_shown(organiser, meeting) | {f"title-{gone.id}": "書きかけの題"}
    agenda.remove_agenda_item(session, cast.organiser, gone)
    session.commit()
    answer = send(organiser, meeting, form)
    assert "「書きかけの題」は、ほかの人が消した" in answer.text
