"""What a browser finds in a page that was answered."""

from typing import Any

from lxml import html


def tree(page: str) -> Any:
    """The page as elements, which `xpath` finds."""
    return html.document_fromstring(page)


def texts(page: str, xpath: str) -> list[str]:
    """The words of every element that this finds, without the spaces around them."""
    return [element.text_content().strip() for element in tree(page).xpath(xpath)]


def form(page: str, action: str) -> dict[str, str]:
    """The fields of the one form whose address ends so, as a browser would send them: of boxes only
    those that are ticked, no files, no button."""
    (found,) = (one for one in tree(page).forms if (one.action or "").endswith(action))
    # A line break that follows the tag belongs to the source, not to the text.
    return {name: value.removeprefix("\n") for name, value in found.form_values()}


def token(page: str) -> str:
    """The one against forged forms."""
    return str(tree(page).xpath('string(//input[@name="csrf_token"]/@value)'))
