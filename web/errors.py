"""The one place where errors become a status and a page, or JSON for scripts."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from meetings.errors import (
    Busy,
    ChangedMeanwhile,
    CheckClosed,
    CheckOfSomebodyElse,
    ChecksumWrong,
    ContentDeleted,
    Crowded,
    DirectoryUnreachable,
    FileRejected,
    GijidoError,
    InvalidInput,
    NoLongerPublished,
    NotAdmitted,
    NotFound,
    NotPossibleNow,
    NotUnderstood,
    OtherPersonSignedIn,
    OutOfBounds,
    OutsideZone,
    ProofRequired,
    ScannerSilent,
    SecondFactorMustBeSetUp,
    SecondFactorNeeded,
    SecondFactorWrong,
    SignInRefused,
    SignInRequired,
    SingleSignOnFailed,
    SingleSignOnUnreachable,
    StaleRevision,
    StepOver,
    StorageFull,
    StoredFileDamaged,
    StoredFileMissing,
    TooLarge,
    TooManyTries,
    TryAgain,
    VirusFound,
    WrongCode,
)
from models.database import is_locked
from web import refusals
from web.limits import MOST_LETTERS_SHOWN_AGAIN, MOST_SHOWN_AGAIN
from web.urls import path_inside

LOG = logging.getLogger(__name__)
STATUS: dict[type[GijidoError], int] = {
    InvalidInput: 422,
    FileRejected: 422,
    VirusFound: 422,
    SignInRefused: 401,
    SignInRequired: 401,
    WrongCode: 401,
    OtherPersonSignedIn: 403,
    SecondFactorMustBeSetUp: 403,
    SecondFactorNeeded: 401,
    SecondFactorWrong: 401,
    StepOver: 401,
    ProofRequired: 403,
    OutsideZone: 403,
    NotFound: 404,
    NotPossibleNow: 409,
    ChangedMeanwhile: 409,
    StaleRevision: 409,
    StorageFull: 507,
    TryAgain: 503,
    ScannerSilent: 503,
    NoLongerPublished: 410,
    CheckClosed: 410,
    CheckOfSomebodyElse: 403,
    StoredFileMissing: 410,
    ContentDeleted: 410,
    StoredFileDamaged: 410,
    NotUnderstood: 400,
    TooLarge: 413,
    Busy: 423,
    OutOfBounds: 422,
    Crowded: 503,
    DirectoryUnreachable: 503,
    SingleSignOnFailed: 503,
    SingleSignOnUnreachable: 503,
    NotAdmitted: 403,
    TooManyTries: 429,
    ChecksumWrong: 460,  # the tus protocol's own
}
TITLES = {
    400: "送信をやり直してください",
    401: "サインインが必要です",
    403: "サインインしている人が違います",
    404: "見つかりません",
    405: "この操作はできません",
    408: "送信が届きませんでした",
    409: "内容を確認してください",
    410: "ファイルを読み出せません",
    413: "ファイルが大きすぎます",
    422: "入力を確認してください",
    429: "しばらくお待ちください",
    500: "問題が起きました",
    503: "混み合っています",
    507: "保存できませんでした",
}
TITLES_OF: dict[type[GijidoError], str] = {
    NoLongerPublished: "公開を取り下げた会議録です",
    CheckClosed: "発言の確認は終わりました",
    ContentDeleted: "保存期間が過ぎたため削除しました",
    CheckOfSomebodyElse: "別の方への確認のお願いです",
    DirectoryUnreachable: "職員のディレクトリーにつながりません",
    SecondFactorMustBeSetUp: "二要素認証を登録してください",
    StepOver: "サインインし直してください",
    SingleSignOnFailed: "サインインできませんでした",
    SingleSignOnUnreachable: "サインインできませんでした",
    NotAdmitted: "登録されていません",
    OutsideZone: "この端末からは使えません",
}
"""Where the status says less."""

WORDS = {
    400: "送信された内容を読み取れませんでした。画面を開き直して、もう一度お試しください。",
    404: "お探しの画面は見つかりませんでした。アドレスをご確認ください。",
    405: "この操作はできません。画面のボタンから操作してください。",
    408: "送信が途中で止まりました。通信を確かめて、もう一度送信してください。",
    412: "送信に使われたプログラムの版に対応していません（tus 1.0.0 に対応しています）。",
    413: "送信された内容が大きすぎます。小さくしてからもう一度お試しください。",
    415: "送信された内容の形式（Content-Type）が違います。",
    500: "サーバーで問題が起きました。保存済みの内容は失われていません。"
    "もう一度お試しいただき、続くときは管理者に連絡してください。",
}
DAMAGED_DATABASE = ("malformed", "file is not a database", "disk I/O error")
"""How SQLite says it."""

DATABASE_DAMAGED = (
    "サーバーのデータベースを読み書きできません。いまの操作は保存されていません。管理者に連絡して"
    "ください（管理者は、サーバーを止めて gijido check を実行し、バックアップから戻します）。"
)
EXPIRED_FORM = (
    "画面を開いてから時間がたったか、サインインし直したため、送信を確認できませんでした。"
    "入力した内容は残っています。もう一度送信してください。"
)
RETRY_AFTER_SECONDS = 2
SENT_AGAIN = {400, 401, 503, 507}
"""What was sent was not judged yet: the same may be taken later."""

SHOWN_AGAIN = {409, 422}
LONGEST_WORD = 20
"""So long are the words by which the forms' choices are named."""

NEVER_SHOWN_AGAIN = {"csrf_token", "password", "new_password", "again", "code"}


