"""Citizens' pages that are made once: quick, the same for everybody, and gone when withdrawn."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from minutes.records import publication, records
from models.person import Person
from tests.conftest import Browser, Cast
from tests.published import publish_many
from tests.queries import asked
from tests.world import HEARD, World
from web.shared.kept_pages import KeptPages

pytestmark = pytest.mark.hostile

KINDS = ["/published/{}", "/api/published/{}"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_reader_costs_no_reading_of_the_text(
    citizen: Browser, engine: Engine, world: World, kind: str
) -> None:
    url = kind.format(world.published.id)
    first = citizen.get(url)
    with asked(engine) as statements:
        second = citizen.get(url)
    assert first.data == second.data and HEARD[1].text in second.get_data(as_text=True)
    assert not any("revision_content" in one or "segment" in one for one in statements)


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_it_already_is_told_so_until_it_is_withdrawn(
    citizen: Browser, session: Session, cast: Cast, world: World, kind: str
) -> None:
    url = kind.format(world.published.id)
    known = {"If-None-Match": citizen.get(url).headers["ETag"]}
    again = citizen.get(url, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert "no-cache" in again.headers["Cache-Control"]
    minutes = records.minutes_of(session, world.published)
    assert minutes is not None
    publication.withdraw(session, cast.approver, minutes.latest, "誤り")
    session.commit()
    assert citizen.get(url, headers=known).status_code == 410


def test_published_again_it_is_another_page(
    citizen: Browser, session: Session, cast: Cast, world: World
) -> None:
    url = f"/published/{world.published.id}"
    before = citizen.get(url).headers["ETag"]
    minutes = records.minutes_of(session, world.published)
    assert minutes is not None
    publication.withdraw(session, cast.approver, minutes.latest, "誤り")
    session.flush()
    publication.publish(session, cast.approver, minutes.latest)
    session.commit()
    assert citizen.get(url, headers={"If-None-Match": before}).status_code == 200


def test_it_travels_packed_to_whoever_can_unpack(citizen: Browser, world: World) -> None:
    url = f"/published/{world.published.id}"
    packed = citizen.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in citizen.get(url).headers
    assert set(packed.vary) >= {"Cookie", "Accept-Encoding"}


def test_nobody_gets_the_page_of_somebody_who_is_signed_in(
    citizen: Browser, browse: Callable[[Person], Browser], cast: Cast, world: World
) -> None:
    url = f"/published/{world.published.id}"
    own = browse(cast.attendee).get(url)
    assert cast.attendee.name in own.text and "ETag" not in own.headers
    assert cast.attendee.name not in citizen.get(url).text
    assert cast.attendee.name in browse(cast.attendee).get(url).text


@pytest.mark.parametrize("url", ["/", "/published/{}"])
def test_a_citizens_page_has_neither_cookie_nor_token(
    citizen: Browser, world: World, url: str
) -> None:
    answer = citizen.get(url.format(world.published.id))
    assert "Set-Cookie" not in answer.headers and "csrf" not in answer.text


def test_a_page_of_the_front_asks_as_much_of_sixty_as_of_three(
    citizen: Browser, session: Session, engine: Engine, cast: Cast
) -> None:
    counts = []
    for count in (3, 57):
        publish_many(session, cast, count)
        for url in ("/", "/?q=予算", "/api/published", "/api/published?q=予算"):
            with asked(engine) as statements:
                assert citizen.get(url).status_code == 200
            assert not any("revision_content" in one for one in statements)
            counts.append(len(statements))
    assert counts[:4] == counts[4:]


def test_what_is_kept_has_a_most_and_the_longest_unasked_goes() -> None:
    kept = KeptPages(most_bytes=100)
    for number in range(3):
        kept.keep(("paper", number, ""), bytes(40))
        kept.get(("paper", 0, ""))
    assert kept.size_bytes == 80
    assert [kept.get(("paper", number, "")) is None for number in range(3)] == [False, True, False]
    kept.keep(("paper", 0, ""), bytes(10))
    assert kept.size_bytes == 50
    kept.keep(("paper", 9, ""), bytes(200))
    assert kept.size_bytes == 0, "what is larger than all room is not kept"
