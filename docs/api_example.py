"""One meeting from setting up to publication over the API, with the standard library alone.

    python docs/api_example.py --url http://127.0.0.1:8400 資料.pdf 録音.m4a

The four people are those of the demo city; others are named as LOGIN or LOGIN:PASSWORD.
"""

import argparse
import getpass
import json
import mimetypes
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

PIECE_BYTES = 1 << 20
TOKYO = timezone(timedelta(hours=9))


class Api:
    """One person's way in. A refusal ends the program with the server's own sentence."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self._url = url.rstrip("/") + "/api"
        self._headers: dict[str, str] = {}
        signed_in = self.call("POST", "/tokens", {"login": login, "password": password})
        self._headers = {"Authorization": f"Bearer {signed_in['token']}"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        encoded = None if body is None else json.dumps(body).encode()
        return self._open(method, path, encoded, {"Content-Type": "application/json"})

    def upload(self, path: str, file: Path, **fields: object) -> Any:
        """Send the file piece by piece: a recording of hours never stands in memory."""
        boundary = secrets.token_hex(16)
        head = b"".join(_field(boundary, name, str(value)) for name, value in fields.items())
        head += _file_head(boundary, file)
        tail = f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + file.stat().st_size + len(tail)),
        }
        return self._open("POST", path, _pieces(head, file, tail), headers)

    def _open(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is given by whoever runs it
            self._url + path, data=body, method=method, headers=self._headers | headers
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                content = answer.read()
        except urllib.error.HTTPError as problem:
            text = problem.read().decode(errors="replace")
            sys.exit(f"{method} {path}: {problem.code} {_message(text)}")
        return json.loads(content) if content else None


def _field(boundary: str, name: str, value: str) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return f"{head}{value}\r\n".encode()


def _file_head(boundary: str, file: Path) -> bytes:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    name = file.name.replace('"', "_")
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    ).encode()


def _pieces(head: bytes, file: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece
    yield tail


def _message(text: str) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text[:200]


def set_up(organiser: Api, title: str) -> dict[str, Any]:
    """Today's meeting with two agenda items, the second below the first."""
    start = datetime.now(TOKYO).replace(minute=0, second=0, microsecond=0)
    meeting: dict[str, Any] = organiser.call(
        "POST",
        "/meetings",
        {
            "series": "APIで設定した会議",
            "title": title,
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=2)).isoformat(),
            "place": "第1会議室",
        },
    )
    items = f"/meetings/{meeting['id']}/agenda-items"
    first = organiser.call("POST", items, {"title": "開会"})
    organiser.call("POST", items, {"title": "資料の説明", "parent_id": first["id"]})
    return meeting


def wait_for(secretary: Api, work: dict[str, Any]) -> dict[str, Any]:
    """Ask every two seconds until the transcription has ended, and say how far it is."""
    while work["state"] in ("waiting", "running"):
        if not work["is_worker_running"]:
            say("ワーカーが動いていません。管理者に連絡してください。")
        remaining = work["remaining_seconds"]
        rest = f" 残り約{remaining}秒" if remaining else ""
        say(f"  {work['stage']} {work['percent']} %{rest}（発話 {work['segment_count']}件）")
        time.sleep(2)
        work = secretary.call("GET", f"/transcriptions/{work['id']}")
    if work["state"] != "finished":
        sys.exit(f"文字起こし: {work['state_label']} {work['problem']}")
    return work


def correct(secretary: Api, transcript_id: int, item_id: int) -> None:
    """Name the speaker, correct the first segment, confirm every one."""
    transcript = secretary.call("GET", f"/transcripts/{transcript_id}")
    first = transcript["segments"][0]
    path = f"/segments/{first['id']}"
    secretary.call("PUT", f"{path}/agenda-item", {"agenda_item_id": item_id})
    secretary.call("PUT", f"{path}/speaker", {"name": "座長"})
    text = first["text"].rstrip("。") + "。"
    secretary.call("PUT", f"{path}/text", {"text": text, "revision": first["revision"]})
    for segment in transcript["segments"]:
        secretary.call("PUT", f"/segments/{segment['id']}/confirmation")
    accuracy = secretary.call("GET", f"/transcripts/{transcript_id}")["accuracy"]
    say(f"確認: {accuracy['raw']['sentence']}")


def release(secretary: Api, approver: Api, meeting_id: int, transcript_id: int) -> None:
    """Minutes, approval request, approval, publication."""
    path = f"/meetings/{meeting_id}/minutes"
    draft = secretary.call("POST", path, {"transcript_id": transcript_id})
    content = draft["content"]
    content["place"] = "第1会議室（オンライン併用）"
    body = {"content": content, "based_on": draft["number"]}
    revision = secretary.call("PUT", path, body)["id"]
    secretary.call("POST", f"/revisions/{revision}/approval-request")
    approver.call("POST", f"/revisions/{revision}/approval", {"is_approved": True})
    approver.call("POST", f"/revisions/{revision}/publication")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("document", type=Path, help="a PDF")
    parser.add_argument("recording", type=Path, help="a sound file")
    parser.add_argument("--url", default="http://127.0.0.1:8400")
    parser.add_argument("--title", default="APIで進める会議")
    for part, login in (
        ("organiser", "koga"),
        ("attendee", "okuma"),
        ("secretary", "morishita"),
        ("approver", "nagano"),
    ):
        parser.add_argument(f"--{part}", default=login, metavar="LOGIN[:PASSWORD]")
    parser.add_argument("--password", help="for whoever has none of their own; or GIJIDO_PASSWORD")
    return parser.parse_args()


def sign_in(given: argparse.Namespace, part: str) -> Api:
    login, _, password = getattr(given, part).partition(":")
    password = password or given.password or os.environ.get("GIJIDO_PASSWORD", "")
    return Api(given.url, login, password or getpass.getpass(f"{login} のパスワード: "))


def main() -> None:
    given = arguments()
    organiser, secretary = sign_in(given, "organiser"), sign_in(given, "secretary")
    attendee, approver = sign_in(given, "attendee"), sign_in(given, "approver")

    meeting = set_up(organiser, given.title)
    at = f"/meetings/{meeting['id']}"
    say(f"会議を設定しました: {given.url}{at}")
    items = organiser.call("GET", f"{at}/agenda-items")["agenda_items"]
    document = organiser.upload(f"{at}/documents", given.document, agenda_item_id=items[-1]["id"])
    say(f"資料を登録しました: {document['title']}（{document['versions'][0]['page_count']}頁）")
    attendee_login = given.attendee.partition(":")[0]
    organiser.call("POST", f"{at}/invitations", {"login": attendee_login, "kind": "attendee"})
    attendee.call("PUT", f"{at}/answer", {"answer": "coming"})
    say("招集し、出席の返事を受け取りました。")

    received = secretary.upload(f"{at}/recordings", given.recording)
    say(f"録音を受け付けました: {received['recording']['duration_seconds']:.0f}秒")
    work = wait_for(secretary, received["transcription"])
    correct(secretary, work["transcript_id"], items[0]["id"])
    release(secretary, approver, meeting["id"], work["transcript_id"])
    say(f"公開しました: {given.url}/published/{meeting['id']}")

    figures = secretary.call("GET", "/statistics")
    say(f"統計: {figures['sentence']}、{figures['raw']['sentence']}")


if __name__ == "__main__":
    main()
