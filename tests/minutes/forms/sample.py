"""A record with everything that is hard on paper: rare letters, signs of markup, notes, names."""

from minutes.records.content import Attendee, Content, Paragraph, Section

CHAIR, FIRST, SECOND, CHIEF = "桐生 正臣", "𠮷田 実", "槗本 葛󠄀", "三浦 恵子"
RARE = "𠮷田委員と槗本委員、辻󠄁村さんと葛󠄀城さん<&>{{ 会議名 }}です。"


def sentence(speaker: str, text: str, at: float, *, goes_on: bool = False) -> Paragraph:
    return Paragraph(
        speaker=speaker, text=text, start_seconds=at, end_seconds=at + 1, goes_on=goes_on
    )


def sample() -> Content:
    return Content(
        title="総務財政委員会 <第3回> & 協議",
        series="総務財政委員会",
        starts_at="2026-11-24T14:00:00+09:00",
        ends_at="2026-11-24T15:00:00+09:00",
        place="第1委員会室",
        attendees=[
            Attendee(name=CHAIR, title="委員長（3期）"),
            Attendee(name=FIRST, title="委員"),
            Attendee(name=SECOND, title="委員"),
        ],
        speakers=[Attendee(name=CHIEF, title="財政局 財政課長")],
        sections=[
            Section(
                number="1",
                title="補正予算",
                paragraphs=[
                    sentence(CHAIR, "説明を求めます。", 0),
                    sentence(CHIEF, RARE, 1),
                    sentence(
                        CHIEF, "財源は基金です。（拍手）桐生委員長の御指摘です。", 2, goes_on=True
                    ),
                ],
            ),
            Section(number="2", title="その他", paragraphs=[sentence(SECOND, "ありません。", 5)]),
        ],
    )
