"""The cities of earlier versions, opened with this one."""

import gzip

import pytest

from meetings.config import Config
from meetings.disk import home
from tests.conftest import Browser
from tests.meetings.disk.test_upgrading import OLD_ONES
from web.app import create_app
from web.demo.people import PASSWORD

pytestmark = pytest.mark.hostile

EVERYBODYS = ["/", "/?q=予算", "/sign-in", "/published/3", "/published/3/text"]
SECRETARYS = ["/today", "/meetings", "/transcripts/1", "/transcripts/2", "/statistics"]
OF_A_MEETING = [
    "",
    "/presentation",
    "/invitations",
    "/sitting",
    "/recordings",
    "/minutes",
    "/terms",
]


@pytest.fixture(params=OLD_ONES, ids=lambda path: path.name[:4])
def citizen(config: Config, request: pytest.FixtureRequest) -> Browser:
    config.home.mkdir(parents=True)
    config.database.write_bytes(gzip.decompress(request.param.read_bytes()))
    home.prepare(config)
    app = create_app(config)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


def test_its_people_sign_in_and_their_pages_open(citizen: Browser) -> None:
    assert [url for url in EVERYBODYS if citizen.get(url).status_code != 200] == []
    answer = citizen.post("/sign-in", data={"login": "morishita", "password": PASSWORD})
    assert answer.status_code == 302
    urls = SECRETARYS + [f"/meetings/{n}{page}" for n in (1, 2, 3) for page in OF_A_MEETING]
    assert {url: citizen.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
