"""The cost that a request to a route may have: each view declares it, or has that of most."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, TypeVar

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from meetings.config import MEGABYTE
from meetings.settings.work import LimitSettings
from web.limits import FORM_BYTES, LARGEST_BODY_BYTES, SMALL_BODY_BYTES

FOR_ANYBODY = ("anyone", "public", "published", None)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class RequestLane(Enum):
    """Kinds of work that do not wait for each other."""

    TURNS = auto()  # what the hall waits for
    LIVE = auto()  # what the terminals of the hall ask by themselves
    READING = auto()
    CHANGING = auto()
    FILES = auto()  # files that come in, and those that are made to go out: seconds each
    SIGN_IN = auto()  # passwords are hashed: a core each
    CITIZENS = auto()  # what anybody may read, without being known
    CLIPS = auto()  # the sound of a sentence, for citizens


@dataclass(frozen=True)
class Cost:
    """The limits of one route: in which lane it runs and how large a body may be, in bytes. With
    `asks_first`, a body that is not small is taken only from somebody who may use the route."""

    lane: RequestLane
    largest_bytes: int = SMALL_BODY_BYTES
    asks_first: bool = False
    takes_files: bool = False


def costs(
    *, lane: RequestLane | None = None, files: str = "", at_once: int = 1
) -> Callable[[ViewT], ViewT]:
    """Declare what is unusual of a view: the lane it runs in; the limit of the settings for the
    file that it takes (`document_mb`), and how many of that size at once.

    A view that takes files checks the anti-forgery token itself, before the first of them.
    """

    def decorate(view: ViewT) -> ViewT:
        declared = {"lane": lane, "files_limit": files, "files_at_once": at_once}
        for name, value in declared.items():
            if value:
                setattr(view, name, value)
        if files:
            view.checks_own_token = True  # type: ignore[attr-defined]
        return view

    return decorate


def is_for_anybody(view: Callable[..., Any]) -> bool:
    """Return whether the view is declared so that nobody need be known to use it."""
    return getattr(view, "access_policy", None) in FOR_ANYBODY


class Costs:
    """The costs of the application's routes."""

    def __init__(self, app: Flask, limits: LimitSettings) -> None:
        self._app = app
        self._limits = limits
        self._urls = app.url_map.bind("")
        self._of_view = lru_cache(maxsize=None)(self._declared)

    def of(self, method: str, path: str) -> Cost:
        """Return the cost of the route behind this URL; for a page that does not exist, the
        smallest."""
        try:
            endpoint, _ = self._urls.match(path, method)
        except (HTTPException, RequestRedirect):
            return Cost(RequestLane.READING)
        return self._of_view(endpoint, method in SAFE_METHODS)

    def _declared(self, endpoint: str, only_reads: bool) -> Cost:
        view = self._app.view_functions[endpoint]
        limit = getattr(view, "files_limit", "")
        lane = getattr(view, "lane", None)
        if limit:
            mb = getattr(self._limits, limit) * getattr(view, "files_at_once", 1)
            return Cost(lane or RequestLane.FILES, mb * MEGABYTE + FORM_BYTES, True, True)
        lane = lane or (RequestLane.READING if only_reads else RequestLane.CHANGING)
        return Cost(lane) if is_for_anybody(view) else Cost(lane, LARGEST_BODY_BYTES, True)
