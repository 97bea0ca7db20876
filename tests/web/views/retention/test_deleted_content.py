"""What people see where something was that was deleted when its time was over."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from minutes.retention.scope import rows_of
from models.base import now
from models.minutes import PublishedParagraph
from models.recording import Recording
from models.retention import KeptKind
from tests.cast import Cast
from tests.world import World

SOUND = "録音は保存期間が過ぎたため削除しました"


def empty(session: Session, world: World) -> None:
    """As the clock leaves the rows of both meetings, but for the public text."""
    for meeting in (world.published, world.unpublished):
        for kind in (KeptKind.SOUND, KeptKind.TRANSCRIPT, KeptKind.DOCUMENT, KeptKind.DRAFT):
            for row in rows_of(session, meeting, kind).marked:
                row.emptied_at = now()
    session.execute(update(Recording).values(playback_sha256=None, peaks_sha256=None))
    session.execute(update(PublishedParagraph).values(heard_until=None))
    session.commit()


def test_every_place_says_when_it_was_deleted_and_nothing_breaks(
    session: Session, cast: Cast, world: World, browse: Any, citizen: Any
) -> None:
    meeting, other = world.unpublished.id, world.published.id
    recording, transcript = world.recording.id, world.transcript.id
    versions = rows_of(session, world.unpublished, KeptKind.DOCUMENT).versions
    version, title = versions[0].id, versions[0].document.title
    empty(session, world)
    secretary = browse(cast.secretary)
    for address in (f"/recordings/{recording}/sound", f"/recordings/{recording}/file"):
        answer = secretary.get(address)
        assert (answer.status_code, SOUND in answer.text) == (410, True)
    for address in (f"/meetings/{meeting}/recordings", f"/transcripts/{transcript}"):
        assert SOUND in secretary.get(address).text
    assert (
        "逐語録は保存期間が過ぎたため削除しました"
        in secretary.get(f"/transcripts/{transcript}").text
    )
    assert secretary.get(f"/versions/{version}/file").status_code == 410
    page = secretary.get(f"/meetings/{meeting}").text
    assert title in page and "資料は保存期間が過ぎたため削除しました" in page
    assert secretary.get(f"/meetings/{meeting}/presentation").status_code == 200
    assert secretary.get(f"/meetings/{other}/minutes").status_code == 200
    assert SOUND in secretary.get(f"/meetings/{other}/minutes").text
    public = citizen.get(f"/published/{other}")
    assert (public.status_code, SOUND in public.text) == (200, True)
    assert secretary.get("/statistics").status_code == 200


def test_deleted_sound_is_not_transcribed_again(
    session: Session, cast: Cast, world: World, script: Any
) -> None:
    recording = world.recording.id
    empty(session, world)
    said = script(cast.secretary).call(
        "POST", f"/recordings/{recording}/transcriptions", {}, status=410
    )
    assert SOUND in said["message"]
