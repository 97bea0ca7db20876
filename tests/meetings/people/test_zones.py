"""Which address is inside which network, and whose roles count there."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import OutsideZone
from meetings.people import people, zones
from meetings.settings.server import ZoneSettings
from models.person import Role
from tests.conftest import Cast

CITY_HALL = ZoneSettings(staff=("192.0.2.0/24", "2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("192.0.2.200", True),
        ("::ffff:192.0.2.200", True),
        ("2001:db8:1:2::3", True),
        ("198.51.100.1", False),
        ("2001:db8:2::1", False),
        ("::192.0.2.200", False),
        ("fe80::1%eth0", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_staff_come_from_their_networks_in_either_family_however_it_is_written(
    cast: Cast, address: str, is_inside: bool
) -> None:
    if is_inside:
        zones.check(CITY_HALL, cast.secretary, address)
    else:
        with pytest.raises(OutsideZone, match="職員としての利用"):
            zones.check(CITY_HALL, cast.secretary, address)


def test_without_networks_everybody_comes_from_everywhere(cast: Cast) -> None:
    for person in (cast.secretary, cast.attendee, cast.administrator):
        zones.check(ZoneSettings(), person, "198.51.100.1")
    assert Role.ADMINISTRATOR in zones.roles_at(ZoneSettings(), cast.administrator, "unknown")


def test_who_is_only_invited_is_no_staff_and_a_guest_is_neither(cast: Cast) -> None:
    zones.check(CITY_HALL, cast.attendee, "198.51.100.1")
    with pytest.raises(OutsideZone, match="出席者としての利用"):
        zones.check(ZoneSettings(attendees=("192.0.2.0/24",)), cast.attendee, "198.51.100.1")
    cast.attendee.is_guest = True
    with pytest.raises(OutsideZone, match="外部委員の利用"):
        zones.check(ZoneSettings(guests=("192.0.2.0/24",)), cast.attendee, "198.51.100.1")


def test_an_administrator_elsewhere_keeps_their_other_roles_alone(
    session: Session, cast: Cast
) -> None:
    people.grant_role(session, cast.administrator, Role.SECRETARY)
    settings = ZoneSettings(administration=("192.0.2.0/28",))
    inside, outside = (
        zones.roles_at(settings, cast.administrator, address)
        for address in ("192.0.2.1", "192.0.2.16")
    )
    assert inside - outside == {Role.ADMINISTRATOR} and Role.SECRETARY in outside
