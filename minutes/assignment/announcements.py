"""Scores how clearly a piece of talk announces an agenda item:
「次に、議案第12号について説明を願います」, 「では、三つ目の集中取組項目案について」.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from minutes.assignment.topics import Scores, Talk, Topic, sound_of
from minutes.assignment.weights import AssignmentWeights
from minutes.japanese.numerals import normalise

LEADS = re.compile(
    r"(?:^|[。、\s]|えー)(?:それでは|では|じゃあ?|さっそく|まずは?|はじめに|初めに|再開)|"
    r"(?:^|[。、\s]|では|じゃあ?)(?:次|つぎ)(?:に|は|へ|の|、|\s|議|窓)?|"
    r"続いて|続きまして|つづいて|つづきまして|引き続き|最後|戻りまして|順番が前後"
)
CALLS = re.compile(
    r"説明を|報告を|審査を|お願い(?:し|いた)|おねがい|を?議題と|議題[の\d一二三四五六七八九十]|"
    r"に移り|に入り|に参り|を願い|を求め|どうぞ|について[。、\s]*$|何か(?:あり|ござい)"
)
"""LEADS: phrases that lead over to another item; CALLS: phrases that open one. Either can be said
of anything else too, so neither decides alone."""

OPENING = re.compile(
    r"開会|定刻|時間になり|始め(?:ます|ましょう)|ただいまから|これより|おはようございます|お忙しい|傍聴|"
    r"委員会を開|出席委員|定[足則]数|成立|資料の確認|挨拶|今日は|議題は|おそろい|開催いたし"
)
CLOSING = re.compile(
    r"閉会|散会|終了|終わりま|閉じま|お疲れ|以上をもち|これをもっ|これを持っ|これまで|ここまで|"
    r"ありがとうございました|以上です|次回"
)
LAST = re.compile(r"最後")
NUMBERED = (
    re.compile(
        r"(?:議題|次第|案件|協議|報告|議事|事項|項目|日程)(?:事項|項目)?(?:の|第|番号)*(\d{1,6})(?:の(\d{1,6}))?"
    ),
    re.compile(r"(?<!\d)(\d{1,6})(?:つめ|つ目|番目|番の|件目|題目)"),
)
ORDINALS = {
    sound_of(kana): str(number)
    for number, kana in enumerate(
        ["ヒトツメ", "フタツメ", "ミッツメ", "ヨッツメ", "イツツメ", "ムッツメ"], 1
    )
}
BILL = re.compile(r"(?<!\d)(\d{1,6})号")


def announced(talk: Sequence[Talk], topics: Sequence[Topic], weights: AssignmentWeights) -> Scores:
    """Return scores (pieces of talk × topics): how much each piece announces that the topic begins
    there. A piece that leads over to another item is also read together with the next one.
    """
    signs = _TopicSigns.of(topics)
    found = np.zeros((len(talk), len(topics)))
    for line, piece in enumerate(talk):
        found[line] = signs.scores(piece, weights)
        if line + 1 < len(talk) and LEADS.search(piece.text):
            both = Talk(f"{piece.text}。{talk[line + 1].text}", piece.sound + talk[line + 1].sound)
            found[line] = np.maximum(found[line], weights.joined * signs.scores(both, weights))
    return found


@dataclass(frozen=True)
class _TopicSigns:
    """The words and bill numbers that announce each topic."""

    topics: Sequence[Topic]
    titles: list[dict[str, float]]
    bills: list[list[str]]

    @classmethod
    def of(cls, topics: Sequence[Topic]) -> "_TopicSigns":
        bills = [BILL.findall(normalise(topic.title)) for topic in topics]
        return cls(topics, _title_words(topics), bills)

    def scores(self, piece: Talk, weights: AssignmentWeights) -> Scores:
        led, (numbers, bills) = _led(piece.text), _numbers(piece)
        is_last = bool(LAST.search(piece.text))
        found = np.zeros(len(self.topics))
        for place, topic in enumerate(self.topics):
            share = _share(self.titles[place], piece.sound)
            is_named = any(name in piece.sound for name in topic.names)
            is_bill = any(bill in bills for bill in self.bills[place])
            found[place] = (
                weights.title * share
                + weights.led_title * share * led
                + weights.number * (topic.number in numbers) * (1 + led) / 2
                + weights.bill * is_bill
                + weights.presenter * is_named * led
                + weights.led * led
                + weights.last * is_last * (place == len(self.topics) - 1)
            )
        return found


def opening(talk: Sequence[Talk]) -> Scores:
    """Return for each piece how much it sounds like talk before the first item: 0, 1 or 2."""
    return np.array([_count(OPENING, piece) for piece in talk])


def closing(talk: Sequence[Talk]) -> Scores:
    """Return for each piece how much it sounds like the end of a meeting: 0, 1 or 2."""
    return np.array([_count(CLOSING, piece) for piece in talk])


def _count(phrases: re.Pattern[str], piece: Talk) -> float:
    return float(min(2, len(phrases.findall(piece.text))))


def _led(text: str) -> float:
    return (bool(LEADS.search(text)) + bool(CALLS.search(text))) / 2


def _numbers(piece: Talk) -> tuple[set[str], set[str]]:
    """Return the numbers of items that are said, as in the agenda (「2」, 「2-1」), and those of
    bills.
    """
    known = normalise(piece.text)
    numbers = {number for sound, number in ORDINALS.items() if sound in piece.sound}
    for pattern in NUMBERED:
        for parts in pattern.findall(known):
            first, *rest = (parts,) if isinstance(parts, str) else parts
            numbers.add("-".join(part for part in (first, *rest) if part))
    return numbers, set(BILL.findall(known))


def _title_words(topics: Sequence[Topic]) -> list[dict[str, float]]:
    """Return the words of each title with their weight: less where other titles have them too."""
    often: dict[str, int] = {}
    for topic in topics:
        for word in topic.title_parts:
            often[word] = often.get(word, 0) + 1
    return [
        {word: log(1 + len(topics) / often[word]) * len(word) for word in topic.title_parts}
        for topic in topics
    ]


def _share(words: dict[str, float], sound: str) -> float:
    whole = sum(words.values())
    return sum(worth for word, worth in words.items() if word in sound) / whole if whole else 0.0
