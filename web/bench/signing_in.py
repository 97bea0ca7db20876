"""`gijido bench signing-in`: a morning on which everybody signs in at the same moment, while pages
are turned in a meeting that has begun."""

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from sqlalchemy import update

from meetings.disk.storage import Storage
from meetings.people import passwords
from models.database import connect, migrate, writing
from models.person import Person
from web.bench.harness.server import RunningServer, empty_home, running
from web.bench.live import BenchMeeting, Presenter, Terminals, add_stage, delays_of, quantile
from web.demo.people import PASSWORD, add_people

TURN_EVERY_SECONDS = 0.2
SETTLE_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 120


@dataclass(frozen=True)
class SignInMeasurement:
    """`last_in_s`: seconds from the moment of all until the last one was in; `refused` were told
    to come again; `turn_p95_ms`: of turns meanwhile, from the tap to a terminal."""

    people: int
    last_in_s: float
    refused: int
    turn_p95_ms: float


def measure(people: int) -> SignInMeasurement:
    """Measure so many people signing in at once. As many terminals of people who are in already
    listen to the meeting."""
    with empty_home() as config:
        migrate(config.database)
        engine = connect(config.database)
        with writing(engine) as session, session.begin():
            stage = add_stage(session, Storage(config.home), add_people(session)["koga"], people)
            # One hash for all: making one for each takes longer than all that is measured.
            known = passwords.hashed(PASSWORD).hash
            session.execute(
                update(Person)
                .where(Person.login.startswith("terminal-"))
                .values(password_hash=known)
            )
        engine.dispose()
        with running(config) as server, Terminals(server, stage) as terminals:
            return _run(server, stage, terminals, people)


def as_json(measured: SignInMeasurement) -> dict[str, float]:
    return asdict(measured)


def as_table(measured: SignInMeasurement) -> str:
    return (
        f"{measured.people} people at once: the last one in after {measured.last_in_s:.1f} s, "
        f"{measured.refused} told to come again\n"
        f"turns meanwhile p95 {measured.turn_p95_ms:.0f} ms"
    )


def _run(
    server: RunningServer, stage: BenchMeeting, terminals: Terminals, people: int
) -> SignInMeasurement:
    sent: dict[int, float] = {}
    done = threading.Event()
    turning = threading.Thread(target=_turn_pages, args=(server, stage, sent, done))
    turning.start()
    begun = time.monotonic()
    with ThreadPoolExecutor(people) as pool:
        logins = [f"terminal-{number}" for number in range(people)]
        answers = list(pool.map(lambda login: _sign_in(server, login), logins))
    done.set()
    turning.join()
    time.sleep(SETTLE_SECONDS)
    return SignInMeasurement(
        people=people,
        last_in_s=round(max(at for _, at in answers) - begun, 1),
        refused=sum(status != 201 for status, _ in answers),
        turn_p95_ms=quantile(delays_of(sent, terminals.arrivals()), 0.95),
    )


def _turn_pages(
    server: RunningServer, stage: BenchMeeting, sent: dict[int, float], done: threading.Event
) -> None:
    presenter, number = Presenter(server, stage), 0
    while not done.is_set():
        number += 1
        sequence, at = presenter.turn(number)
        sent[sequence] = at
        done.wait(TURN_EVERY_SECONDS)
    presenter.close()


def _sign_in(server: RunningServer, login: str) -> tuple[int, float]:
    """Status and moment of the answer."""
    line = http.client.HTTPConnection(server.host, server.port, timeout=LONGEST_WAIT_SECONDS)
    body = json.dumps({"login": login, "password": PASSWORD})
    line.request("POST", "/api/tokens", body, {"Content-Type": "application/json"})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, time.monotonic()
