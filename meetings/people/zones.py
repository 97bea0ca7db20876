"""Zones (ネットワークの区分): from which of the city's networks who may do what. A zone without
networks is open to all of them. Pages, API, streams and tokens ask here alone, as they know the
person and the address."""

import ipaddress
from collections.abc import Collection, Sequence
from enum import StrEnum

from meetings.errors import OutsideZone
from meetings.settings.server import ZoneSettings
from models.person import Person, Role


class Zone(StrEnum):
    """The kinds of use that may be kept to some networks."""

    ADMINISTRATION = "administration"
    STAFF = "staff"
    ATTENDEES = "attendees"
    GUESTS = "guests"
    PUBLIC = "public"

    @property
    def label(self) -> str:
        return {
            Zone.ADMINISTRATION: "管理者の操作",
            Zone.STAFF: "職員としての利用",
            Zone.ATTENDEES: "出席者としての利用",
            Zone.GUESTS: "外部委員の利用",
            Zone.PUBLIC: "公開会議録の閲覧",
        }[self]


def check(settings: ZoneSettings, person: Person, address: str) -> None:
    """Raise OutsideZone where this person may not use the server from this address at all."""
    zone = of_person(person)
    if not is_inside(settings.networks_of(zone), address):
        raise OutsideZone(zone.label, person.id)


def check_public(settings: ZoneSettings, address: str) -> None:
    """Raise OutsideZone where nobody may read what is published from this address."""
    if not is_inside(settings.public, address):
        raise OutsideZone(Zone.PUBLIC.label)


def check_role(
    settings: ZoneSettings, person: Person, roles: Collection[Role], address: str
) -> None:
    """Raise OutsideZone where none of these roles that the person has counts at this address."""
    has = {Role(grant.role) for grant in person.grants} & set(roles)
    if has and not has & roles_at(settings, person, address):
        raise OutsideZone(Zone.ADMINISTRATION.label, person.id)


def roles_at(settings: ZoneSettings, person: Person, address: str) -> frozenset[Role]:
    """Return those of the person's roles that count at this address: an administrator is one in the
    networks of the administration alone."""
    roles = frozenset(Role(grant.role) for grant in person.grants)
    if is_inside(settings.administration, address):
        return roles
    return roles - {Role.ADMINISTRATOR}


def of_person(person: Person) -> Zone:
    """Return the zone in which this person uses the server: guests, staff by any role, and those
    who are only invited, such as members of the council."""
    if person.is_guest:
        return Zone.GUESTS
    return Zone.STAFF if person.grants else Zone.ATTENDEES


def is_inside(networks: Sequence[str], address: str) -> bool:
    """Return whether the address is in one of the networks; every address is where there are none.
    An IPv4 address that is written as IPv6 (::ffff:192.0.2.1) is the IPv4 address."""
    if not networks:
        return True
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return any(known in ipaddress.ip_network(network) for network in networks)
