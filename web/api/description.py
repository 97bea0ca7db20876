"""The OpenAPI document, made from the routes and what each declares, so that it cannot go stale."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from web.access import anyone, policy_of
from web.api.operations import (
    JSON,
    Error,
    FormUpload,
    Operation,
    is_optional,
    operation,
    operation_of,
)

blueprint = Blueprint("api_description", __name__)
ARGUMENT = re.compile(r"<(?:(int)(?:\([^)<]{0,40}\))?:|any\([^)<]{0,200}\):)?(\w+)>")
REF = "#/components/schemas/{model}"
REFUSALS = {
    400: "送信を確認できない（クッキーのとき X-CSRFToken が違う）",
    401: "サインインしていない、またはトークンの期限が切れた",
    403: "使い捨てのパスワードをまだ変えていない、または画面を開いた人と違う人のサインイン",
    404: "ない、または見る権限がない（区別しない）",
    409: "いまはできない、またはほかの人が先に変えた",
    413: "送った本文が大きすぎる",
    422: "入力か送ったファイルを受け取れない。field が直すべき項目",
    429: "間違いが続いた。Retry-After の秒数を待つ",
    503: "混み合っている。Retry-After の秒数を待って、同じものを送る",
    507: "サーバーのディスクがいっぱい",
}
OPEN_TO_ALL = ("anyone", "public", "published")
ABOUT = (
    "議事堂の画面でできることは、すべてこのAPIでもできます。"
    "POST /api/tokens でトークンを受け取り、Authorization: Bearer に続けて送ってください。"
    "日時はISO 8601（協定世界時）、長さは秒です。"
)


@blueprint.get("/openapi.json")
@anyone
@operation("このAPIの説明書（OpenAPI 3.1）", file=JSON)
def show() -> Response:
    """Return the OpenAPI document. It is made once per application: its routes do not change."""
    if "api_description" not in current_app.extensions:
        current_app.extensions["api_description"] = describe(current_app)
    return jsonify(current_app.extensions["api_description"])


def describe(app: Flask) -> dict[str, Any]:
    found = list(_operations(app))
    paths: dict[str, Any] = {}
    refs, schemas = _schemas([declared for *_, declared in found])
    for rule, method, policy, declared in found:
        path = ARGUMENT.sub(r"{\2}", str(rule))
        entry = _entry(rule, method, policy, declared, refs)
        paths.setdefault(path, {})[method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {"title": "議事堂（Gijido）API", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"cookie": [], "csrf": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _security_schemes()},
    }


def _operations(app: Flask) -> Iterator[tuple[Rule, str, str, Operation]]:
    for rule in sorted(app.url_map.iter_rules(), key=str):
        view = app.view_functions[rule.endpoint]
        declared = operation_of(view)
        if declared is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, policy_of(view) or "", declared


def _schemas(found: list[Operation]) -> tuple[Any, dict[str, Any]]:
    """Return the references by model and direction, and the schemas that they lead to."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Error, "serialization")]
    for declared in found:
        if declared.body:
            wanted.append((declared.body, "validation"))
        if declared.answers:
            wanted.append((declared.answers, "serialization"))
    refs, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REF)
    return refs, definitions["$defs"]


def _entry(rule: Rule, method: str, policy: str, declared: Operation, refs: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("api_").replace(".", "_"),
        "summary": declared.summary,
        "tags": [rule.endpoint.removeprefix("api_").split(".")[0]],
        "description": f"access: {policy}",
        "parameters": [*_path_parameters(rule), *_query_parameters(declared)],
        "responses": _responses(policy, method, declared, refs),
    }
    if policy in OPEN_TO_ALL:
        entry["security"] = []
    if declared.body:
        schema = refs[declared.body, "validation"]
        is_needed = not is_optional(declared.body)
        entry["requestBody"] = {"required": is_needed, "content": {JSON: {"schema": schema}}}
    if declared.upload:
        entry["requestBody"] = _multipart(declared.upload)
    if declared.raw:
        binary = {"type": "string", "format": "binary"}
        entry["requestBody"] = {"content": {declared.raw: {"schema": binary}}}
    return entry


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0} if is_number else {"type": "string"},
        }
        for is_number, name in ARGUMENT.findall(str(rule))
    ]


def _query_parameters(declared: Operation) -> list[dict[str, Any]]:
    if declared.query is None:
        return []
    properties = declared.query.model_json_schema()["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.get("description", ""),
            "schema": schema,
        }
        for name, schema in properties.items()
    ]


def _responses(policy: str, method: str, declared: Operation, refs: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": declared.summary}
    if declared.answers:
        answer["content"] = {JSON: {"schema": refs[declared.answers, "serialization"]}}
    elif declared.file == JSON:
        answer["content"] = {JSON: {"schema": {"type": "object"}}}
    elif declared.file:
        binary = {"type": "string", "format": "binary"}
        answer["content"] = {declared.file: {"schema": binary}}
    responses: dict[str, Any] = {str(declared.status): answer}
    for status in _refusals(policy, method, declared):
        schema = refs[Error, "serialization"]
        responses[str(status)] = {
            "description": REFUSALS[status],
            "content": {JSON: {"schema": schema}},
        }
    return responses


def _refusals(policy: str, method: str, declared: Operation) -> list[int]:
    statuses = {503} if policy in OPEN_TO_ALL else {401, 403, 404, 503}
    if policy == "published":
        statuses.add(404)
    if method != "GET":
        statuses |= {409, 507}
        if policy not in OPEN_TO_ALL:
            statuses.add(400)
    if declared.body or declared.query or declared.upload:
        statuses.add(422)
    if declared.body or declared.upload:
        statuses |= {401, 413}
    if declared.body and "password" in declared.body.model_fields:
        statuses.add(429)
    return sorted(statuses)


def _multipart(upload: FormUpload) -> dict[str, Any]:
    fields = {
        name: {"type": "string", "description": f"{text}。file より前に置く"}
        for name, text in upload.fields.items()
    }
    file = {"type": "string", "format": "binary", "description": upload.file}
    schema = {"type": "object", "required": ["file"], "properties": fields | {"file": file}}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _security_schemes() -> dict[str, Any]:
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "POST /api/tokens で受け取ったトークン",
        },
        "cookie": {"type": "apiKey", "in": "cookie", "name": "gijido"},
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": "画面のスクリプトがクッキーで変更するとき",
        },
    }
