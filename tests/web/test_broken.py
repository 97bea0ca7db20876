"""What a page says when the server itself is broken, and where a sign-in leads."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Browser, Cast
from web import access
from web.demo.people import PASSWORD
from web.transaction import database_session


def test_the_page_of_a_broken_server_asks_the_database_nothing(own_app: Flask, cast: Cast) -> None:
    """A statement that failed leaves a session behind with which nothing can be asked."""

    @access.anyone
    def breaks() -> Any:
        session = database_session()
        session.add(type(cast.attendee)(login="okuma"))
        session.flush()

    own_app.add_url_rule("/breaks", view_func=breaks)
    own_app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    own_app.test_client_class = Browser
    client = own_app.test_client()
    assert isinstance(client, Browser)
    client.sign_in(cast.attendee)
    answer = client.get("/breaks")
    assert answer.status_code == 500 and "サーバーで問題が起きました" in answer.text


@pytest.mark.parametrize(
    "target",
    ["/\r\nSet-Cookie: a=b", "/%0d", "//evil.example/", "/\\evil.example", "/\t/evil.example",
     "https://evil.example/", "/ａ\u2028b", "/" + "a" * 5000, "today"],
)  # fmt: skip
def test_after_signing_in_one_is_led_to_a_path_of_this_server(
    citizen: Browser, cast: Cast, target: str
) -> None:
    data = {"login": cast.attendee.login, "password": PASSWORD, "next": target}
    answer = citizen.post("/sign-in", data=data)
    assert answer.status_code == 302
    assert answer.location in ("/today", "/%0d")
