"""What the linter does not know of our stylesheets."""

import re
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).parents[3] / "web"
STYLES = WEB / "assets" / "styles"

MADE_BY_PDFJS = {"markedContent"}

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BREAKPOINT = re.compile(r"@custom-media (--[\w-]+) ")
MEDIA = re.compile(r"@media ([^{]+)")


def test_screens_change_at_the_named_widths_only() -> None:
    named = set(BREAKPOINT.findall(_rules(STYLES / "breakpoints.css")))
    for path in STYLES.rglob("*.css"):
        for condition in MEDIA.findall(_rules(path)):
            assert "px" not in condition, f"{path.name}: @media {condition}"
            assert set(re.findall(r"--[\w-]+", condition)) <= named, f"{path.name}: {condition}"


def test_every_class_that_has_a_style_is_on_some_screen() -> None:
    words, beginnings = _words_of_screens()
    styled = {name for path in STYLES.rglob("*.css") for name in _classes(path)}
    unused = {name for name in styled - words if not name.startswith(tuple(beginnings))}
    assert unused == MADE_BY_PDFJS


def _classes(path: Path) -> Iterator[str]:
    selectors = re.findall(r"[^{};]+(?=\{)", _rules(path))
    return (name for text in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", text))


def _words_of_screens() -> tuple[set[str], set[str]]:
    """Every word that may be a class, and what such a word begins with where the rest is put in
    (`badge-{{ kind }}`)."""
    texts = [path.read_text(encoding="utf-8") for path in (WEB / "templates").rglob("*.html")]
    quoted = [text for page in texts for text in re.findall(r'class="(.*?)"(?=[\s>{])', page)]
    quoted += re.findall(r"block (?:main|body)_class %}([\w -]+)", "\n".join(texts))
    scripts = [path for path in (WEB / "assets").rglob("*.ts") if "node_modules" not in path.parts]
    for path in scripts:
        quoted += re.findall(r"[\"'`]([^\"'`\n]*)[\"'`]", path.read_text(encoding="utf-8"))
    joined = " ".join(quoted)
    beginnings = set(re.findall(r"([\w-]+-)(?:\{\{|\$\{)", joined))
    return set(re.findall(r"[\w-]+", joined)), beginnings


def _rules(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))
