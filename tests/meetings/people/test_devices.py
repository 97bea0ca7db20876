"""Browsers in words."""

import pytest

from meetings.people.devices import in_words

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) {WEBKIT} Version/17.4 Safari/604.1",
         "iPad（Safari）"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0",
         "Windows（Edge）"),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/140.0 Mobile Safari/537.36",
         "Android（Chrome）"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
         "Linux（Firefox）"),
        ("curl/8.5", ""),
    ],
)  # fmt: skip
def test_a_browser_is_told_as_a_person_calls_it(user_agent: str, words: str) -> None:
    assert in_words(user_agent) == words
