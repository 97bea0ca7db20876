"""The URLs and paths of the built assets (`web/static`), by the names of their sources."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import url_for

STATIC = Path(__file__).parent / "static"


def asset(entry: str) -> str:
    """Return the URL of a built asset by the name of its source (`viewer/viewer.ts`)."""
    return url_for("static", filename=built_file(entry))


def needed_by(entry: str) -> list[str]:
    """Return the URLs of the scripts that this entry loads besides itself."""
    built = _read()[entry]
    files = [_read()[name]["file"] for name in built.get("imports", [])]
    files += [name for name in built.get("assets", []) if name.endswith((".js", ".mjs"))]
    return [url_for("static", filename=file) for file in files]


def built_file(entry: str) -> str:
    """Return the path of a built asset below `web/static`."""
    file: str = _read()[entry]["file"]
    return file


def _read() -> dict[str, Any]:
    path = STATIC / "manifest.json"
    return _manifest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _manifest(path: Path, _changed_at: int) -> dict[str, Any]:
    """Read anew when the assets were built anew under a running server."""
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest
