"""The types of the scripts are those of the API."""

from flask import Flask

from web.api.description import describe
from web.assets.api_types import TYPES, header_of, shapes_of


def test_the_types_of_the_scripts_were_made_of_the_api_as_it_is(app: Flask) -> None:
    made_of = TYPES.read_text(encoding="utf-8")
    assert made_of.startswith(header_of(shapes_of(describe(app)))), "run: make types"
