"""Finds what may be personal in the minutes, for a person to decide: names that nobody of the
meeting has, addresses, numbers of telephones and accounts, birth dates, mail addresses. It looks at
one sentence at a time, by patterns and by MeCab, and changes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.invitations.invitations import invited
from meetings.invitations.roster import standing
from minutes.japanese.words import Morpheme, words
from minutes.records.audible import SentencePlace, sentences
from minutes.records.content import Content, content_of
from models.closed_passage import ClosedSource
from models.minutes import MinutesRevision
from models.person import Person

WIDE = str.maketrans("０１２３４５６７８９－ー‐‑−–（）＠．", "0123456789------()@.")
"""Characters that are read as others of the same number."""

N = "[0-9一二三四五六七八九十〇]"
TELEPHONE = re.compile(r"(?<![0-9-])0[0-9]{1,4}[-の(]?[0-9]{1,4}[-の)]?[0-9]{3,4}(?![0-9])")
TELEPHONE_FIGURES = (10, 11)
ADDRESS = re.compile(
    rf"[一-鿿々ヶ]{{2,20}}(?:{N}{{1,3}}丁目{N}{{1,4}}(?:番地?|-)(?:の?{N}{{1,4}}号?)?"
    rf"|{N}{{1,4}}番地(?:の?{N}{{1,4}})?|{N}{{1,4}}番{N}{{1,4}}号"
    r"|[0-9]{1,3}-[0-9]{1,3}(?:-[0-9]{1,4})?(?![0-9-]))"
)
DATE = re.compile(
    rf"(?:(?:明治|大正|昭和|平成|令和)(?:元|{N}{{1,3}})|[0-9]{{4}})年{N}{{1,3}}月{N}{{1,3}}日"
)
BORN_AFTER = re.compile(r"に?(?:生まれ|うまれ|生)")
BORN_BEFORE = re.compile(r"生年月日|誕生日")
ACCOUNT = re.compile(r"(?<![0-9-])[0-9][0-9-]{4,20}[0-9](?![0-9])")
ACCOUNT_BEFORE = re.compile(
    r"口座|普通預金|当座|カード|マイナンバー|個人番号|被保険者|保険証|免許証|旅券|会員番号"
)
MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,5}")
NEAR_LETTERS = 15
"""How many letters before a number may say what it is."""

LEAST_ALIKE_LETTERS = 3
OFFICES = (
    "社長", "専務", "常務", "取締役", "店長", "支店長", "所長", "部長", "課長", "係長", "主任",
    "代表", "理事長", "理事", "会長", "自治会長", "町内会長", "班長", "先生", "院長", "事務局長",
)  # fmt: skip
"""By which others than the city's own people are called too. Those of public offices alone (市長,
議員, 委員, 校長, 教授) act for them."""

ACTS_HERE = re.compile(
    rf"(?:{'|'.join(sorted(OFFICES, key=len, reverse=True))})(?:から|より|に|が)?、?"
    "(?:お答え|(?:ご|御)?(?:説明|報告|答弁|回答|発言)|お願い)"
)
"""Of somebody who speaks in the meeting: 「高橋部長からお答えします」."""

HONORIFICS = ("さん", "様", "さま", "氏", "君", "くん", "ちゃん", "殿")


@dataclass(frozen=True)
class FoundPassage:
    """Characters of one sentence that may be personal, and which rule found them."""

    place: SentencePlace
    start: int
    end: int
    source: ClosedSource


def find(session: Session, revision: MinutesRevision) -> list[FoundPassage]:
    """Return what may be personal in the revision, in the order of the text. It takes seconds:
    call it before a transaction for writing.
    """
    content = content_of(revision)
    known, officials = _known_names(session, revision, content), _officials(session)
    return [
        FoundPassage(place, start, end, source)
        for place, said in sentences(content)
        for start, end, source in personal(said.text, known, officials)
    ]


def alike(content: Content, quote: str) -> list[FoundPassage]:
    """Return every place in the content where the same words stand, unless they are so short that
    they would be found in others.
    """
    if len(quote) < LEAST_ALIKE_LETTERS:
        return []
    words = re.compile(re.escape(quote))
    return [
        FoundPassage(place, *one.span(), ClosedSource.ALIKE)
        for place, said in sentences(content)
        for one in words.finditer(said.text)
    ]


def personal(
    text: str, known: frozenset[str], officials: frozenset[str] = frozenset()
) -> list[tuple[int, int, ClosedSource]]:
    """Return start, end and rule of all that may be personal in a text, in its order and without
    overlaps. `known` are the names, and parts of names, of those who are no strangers, `officials`
    those of the city's people, who may be called by an office.
    """
    plain = text.translate(WIDE)
    found = [
        *((*one.span(), ClosedSource.MAIL) for one in MAIL.finditer(plain)),
        *_birth_dates(plain),
        *_accounts(plain),
        *_telephones(plain),
        *((*one.span(), ClosedSource.ADDRESS) for one in ADDRESS.finditer(plain)),
        *_names(text, known, officials),
    ]
    kept: list[tuple[int, int, ClosedSource]] = []
    for start, end, source in found:  # what is found by a surer rule comes first
        if all(end <= first or start >= last for first, last, _ in kept):
            kept.append((start, end, source))
    return sorted(kept)


def _birth_dates(text: str) -> Iterator[tuple[int, int, ClosedSource]]:
    for one in DATE.finditer(text):
        is_after = BORN_AFTER.match(text, one.end())
        if is_after or BORN_BEFORE.search(text, max(0, one.start() - NEAR_LETTERS), one.start()):
            yield *one.span(), ClosedSource.BIRTH_DATE


def _accounts(text: str) -> Iterator[tuple[int, int, ClosedSource]]:
    for one in ACCOUNT.finditer(text):
        if ACCOUNT_BEFORE.search(text, max(0, one.start() - NEAR_LETTERS), one.start()):
            yield *one.span(), ClosedSource.ACCOUNT


def _telephones(text: str) -> Iterator[tuple[int, int, ClosedSource]]:
    for one in TELEPHONE.finditer(text):
        if sum(letter.isdigit() for letter in one[0]) in TELEPHONE_FIGURES:
            yield *one.span(), ClosedSource.TELEPHONE


def _names(
    text: str, known: frozenset[str], officials: frozenset[str]
) -> Iterator[tuple[int, int, ClosedSource]]:
    """Yield names of two parts, and those of one part before さん and the like, or before an office
    (高橋部長) that nobody of this name has in the city.
    """
    said = list(words(text))
    for is_name, ones in groupby(enumerate(said), key=lambda one: _is_name(one[1])):
        parts = list(ones)
        if not is_name:
            continue
        following = parts[-1][0] + 1
        is_called = following < len(said) and said[following].surface in HONORIFICS
        name = "".join(word.surface for _, word in parts)
        start, end = parts[0][1].start, parts[-1][1].end
        is_stranger = name not in officials and not ACTS_HERE.match(text, end)
        is_by_office = is_stranger and text.startswith(OFFICES, end)
        if (len(parts) > 1 or is_called or is_by_office) and name not in known:
            yield start, end, ClosedSource.NAME


def _is_name(word: Morpheme) -> bool:
    return word.subkind == "固有名詞" and word.third == "人名"


def _known_names(session: Session, revision: MinutesRevision, content: Content) -> frozenset[str]:
    meeting = revision.meeting
    people = [one.person.name for one in invited(meeting)]
    people += [one.person.name for one in standing(meeting.series)]
    attendees = [one.name for one in (*content.attendees, *content.speakers)]
    speakers = [said.speaker for _, said in sentences(content)]
    names = {*people, *attendees, *speakers}
    return frozenset(part for name in names for part in ("".join(name.split()), *name.split()))


def _officials(session: Session) -> frozenset[str]:
    """Return the names, whole and in parts, of everybody on the city's own list."""
    names = session.scalars(select(Person.name).where(~Person.is_guest))
    return frozenset(part for name in names for part in ("".join(name.split()), *name.split()))
