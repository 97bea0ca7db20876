"""An issuer whose answers do not hold lets nobody in. A real one: tests/web/views/people/
test_single_sign_on.py; this one says what a test wants."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import Engine

from meetings.config import Config
from meetings.directory import single_sign_on
from meetings.directory.oidc import CLOCK_SKEW_SECONDS, OidcProvider, OidcTry
from meetings.errors import ProofRequired, SingleSignOnFailed, SingleSignOnUnreachable
from meetings.people import sign_ins
from meetings.people.sign_ins import SignInPlace
from meetings.settings.accounts import OidcSettings
from models.database import reading

KEY, STRANGERS = (RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("1", "2"))
SECRET = "a secret that the client and the issuer share, long enough"
TRY = OidcTry.of("state", b"key")


@dataclass
class LyingIssuer:
    """`answers`: what is given at which path, instead of what is right."""

    address: str = ""
    answers: dict[str, Any] = field(default_factory=dict)

    def right(self) -> dict[str, Any]:
        """What an honest one says in the token."""
        at = int(time.time())
        said = {"iss": self.address, "aud": "gijido", "sub": "1", "iat": at, "exp": at + 60}
        return said | {"nonce": TRY.nonce, "preferred_username": "sato", "name": "佐藤 花子"}

    def give(self, token: str) -> None:
        given = {"access_token": "a", "token_type": "Bearer", "id_token": token}
        self.answers["/token"] = given

    def at(self, path: str) -> Any:
        described = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/auth",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }
        usual = {
            "/.well-known/openid-configuration": described,
            "/keys": {"keys": [KEY.as_dict(private=False)]},
        }
        return self.answers.get(path, usual.get(path))


@pytest.fixture(scope="module")
def listening() -> Iterator[tuple[LyingIssuer, str]]:
    issuer = LyingIssuer()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = issuer.at(self.path)
            self.send_response(200 if answer is not None else 404)
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        do_POST = do_GET

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield issuer, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def issuer(listening: tuple[LyingIssuer, str]) -> LyingIssuer:
    issuer, address = listening
    issuer.address, issuer.answers = address, {}
    return issuer


@pytest.fixture
def provided(issuer: LyingIssuer, config: Config) -> Config:
    settings = OidcSettings(
        issuer=issuer.address,
        client_id="gijido",
        client_secret=SECRET,
        groups="",
        email="",
        unknown="create",
    )
    return replace(config, oidc=settings)


@pytest.fixture
def finish(provided: Config) -> Callable[[], str]:
    """Come back with a code; whom the issuer names then."""
    provider = OidcProvider(provided)
    return lambda: provider.finish(TRY, "code", "http://here/callback").known.login


def signed(claims: dict[str, Any], key: Any = KEY, **header: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"} | header, claims, key)


def by_the_public_key_as_a_secret(claims: dict[str, Any]) -> str:
    """The old trick: everybody has the public key."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "kid": "1"}, claims)
    ]
    seal = hmac.new(KEY.as_pem(private=False), b".".join(parts), "sha256").digest()
    return b".".join([*parts, base64.urlsafe_b64encode(seal).rstrip(b"=")]).decode()


def test_an_honest_token_names_somebody(issuer: LyingIssuer, finish: Callable[[], str]) -> None:
    issuer.give(signed(issuer.right()))
    assert finish() == "sato"


@pytest.mark.parametrize(
    ("said", "is_fresh"),
    [({}, True), ({"auth_time": -3600}, False), ({"auth_time": 3600}, True)],
    ids=["nothing", "an hour ago", "to come"],
)
def test_whoever_proved_themselves_there_long_ago_has_not_signed_in_lately_here(
    issuer: LyingIssuer, provided: Config, engine: Engine, said: dict[str, int], is_fresh: bool
) -> None:
    told = {name: int(time.time()) + value for name, value in said.items()}
    issuer.give(signed(issuer.right() | told))
    signed_on = OidcProvider(provided).finish(TRY, "code", "http://here/callback")
    place = SignInPlace("127.0.0.1")
    entered = single_sign_on.sign_in_by_oidc(provided, engine, signed_on, place)
    with reading(engine) as session:
        entry = sign_ins.signed_in(session, entered.token)
        assert entry is not None
        with nullcontext() if is_fresh else pytest.raises(ProofRequired):
            sign_ins.check_fresh(entry, timedelta(minutes=15))


