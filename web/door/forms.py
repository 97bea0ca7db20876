"""Forms with a limit to the number of their fields. Werkzeug counts the parts of multipart forms
only; each field of the other kind costs a hundred times its bytes."""

from io import BytesIO
from typing import IO, Any

from flask import Request, current_app
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from web.door.costs import is_for_anybody
from web.limits import MOST_FIELDS, MOST_FIELDS_OF_KNOWN


class CountingParser(FormDataParser):
    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, length: int | None, options: dict[str, str]
    ) -> Any:
        content = stream.read()
        most = self.max_form_parts
        if most is not None and content.count(b"&") >= most:
            raise RequestEntityTooLarge()
        return super()._parse_urlencoded(BytesIO(content), mimetype, length, options)


class BoundedRequest(Request):
    """A request whose form has a limited number of fields."""

    form_data_parser_class = CountingParser

    def make_form_data_parser(self) -> FormDataParser:
        parser = super().make_form_data_parser()
        view = current_app.view_functions.get(self.endpoint or "")
        is_open = view is None or is_for_anybody(view)
        parser.max_form_parts = MOST_FIELDS if is_open else MOST_FIELDS_OF_KNOWN
        return parser
