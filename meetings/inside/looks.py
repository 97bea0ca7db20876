"""The difference in the looks of two pages, in a cell: `python -m meetings.inside.looks OLD NEW
PAIRS`.

A page that was scanned again lies a little aside or askew, and its noise is another one; one digit
is a few strokes. So the pages are laid upon each other piece by piece, and a point counts only
where it is darker or lighter than everything within one point of it on the other page.
"""

import sys
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from meetings.inside.opening import BROKEN, opened

POINTS_PER_INCH = 72
DOTS_PER_INCH = 120
"""At 86 a changed digit of 8 points was lost in the noise of a scanner; at 120 it was not."""

LONGEST_SIDE = 3000
TILE = 160
LARGEST_SHIFT = 24
ODD_SHIFT = 8
"""A piece that seems to have moved so much more than the page is not laid upon another place."""

PALER = 48
"""Of 255: what paper, lamp and compression change."""

WINDOW = 12
"""About the size of a letter: what differs within it is summed up."""

Grey = NDArray[np.float32]


def look(old: str, new: str, pairs: str) -> list[float]:
    """Return for each pair (「3:4」: the third page of the old file, the fourth of the new one) how
    much differs where most does, 0 for nothing. Raises FileRejected."""
    with opened(old) as olds, opened(new) as news:
        numbers = [tuple(map(int, pair.split(":"))) for pair in pairs.split(",")]
        return [difference(_drawn(olds, one), _drawn(news, other)) for one, other in numbers]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how differently two grey pictures of a page look; the second one is brought to the
    size of the first."""
    if other.size != one.size:
        other = other.resize(one.size, Image.Resampling.BOX)
    here = _grey(one)
    across, down = _shift(_grey(one.reduce(4)), _grey(other.reduce(4)))
    there = _moved(_grey(other), 4 * across, 4 * down, LARGEST_SHIFT, here)
    beyond = _beyond(here, there)
    if beyond.any():
        beyond = _beyond(here, _laid_upon(here, there, beyond))
    return _most_in_a_window(beyond)


def _drawn(document: pdfium.PdfDocument, number: int) -> Image.Image:
    page = document[number - 1]
    try:
        longest = max(page.get_width(), page.get_height(), 1)
        scale = min(DOTS_PER_INCH / POINTS_PER_INCH, LONGEST_SIDE / longest)
        picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
        return picture.convert("L")
    except pdfium.PdfiumError as problem:
        raise FileRejected(BROKEN) from problem
    finally:
        page.close()


def _beyond(one: Grey, other: Grey) -> Grey:
    """Return how much darker or lighter each point is than all around it on the other page, either
    way, and more than may be."""
    either = np.zeros_like(one)
    for mine, theirs in ((one, other), (other, one)):
        np.maximum(either, _around(theirs, np.minimum) - mine, out=either)
        np.maximum(either, mine - _around(theirs, np.maximum), out=either)
    return np.maximum(either - PALER, 0)


def _around(picture: Grey, pick: np.ufunc) -> Grey:
    """Return the darkest or lightest of each point and its eight neighbours."""
    rows = picture.copy()
    pick(rows[1:], picture[:-1], out=rows[1:])
    pick(rows[:-1], picture[1:], out=rows[:-1])
    found = rows.copy()
    pick(found[:, 1:], rows[:, :-1], out=found[:, 1:])
    pick(found[:, :-1], rows[:, 1:], out=found[:, :-1])
    return found


def _laid_upon(here: Grey, there: Grey, beyond: Grey) -> Grey:
    """Return the other page, with each tile of it in which something differs moved to where it lies
    on the first one."""
    around = np.pad(there, ODD_SHIFT, mode="edge")
    laid = there.copy()
    for top in range(0, here.shape[0], TILE):
        for left in range(0, here.shape[1], TILE):
            place = (slice(top, top + TILE), slice(left, left + TILE))
            if not beyond[place].any():
                continue
            across, down = _shift(here[place], there[place])
            if max(abs(across), abs(down)) > ODD_SHIFT:
                continue
            height, width = here[place].shape
            first, start = top - down + ODD_SHIFT, left - across + ODD_SHIFT
            piece = around[first : first + height, start : start + width]
            if _apart(here[place], piece) < _apart(here[place], there[place]):
                laid[place] = piece
    return laid


def _moved(other: Grey, across: int, down: int, most: int, one: Grey) -> Grey:
    """Return the other page moved so far, if that is not too far and brings it nearer to the first
    one."""
    if not (across or down) or max(abs(across), abs(down)) > most:
        return other
    height, width = other.shape
    around = np.pad(other, most, mode="edge")
    moved = around[most - down : most - down + height, most - across : most - across + width]
    return moved if _apart(one, moved) < _apart(one, other) else other


def _apart(one: Grey, other: Grey) -> float:
    return float(np.abs(one - other).sum())


def _grey(picture: Image.Image) -> Grey:
    return np.asarray(picture, dtype=np.float32)


def _shift(one: Grey, other: Grey) -> tuple[int, int]:
    """Return how far the second picture must go to the right and down to lie upon the first (phase
    correlation, Kuglin and Hines 1975); (0, 0) where there is nothing to go by."""
    if one.std() < 1 or other.std() < 1:
        return 0, 0
    product = np.fft.rfft2(one - one.mean()) * np.conj(np.fft.rfft2(other - other.mean()))
    strength = np.abs(product)
    found = np.fft.irfft2(product / (strength + strength.max() * 1e-3), one.shape)
    down, across = (int(place) for place in np.unravel_index(found.argmax(), found.shape))
    height, width = one.shape
    return (
        across - width if across > width // 2 else across,
        down - height if down > height // 2 else down,
    )


def _most_in_a_window(beyond: Grey) -> float:
    if not beyond.any():
        return 0.0
    sums: NDArray[np.floating[Any]] = np.pad(beyond, ((WINDOW, 0), (WINDOW, 0)))
    for axis in (0, 1):
        running = np.cumsum(sums, axis=axis, dtype=np.float64)
        sums = running - np.roll(running, WINDOW, axis=axis)
        sums = np.delete(sums, np.s_[:WINDOW], axis=axis)
    return round(float(sums.max()), 1)


if __name__ == "__main__":
    sys.exit(answer(look))
