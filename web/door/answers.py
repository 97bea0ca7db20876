"""Requests and answers in ASGI's terms, and the answers that the door itself gives."""

import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote

from meetings.errors import GijidoError
from web.built import built_file
from web.errors import RETRY_AFTER_SECONDS, TITLES, WORDS, status_of
from web.limits import MOST_SHOWN_AGAIN

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Any]
Receive = Callable[[], Any]
Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]

PAGE = """<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{again}
<title>{title}｜議事堂</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
<header class="site-head"><div><a class="brand" href="/">議事堂</a></div></header>
<main id="content">
<h1>{title}</h1>
<div class="notice notice-error" role="alert"><p>{message}</p></div>
{form}<p><a href="/">最初の画面へ戻る</a></p>
</main>
</body>
</html>
"""
FORM = """<p>入力した内容は、このボタンでそのまま送り直せます。</p>
<form method="post" action="{action}">{fields}
<div class="actions"><button class="button-main" type="submit">もう一度送信</button></div>
</form>
"""
FIELD = '<input type="hidden" name="{name}" value="{value}">'
SAFE = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
]
"""What every answer says that no view has made."""

COMES_AGAIN = "このままお待ちいただくと、自動で開き直します。"


class RequestRefused(Exception):
    """Ends a request before it reaches its view; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer[0])
        self.answer = answer


async def send_response(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def refusal(scope: Scope, problem: GijidoError, typed: bytes = b"") -> Answer:
    """Return the answer for a problem, in the problem's own words, as JSON or as a page."""
    return door_answer(scope, status_of(problem), problem.message, typed)


def door_answer(scope: Scope, status: int, message: str = "", typed: bytes = b"") -> Answer:
    """Return an answer of the door itself, which costs no thread and asks no database. `typed` is a
    form as it was sent, which the page keeps for its sender."""
    message = message or WORDS[status]
    headers = [(b"connection", b"close"), *SAFE]
    if status == 503:
        headers.append((b"retry-after", b"%d" % RETRY_AFTER_SECONDS))
    if _wants_json(scope):
        kind, body = b"application/json", json.dumps({"message": message}, ensure_ascii=False)
    else:
        kind, body = b"text/html; charset=utf-8", _page(scope, status, message, typed)
    packed = body.encode()
    headers += [(b"content-type", kind), (b"content-length", b"%d" % len(packed))]
    return status, headers, b"" if scope["method"] == "HEAD" else packed


def _page(scope: Scope, status: int, message: str, typed: bytes) -> str:
    comes_again = status == 503 and scope["method"] == "GET"
    again = f'\n<meta http-equiv="refresh" content="{RETRY_AFTER_SECONDS}">' if comes_again else ""
    return PAGE.format(
        title=TITLES.get(status, TITLES[400]),
        message=html.escape(message) + (COMES_AGAIN if comes_again else ""),
        form=_form(scope, typed) if typed else "",
        style=f"/static/{built_file('styles/page.css')}",
        again=again,
    )


def _form(scope: Scope, typed: bytes) -> str:
    """Return the sent fields as a form of the page; an empty text for a form with a password, or
    one that no person typed."""
    try:
        fields = parse_qsl(typed.decode(), keep_blank_values=True, max_num_fields=MOST_SHOWN_AGAIN)
    except ValueError:
        return ""
    if not fields or any(name == "password" for name, _ in fields):
        return ""
    kept = [FIELD.format(name=html.escape(n), value=html.escape(v)) for n, v in fields]
    return FORM.format(action=html.escape(quote(scope["path"])), fields="\n".join(kept))


def _wants_json(scope: Scope) -> bool:
    accepted = header(scope, b"accept")
    return scope["path"].startswith("/api/") or (
        b"application/json" in accepted and b"text/html" not in accepted
    )
