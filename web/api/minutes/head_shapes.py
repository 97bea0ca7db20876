"""The head of the minutes as the API shows it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from models.meeting import InvitationKind, Openness
from models.proceedings import ItemResult, SittingEventKind, VotingMethod
from web.api.operations import Identity, Shape, ShortText

HeadName = Annotated[str, Field(max_length=500)]
HeadNames = Annotated[list[HeadName], Field(max_length=10_000)]
HeadCount = Annotated[int, Field(ge=0, le=1_000_000)]
MOST = 10_000


class HeadPersonShape(Shape):
    """会議にいた人、または欠席した人。職名はその日のもの。"""

    name: HeadName
    office: ShortText = ""
    kind: InvitationKind
    proxy: HeadName = Field("", description="欠席した人の代理で来た人")
    proxy_for: HeadName = Field("", description="代理で来た人が代わった人")


class HeadEventShape(Shape):
    """会議の経過の一つ。"""

    kind: SittingEventKind
    at: datetime
    who: HeadName = Field("", description="入室・退席した人、議長を代わった人")
    item: ShortText = Field("", description="そのときの議題の番号")


class HeadItemShape(Shape):
    """議題"""

    agenda_item_id: Identity
    number: ShortText
    title: ShortText


class HeadPaperShape(Shape):
    """配布資料。番号は次第・画面と同じ。"""

    document_id: Identity
    number: ShortText
    title: HeadName
    is_limited: bool = Field(False, description="一部の人だけの資料。公開の会議録には載らない")


class HeadDecisionShape(Shape):
    """議題の結果。人数は、数えていなければ null。"""

    agenda_item_id: Identity | None = None
    item: ShortText = Field("", description="議題の番号")
    subject: ShortText
    result: ItemResult
    method: VotingMethod | None = None
    votes_for: HeadCount | None = None
    votes_against: HeadCount | None = None
    names_for: HeadNames = Field([])
    names_against: HeadNames = Field([])
    mover: ShortText = ""
    note: ShortText = ""


class HeadShape(Shape):
    """会議録の頭書き。会議の記録（経過、出席、結果など）から、会議録を作ったときに写したもの。"""

    title: ShortText
    series: ShortText
    starts_at: datetime = Field(description="実際の開会。記録がなければ予定の時刻")
    ends_at: datetime = Field(description="実際の散会・閉会。記録がなければ予定の時刻")
    place: ShortText
    events: list[HeadEventShape] = Field([], max_length=MOST)
    present: list[HeadPersonShape] = Field([], max_length=MOST, description="出席委員と代理")
    absent: list[HeadPersonShape] = Field([], max_length=MOST, description="欠席委員")
    explainers: list[HeadPersonShape] = Field([], max_length=MOST, description="説明員")
    witnesses: list[HeadPersonShape] = Field([], max_length=MOST, description="参考人")
    staff: list[HeadPersonShape] = Field([], max_length=MOST, description="事務局")
    observers: list[HeadPersonShape] = Field([], max_length=MOST, description="オブザーバー")
    audience_count: HeadCount | None = Field(None, description="傍聴者の数")
    openness: Openness | None = Field(None, description="公開の別")
    openness_reason: ShortText = Field("", description="公開しない理由")
    items: list[HeadItemShape] = Field([], max_length=MOST)
    papers: list[HeadPaperShape] = Field([], max_length=MOST)
    decisions: list[HeadDecisionShape] = Field([], max_length=MOST)
