"""Write `base/api-types.ts`: the API's bodies and answers as TypeScript types.

Run it after the API's shapes have changed: `python web/assets/api_types.py`. The file is committed,
because building the assets must not need the whole server; a test says when it is out of date.
"""

import hashlib
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from meetings.settings.server import StorageSettings

TYPES = Path(__file__).resolve().parent / "base" / "api-types.ts"
HEADER = "/* Made by web/assets/api_types.py of the API's shapes; SHA-256 of them: {}. */\n\n"


def shapes_of(document: dict[str, Any]) -> str:
    """Return the part of an OpenAPI document that becomes types, as JSON whose order is fixed."""
    schemas = document["components"]["schemas"]
    shapes = {
        "openapi": document["openapi"],
        "info": {"title": document["info"]["title"], "version": document["info"]["version"]},
        "paths": {},
        "components": {"schemas": schemas},
    }
    return json.dumps(shapes, ensure_ascii=False, sort_keys=True)


def header_of(shapes: str) -> str:
    """Return the first line of the types that are made of these shapes."""
    return HEADER.format(hashlib.sha256(shapes.encode()).hexdigest())


def main() -> int:
    """Write the file and return the exit status of the tool that makes it."""
    from meetings import config
    from web.api.description import describe
    from web.app import create_app
    from web.assets import node

    with tempfile.TemporaryDirectory() as home:
        app = create_app(replace(config.load(), storage=StorageSettings(home=home)))
        shapes = shapes_of(describe(app))
    failed = node.main("types", shapes)
    if not failed:
        TYPES.write_text(header_of(shapes) + TYPES.read_text(encoding="utf-8"), encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
