"""Who speaks, as it is marked at the beginning of a paragraph: 「○議長（芹沢誠司君）」,
「委員：」, 「【事務局】」, or in a column of its own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from minutes.imports.said import Said

LONGEST = 25
NAME = rf"[^\s：:、。，．「」『』（）()【】\[\]《》○◯〇◎●◆◇■□・\t]{{1,{LONGEST}}}"
NUMBERED = rf"{NAME}(?: [0-9]+)?"
IN_BRACKETS = rf"[（(](?P<who>[^（）()]{{1,{LONGEST}}})[）)]"
CIRCLE = r"[○◯〇◎●◆◇■□]"
COLON = r"\s*(?:(?<![0-9０-９])[：:]|[：:](?![0-9０-９]))(?!//)\s*"
OFFICE = "[長員君氏様者局官事人]"
FORMS = [
    # ○議長（芹沢誠司君）　これより…  ○（芹沢委員）…
    re.compile(rf"{CIRCLE}\s*(?P<role>(?:{NAME})?{IN_BRACKETS})[\s：:]*(?P<text>.*)", re.DOTALL),
    # ○芹沢委員　これより…  ○議長：…
    re.compile(rf"{CIRCLE}\s*(?P<role>{NAME})[\s：:]+(?P<text>.+)", re.DOTALL),
    # ○議長, with what is said in the next paragraph
    re.compile(rf"{CIRCLE}\s*(?P<role>{NAME}(?<={OFFICE}))(?P<text>)$"),
    # 【議長】…  ［議長］…  《議長》…
    re.compile(rf"[【\[［《〔](?P<role>{NAME})[】\]］》〕][\s：:]*(?P<text>.*)", re.DOTALL),
    # 議長（芹沢誠司君）：…  委員：…  話者 1: …
    re.compile(rf"(?P<role>{NUMBERED}(?:{IN_BRACKETS})?){COLON}(?P<text>.*)", re.DOTALL),
    # 議長<tab>…, as a table has it in two columns
    re.compile(rf"(?P<role>{NAME}(?:[ 　]{NAME})?(?:{IN_BRACKETS})?)\t(?P<text>.*)", re.DOTALL),
]
NO_SPEAKER = re.compile(
    "(開催)?(日時|日付|日|場所)|日程|時間|時刻|開会|閉会|会場|(出席|欠席)(者|委員)?|傍聴(者|人)?|議題|議事|件名|"
    "次第|(配布)?資料|参考|※?注|例|備考|電話|住所|内線|URL|https?|結果|目的|内容"
)
SENTENCE = re.compile("を|です|ます|とおり|について|として|.は|.が")
NOTE = re.compile(r"[（(〔［\[][^（(）)]*[）)〕］\]]")
BRACKETED = re.compile(IN_BRACKETS)


def with_speakers(pieces: Iterable[Said]) -> Iterator[Said]:
    """The mark becomes the speaker and leaves the text; whoever was marked goes on speaking in the
    paragraphs that follow. A note in brackets, 「（拍手）」, is nobody's."""
    speaking = ""
    for piece in pieces:
        if piece.speaker:
            speaking = piece.speaker
            yield piece
        elif mark := _mark(piece.text):
            speaking, text = mark
            if text:
                yield replace(piece, speaker=speaking, text=text)
        elif NOTE.fullmatch(piece.text):
            yield piece
        else:
            yield replace(piece, speaker=speaking if piece.start_seconds is None else "")


def begins_with_mark(text: str) -> bool:
    return _mark(text) is not None


def person_named(mark: str, names: Iterable[str]) -> str:
    """The one of these people whom the mark names: by the full name, or by the family name where
    only one has it. Otherwise the mark as it stands."""
    bracketed = BRACKETED.search(mark)
    written = _without_spaces(bracketed["who"] if bracketed else mark)
    known = list(names)
    by_full_name = [name for name in known if _without_spaces(name) in written]
    by_family = [name for name in known if written.startswith(_family(name) or "\0")]
    for found in (by_full_name, by_family):
        if len(found) == 1:
            return found[0]
    return mark


def _mark(text: str) -> tuple[str, str] | None:
    for form in FORMS:
        found = form.match(text)
        if found and _is_speaker(role := found["role"].strip()):
            return role, (found["text"] or "").strip()
    return None


def _is_speaker(role: str) -> bool:
    return not NO_SPEAKER.fullmatch(role) and not SENTENCE.search(role)


def _family(name: str) -> str:
    parts = name.split()
    return parts[0] if len(parts) > 1 else ""


def _without_spaces(name: str) -> str:
    return "".join(name.split())
