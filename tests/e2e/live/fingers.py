"""Fingers on the glass: real touch events, as a tablet's browser gets them."""

from itertools import pairwise

from playwright.sync_api import Page

Point = tuple[float, float]
STEPS = 8


class Fingers:
    """Whatever is down stays down until `lift`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def touch(self, *points: Point) -> None:
        self._send("touchStart", points)

    def move(self, *points: Point) -> None:
        self._send("touchMove", points)
        self.page.wait_for_timeout(16)

    def lift(self, *remaining: Point) -> None:
        self._send("touchEnd", remaining)

    def tap(self, point: Point, held_ms: int = 30) -> None:
        self.touch(point)
        self.page.wait_for_timeout(held_ms)
        self.lift()

    def drag(self, *points: Point) -> None:
        """One finger from each point to the next, then lifted."""
        self.touch(points[0])
        for one, other in pairwise(points):
            for step in range(1, STEPS + 1):
                self.move(_between(one, other, step / STEPS))
        self.lift()

    def pinch(self, middle: Point, apart: tuple[float, float], to: Point | None = None) -> None:
        """Two fingers side by side, so far `apart` at first and at last, around `middle`, which
        may move; lifted one after the other, as people do."""
        end = to or middle
        first = _pair(middle, apart[0])
        self.touch(first[0])
        self.touch(*first)
        for step in range(1, STEPS + 1):
            wide = apart[0] + (apart[1] - apart[0]) * step / STEPS
            self.move(*_pair(_between(middle, end, step / STEPS), wide))
        self.lift(_pair(end, apart[1])[0])
        self.lift()

    def _send(self, kind: str, points: tuple[Point, ...]) -> None:
        given = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})


def _pair(middle: Point, apart: float) -> tuple[Point, Point]:
    x, y = middle
    return (x - apart / 2, y), (x + apart / 2, y)


def _between(one: Point, other: Point, part: float) -> Point:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part
