"""保存と削除 on the screens, over the API and on the command line: the same rules and verbs."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.retention import certificates, deleting
from minutes.retention.deleting import DeletionGround
from models.base import now
from models.database import writing
from models.meeting import Meeting
from models.minutes import Approval
from models.retention import KeptKind, RetentionHold
from tests.cast import Cast
from tests.world import World
from web.commands.records.retention import retention

FORM = {"amount-sound": "90", "unit-sound": "days", "from-sound": "approval"}


def test_what_the_administrator_decides_stands_in_the_plan_of_the_organiser_and_a_hold_stops_it(
    session: Session, cast: Cast, world: World, browse: Any
) -> None:
    for approval in session.scalars(select(Approval)):
        approval.decided_at = now() - timedelta(days=80)
    meeting, title = world.published.id, world.published.title
    administrator, organiser = browse(cast.administrator), browse(cast.organiser)
    wrong = administrator.post("/retention/rules", data={**FORM, "amount-sound": ""})
    assert wrong.status_code == 422 and "録音の保存期間を数字で" in wrong.text
    assert administrator.post("/retention/rules", data=FORM).status_code == 302
    assert 'value="90"' in administrator.get("/retention/rules").text
    assert "90日（会議録の承認から）" in organiser.get("/retention").text
    assert title in organiser.get("/retention").text
    assert title not in administrator.get("/retention").text, (
        "reads no meetings, but sees what goes"
    )
    assert f"番号{meeting}" in administrator.get("/retention").text

    page = f"/meetings/{meeting}/retention"
    assert organiser.post(f"/meetings/{meeting}/holds", data={"reason": ""}).status_code == 422
    organiser.post(f"/meetings/{meeting}/holds", data={"reason": "監査請求", "scope": "series"})
    assert "監査請求" in organiser.get(page).text and "凍結中" in organiser.get("/retention").text
    held = session.scalars(select(RetentionHold.id)).one()
    session.commit()
    organiser.post(f"/meetings/{meeting}/holds/{held}/lifting")
    assert "凍結中" not in organiser.get("/retention").text
    series = {**FORM, "unit-sound": "ever", "unit-memo": "city"}
    assert organiser.post(f"/meetings/{meeting}/series/retention", data=series).status_code == 302
    assert "削除の予定はありません" in organiser.get("/retention").text
    assert browse(cast.attendee).get("/retention").status_code == 404


def test_scripts_do_the_same(session: Session, cast: Cast, world: World, script: Any) -> None:
    for approval in session.scalars(select(Approval)):
        approval.decided_at = now() - timedelta(days=80)
    meeting, other = world.published.id, world.unpublished
    other.starts_at, other.ends_at = (now() - timedelta(days=n) for n in (2, 1))
    administrator, organiser = script(cast.administrator), script(cast.organiser)
    body = {"amount": 90, "unit": "days"}
    administrator.call("PUT", "/retention/rules/sound", body)
    administrator.call("PUT", "/retention/rules/nonsense", body, status=422)
    (planned,) = organiser.get("/retention/plan")["planned"]
    assert (planned["kind"], planned["meeting_id"], planned["is_held"]) == ("sound", meeting, False)
    held = organiser.call("POST", f"/meetings/{meeting}/holds", {"reason": "訴訟"}, status=201)
    assert organiser.get(f"/meetings/{meeting}/retention")["planned"][0]["is_held"]
    organiser.call("DELETE", f"/meetings/{meeting}/holds/{held['id']}", status=204)
    own = organiser.call("PUT", f"/meetings/{meeting}/series/retention/sound", {"amount": None})
    assert [one["is_own"] for one in own["rules"]][:2] == [True, False]
    organiser.call("DELETE", f"/meetings/{meeting}/series/retention/sound")

    reason = {"reason": "二重に登録した"}
    organiser.call("POST", f"/meetings/{meeting}/removal", reason, status=409)
    organiser.call("POST", f"/meetings/{other.id}/removal", reason, status=204)
    organiser.get(f"/meetings/{other.id}", status=404)
    (removed,) = organiser.get("/removed-meetings")["meetings"]
    organiser.call("POST", f"/removed-meetings/{removed['id']}/restoration", status=204)
    organiser.get(f"/meetings/{other.id}")


def test_a_certificate_is_fetched_by_those_of_the_department_and_by_whoever_runs_the_machine(
    session: Session,
    engine: Engine,
    config: Config,
    storage: Storage,
    cast: Cast,
    world: World,
    browse: Any,
    script: Any,
    tmp_path: Path,
) -> None:
    meeting_id, title = world.published.id, world.published.title
    session.commit()
    with writing(engine) as another, another.begin():
        meeting = another.get_one(Meeting, meeting_id)
        ground = DeletionGround("90日（会議録の承認から）")
        deletion = deleting.begin(another, None, meeting, KeptKind.SOUND, ground)
        another.flush()
        assert deletion is not None
        number = deletion.id
    assert deleting.finish(engine, config, storage, number, settled_seconds=0)
    organiser, outsider = browse(cast.organiser), browse(cast.outsider)
    assert f"第{number}号" in organiser.get("/retention/certificates").text
    assert title not in outsider.get("/retention/certificates").text
    address = f"/retention/certificates/{number}/file"
    assert certificates.is_genuine(organiser.get(address).text)
    assert outsider.get(address).status_code == 404
    sheet = script(cast.secretary).open("GET", f"/retention/deletions/{number}/sheet")
    assert sheet.data.startswith(b"%PDF")
    listed = script(cast.secretary).get("/retention/deletions")["deletions"]
    assert (listed[0]["id"], listed[0]["decided_by"]) == (number, None)

    run = CliRunner().invoke
    said = run(retention, ["certificates", "--json"], obj=config)
    assert json.loads(said.stdout)[0]["number"] == number
    out = tmp_path / "certificate.pdf"
    assert (
        run(retention, ["certificate", str(number), "--out", str(out)], obj=config).exit_code == 0
    )
    assert out.read_bytes().startswith(b"%PDF")
    login = session.merge(cast.administrator).login
    session.commit()
    ruled = run(retention, ["rule", "memo", "1", "--from", "end", "--as", login], obj=config)
    assert "1年（会議の終わりから）" in ruled.stdout
    planned = json.loads(run(retention, ["list", "--json"], obj=config).stdout)
    assert {one["kind"] for one in planned} <= {"memo"}
