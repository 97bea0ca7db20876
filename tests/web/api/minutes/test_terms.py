"""Terms and dictionaries over the API."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.transcripts import transcripts
from models.document import DocumentVersion
from models.meeting import Meeting
from models.person import Person
from tests.conftest import Cast, Script
from tests.world import HEARD
from web.demo import builders

Sign = Callable[[Person], Script]


@pytest.fixture
def at(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> str:
    """A meeting whose first page prints 市道汐見線, and that has learned 提告 → 定刻 once."""
    source = builders.folder("dx-council")
    builders.add_materials(session, storage, cast.organiser, meeting, source)
    session.flush()
    session.get_one(DocumentVersion, 1).pages[0].text = "市道汐見線の改良工事。髙橋課長"
    sound = builders.add_recording(session, storage, cast.secretary, meeting, source)
    transcript = builders.add_transcript(session, cast.secretary, sound, HEARD)
    segment, text = transcript.segments[0], "それでは定刻となりましたので"
    transcripts.correct(session, cast.secretary, segment, text, based_on=0)
    transcripts.confirm(session, cast.secretary, segment)
    session.commit()
    return f"/meetings/{meeting.id}"


def test_terms_are_listed_in_pieces_with_reading_and_page(
    script: Sign, cast: Cast, at: str
) -> None:
    secretary = script(cast.secretary)
    answer = secretary.get(f"{at}/terms?limit=2")
    assert len(answer["terms"]) == 2 < answer["total"] and answer["is_current"]
    rest = secretary.get(f"{at}/terms?limit=500&offset=2")
    assert len(rest["terms"]) == answer["total"] - 2
    (term,) = secretary.get(f"{at}/terms?q=市道汐見線")["terms"]
    assert (term["kana"], term["is_guessed"], term["count"]) == ("シドーシオミセン", False, 1)
    assert term["page"] == "/documents/1?version=1&page=1"
    guessed = secretary.get(f"{at}/terms?shown=guessed")["terms"]
    assert "髙橋" in {term["surface"] for term in guessed}
    assert secretary.get(f"{at}/terms?shown=odd", status=422)["field"] == "shown"
    assert secretary.get(f"{at}/terms?limit=501", status=422)["field"] == "limit"


def test_a_word_is_added_read_otherwise_and_removed(script: Sign, cast: Cast, at: str) -> None:
    secretary = script(cast.secretary)
    body = {"surface": "鶴ヶ丘", "kana": "つるがおか"}
    entry = secretary.call("PUT", f"{at}/dictionary", body)
    assert (entry["kana"], entry["added_by"]) == ("ツルガオカ", "森下 義之")
    again = secretary.call("PUT", f"{at}/dictionary", {"surface": "鶴ヶ丘", "kana": "ツルオカ"})
    words = secretary.get(f"{at}/dictionary?q=鶴")["words"]
    assert [(w["kana"], w["entry"]["id"]) for w in words] == [("ツルオカ", again["id"])]
    secretary.call("DELETE", f"{at}/dictionary/{again['id']}", status=204)
    secretary.call("DELETE", f"{at}/dictionary/{again['id']}", status=404)
    assert secretary.get(f"{at}/dictionary?q=鶴")["total"] == 0
    refused = secretary.call("PUT", f"{at}/dictionary", {"surface": "の"}, status=422)
    assert refused["field"] == "surface"


def test_words_and_confusions_are_switched(script: Sign, cast: Cast, at: str) -> None:
    secretary = script(cast.secretary)
    body = {"surface": "市道汐見線", "is_on": False}
    secretary.call("PUT", f"{at}/terms/switch", body, status=204)
    assert secretary.get(f"{at}/terms?q=市道汐見線")["terms"][0]["is_off"]
    secretary.call("PUT", f"{at}/terms/switch", {**body, "is_on": True}, status=204)
    assert not secretary.get(f"{at}/terms?q=市道汐見線")["terms"][0]["is_off"]
    (word,) = secretary.get(f"{at}/dictionary")["words"]
    assert word["surface"] == "定刻"
    assert word["confusions"] == [{"heard": "提告", "times": 1, "is_proposed": False}]
    assert secretary.get(f"{at}/dictionary/learned?q=議題")["total"] == 0
    (one,) = secretary.get(f"{at}/dictionary/learned?q=定")["substitutions"]
    assert (one["heard"], one["meant"], one["use"]) == ("提告", "定刻", "once")
    assert [(seen["times"], seen["meant"]) for seen in one["evidence"]] == [(1, "定刻")]
    refused = {"surface": "定刻", "heard": "提告", "is_on": False}
    secretary.call("PUT", f"{at}/terms/switch", refused, status=204)
    (one,) = secretary.get(f"{at}/dictionary/learned")["substitutions"]
    assert one["use"] == "off"
    (word,) = secretary.get(f"{at}/dictionary")["words"]
    assert not word["is_off"]


def test_the_administrator_shares_by_script(
    script: Sign, cast: Cast, at: str, meeting: Meeting
) -> None:
    administrator = script(cast.administrator)
    (series,) = administrator.get("/dictionaries")["series"]
    (word,) = administrator.get(f"/dictionaries/words?series_id={series['id']}")["words"]
    assert (word["surface"], word["place"]) == ("定刻", "以前の修正")
    body = {"series_id": series["id"], "surface": "定刻"}
    shared = administrator.call("POST", "/dictionaries", body, status=201)
    assert shared["department"] == meeting.department.full_name
    assert [e["id"] for e in script(cast.secretary).get(f"{at}/dictionary")["shared"]] == [
        shared["id"]
    ]
    administrator.call("POST", "/dictionaries", {**body, "department_id": 10**9}, status=404)
    administrator.call("DELETE", f"/dictionaries/entries/{shared['id']}", status=204)
    assert administrator.get("/dictionaries")["shared"] == []
    script(cast.secretary).call("POST", "/dictionaries", body, status=404)
