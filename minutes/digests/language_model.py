"""Asks a language model of the city's own network for the points of an agenda item, over the
interface that OpenAI's servers and most local ones speak (`POST …/chat/completions`).

What it writes is taken only with the sentences that it cites, and only where these name every
number and name in it. Nothing is asked unless the city has set an address.
"""

import ipaddress
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from meetings.errors import NotPossibleNow
from meetings.settings.work import DigestSettings
from minutes.digests.claims import unsupported
from minutes.digests.extraction import SaidParagraph
from minutes.digests.points import DigestPoint, DigestSentence, PointKind

LARGEST_ANSWER = 1_000_000
"""Bytes that are read of an answer."""

TASK = """会議の一つの議題の発言を渡します。各行は「[番号] 発言者: 発言」です。
議題の要点を、次の形のJSONだけで答えてください。
{"points": [{"kind": "proposal", "speaker": "発言者", "text": "要点の一文", "cites": [番号]}]}
kind は proposal（説明）、question（質問）、answer（回答）、opinion（意見・要望）、
decision（決定）、task（宿題・今後の予定）のどれかです。
cites には、その文のもとになった発言の番号を必ず入れてください。
発言にない数、氏名、ことがらを書いてはいけません。述べられていないことは書かないでください。"""

NOT_SET = "言語モデルの接続先が設定されていません（config.toml の [digest] address）。"
OUTSIDE = (
    "言語モデルの接続先が庁内のネットワークのアドレスではないため、接続しませんでした。"
    "config.toml の [digest] address を確かめてください。"
)
UNREACHED = "言語モデルから答えがありませんでした。接続先と、動いているかを確かめてください。"
UNREADABLE = "言語モデルの答えを読み取れませんでした。発言から抜き出した下書きを使ってください。"


@dataclass(frozen=True)
class RejectedPoint:
    """A sentence that the model wrote and that is not taken, with the reason in Japanese."""

    text: str
    reason: str


@dataclass
class ModelDraft:
    """The points of one agenda item that a model wrote: those that hold, and those that do not."""

    points: list[DigestPoint] = field(default_factory=list)
    rejected: list[RejectedPoint] = field(default_factory=list)


class WrittenPoint(BaseModel):
    """A point as the model answers it; `cites` are the numbers of lines, from 1."""

    kind: PointKind
    speaker: str = Field("", max_length=200)
    text: str = Field(max_length=2000)
    cites: list[int] = Field([], max_length=100)


class WrittenPoints(BaseModel):
    """The model's whole answer."""

    points: list[WrittenPoint] = Field(max_length=500)


def written_points(
    settings: DigestSettings, title: str, said: Sequence[SaidParagraph], names: Sequence[str] = ()
) -> ModelDraft:
    """Return what the model writes about the agenda item `title`, checked against what was said.
    `names` are those of the people at the meeting.

    Raises NotPossibleNow where no address is set, it lies outside the city's network, nobody
    answers in time, or the answer cannot be read. Takes up to the seconds that the settings allow.
    """
    if not settings.address:
        raise NotPossibleNow(NOT_SET)
    _refuse_outside(settings.address)
    lines = [f"[{n}] {one.speaker or '発言者'}: {one.text}" for n, one in enumerate(said, 1)]
    answer = _answer_of(settings, f"議題: {title}\n" + "\n".join(lines))
    draft = ModelDraft()
    for point in _points_of(answer):
        _take(draft, point, said, names)
    return draft


def _take(
    draft: ModelDraft, point: WrittenPoint, said: Sequence[SaidParagraph], names: Sequence[str]
) -> None:
    cited = [said[n - 1] for n in dict.fromkeys(point.cites) if 0 < n <= len(said)]
    missing = unsupported(point.text, [f"{one.speaker} {one.text}" for one in cited], names)
    if not cited:
        draft.rejected.append(RejectedPoint(point.text, "もとになった発言が示されていません。"))
    elif missing:
        reason = f"もとの発言に「{'」「'.join(missing)}」がありません。"
        draft.rejected.append(RejectedPoint(point.text, reason))
    else:
        sentence = DigestSentence(text=point.text, sources=[one.source for one in cited])
        draft.points.append(
            DigestPoint(kind=point.kind, speaker=cited[0].speaker, sentences=[sentence])
        )


def _refuse_outside(address: str) -> None:
    """Raise NotPossibleNow unless the address is one of a private network or of this machine."""
    parts = urlsplit(address)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as problem:
        raise NotPossibleNow(UNREACHED) from problem
    inside = all(ipaddress.ip_address(one[4][0]).is_private for one in found)
    if parts.scheme not in ("http", "https") or not inside:
        raise NotPossibleNow(OUTSIDE)


def _answer_of(settings: DigestSettings, text: str) -> str:
    asked = {
        "model": settings.model,
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "messages": [{"role": "system", "content": TASK}, {"role": "user", "content": text}],
    }
    headers = {"Content-Type": "application/json"}
    if settings.key:
        headers["Authorization"] = f"Bearer {settings.key}"
    request = urllib.request.Request(  # noqa: S310 - http or https, by `_refuse_outside`
        settings.address.rstrip("/") + "/chat/completions",
        json.dumps(asked).encode(),
        headers,
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
    try:
        with direct.open(request, timeout=settings.seconds) as answer:
            body = answer.read(LARGEST_ANSWER)
    except (OSError, urllib.error.URLError) as problem:
        raise NotPossibleNow(UNREACHED) from problem
    try:
        return str(json.loads(body)["choices"][0]["message"]["content"])
    except (ValueError, LookupError, TypeError) as problem:
        raise NotPossibleNow(UNREADABLE) from problem


def _points_of(answer: str) -> list[WrittenPoint]:
    """Return the points in the answer, whatever words stand around its JSON."""
    try:
        return WrittenPoints.model_validate_json(
            answer[answer.index("{") : answer.rindex("}") + 1]
        ).points
    except (ValueError, ValidationError) as problem:
        raise NotPossibleNow(UNREADABLE) from problem


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, which could lead out of the city's network."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Return nothing: the redirect is an error."""
        return None
