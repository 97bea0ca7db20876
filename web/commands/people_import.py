"""A list of people as personnel offices keep it: a CSV file with a head of columns."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from meetings.errors import InvalidInput

NEEDED = ("利用者ID", "氏名", "所属")
WANTED = ("局", "職名", "ふりがな", "メール", "役割")
LARGEST_BYTES = 10_000_000


@dataclass(frozen=True)
class Row:
    """One person; `line` is that of the file."""

    line: int
    login: str
    name: str
    department: str
    bureau: str
    title: str
    kana: str
    email: str
    roles: tuple[str, ...]


def rows_of(file: Path) -> list[Row]:
    """Return everybody in the file. Raises InvalidInput when it cannot be read or a column is
    missing."""
    reader = csv.DictReader(io.StringIO(_text(file)))
    head = [name.strip() for name in reader.fieldnames or ()]
    missing, unknown = set(NEEDED) - set(head), set(head) - {*NEEDED, *WANTED, ""}
    if missing or unknown:
        raise InvalidInput(
            "file",
            f"1行目の見出しは {'、'.join(NEEDED)}（ほかに {'、'.join(WANTED)} を加えられます）に"
            "してください。",
        )
    reader.fieldnames = head
    try:
        return [_row(reader.line_num, values) for values in reader if any(values.values())]
    except csv.Error as problem:
        raise InvalidInput("file", f"{reader.line_num}行目を読めません: {problem}") from problem


def _row(line: int, values: dict[str, str | None]) -> Row:
    def at(name: str) -> str:
        return (values.get(name) or "").strip()

    return Row(
        line, at("利用者ID"), at("氏名"), at("所属"), at("局"), at("職名"), at("ふりがな"),
        at("メール"), tuple(at("役割").split()),
    )  # fmt: skip


def _text(file: Path) -> str:
    if file.stat().st_size > LARGEST_BYTES:
        raise InvalidInput("file", "ファイルが大きすぎます（上限 10 MB）。分けてください。")
    content = file.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("file", "文字コードを読めません。UTF-8 か Shift_JIS で保存してください。")
