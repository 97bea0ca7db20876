"""The short forms print the digest that somebody wrote, and nothing that was guessed."""

from minutes.digests.points import DigestPoint, DigestSentence, DigestSource, PointKind
from minutes.forms.summaries import summaries_of
from minutes.records.content import Content, Section


def point(kind: PointKind, text: str, due: str = "") -> DigestPoint:
    source = DigestSource(start_seconds=0, end_seconds=1)
    sentence = DigestSentence(text=text, sources=[source])
    return DigestPoint(kind=kind, speaker="森 一郎", sentences=[sentence], due=due)


def content(*digests: list[DigestPoint] | None) -> Content:
    return Content(
        title="定例会",
        series="審議会",
        starts_at="2026-04-01T10:00:00+09:00",
        ends_at="2026-04-01T12:00:00+09:00",
        place="会議室",
        attendees=[],
        sections=[Section(title="予算", paragraphs=[], digest=digest) for digest in digests],
    )


def test_points_decisions_and_tasks_stand_apart_each_with_who_said_it_or_until_when() -> None:
    found = summaries_of(
        content(
            [
                point(PointKind.QUESTION, "工期はいつまでか。"),
                point(PointKind.DECISION, "原案のとおり可決。"),
                point(PointKind.TASK, "見積もりを取る。", due="5月20日まで"),
            ]
        )
    )[0]
    assert found.points == ["【質問】（森 一郎）工期はいつまでか。"]
    assert found.decisions == ["原案のとおり可決。"]
    assert found.homework == ["見積もりを取る。（期限：5月20日まで）"]


def test_an_item_whose_digest_nobody_wrote_has_no_summary() -> None:
    assert summaries_of(content(None, [])).keys() == {1}
