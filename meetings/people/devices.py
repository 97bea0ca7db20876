"""Browsers in the words of a person, from what they say of themselves."""

MACHINES = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In the order of asking: each of them also calls itself by names further down."""


def in_words(user_agent: str) -> str:
    """Return 「iPad（Safari）」 for what a browser sends as User-Agent; "" for one that nobody
    knows."""
    machine = next((words for mark, words in MACHINES if mark in user_agent), "")
    browser = next((words for mark, words in BROWSERS if mark in user_agent), "")
    return f"{machine}（{browser}）" if machine and browser else machine or browser
