"""Places the pieces of a file on the recording: by their own times, or by the sound, that is by
aligning them with what the speech model heard there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from meetings import dates
from meetings.errors import InvalidInput, NotPossibleNow
from minutes.accuracy import comparable
from minutes.imports.alignment import DRIFT, align
from minutes.imports.pieces import ImportedPiece
from minutes.timing_error import Timed

TOLERANCE_SECONDS = 2.0
"""Most by which a cue may end after the recording: players and recorders round differently."""

LEAST_SHARE = 0.4
"""Least share of a sentence's characters that must be found in what was heard to place it."""

LEAST_FOUND = 0.1
"""Least share of a whole text that must be found; with less, it is of another meeting."""

REACH = 2
"""Most characters between the expected place and the border of a heard segment to prefer that."""

STRAYS = 4
"""Most characters at the edge of a sentence that may have been matched with another sentence."""

OTHER_MEETING = (
    "この録音で話されている内容と、ファイルの文がほとんど合いません。"
    "別の会議か、別の部の逐語録ではないか確かめてください。"
)
NOT_HEARD_YET = (
    "時刻のないファイルは、機械の文字起こしと照らし合わせて録音の上に置きます。"
    "この録音の文字起こしが終わってから、もう一度取り込んでください。"
)


@dataclass(frozen=True)
class PlacedPiece:
    """A piece of the file with its times in seconds of the recording. `is_sure` is false where its
    times are only estimated from its neighbours.
    """

    text: str
    speaker: str
    start_seconds: float
    end_seconds: float
    is_sure: bool = True


@dataclass(frozen=True)
class Placement:
    """All pieces in the order of the sound. `by_sound`: their own times were not used. `remarks`
    are Japanese sentences for whoever sent the file.
    """

    placed: list[PlacedPiece]
    by_sound: bool
    remarks: list[str]

    @property
    def unsure(self) -> int:
        """Return how many pieces have only estimated times."""
        return sum(not one.is_sure for one in self.placed)


def by_times(
    pieces: Sequence[ImportedPiece], offset_seconds: float, length_seconds: float
) -> Placement:
    """Place the pieces by their own times plus `offset_seconds`. What crosses an end of the
    recording is shortened.

    Raises InvalidInput when a piece lies outside the recording of `length_seconds`: it is another
    recording's file, or the offset is wrong.
    """
    shifted = [_shifted(piece, offset_seconds) for piece in pieces]
    outside = [one for one in shifted if _is_outside(one, length_seconds)]
    if outside:
        raise InvalidInput("offset", _beyond(outside[-1], len(outside), length_seconds))
    in_order = sorted(shifted, key=lambda one: one.start_seconds)
    remarks = []
    if in_order != shifted:
        remarks.append("時刻の順になっていなかったので、録音の順に並べました。")
    within = [_within(one, length_seconds) for one in in_order]
    if cut := sum(one != other for one, other in zip(in_order, within, strict=True)):
        remarks.append(f"録音の端をこえる{cut}発話の時刻を、録音の長さに合わせました。")
    return Placement(within, False, remarks)


def by_sound(
    pieces: Sequence[ImportedPiece], heard: Sequence[Timed], length_seconds: float
) -> Placement:
    """Place the pieces where `heard`, the segments of the speech model, say the same. A piece that
    is not found there is put between its neighbours, in proportion to its characters, and is not
    sure.

    Raises NotPossibleNow when nothing was heard yet, InvalidInput for another meeting's text.
    """
    if not heard:
        raise NotPossibleNow(NOT_HEARD_YET)
    sound = _HeardText(heard)
    texts = [comparable(piece.text) for piece in pieces]
    same = align("".join(texts), sound.text)
    if len(same) < LEAST_FOUND * sum(map(len, texts)):
        raise InvalidInput("file", OTHER_MEETING)
    found = _Found(same, sound, length_seconds)
    return Placement(list(_placed(pieces, texts, found)), True, [])


class _HeardText:
    """All that was heard as one text, with the time of each of its characters: within a segment,
    time is divided evenly among its characters.
    """

    def __init__(self, heard: Sequence[Timed]) -> None:
        texts = [comparable(one.text) for one in heard]
        self._heard = [one for one, text in zip(heard, texts, strict=True) if text]
        self.text = "".join(texts)
        after = list(accumulate(len(text) for text in texts if text))
        self.firsts = [0, *after[:-1]]
        self.lasts = [end - 1 for end in after]

    def begin_of(self, place: int) -> float:
        return self._time(place, 0)

    def end_of(self, place: int) -> float:
        return self._time(place, 1)

    def _time(self, place: int, more: int) -> float:
        number = bisect_right(self.firsts, place) - 1
        segment, first = self._heard[number], self.firsts[number]
        share = (place - first + more) / (self.lasts[number] - first + 1)
        return segment.start_seconds + share * (segment.end_seconds - segment.start_seconds)