def install(app: Flask) -> None:
    app.register_error_handler(GijidoError, _gijido_error)
    app.register_error_handler(CSRFError, _token_expired)
    app.register_error_handler(DatabaseError, _database_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(500, _server_error)


def wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def status_of(problem: GijidoError) -> int:
    return STATUS[type(problem)]


def is_disk_full(problem: OperationalError) -> bool:
    return "disk is full" in str(problem.orig)


def _gijido_error(problem: GijidoError) -> Response:
    if isinstance(problem, OutsideZone):
        refusals.note_outside_zone(problem.person_id)
    if isinstance(problem, NotPossibleNow):
        refusals.note_not_now()
    response = _response_to(problem)
    if response.status_code in (429, 503):
        seconds = problem.seconds if isinstance(problem, TooManyTries) else RETRY_AFTER_SECONDS
        response.headers["Retry-After"] = str(seconds)
    return response


def _response_to(problem: GijidoError) -> Response:
    status = status_of(problem)
    if wants_json():
        return answer(status, problem.message, **_details(problem))
    if isinstance(problem, SignInRequired) and request.method == "GET":
        return make_response(redirect(url_for("sign_in.form", next=request.full_path)))
    if isinstance(problem, ProofRequired):
        goes_to = request.full_path if request.method == "GET" else _came_from()
        return make_response(redirect(url_for("sign_in.form", next=goes_to, again="yes"), 303))
    if isinstance(problem, SecondFactorMustBeSetUp) and request.method == "GET":
        return make_response(redirect(url_for("account.show", next=request.full_path)))
    return page(status, problem.message, problem=problem, kept=_kept(status))


def _details(problem: GijidoError) -> dict[str, Any]:
    if isinstance(problem, StaleRevision):
        return {
            "mine": problem.mine,
            "theirs": problem.theirs,
            "revision": problem.revision,
        }
    return {"field": problem.field} if isinstance(problem, InvalidInput) else {}


def _token_expired(_problem: CSRFError) -> Response:
    if wants_json():
        return answer(400, EXPIRED_FORM, is_token_expired=True)
    return page(400, EXPIRED_FORM, kept=_kept(400))


@dataclass(frozen=True)
class Kept:
    """A form that was refused, kept because an error page must not lose what was typed into it. The
    page knows neither the labels nor the rules of the form, so nothing is corrected there: a form
    that can be corrected shows its own error. `is_worth_sending` says that it may be taken the next
    time, as it is."""

    fields: list[tuple[str, str]]
    is_worth_sending: bool

    @property
    def texts(self) -> list[str]:
        """Return what a person wrote, without numbers and words of the program's."""
        return [
            value
            for name, value in self.fields
            if name != "next" and (not value.isascii() or len(value) > LONGEST_WORD)
        ]


def _kept(status: int) -> Kept | None:
    """Return the form that was sent, or None where it is not to be shown again. No form that a
    person fills in is too long to be kept; the longest, of minutes, keeps its own text."""
    if status not in SENT_AGAIN | SHOWN_AGAIN or request.method != "POST":
        return None
    if request.mimetype == "multipart/form-data":
        return None
    sent = request.form.items(multi=True)
    fields = [(name, value) for name, value in sent if name not in NEVER_SHOWN_AGAIN]
    letters = sum(len(name) + len(value) for name, value in fields)
    if len(fields) > MOST_SHOWN_AGAIN or letters > MOST_LETTERS_SHOWN_AGAIN:
        return None
    return Kept(fields, status in SENT_AGAIN)


def _came_from() -> str | None:
    """Return the path of the page whose form was sent, if it is one of ours that can be opened
    again."""
    referrer, pages = urlsplit(request.referrer or ""), current_app.create_url_adapter(request)
    if request.method != "POST" or referrer.netloc != request.host:
        return None
    if pages is None or not pages.test(referrer.path, method="GET"):
        return None
    query = f"?{referrer.query}" if referrer.query else ""
    return path_inside(f"{referrer.path}{query}")


def _database_error(problem: DatabaseError) -> Response:
    if isinstance(problem, OperationalError) and is_disk_full(problem):
        return _gijido_error(StorageFull())
    if isinstance(problem, OperationalError) and is_locked(problem):
        return _gijido_error(TryAgain())
    if not any(words in str(problem.orig) for words in DAMAGED_DATABASE):
        raise problem
    g.is_broken = True
    LOG.error("the database is damaged: %s %s: %s", request.method, request.path, problem.orig)
    return answer(500, DATABASE_DAMAGED) if wants_json() else page(500, DATABASE_DAMAGED)


def _http_error(problem: HTTPException) -> Response:
    status = problem.code or 500
    if status < 400:
        return make_response(problem.get_response())
    if isinstance(problem, RequestEntityTooLarge):
        status = 413
    words = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    return answer(status, words) if wants_json() else page(status, words)


def _server_error(problem: Exception) -> Response:
    """Answer 500, with a page that asks the database nothing: that may be what is broken."""
    g.is_broken = True
    LOG.error("request failed: %s %s", request.method, request.path, exc_info=problem)
    return answer(500, WORDS[500]) if wants_json() else page(500, WORDS[500])


def answer(status: int, message: str, **details: Any) -> Response:
    response = jsonify(message=message, **details)
    response.status_code = status
    return response


def page(
    status: int,
    message: str,
    *,
    problem: GijidoError | None = None,
    kept: Kept | None = None,
) -> Response:
    usual = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    title = TITLES_OF.get(type(problem), usual) if problem else usual
    html = render_template(
        "error.html", title=title, message=message, problem=problem, kept=kept, status=status,
        came_from=_came_from(),
    )  # fmt: skip
    return make_response(html, status)