AGO = CLOCK_SKEW_SECONDS + 60
WRONG: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another audience": lambda said: said | {"aud": "another"},
    "another issuer": lambda said: said | {"iss": "https://elsewhere.example"},
    "the nonce of another try": lambda said: said | {"nonce": "another"},
    "no nonce": lambda said: {k: v for k, v in said.items() if k != "nonce"},
    "nobody": lambda said: {k: v for k, v in said.items() if k != "sub"},
    "no end": lambda said: {k: v for k, v in said.items() if k != "exp"},
    "over": lambda said: said | {"exp": said["iat"] - AGO},
    "not begun": lambda said: said | {"nbf": said["iat"] + AGO},
    "issued in future": lambda said: said | {"iat": said["iat"] + AGO},
    "for another party": lambda said: said | {"aud": ["gijido", "another"], "azp": "another"},
    "of another access token": lambda said: said | {"at_hash": "x"},
    "no login": lambda said: said | {"preferred_username": ""},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_with_a_claim_that_does_not_hold_lets_nobody_in(
    issuer: LyingIssuer, finish: Callable[[], str], wrong: str
) -> None:
    issuer.give(signed(WRONG[wrong](issuer.right())))
    with pytest.raises(SingleSignOnFailed):
        finish()


def test_clocks_may_differ_a_little(issuer: LyingIssuer, finish: Callable[[], str]) -> None:
    at, skew = int(time.time()), CLOCK_SKEW_SECONDS - 30
    issuer.give(signed(issuer.right() | {"iat": at + skew, "exp": at + 2 * skew}))
    assert finish() == "sato"
    issuer.give(signed(issuer.right() | {"iat": at - 2 * skew, "exp": at - skew}))
    assert finish() == "sato"


def test_a_token_that_the_issuer_did_not_sign_by_a_key_of_its_own_lets_nobody_in(
    issuer: LyingIssuer, finish: Callable[[], str]
) -> None:
    right = issuer.right()
    head, claims, _ = signed(right).split(".")
    forged = [
        signed(right, STRANGERS),
        signed(right, STRANGERS, kid="2"),
        jwt.encode({"alg": "HS256"}, right, OctKey.import_key(SECRET)),
        by_the_public_key_as_a_secret(right),
        f"{head}.{claims}.",
        "eyJhbGciOiJub25lIn0." + claims + ".",
        "nothing",
        "",
    ]
    for token in forged:
        issuer.give(token)
        with pytest.raises(SingleSignOnFailed) as problem:
            finish()
        assert not isinstance(problem.value, SingleSignOnUnreachable), "others are not held up"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/.well-known/openid-configuration", {"issuer": "https://elsewhere.example"}),
        ("/.well-known/openid-configuration", b"<html>"),
        ("/.well-known/openid-configuration", b"[" + b" " * 2_000_000 + b"]"),
        ("/keys", {"keys": "none"}),
        ("/keys", b"[]"),
        ("/token", {"error": "invalid_grant"}),
        ("/token", b"[]"),
        ("/token", {"access_token": "a", "token_type": "Bearer"}),
    ],
)
def test_answers_that_are_none_let_nobody_in(
    issuer: LyingIssuer, finish: Callable[[], str], path: str, answer: Any
) -> None:
    issuer.give(signed(issuer.right()))
    issuer.answers[path] = answer
    with pytest.raises(SingleSignOnFailed):
        finish()


def test_what_is_said_of_somebody_else_is_not_taken(
    issuer: LyingIssuer, finish: Callable[[], str]
) -> None:
    said = issuer.right()
    del said["preferred_username"]
    issuer.give(signed(said))
    described = issuer.at("/.well-known/openid-configuration")
    more = {"userinfo_endpoint": f"{issuer.address}/more"}
    issuer.answers["/.well-known/openid-configuration"] = described | more
    issuer.answers["/more"] = {"sub": "2", "preferred_username": "shimada"}
    with pytest.raises(SingleSignOnFailed):
        finish()
    issuer.answers["/more"] = {"sub": "1", "preferred_username": "sato"}
    assert finish() == "sato"
