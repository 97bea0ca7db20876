"""What a system of the city's own says of somebody, in our terms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.person import Person, Role

OF_OWN_DEPARTMENT = "所属"
"""In a rule, in the place of a department: that of whoever is in the group."""


@dataclass(frozen=True)
class KnownPerson:
    """A person as the city's directory or single sign-on knows them. `subject` is theirs for ever,
    whatever they are called. `groups`: by name and by distinguished name, in small letters, also
    those in which one is by another."""

    subject: str
    login: str
    name: str
    kana: str = ""
    email: str = ""
    title: str = ""
    department: str = ""
    bureau: str = ""
    groups: frozenset[str] = frozenset()
    is_disabled: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether there is all that an account needs."""
        return bool(self.subject and self.login and self.name)


@dataclass(frozen=True)
class RoleRule:
    """Who is in the group has the role: for the department of this name, for the whole city
    (None), or for their own department."""

    group: str
    role: Role
    department: str | None = None

    @property
    def is_of_own_department(self) -> bool:
        return self.department == OF_OWN_DEPARTMENT


def role_rules(entries: Iterable[str]) -> tuple[RoleRule, ...]:
    """Return the rules of the settings, 「shoki -> secretary=財政課」."""
    return tuple(_rule(entry) for entry in entries)


def _rule(entry: str) -> RoleRule:
    group, _, what = (part.strip() for part in entry.rpartition("->"))
    role, _, department = (part.strip() for part in what.partition("="))
    group = re.sub(r" *, *", ",", group.casefold())
    return RoleRule(group, Role(role), department or None)


RoleFor = tuple[Role, str | None]
"""A role, and the name of the department that it is for; None for the whole city."""


def roles_of(known: KnownPerson, rules: Iterable[RoleRule], department: str) -> set[RoleFor]:
    """Return the roles that the groups of this person give, who works in `department`."""
    return {
        (rule.role, department if rule.is_of_own_department else rule.department)
        for rule in rules
        if rule.group in known.groups
    }


def roles_kept_by(rules: Iterable[RoleRule], person: Person) -> Iterator[RoleFor]:
    """Yield those of the person's roles that some group can give, and so being in none of those
    groups takes away. Other roles are given with us alone."""
    whole = {(rule.role, rule.department) for rule in rules if not rule.is_of_own_department}
    own = {rule.role for rule in rules if rule.is_of_own_department}
    for grant in person.grants:
        place = grant.department.name if grant.department else None
        if grant.from_at or grant.until_at:
            continue  # for a time only: given by somebody here
        if (grant.role, place) in whole or (place is not None and grant.role in own):
            yield grant.role, place