class _Found:
    """Which characters of the file were heard, by their index, and where in the heard text."""

    def __init__(self, same: dict[int, int], sound: _HeardText, length_seconds: float) -> None:
        self._places = list(same)
        self._same = same
        self._sound = sound
        self._length_seconds = length_seconds

    def times(self, start: int, end: int) -> tuple[float, float] | None:
        """Return start and end in seconds of the characters from `start` to before `end`; None
        where too few of them were heard.
        """
        first, after = (bisect_left(self._places, place) for place in (start, end))
        if after - first < max(1, LEAST_SHARE * (end - start)):
            return None
        found = range(first, after)
        return self._begin(start, self._edge(found)), self._end(end - 1, self._edge(found[::-1]))

    def _edge(self, found: range) -> int:
        """Return the outermost of the `found` characters, without a few that a leap separates from
        the rest: the end of a sentence that was left out often sounds like the end of the one
        before.
        """
        edge = found[0]
        for one, other in pairwise(found[: STRAYS + 1]):
            at, next_at = self._places[one], self._places[other]
            if abs(self._same[next_at] - self._same[at] - (next_at - at)) > DRIFT:
                edge = other
        return edge

    def around(self, start: int, end: int) -> tuple[float, float]:
        """Return the time in which the characters from `start` to before `end` must lie: that of
        what was heard between their neighbours, or the pause between these.
        """
        sound, places = self._sound, self._places
        first, after = (bisect_left(places, place) for place in (start, end))
        before = self._same[places[first - 1]] if first else -1
        following = self._same[places[after]] if after < len(places) else len(sound.text)
        if following - before > 1:
            return sound.begin_of(before + 1), sound.end_of(following - 1)
        begin = sound.end_of(before) if first else 0.0
        is_last = after == len(places)
        return begin, max(begin, self._length_seconds if is_last else sound.begin_of(following))

    def _begin(self, start: int, first: int) -> float:
        """Return when the piece begins: at its first character that was heard, earlier by the
        characters before it, and at the border of a heard segment where one is near.
        """
        place = self._places[first]
        lowest = self._same[self._places[first - 1]] + 1 if first else 0
        there = self._same[place]
        guess = max(lowest, there - (place - start))
        near = _nearest(self._sound.firsts, guess, lowest, there, place - start + REACH)
        return self._sound.begin_of(near)

    def _end(self, last: int, number: int) -> float:
        place = self._places[number]
        is_last = number + 1 == len(self._places)
        highest = len(self._sound.text) if is_last else self._same[self._places[number + 1]]
        there = self._same[place]
        guess = min(highest - 1, there + (last - place))
        near = _nearest(self._sound.lasts, guess, there, highest - 1, last - place + REACH)
        return self._sound.end_of(near)


def _nearest(borders: list[int], guess: int, lowest: int, highest: int, reach: int) -> int:
    """Return the border nearest to the guess, between `lowest` and `highest` and within `reach`;
    else the guess.
    """
    at = bisect_left(borders, guess)
    near = [
        border
        for border in borders[max(0, at - 1) : at + 1]
        if lowest <= border <= highest and abs(border - guess) <= reach
    ]
    return min(near, key=lambda border: abs(border - guess), default=guess)


def _placed(
    pieces: Sequence[ImportedPiece], texts: Sequence[str], found: "_Found"
) -> Iterator[PlacedPiece]:
    """Yield the pieces with their times. `texts` are the normalised texts that were compared."""
    after = list(accumulate(map(len, texts)))
    spans = list(zip([0, *after], after, strict=False))
    times = [found.times(*span) for span in spans]
    now = 0.0
    for is_sure, group in groupby(range(len(pieces)), lambda number: times[number] is not None):
        numbers = list(group)
        if not is_sure:
            around = found.around(spans[numbers[0]][0], spans[numbers[-1]][1])
            share = _shared([len(pieces[number].text) for number in numbers], *around)
            times[numbers[0] : numbers[-1] + 1] = share
        for number in numbers:
            start, end = times[number] or (now, now)
            now = max(now, start)  # the order of the file is the order of the sound
            piece = pieces[number]
            yield PlacedPiece(piece.text, piece.speaker, now, max(now, end), is_sure)


def _shared(lengths: list[int], start: float, end: float) -> list[tuple[float, float] | None]:
    """Divide the time from start to end among texts in proportion to their lengths."""
    after = list(accumulate(lengths))
    second = (end - start) / after[-1]
    return [
        (start + second * (place - length), start + second * place)
        for place, length in zip(after, lengths, strict=True)
    ]


def _shifted(piece: ImportedPiece, offset_seconds: float) -> PlacedPiece:
    assert piece.start_seconds is not None and piece.end_seconds is not None
    start, end = piece.start_seconds + offset_seconds, piece.end_seconds + offset_seconds
    return PlacedPiece(piece.text, piece.speaker, start, end)


def _is_outside(one: PlacedPiece, length_seconds: float) -> bool:
    return one.end_seconds < 0 or one.start_seconds > length_seconds + TOLERANCE_SECONDS


def _within(one: PlacedPiece, length_seconds: float) -> PlacedPiece:
    start, end = (min(max(0.0, at), length_seconds) for at in (one.start_seconds, one.end_seconds))
    return PlacedPiece(one.text, one.speaker, start, end)


def _beyond(one: PlacedPiece, count: int, length_seconds: float) -> str:
    side = "始まりより前" if one.end_seconds < 0 else "終わりより後"
    sign = "-" if one.start_seconds < 0 else ""
    return (
        f"{count:,}発話の時刻が録音の{side}になります"
        f"（例：{sign}{dates.position(abs(one.start_seconds))}、"
        f"録音は{dates.position(length_seconds)}まで）。別の録音のファイルではないか、"
        "ずらす時間が正しいかを確かめてください。時刻を使わず「音に合わせる」こともできます。"
    )
