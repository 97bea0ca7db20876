"""Calls those who speak by their part in the meeting instead of by name: 会長, 委員A, 事務局. The
same person has the same letter through the whole record.
"""

import re
from collections.abc import Iterable
from itertools import count, product
from string import ascii_uppercase

from minutes.records.audible import sentences
from minutes.records.content import Attendee, Content
from models.meeting import InvitationKind

LEADING = re.compile(r"(?:副|職務代理)?(?:会長|委員長|議長|座長|部会長|議会長)(?:職務代理者)?")
MEMBER = re.compile(r"(?:臨時|特別|専門|公募)?(?:委員|議員)")
OFFICE = "事務局"
OTHER = "発言者"
WITNESS = "参考人"
CALLED = "委員長|副委員長|会長|副会長|議長|座長|部会長|委員|議員|次長|課長|係長|部長|局長|室長|主査"
FORMS_OF_ADDRESS = f"(?:{CALLED}|君|さん|氏|様)"
SAYS_WHO = "(?=です|でございます|と申します|でした)"
"""After one's own name: 「早乙女です」."""


class HiddenNames:
    """Labels in place of the names of everybody who attended or spoke in this content."""

    def __init__(self, content: Content) -> None:
        self._labels: dict[str, str] = {}
        self._families: dict[str, str] = {}
        known = {_plain(one.name): one for one in (*content.speakers, *content.attendees)}
        letters: dict[str, Iterable[str]] = {}
        kinds = {_plain(one.name): one.kind for one in content.shown_head.attending}
        for one in _in_order(content, known):
            name = _plain(one.name)
            self._labels[name] = _label(one, kinds.get(name), letters)
        self._note_families(known.values())
        self._pattern = _pattern(self._labels, self._families)

    def label(self, name: str) -> str:
        """Return the label of a speaker, such as 「委員A」; an empty text for an empty name."""
        return self._labels[_plain(name)] if name.strip() else ""

    def hide(self, text: str) -> str:
        """Return the text with each name in it replaced by its label, with the form of address
        after it: 「大隈委員」 becomes 「委員A」.
        """
        if self._pattern is None:
            return text
        return self._pattern.sub(self._replacement, text)

    def _replacement(self, found: re.Match[str]) -> str:
        name = _plain(found["name"] or found["family"])
        return self._labels.get(name) or self._families[name]

    def _note_families(self, known: Iterable[Attendee]) -> None:
        """Note the label of each family name that belongs to one person alone, or 委員 where
        several share it.
        """
        for one in known:
            family = one.name.split()[0] if one.name.split() else ""
            label = self._labels[_plain(one.name)]
            if family and family != _plain(one.name):
                other = self._families.get(family, label)
                self._families[family] = label if other == label else _shared(label, other)


def _in_order(content: Content, known: dict[str, Attendee]) -> Iterable[Attendee]:
    """Yield everybody once: speakers in the order in which they speak, then the others."""
    spoken = [_plain(paragraph.speaker) for _, paragraph in sentences(content)]
    for name in dict.fromkeys([*filter(None, spoken), *known]):
        yield known.get(name, Attendee(name=name))


def _label(one: Attendee, kind: InvitationKind | None, letters: dict[str, Iterable[str]]) -> str:
    if kind in (InvitationKind.STAFF, InvitationKind.PRESENTER):
        return OFFICE
    if kind is InvitationKind.WITNESS:
        return WITNESS + _next(letters, WITNESS)
    office = one.title.partition("（")[0].strip()
    last = office.split()[-1] if office else ""
    if LEADING.fullmatch(last):
        return last
    if MEMBER.fullmatch(last):
        return "委員" + _next(letters, "委員")
    return OFFICE if office else OTHER + _next(letters, OTHER)


def _next(letters: dict[str, Iterable[str]], kind: str) -> str:
    row = letters.setdefault(kind, _letters())
    return next(iter(row))


def _letters() -> Iterable[str]:
    """Yield A to Z, then AA, AB and so on."""
    return ("".join(row) for n in count(1) for row in product(ascii_uppercase, repeat=n))


def _shared(label: str, other: str) -> str:
    kinds = {one.rstrip(ascii_uppercase) for one in (label, other)}
    return kinds.pop() if len(kinds) == 1 else OTHER


def _plain(name: str) -> str:
    return "".join(name.split())


def _pattern(labels: dict[str, str], families: dict[str, str]) -> re.Pattern[str] | None:
    """Return the pattern of whole names, with or without a space, and of family names before a
    form of address, or where somebody says who they are; the longest first. None where there is
    nobody.
    """
    whole = "|".join(
        r"\s?".join(map(re.escape, name)) for name in sorted(labels, key=len, reverse=True)
    )
    if not whole:
        return None
    family = "|".join(map(re.escape, sorted(families, key=len, reverse=True))) or r"(?!)"
    address = f"{FORMS_OF_ADDRESS}?"
    return re.compile(
        f"(?P<name>{whole}){address}|(?P<family>{family})(?:{FORMS_OF_ADDRESS}|{SAYS_WHO})"
    )
