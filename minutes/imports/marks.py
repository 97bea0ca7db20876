"""Recognises who speaks, as it is marked at the beginning of a paragraph: 「○議長（芹沢誠司君）」,
「委員：」, 「【事務局】」, or in a column of its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from minutes.imports.pieces import ImportedPiece

LONGEST = 25
NAME = rf"[^\s：:、。，．「」『』（）()【】\[\]《》○◯〇◎●◆◇■□・\t]{{1,{LONGEST}}}"
LETTER = r"(?:[^\W\d_]|[\ufe00-\ufe0f\U000e0100-\U000e01ef])"
LATIN = r"[A-Z][\w.'-]{0,24}"
PARTED = rf"{LETTER}{{1,12}}[ 　]{LETTER}{{1,12}}|{LATIN}(?: {LATIN}){{1,3}}"
NUMBERED = rf"(?:{PARTED}|{NAME}(?: [0-9]+)?)"
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
IN_A_CUE = re.compile(
    r"(?P<role>[^\s：:。、，「」][^：:。、，「」]{0,39}?)\s*[：:]\s+(?P<text>.*)", re.DOTALL
)
"""The mark at the beginning of each cue of meeting programs: 古賀 真由美（財政課）: …"""

NO_SPEAKER = re.compile(
    "(?:(?:開催)?(?:日時|日付|日|場所)|日程|時間|時刻|開会|開議|閉会|散会|延会|休憩|再開|開始|終了|会場|"
    "(?:出席|欠席)(?:者|委員)?|傍聴(?:者|人)?|議題|議事|件名|次第|(?:配布)?資料|参考|※?注|例|備考|電話|"
    r"住所|内線|URL|https?|結果|目的|内容)\s*\d*"
)
SENTENCE = re.compile(r"を|です|ます|とおり|について|として|\S[はが]|\s[はが](?![ぁ-ん])")
NOTE = re.compile(r"[（(〔［\[][^（(）)]*[）)〕］\]]")


def with_speakers(pieces: Iterable[ImportedPiece]) -> Iterator[ImportedPiece]:
    """Yield the pieces with their speakers. A mark becomes the speaker and is taken out of the
    text; it holds for the paragraphs that follow, until another one. A note in brackets such as
    「（拍手）」 has no speaker.
    """
    speaking = ""
    for piece in pieces:
        if piece.speaker:
            speaking = piece.speaker
            yield piece
        elif mark := _mark(piece):
            speaking, text = mark
            if text:
                yield replace(piece, speaker=speaking, text=text)
        elif NOTE.fullmatch(piece.text):
            yield piece
        else:
            yield replace(piece, speaker=speaking if piece.start_seconds is None else "")


def begins_with_mark(text: str) -> bool:
    """Return whether the text begins with the mark of a speaker."""
    return _mark(ImportedPiece(text)) is not None


def is_speaker(role: str) -> bool:
    """Return whether these words can be somebody's name or office."""
    return not NO_SPEAKER.fullmatch(role) and not SENTENCE.search(role)


def _mark(piece: ImportedPiece) -> tuple[str, str] | None:
    """Return the speaker and the text behind the mark, or None where there is no mark."""
    forms = FORMS if piece.start_seconds is None else [*FORMS, IN_A_CUE]
    for form in forms:
        found = form.match(piece.text)
        if found and is_speaker(role := found["role"].strip()):
            return role, (found["text"] or "").strip()
    return None
