"""What the city's monitoring may ask, and what it never gets to know."""

import json
import logging
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.database import connect
from tests.loops import run
from tests.web.door.conftest import NEIGHBOUR, Hall
from web import monitoring
from web.app import create_app
from web.bench.harness.hostile_clients import exchange, request, seconds_to_answer
from web.commands.logs import LinesOfJson
from web.door.answers import send_response
from web.door.costs import RequestLane
from web.door.lanes import WIDTHS, Lanes

pytestmark = pytest.mark.hostile


def figures(hall: Hall) -> dict[str, float]:
    answer = exchange(hall.place, request("GET", "/metrics"))
    assert answer.status == 200
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if line[:1] != "#")
    return {name: float(value) for name, _, value in lines}


def test_a_server_of_which_every_thread_is_held_lives_all_the_same(hall: Hall) -> None:
    readers = WIDTHS[RequestLane.READING].threads + 2
    hall.odd.hold.clear()
    with ThreadPoolExecutor(readers) as pool:
        held = [pool.submit(seconds_to_answer, hall.place, "/odd/held") for _ in range(readers)]
        try:
            while figures(hall)['gijido_lane_waiting{lane="reading"}'] < 2:
                assert not any(one.done() for one in held)
            assert exchange(hall.place, request("GET", "/livez")).text == "ok\n"
        finally:
            hall.odd.hold.set()


def test_answers_are_counted_by_lane_and_status_and_by_nothing_else(hall: Hall) -> None:
    name = 'gijido_answers_total{lane="reading",status="4xx"}'
    before = figures(hall).get(name, 0)
    exchange(hall.place, request("GET", "/meetings/987654321"))
    exchange(hall.place, request("GET", "/no/such/page/of/okuma"))
    text = exchange(hall.place, request("GET", "/metrics")).text
    assert figures(hall)[name] == before + 1, "of a page that is none the lane is another"
    assert "987654321" not in text and "okuma" not in text


def test_figures_go_only_where_the_settings_say(hall: Hall) -> None:
    refused = exchange(hall.place, request("GET", "/metrics"), source=NEIGHBOUR)
    assert refused.status == 404
    assert "gijido_" not in refused.text


def test_figures_are_not_at_the_door_of_what_is_published(hall: Hall) -> None:
    sent: list[Any] = []

    async def keep(message: Any) -> None:
        sent.append(message)

    async def nothing(*_: Any) -> None:
        await send_response(keep, 404, [], b"")

    server = replace(hall.config.server, public_port=8401)
    app = create_app(replace(hall.config, server=server), hall.engine)
    door = monitoring.Monitoring(app, Lanes(), nothing)
    asked = {"method": "GET", "path": "/metrics", "headers": [], "client": ("127.0.0.1", 1)}
    run(door({**asked, "server": ("127.0.0.1", 8401)}, nothing, keep))
    run(door({**asked, "server": ("127.0.0.1", 8400)}, nothing, keep))
    assert [one["status"] for one in sent if "status" in one] == [404, 200]


def test_a_server_without_its_database_or_without_room_is_not_ready(
    hall: Hall, tmp_path: Path
) -> None:
    ready = exchange(hall.place, request("GET", "/readyz"))
    assert (ready.status, ready.text) == (200, "ok\n")
    lost = connect(tmp_path / "none.sqlite3")
    full = replace(hall.config.limits, spare_mb=shutil.disk_usage(tmp_path).total // 1_000_000)
    config = replace(hall.config, limits=full)
    assert monitoring.what_is_not_ready(config, lost) == ["database", "disk"]
    lost.dispose()


def test_the_log_for_a_collector_is_one_object_a_line() -> None:
    try:
        raise ValueError("壊れています")
    except ValueError:
        broken = sys.exc_info()
    line = logging.LogRecord("web.x", logging.ERROR, "x.py", 1, "資料 %d", (3,), broken)
    written = LinesOfJson().format(line)
    assert "\n" not in written
    told = json.loads(written)
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "web.x", "資料 3")
    assert "ValueError" in told["exc_info"]
    assert told["time"].endswith("+00:00")
