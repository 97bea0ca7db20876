"""Addresses that leave the screen, on paper, in mail or in a code that a camera reads; and those
that come from outside."""

import re
from typing import Any

from flask import url_for
from werkzeug.routing import IntegerConverter

from models.document import DocumentVersion
from web.transaction import config

PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\xa0\\\u2028\u2029]{0,2000}")
"""What browsers read as a path: they take back slashes for slashes, and leave line breaks out."""


class KnownNumber(IntegerConverter):
    """A number in a path, of as many digits as SQLite knows of every number: with more there is no
    such page."""

    regex = r"\d{1,18}"


def address_of(endpoint: str, **values: Any) -> str:
    """Return the whole address of a page as terminals reach it, by the city's own setting: what a
    request says of the server's name is not trusted."""
    return f"{config().address}{url_for(endpoint, **values)}"


def page_url(version: DocumentVersion, number: int) -> str:
    """Return the path that opens the viewer on this page of this version."""
    return url_for(
        "documents.show",
        document_id=version.document_id,
        version=version.number,
        page=number,
    )


def path_inside(target: str | None) -> str | None:
    """Return the target if it is a path on this server, else None: a link must not lead a person
    elsewhere after signing in."""
    return target if target and PATH.fullmatch(target) else None
