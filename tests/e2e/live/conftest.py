"""A document of three pages, and somebody who presents it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import pdfs
from tests.e2e.live.viewer import FIRST, SECOND, THIRD, choose, enter, viewer

OpenPage = Callable[..., Page]


@pytest.fixture
def bundle(upload: Callable[[bytes], str]) -> str:
    """A document of three pages on item 3, fresh for every test; its id."""
    return upload(pdfs.pdf_of(FIRST, SECOND, THIRD))


@pytest.fixture
def presenter(open_page: OpenPage, bundle: str) -> Iterator[Page]:
    """The organiser, presenting page 1 of the bundle; leaves the front afterwards."""
    page = enter(open_page("koga"))
    begin = page.get_by_role("button", name=re.compile("みんなに見せる|引き取る"))
    begin.click()
    expect(viewer(page)).to_have_attribute("data-presenting", "yes")
    choose(page, bundle)
    yield page
    page.evaluate(
        """fetch('/api/meetings/1/presenting', {method: 'DELETE', headers: {'X-CSRFToken':
           document.querySelector('meta[name=csrf-token]').content}})"""
    )
