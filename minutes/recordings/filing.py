"""Moves files of a watched folder aside once they have been dealt with. Nothing is ever deleted or
overwritten.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from meetings import dates
from models.base import now

TAKEN = "受付済み"
REFUSED = "受け付けられなかったもの"
REASON = ".理由.txt"
LONGEST_NAME_BYTES = 255
"""Longest name that the file systems in use accept."""

WINDOWS_NAMES = "cp932"


def file_taken(folder: Path, path: Path) -> Path:
    """Move a file that was received into 受付済み, below the day and the subfolder where it was.
    Returns the new path. Raises OSError when it cannot be moved.
    """
    day = dates.local(now()).strftime("%Y-%m-%d")
    target = _free(folder / TAKEN / day / path.relative_to(folder))
    _make_parent(folder, target)
    path.rename(target)
    return target


def file_refused(folder: Path, path: Path, reason: str) -> Path:
    """Move a file that was refused into 受け付けられなかったもの, and write the reason into a
    text file beside it. Returns the new path. Raises OSError when it cannot be moved.
    """
    target = _free(folder / REFUSED / path.name)
    _make_parent(folder, target)
    letter = target.with_name(_shortened(target.name, REASON))
    # The reason first: after a crash between the two the file is only taken up again.
    letter.write_text(_letter(path.relative_to(folder), reason), encoding="utf-8-sig")
    _open_as(folder, letter)
    path.rename(target)
    return target


def _make_parent(folder: Path, target: Path) -> None:
    """Make the folders above `target`. Raises OSError when one of them is a link: nobody who may
    write there can have files moved out of the watched folder.
    """
    for parent in reversed(target.relative_to(folder).parents):
        place = folder / parent
        if place != folder and place.is_symlink():
            raise OSError(f"{place} is a link")
        if not place.is_dir():
            place.mkdir(exist_ok=True)
            _open_as(folder, place)


def _open_as(folder: Path, made: Path) -> None:
    """Give `made` the permissions of the watched folder: its files belong to those who use it, not
    to the server.
    """
    mode = stat.S_IMODE(folder.stat().st_mode)
    with suppress(OSError):  # some file systems of the network know no modes
        made.chmod(mode if made.is_dir() else mode & 0o666)


def readable(name: str) -> str:
    """Return a file's name for people. Names that are not UTF-8 are read as Shift_JIS (old Windows
    programs), and unprintable letters become "_".
    """
    raw = os.fsencode(name)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode(WINDOWS_NAMES, errors="replace")
    return "".join(letter if letter.isprintable() else "_" for letter in text)


def _letter(place: Path, reason: str) -> str:
    at = now()
    return (
        f"ファイル: {readable(place.name)}\n"
        f"置かれていた場所: {' / '.join(readable(part) for part in place.parts)}\n"
        f"確かめた日時: {dates.in_full(at)}{dates.clock(at)}\n"
        "\n"
        "議事堂はこのファイルを録音として受け付けられませんでした。ファイルはそのまま残しています。\n"
        "\n"
        f"理由: {reason}\n"
        "\n"
        "直したら、録音を置くフォルダーにもう一度置いてください。自動で受け付けます。\n"
    )


def _free(target: Path) -> Path:
    return next(path for path in _numbered(target) if not os.path.lexists(path))


def _numbered(target: Path) -> Iterator[Path]:
    """Yield the path itself, then with ` (2)`, ` (3)` and so on before the suffix."""
    yield target
    for number in count(2):
        yield target.with_name(_shortened(target.stem, f" ({number}){target.suffix}"))


def _shortened(name: str, ending: str) -> str:
    """Return name and ending together, with the name cut so that a file system takes it."""
    raw, room = os.fsencode(name), LONGEST_NAME_BYTES - len(os.fsencode(ending))
    while len(raw) > room:
        name = name[:-1]
        raw = os.fsencode(name)
    return name + ending
