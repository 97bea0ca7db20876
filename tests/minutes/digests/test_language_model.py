"""A language model's sentences are taken only with sentences that bear them out. The model is a
small server that speaks the interface: none could be installed as a package."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from meetings.errors import NotPossibleNow
from meetings.settings.work import DigestSettings
from minutes.digests.claims import unsupported
from minutes.digests.extraction import SaidParagraph
from minutes.digests.language_model import ModelDraft, written_points
from minutes.digests.points import DigestSource, PointKind

SAID = [
    SaidParagraph(speaker, text, DigestSource(start_seconds=start, end_seconds=start + 4))
    for speaker, text, start in (
        ("芹沢 由紀", "基金の年度末残高は、およそ31億円を見込んでおります。", 0),
        ("早乙女 里美", "給付金の対象は、何世帯でしょうか。", 5),
    )
]
NAMES = ["芹沢 由紀", "早乙女 里美", "渡会 恵"]

Answering = Callable[[str], ModelDraft]


@pytest.fixture(scope="module")
def model() -> Iterator[tuple[ThreadingHTTPServer, dict[str, Any]]]:
    state: dict[str, Any] = {"status": 200, "answer": "", "asked": []}

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            state["asked"].append((self.path, json.loads(self.rfile.read(length))))
            self.send_response(state["status"])
            self.end_headers()
            self.wfile.write(state["answer"].encode())

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, state
    server.shutdown()
    server.server_close()


@pytest.fixture
def answering(model: tuple[ThreadingHTTPServer, dict[str, Any]]) -> Answering:
    """What comes of the model's answering these words."""
    server, state = model
    settings = DigestSettings(
        address=f"http://127.0.0.1:{server.server_port}/v1", model="m", seconds=5
    )

    def written(words: str) -> ModelDraft:
        state["answer"] = json.dumps({"choices": [{"message": {"content": words}}]})
        return written_points(settings, "補正予算", SAID, NAMES)

    return written


def answer(text: str, *cites: int, kind: str = "answer") -> str:
    points = [{"kind": kind, "speaker": "だれか", "text": text, "cites": cites}]
    return json.dumps({"points": points}, ensure_ascii=False)


def test_a_sentence_that_its_source_bears_out_is_taken_with_it(
    answering: Answering, model: tuple[ThreadingHTTPServer, dict[str, Any]]
) -> None:
    draft = answering("次のとおりです。\n" + answer("基金の残高は約31億円の見込み。", 1))
    (point,) = draft.points
    assert (point.kind, point.speaker) == (PointKind.ANSWER, "芹沢 由紀")
    assert point.sentences[0].sources == [SAID[0].source]
    path, asked = model[1]["asked"][-1]
    assert (
        path == "/v1/chat/completions" and "[1] 芹沢 由紀: 基金" in asked["messages"][1]["content"]
    )


@pytest.mark.parametrize(
    ("text", "cites", "reason"),
    [
        ("基金の残高は約13億円の見込み。", (1,), "13"),
        ("残高は31億円の見込み。", (), "示されていません"),
        ("残高は31億円の見込み。", (9,), "示されていません"),
        ("残高は31億円と渡会委員が述べた。", (1,), "渡会"),
        ("給付金の対象は31万世帯。", (2,), "31"),
        ("横浜の残高は31億円の見込み。", (1,), "横浜"),
    ],
)
def test_a_sentence_that_says_more_is_rejected_with_the_reason(
    answering: Answering, text: str, cites: tuple[int, ...], reason: str
) -> None:
    draft = answering(answer(text, *cites))
    assert draft.points == []
    assert draft.rejected[0].text == text and reason in draft.rejected[0].reason


@pytest.mark.parametrize(
    "words",
    ["できません。", "{}", '{"points": [{"kind": "joke", "text": "あ"}]}', '{"points": 3}', ""],
)
def test_an_answer_that_cannot_be_read_is_told(answering: Answering, words: str) -> None:
    with pytest.raises(NotPossibleNow, match="読み取れませんでした"):
        answering(words)


def test_an_error_of_the_model_is_told(
    answering: Answering, model: tuple[ThreadingHTTPServer, dict[str, Any]]
) -> None:
    model[1]["status"] = 500
    try:
        with pytest.raises(NotPossibleNow, match="答えがありませんでした"):
            answering(answer("残高", 1))
    finally:
        model[1]["status"] = 200


def test_without_an_address_nothing_is_asked() -> None:
    with pytest.raises(NotPossibleNow, match="設定されていません"):
        written_points(DigestSettings(), "補正予算", SAID)


@pytest.mark.parametrize(
    "address", ["http://203.0.113.5/v1", "http://8.8.8.8/v1", "ftp://127.0.0.1/v1"]
)
def test_nothing_goes_out_of_the_city_s_network(address: str) -> None:
    with pytest.raises(NotPossibleNow, match=r"庁内のネットワーク|答えがありません"):
        written_points(DigestSettings(address=address), "補正予算", SAID)


def test_numbers_are_compared_whatever_way_they_are_written() -> None:
    assert (
        unsupported("残高は31億円、率は12%。", ["残高は三十一億円、率は１２パーセントです。"]) == []
    )
    assert unsupported("120世帯", ["12世帯"]) == ["120"]
