"""The city's single sign-on by OpenID Connect: the authorisation code flow with PKCE, state and
nonce (OpenID Connect Core 1.0, RFC 7636), sign-out there and from there (RP-Initiated and
Back-Channel Logout 1.0). authlib is known here alone.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from meetings.config import Config
from meetings.directory.known import KnownPerson
from meetings.directory.turns import Turns
from meetings.errors import SingleSignOnFailed, SingleSignOnUnreachable

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Only by a key that the issuer alone has: neither `none` nor one of a shared secret."""
CLOCK_SKEW_SECONDS = 120
METADATA_SECONDS = 3600.0
KEYS_AGAIN_SECONDS = 10.0
"""So long after the keys were read, an unknown one does not make us read them again."""
LARGEST_ANSWER_BYTES = 1_000_000
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
BY_TWO_FACTORS = "mfa"
"""Of the methods by which somebody was authenticated (`amr`, RFC 8176)."""


@dataclass(frozen=True)
class OidcTry:
    """One try to sign in. The browser keeps `state`; what else belongs to it follows from that and
    a key of ours, so that nobody can finish a try that another browser began."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls, key: bytes) -> "OidcTry":
        return cls.of(secrets.token_urlsafe(32), key)

    @classmethod
    def of(cls, state: str, key: bytes) -> "OidcTry":
        return cls(state, _keyed(key, f"nonce {state}"), _keyed(key, f"verifier {state}"))


@dataclass(frozen=True)
class SignedOnPerson:
    """Whom the issuer named, and whether it asked them for two factors. `proved_at`: when they
    proved to it who they are; None where it does not say."""

    known: KnownPerson
    has_two_factors: bool
    proved_at: datetime | None = None


class OidcProvider:
    """The issuer of the settings. What it says of itself is kept for an hour, its keys until one is
    unknown."""

    def __init__(self, config: Config) -> None:
        self._settings = config.oidc
        named = config.oidc.certificate_authority
        self._verify: str | bool = str(config.path(named)) if named else True
        self._turns = Turns()
        self._lock = threading.Lock()
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def check(self) -> None:
        """Raise SingleSignOnFailed unless the issuer answers, and says who it is."""
        self._described()
        self._key_set(known_since=time.monotonic())

    def address_for(self, tried: OidcTry, redirect_uri: str, *, is_again: bool = False) -> str:
        """Return where the browser is to go. `is_again`: the person shall prove once more who they
        are, though they are signed in there. Raises SingleSignOnFailed, TryAgain."""
        with self._turns.one(SingleSignOnUnreachable):
            endpoint = self._endpoint("authorization_endpoint")
        client, more = self._client(redirect_uri), {"prompt": "login"} if is_again else {}
        address, _ = client.create_authorization_url(
            endpoint, state=tried.state, nonce=tried.nonce, code_verifier=tried.verifier, **more
        )
        return str(address)

    def finish(self, tried: OidcTry, code: str, redirect_uri: str) -> SignedOnPerson:
        """Return whom the issuer names for this code. Raises SingleSignOnFailed, TryAgain."""
        with self._turns.one(SingleSignOnUnreachable):
            token = self._token(tried, code, redirect_uri)
            claims = self._id_claims(tried, token)
            return self._person(claims, str(token.get("access_token", "")))

    def address_to_sign_out(self, back_to: str) -> str | None:
        """Return where the browser ends its sign-in at the issuer, which leads it `back_to` then;
        None where the issuer has no such page. Raises SingleSignOnFailed, TryAgain."""
        with self._turns.one(SingleSignOnUnreachable):
            if "end_session_endpoint" not in self._described():
                return None
            endpoint = self._endpoint("end_session_endpoint")
        asked = {"client_id": self._settings.client_id, "post_logout_redirect_uri": back_to}
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def subject_of_logout(self, token: str) -> str:
        """Return who signed out at the issuer, by the token that it sends. Raises
        SingleSignOnFailed for one that is not valid."""
        with self._turns.one(SingleSignOnUnreachable):
            claims = self._decoded(token, JWTClaims, {})
        if LOGOUT_EVENT not in (claims.get("events") or {}) or "nonce" in claims:
            raise SingleSignOnFailed("no logout token")
        if not claims.get("sub"):
            raise SingleSignOnFailed("the logout token names nobody")
        return str(claims["sub"])

    def _token(self, tried: OidcTry, code: str, redirect_uri: str) -> Mapping[str, Any]:
        try:
            token = self._client(redirect_uri).fetch_token(
                self._endpoint("token_endpoint"),
                grant_type="authorization_code",
                code=code,
                code_verifier=tried.verifier,
                timeout=self._settings.seconds,
                allow_redirects=False,
            )
        except (requests.ConnectionError, requests.Timeout) as problem:
            raise SingleSignOnUnreachable(f"token: {problem}") from problem
        except (AuthlibBaseError, requests.RequestException, ValueError) as problem:
            raise SingleSignOnFailed(f"token: {problem}") from problem
        if not isinstance(token, dict) or not isinstance(token.get("id_token"), str):
            raise SingleSignOnFailed("no id token")
        return token

    def _id_claims(self, tried: OidcTry, token: Mapping[str, Any]) -> Mapping[str, Any]:
        params = {
            "nonce": tried.nonce,
            "client_id": self._settings.client_id,
            "access_token": token.get("access_token"),
        }
        return self._decoded(token["id_token"], CodeIDToken, params)

    def _decoded(
        self, token: str, kind: type[JWTClaims], params: dict[str, Any]
    ) -> Mapping[str, Any]:
        """Return the claims of a token that the issuer signed for us. Raises
        SingleSignOnFailed."""
        began = time.monotonic()
        wanted = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "iat": {"essential": True},
            "exp": {"essential": kind is CodeIDToken},
        }
        try:
            try:
                read = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
            except (InvalidKeyIdError, ValueError):  # other keys since we read them
                again = self._key_set(known_since=began - KEYS_AGAIN_SECONDS)
                read = jwt.decode(token, again, algorithms=ALGORITHMS)
            claims: Mapping[str, Any] = kind(read.claims, read.header, wanted, params)
            claims.validate(leeway=CLOCK_SKEW_SECONDS)  # type: ignore[attr-defined]
        except (JoseError, ValueError) as problem:
            raise SingleSignOnFailed(f"token: {problem}") from problem
        return claims

    def _person(self, claims: Mapping[str, Any], access_token: str) -> SignedOnPerson:
        of = self._settings
        wanted = {of.login, of.name, of.kana, of.email, of.title, of.department, of.bureau}
        said = dict(claims)
        if access_token and not (wanted | {of.groups}) - {""} <= said.keys():
            said |= self._told_more(str(claims["sub"]), access_token)
        login = _text(said, of.login)
        if not login:
            raise SingleSignOnFailed(f"no claim {of.login}")
        known = KnownPerson(
            subject=str(claims["sub"])[:255],
            login=login,
            name=_text(said, of.name) or login,
            kana=_text(said, of.kana),
            email=_text(said, of.email),
            title=_text(said, of.title),
            department=_text(said, of.department),
            bureau=_text(said, of.bureau),
            groups=_groups(said.get(of.groups)),
        )
        has_two_factors = BY_TWO_FACTORS in (claims.get("amr") or ())
        return SignedOnPerson(known, has_two_factors, _moment(claims.get("auth_time")))

    def _told_more(self, subject: str, access_token: str) -> dict[str, Any]:
        """Return what the issuer says of this person beside the token. Raises
        SingleSignOnFailed."""
        if "userinfo_endpoint" not in self._described():
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        told = self._read(self._endpoint("userinfo_endpoint"), headers)
        if told.get("sub") != subject:
            raise SingleSignOnFailed("userinfo of somebody else")
        return told

    def _client(self, redirect_uri: str) -> OAuth2Session:
        of = self._settings
        client = OAuth2Session(
            of.client_id,
            of.client_secret or None,
            token_endpoint_auth_method=self._way_to_authenticate(),
            scope=" ".join(of.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        client.trust_env, client.verify = False, self._verify
        return client

    def _way_to_authenticate(self) -> str:
        if not self._settings.client_secret:
            return "none"
        known = self._described().get("token_endpoint_auth_methods_supported")
        is_basic = known is None or "client_secret_basic" in known
        return "client_secret_basic" if is_basic else "client_secret_post"

    def _described(self) -> dict[str, Any]:
        """Return what the issuer says of itself (Discovery 1.0). Raises SingleSignOnFailed."""
        with self._lock:
            kept = self._metadata
        if kept is not None and time.monotonic() < kept[0] + METADATA_SECONDS:
            return kept[1]
        issuer = self._settings.issuer
        found = self._read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise SingleSignOnFailed(f"the issuer calls itself {found.get('issuer')}")
        with self._lock:
            self._metadata = (time.monotonic(), found)
        return found

    def _endpoint(self, name: str) -> str:
        """Return an address of the issuer, no less safe than its own. Raises
        SingleSignOnFailed."""
        address = self._described().get(name)
        is_safe = isinstance(address, str) and (
            urlsplit(address).scheme in ("https", urlsplit(self._settings.issuer).scheme)
        )
        if not is_safe:
            raise SingleSignOnFailed(f"no safe {name}")
        return str(address)

    def _key_set(self, known_since: float | None = None) -> KeySet:
        """Return the issuer's keys; those read after `known_since`, where that is given. Raises
        SingleSignOnFailed."""
        with self._lock:
            kept = self._keys
        if kept is not None and (known_since is None or kept[0] > known_since):
            return kept[1]
        read_at = time.monotonic()
        try:
            keys = KeySet.import_key_set(self._read(self._endpoint("jwks_uri")))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError) as problem:
            raise SingleSignOnFailed(f"keys: {problem}") from problem
        with self._lock:
            self._keys = (read_at, keys)
        return keys

    def _read(self, address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON object at an address. Raises SingleSignOnFailed."""
        try:
            with requests.Session() as asking:
                asking.trust_env = False
                answer = asking.get(
                    address,
                    headers=headers,
                    timeout=self._settings.seconds,
                    verify=self._verify,
                    allow_redirects=False,
                    stream=True,
                )
                body = _body_of(answer)
            found = json.loads(body) if answer.status_code == 200 else None
        except ValueError:
            found = None
        except (requests.RequestException, OSError) as problem:
            raise SingleSignOnUnreachable(f"{urlsplit(address).path}: {problem}") from problem
        if not isinstance(found, dict):
            raise SingleSignOnFailed(f"{urlsplit(address).path}: {answer.status_code}")
        return found


def _body_of(answer: requests.Response) -> bytes:
    """Return what was answered. Raises ValueError when it is longer than any issuer's."""
    body = b""
    for piece in answer.iter_content(65_536):
        body += piece
        if len(body) > LARGEST_ANSWER_BYTES:
            raise ValueError("too long")
    return body


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name) if name else None
    return value.strip() if isinstance(value, str) else ""


def _moment(claim: object) -> datetime | None:
    """Return the moment that a claim tells, now for one to come; None where it tells none."""
    if not isinstance(claim, int):
        return None
    return datetime.fromtimestamp(max(0, min(claim, int(time.time()))), UTC)


def _groups(claim: object) -> frozenset[str]:
    """Return the names of groups in small letters; Keycloak writes a path, 「/shoki」."""
    names = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(str(name).lstrip("/").casefold() for name in names)


def _keyed(key: bytes, words: str) -> str:
    digest = hmac.new(key, words.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
