"""What the city's own monitoring asks: whether the server lives (`/livez`), whether it can serve
(`/readyz`), and how much it does (`/metrics`, for Prometheus). None of it says what a meeting is
about, who somebody is, or which page was asked for.

They stand before everything else: `/livez` needs no thread and no database, so that a server that
is only busy is not taken for a dead one.
"""

import asyncio
import shutil
import time
from collections.abc import Iterator, Sequence
from typing import cast

from flask import Flask
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy import Engine, Select, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from meetings.config import MEGABYTE, Config
from meetings.people.zones import is_inside
from minutes.transcription import progress
from models.base import now
from models.database import reading
from models.notice import Notice
from models.recording import Transcription, WorkState
from models.setback import Setback
from models.upload import Upload, UploadState
from web.door.answers import SAFE, Headers, Receive, Scope, Send, send_response
from web.door.costs import Costs
from web.door.lanes import Lanes
from web.streams.live import Hub

LIVE, READY, METRICS = "/livez", "/readyz", "/metrics"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Measures:
    """The figures of one running server."""

    def __init__(self, app: Flask, lanes: Lanes) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_State(app, lanes))
        self.answers = Counter(
            "gijido_answers",
            "Answers by the lane of the request and the hundred of the status.",
            ["lane", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "gijido_answer_seconds",
            "Seconds from the head of a request to the head of its answer.",
            ["lane"],
            buckets=SECONDS,
            registry=self.registry,
        )

    def text(self) -> bytes:
        """Return all of them as Prometheus reads them (text format 0.0.4)."""
        return generate_latest(self.registry)


class Monitoring:
    """The first of the ASGI applications."""

    def __init__(self, app: Flask, lanes: Lanes, inner: object) -> None:
        self._config: Config = app.extensions["config"]
        self._engine: Engine = app.extensions["engine"]
        self._costs = Costs(app, self._config.limits)
        self._measures = Measures(app, lanes)
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == LIVE:
            await _answer(send, 200, b"ok\n")
        elif path == READY:
            wrong = await asyncio.to_thread(what_is_not_ready, self._config, self._engine)
            body = "".join(f"{name}\n" for name in wrong) or "ok\n"
            await _answer(send, 503 if wrong else 200, body.encode())
        elif path == METRICS and self._may_watch(scope):
            figures = await asyncio.to_thread(self._measures.text)
            await _answer(send, 200, figures, CONTENT_TYPE_PLAIN_0_0_4)
        else:
            await self._measured(scope, receive, send)

    def _may_watch(self, scope: Scope) -> bool:
        """Return whether metrics may go to where this request comes from; never at the door of
        what is published. Whoever may not have them is answered as for any page that there is none
        of."""
        public_port = self._config.server.public_port
        if public_port and (scope.get("server") or ("", 0))[1] == public_port:
            return False
        addresses = self._config.monitoring.addresses
        return bool(addresses) and is_inside(addresses, (scope.get("client") or ("",))[0])

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, lane = time.monotonic(), self._costs.of(scope["method"], scope["path"]).lane.name

        async def counting(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                self._measures.seconds.labels(lane.lower()).observe(time.monotonic() - began)
                hundred = f"{cast(int, message['status']) // 100}xx"
                self._measures.answers.labels(lane.lower(), hundred).inc()
            await send(message)

        await self._inner(scope, receive, counting)  # type: ignore[operator]


async def _answer(
    send: Send, status: int, body: bytes, kind: str = "text/plain; charset=utf-8"
) -> None:
    headers: Headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        *SAFE,
    ]
    await send_response(send, status, headers, body)


def what_is_not_ready(config: Config, engine: Engine) -> list[str]:
    """Return the names of what keeps the server from serving: `database`, `disk`."""
    wrong = []
    try:
        with reading(engine) as session:
            session.execute(text("SELECT 1 FROM person LIMIT 1"))
    except SQLAlchemyError:
        wrong.append("database")
    if shutil.disk_usage(config.home).free < config.limits.spare_mb * MEGABYTE:
        wrong.append("disk")
    return wrong


class _State(Collector):
    """What is so at the moment of asking."""

    def __init__(self, app: Flask, lanes: Lanes) -> None:
        self._app, self._lanes = app, lanes

    def describe(self) -> Sequence[Metric]:
        return ()  # asked for at the registration, before there need be a database

    def collect(self) -> Iterator[Metric]:
        config: Config = self._app.extensions["config"]
        hub: Hub = self._app.extensions["hub"]
        yield _one("gijido_terminals", "Terminals that follow a meeting.", hub.seat_count)
        usage = shutil.disk_usage(config.home)
        yield _one("gijido_disk_free_bytes", "Free bytes where the data lie.", usage.free)
        size = config.database.stat().st_size
        yield _one("gijido_database_bytes", "Size of the database.", size)
        waiting = GaugeMetricFamily(
            "gijido_lane_waiting", "Requests that wait for a thread.", labels=["lane"]
        )
        for lane, count in self._lanes.waiting().items():
            waiting.add_metric([lane], count)
        yield waiting
        with reading(self._app.extensions["engine"]) as session:
            yield from _rows(session)


def _rows(session: Session) -> Iterator[Metric]:
    is_up = progress.is_worker_running(session)
    yield _one("gijido_worker_up", "Whether a worker gave a sign of life.", float(is_up))
    work = GaugeMetricFamily("gijido_transcriptions", "Transcriptions by state.", labels=["state"])
    counts = select(Transcription.state, func.count()).group_by(Transcription.state)
    found = {str(state): count for state, count in session.execute(counts)}
    for state in WorkState:
        work.add_metric([state.value], found.get(state.value, 0))
    yield work
    whole = select(func.count()).where(Upload.state == UploadState.WHOLE)
    yield _one(
        "gijido_uploads_to_check", "Uploads that wait to be checked.", _count(session, whole)
    )
    unsent = select(func.count()).where(
        Notice.address != "", Notice.sent_at.is_(None), Notice.given_up_at.is_(None)
    )
    yield _one("gijido_mail_waiting", "Letters that wait to be sent.", _count(session, unsent))
    failing = select(func.count()).where(Setback.next_try_at > now())
    yield _one("gijido_setbacks", "Work that failed and is tried again.", _count(session, failing))


def _count(session: Session, chosen: Select[int]) -> int:
    return session.scalar(chosen) or 0


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
