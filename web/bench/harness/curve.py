"""Curves for the documentation: SVG without any library, readable on light and dark pages."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, PANEL_HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 32, 28
MOST_MARKS = 6
MOST_POINTS = 2000
INK, GRID, PAPER = "#1b4f8a", "#d5dbe3", "#ffffff"


@dataclass(frozen=True)
class Panel:
    """One curve above the common axis; `values` are not negative."""

    title: str
    values: Sequence[float]


def draw(along: Sequence[float], axis: str, panels: Sequence[Panel]) -> str:
    """Draw the panels below each other over the same axis. `along`: ascending, as many as
    values."""
    height = len(panels) * PANEL_HEIGHT + 20
    inside = [
        line
        for number, panel in enumerate(panels)
        for line in _panel(along, panel, number * PANEL_HEIGHT)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="sans-serif" font-size="13" fill="#333">',
            f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
            *inside,
            f'<text x="{WIDTH - RIGHT}" y="{height - 8}" text-anchor="end">{axis}</text>',
            "</svg>\n",
        ]
    )


def _panel(along: Sequence[float], panel: Panel, top: int) -> Iterator[str]:
    across, up = _marks(max(along)), _marks(max(panel.values))
    bottom, high = top + PANEL_HEIGHT - BOTTOM, PANEL_HEIGHT - TOP - BOTTOM
    wide = WIDTH - LEFT - RIGHT

    def x(value: float) -> float:
        return round(LEFT + wide * value / across[-1], 1)

    def y(value: float) -> float:
        return round(bottom - high * value / up[-1], 1)

    yield f'<text x="{LEFT}" y="{top + 20}" font-weight="bold">{panel.title}</text>'
    for mark in up:
        yield f'<path d="M{LEFT} {y(mark)}H{WIDTH - RIGHT}" stroke="{GRID}"/>'
        yield f'<text x="{LEFT - 8}" y="{y(mark) + 4}" text-anchor="end">{mark:,g}</text>'
    for mark in across:
        yield f'<text x="{x(mark)}" y="{bottom + 18}" text-anchor="middle">{mark:,g}</text>'
    step = -(-len(along) // MOST_POINTS)
    shown = list(zip(along, panel.values, strict=True))[::step]
    points = " ".join(f"{x(a)},{y(b)}" for a, b in shown)
    yield f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="2"/>'


def _marks(most: float) -> list[float]:
    """Return round numbers from nothing to at least `most`."""
    rough = max(most, 1e-9) / (MOST_MARKS - 1)
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * n for n in (1, 2, 2.5, 5, 10) if size * n >= rough)
    return [round(step * n, 10) for n in range(math.ceil(most / step - 1e-9) + 1 or 1)]
