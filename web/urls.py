"""Addresses that leave the screen: on paper, in mail, in a code that a camera reads."""

from typing import Any

from flask import url_for

from web.transaction import config


def address_of(endpoint: str, **values: Any) -> str:
    """The whole address of a page as terminals reach it, by the city's own setting: what a request
    says of the server's name is not trusted."""
    return f"{config().address}{url_for(endpoint, **values)}"
