"""The declaration of what comes into and goes out of every route of the API. One decorator reads
the body, checks it, hands it to the view as `body` (`query`), and writes the answer; the same
declarations make the OpenAPI document (`web/api/description.py`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Annotated, Any, Literal, TypeVar

from flask import Response, request
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from meetings.entries import FIRST_DAY, LARGEST_ID, LAST_DAY, LONGEST_NAME
from meetings.errors import InvalidInput
from web.door.view_calls import View

JSON = "application/json"

KINDS = {
    "string_type": "文字列",
    "int_type": "整数",
    "int_from_float": "整数",
    "int_parsing": "整数",
    "float_type": "数",
    "float_parsing": "数",
    "bool_type": "true か false",
    "bool_parsing": "true か false",
    "list_type": "配列",
    "model_type": "オブジェクト（{ … }）",
    "model_attributes_type": "オブジェクト（{ … }）",
    "dict_type": "オブジェクト（{ … }）",
    "datetime_type": "日時（2026-11-23T14:00:00+09:00 の形）",
    "datetime_parsing": "日時（2026-11-23T14:00:00+09:00 の形）",
    "datetime_from_date_parsing": "日時（2026-11-23T14:00:00+09:00 の形）",
    "timezone_aware": "時差まで書いた日時（2026-11-23T14:00:00+09:00 の形）",
}


def _conceivable(at: datetime) -> datetime:
    if not FIRST_DAY <= at.date() <= LAST_DAY:
        raise ValueError(f"{FIRST_DAY.year}年から{LAST_DAY.year}年までの日時にしてください。")
    return at.astimezone(UTC)


Identity = Annotated[int, Field(ge=1, le=LARGEST_ID)]
PlaceInText = Annotated[int, Field(ge=0, le=20_000)]
"""Of a section in the minutes, or of a paragraph in it, from 0."""
Revision = Annotated[int, Field(ge=0, le=LARGEST_ID)]
Ordinal = Annotated[int, Field(ge=0, le=LARGEST_ID)]
ShortText = Annotated[str, Field(max_length=LONGEST_NAME)]
Moment = Annotated[AwareDatetime, AfterValidator(_conceivable)]


class Shape(BaseModel):
    """A body, in or out: unknown fields and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Query(BaseModel):
    """What stands behind the question mark: texts, which are read as what they should be."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


ShapeT = TypeVar("ShapeT", bound=Shape)
QueryT = TypeVar("QueryT", bound=Query)


class Error(Shape):
    """Every refusal. What happened, and what to do now, in Japanese."""

    message: str = Field(description="画面にそのまま出せる文")
    field: str | None = Field(None, description="422のとき、直すべき項目")
    mine: str | None = Field(None, description="409のとき、送った文")
    theirs: str | None = Field(None, description="409のとき、先に変更された文")
    revision: int | None = Field(None, description="409のとき、いまの改訂の番号")
    is_token_expired: bool | None = Field(
        None, description="400のとき、クッキーに添える X-CSRFToken が違う"
    )


@dataclass(frozen=True)
class FormUpload:
    """A multipart form: one file in the field `file`, after plain fields by description."""

    file: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """The declaration of one route. `raw` and `file` are the content types of a body or of an
    answer that is not JSON."""

    summary: str
    answers: type[Shape] | None
    status: Literal[200, 201, 204]
    body: type[Shape] | None
    query: type[Query] | None
    upload: FormUpload | None
    raw: str | None
    file: str | None


def operation(
    summary: str,
    *,
    answers: type[Shape] | None = None,
    status: Literal[200, 201] = 200,
    body: type[Shape] | None = None,
    query: type[Query] | None = None,
    upload: FormUpload | None = None,
    raw: str | None = None,
    file: str | None = None,
    checks_own_token: bool = False,
) -> Callable[[View], View]:
    """Declare a route of the API. Stands below the access decorator: nobody learns anything from a
    closed door.

    Without `answers` and `file` the answer is an empty 204. `checks_own_token`: no cookie is used,
    or the view checks the anti-forgery token itself (uploads).
    """
    is_empty = answers is None and file is None
    declared = Operation(
        summary, answers, 204 if is_empty else status, body, query, upload, raw, file
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def called(**names: Any) -> Response:
            if query:
                names["query"] = _query(query)
            if body:
                names["body"] = _body(body)
            return _answer(declared, view(**names))

        called.api_operation = declared  # type: ignore[attr-defined]
        called.checks_own_token = checks_own_token  # type: ignore[attr-defined]
        return called

    return decorate


def operation_of(view: View) -> Operation | None:
    return getattr(view, "api_operation", None)


def is_optional(shape: type[Shape]) -> bool:
    """Return whether the body may be missing: it may where each of its fields may."""
    return not any(field.is_required() for field in shape.model_fields.values())


def _body(shape: type[ShapeT]) -> ShapeT:
    is_left_out = is_optional(shape) and not request.get_data()
    if not is_left_out and request.mimetype != JSON:
        raise InvalidInput(
            "body", "本文はJSONで、Content-Type: application/json を付けて送ってください。"
        )
    try:
        return shape.model_validate_json(b"{}" if is_left_out else request.get_data())
    except ValidationError as problem:
        raise _invalid(problem, "本文") from problem


def _query(shape: type[QueryT]) -> QueryT:
    try:
        return shape.model_validate(request.args.to_dict())
    except ValidationError as problem:
        raise _invalid(problem, "URLの「?」より後") from problem


def _answer(declared: Operation, answer: Any) -> Response:
    if isinstance(answer, Response):  # a file, or what was made once and is kept
        return answer
    if declared.answers is None:
        return Response(status=204)
    assert isinstance(answer, declared.answers)
    return Response(answer.model_dump_json(), declared.status, mimetype=JSON)


def _invalid(problem: ValidationError, whole: str) -> InvalidInput:
    """Return the first problem as an error whose sentence names the field."""
    first = problem.errors(include_url=False)[0]
    place = _place(first["loc"])
    return InvalidInput(place or "body", _sentence(first, f"「{place}」" if place else whole))


def _place(location: tuple[int | str, ...]) -> str:
    """Return where the problem is, such as `content.sections[0].title`."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return parts.removeprefix(".")[:200]


def _sentence(problem: Any, subject: str) -> str:
    kind, limits = problem["type"], problem.get("ctx", {})
    if kind == "json_invalid":
        return f"{subject}をJSONとして読めません。書式とUTF-8であることを確かめてください。"
    if kind == "missing":
        return f"{subject}がありません。加えて送ってください。"
    if kind == "extra_forbidden":
        return f"{subject}という項目はありません。綴りを確かめてください。"
    if kind == "value_error":
        return f"{subject}: {limits['error']}"
    if kind in KINDS:
        return f"{subject}は{KINDS[kind]}で送ってください。"
    return f"{subject}{_limit(kind, limits)}"


def _limit(kind: str, limits: dict[str, Any]) -> str:
    match kind:
        case "greater_than_equal":
            return f"は{limits['ge']}以上にしてください。"
        case "less_than_equal":
            return f"は{limits['le']}以下にしてください。"
        case "string_too_long":
            return f"は{limits['max_length']:,}文字までです。短くしてください。"
        case "string_too_short":
            return "が空です。値を入れてください。"
        case "too_long":
            return f"は{limits['max_length']:,}件までです。"
        case "enum" | "literal_error":
            return f"は {limits['expected']} のどれかにしてください。"
    return "の値を読み取れません。説明書（/api/openapi.json）で形を確かめてください。"
