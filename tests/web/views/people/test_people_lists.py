"""利用者の一覧（CSV）: on the screens, and the same over the API."""

import io
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.people import people
from models.people_list import PeopleList
from models.person import Person
from tests.conftest import Browser, Cast, Script

Browse = Callable[[Person], Browser]
LISTS = "/administration/people/lists"
APRIL = "利用者ID,氏名,所属,職名\nokuma,大隈 千鶴,市民課,課長\nnew1,新人 太郎,市民課,主事\n"


def a_file(text: str) -> dict[str, tuple[io.BytesIO, str]]:
    return {"file": (io.BytesIO(text.encode("cp932")), "4月.csv")}


def test_a_list_is_sent_looked_at_and_then_taken_in(
    browse: Browse, cast: Cast, session: Session
) -> None:
    client = browse(cast.administrator)
    wrong = client.post(LISTS, data=a_file("年齢\n5\n"))
    assert wrong.status_code == 422 and "1行目は見出し" in wrong.text
    sent = client.post(LISTS, data=a_file(APRIL)).headers["Location"]
    page = client.get(sent).text
    assert "追加 1人" in page and "異動 1人" in page and "外部委員 → 市民課" in page
    session.commit()
    assert cast.attendee.department.name == "外部委員"
    assert client.post(f"{sent}/day", data={"day": "2020-04-01"}).status_code == 422
    assert client.post(f"{sent}/day", data={"day": "2199-04-01"}).status_code == 302
    assert "に反映" in client.get(LISTS).text
    assert client.post(f"{sent}/application").status_code == 302
    session.commit()
    session.expire_all()
    assert cast.attendee.department.name == "市民課"
    assert client.post(f"{sent}/application").status_code == 409
    assert "反映しました" in client.get(sent).text
    written = client.get(f"{LISTS}/people.csv?q=new1")
    assert written.data.startswith(b"\xef\xbb\xbf") and written.text.count("\n") == 2


def test_a_list_with_a_wrong_line_shows_it_and_cannot_be_taken_in(
    browse: Browse, cast: Cast
) -> None:
    client = browse(cast.administrator)
    sent = client.post(LISTS, data=a_file(APRIL + "x1,,市民課,\n")).headers["Location"]
    page = client.get(sent).text
    assert "4行目" in page and "いま反映する" not in page
    assert client.post(f"{sent}/application").status_code == 422
    assert client.post(f"{sent}/withdrawal").status_code == 302
    assert "取りやめ" in client.get(LISTS).text


def test_the_api_takes_in_the_same_lists(
    script: Callable[[Person], Script], cast: Cast, session: Session
) -> None:
    administrator = script(cast.administrator)
    answer = administrator.open("POST", "/people-lists", data=a_file(APRIL))
    assert answer.status_code == 201
    sent = answer.get_json()
    place = f"/people-lists/{sent['id']}"
    assert sent["plan"]["lines"][0]["does"]["move"] == "外部委員 → 市民課"
    day = administrator.call("PUT", f"{place}/day", {"day": "2199-04-01"})
    assert day["effective_at"].startswith("2199-04-01T00:00:00+09:00")
    assert administrator.get(place)["done_at"] is None
    administrator.call("PUT", f"{place}/application")
    session.commit()
    assert people.person_with(session, "new1").title == "主事"
    assert "new1" in administrator.open("GET", "/people.csv").text
    another = administrator.open("POST", "/people-lists", data=a_file(APRIL)).get_json()
    administrator.call("DELETE", f"/people-lists/{another['id']}", status=204)
    session.commit()
    assert session.scalars(select(PeopleList).order_by(PeopleList.id.desc())).first().withdrawn_at
