"""The minutes that citizens may read, without signing in."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, url_for
from pydantic import Field

from minutes.records.audible import SentencePlace
from minutes.records.closed.public_copy import public_copy_of
from minutes.records.content import official_only
from minutes.records.said_pages import PublicPages, said_in_public
from minutes.records.search import LONGEST_QUERY, MinutesQuery, list_published
from models.document import Page
from models.minutes import Publication
from web import access
from web.api.minutes.minutes import ContentShape
from web.api.operations import JSON, Query, Shape, operation
from web.door.costs import RequestLane, costs
from web.shared.kept_pages import public_answer
from web.transaction import database_session

blueprint = Blueprint("api_published", __name__)


class PublishedHead(Shape):
    meeting_id: int
    title: str
    series: str
    starts_at: datetime
    ends_at: datetime
    place: str
    revision: int = Field(description="公開している改訂の番号")
    published_at: datetime
    url: str = Field(description="公開ページ")

    @classmethod
    def of(cls, publication: Publication) -> "PublishedHead":
        return cls(
            meeting_id=publication.meeting_id,
            title=publication.title,
            series=publication.series,
            starts_at=publication.starts_at,
            ends_at=publication.ends_at,
            place=publication.place,
            revision=publication.revision.number,
            published_at=publication.published_at,
            url=url_for("public.show", meeting_id=publication.meeting_id),
        )


class PublishedList(Shape):
    published: list[PublishedHead] = Field(description="新しい会議から、この頁の20件まで")
    total: int = Field(description="全部の頁の件数")
    is_more: bool = Field(
        description="言葉のある会議録が total より多くある。新しい会議から total 件までを数えた"
    )
    page: int = Field(description="この頁。1から")
    next: str | None = Field(description="次の頁のURL。最後の頁では null")


class PublishedPage(Shape):
    """発言のときに示されていた頁。"""

    section: int = Field(description="content.sections の何番目か（0から）")
    paragraph: int = Field(description="その paragraphs の何番目か（0から）")
    title: str = Field(description="資料名")
    version: int
    page: int
    url: str = Field(description="公開ページ")
    picture_url: str

    @classmethod
    def of(cls, meeting_id: int, place: SentencePlace, page: Page) -> "PublishedPage":
        names: dict[str, Any] = {
            "meeting_id": meeting_id,
            "version_id": page.version_id,
            "number": page.number,
        }
        return cls(
            section=place[0],
            paragraph=place[1],
            title=page.version.document.title,
            version=page.version.number,
            page=page.number,
            url=url_for("public.page", **names),
            picture_url=url_for("public.page_picture", **names),
        )


class PublishedAnswer(Shape):
    head: PublishedHead
    content: ContentShape
    pages: list[PublishedPage] = Field(description="発言のときに示された頁。公開できるものだけ")


class PublishedQuery(Query):
    q: str = Field(
        "",
        max_length=LONGEST_QUERY,
        description="題名と本文にある言葉と、発言した人（空白で区切ると「かつ」。初めの8語まで）",
    )
    series: str = Field("", max_length=200, description="会議体の名前")
    year: int | None = Field(None, ge=1, le=9999, description="開催した年（西暦）")
    page: int = Field(1, ge=1, le=1_000_000, description="頁。1から")


@blueprint.get("/published")
@access.public
@costs(lane=RequestLane.CITIZENS)
@operation("公開している会議録の一覧と検索", answers=PublishedList, query=PublishedQuery)
def list_all(query: PublishedQuery) -> PublishedList:
    wanted = MinutesQuery(query.q, query.series, query.year, query.page)
    listing = list_published(database_session(), wanted)
    chosen = query.model_dump(exclude_defaults=True, exclude={"page"})
    following = url_for("api_published.list_all", **chosen, page=listing.number + 1)
    return PublishedList(
        published=[PublishedHead.of(one.publication) for one in listing.found],
        total=listing.total,
        is_more=listing.is_more,
        page=listing.number,
        next=following if listing.number < listing.count else None,
    )


@blueprint.get("/published/<int:meeting_id>")
@access.published
@costs(lane=RequestLane.CITIZENS)
@operation("公開している会議録", answers=PublishedAnswer)
def show(publication: Publication) -> Response:
    pages = PublicPages(database_session(), publication.revision)

    def made() -> str:
        copy = public_copy_of(database_session(), publication.revision)
        beside = pages.beside(said_in_public(database_session(), publication)).items()
        return PublishedAnswer(
            head=PublishedHead.of(publication),
            content=ContentShape.of(official_only(copy.content)),
            pages=[PublishedPage.of(publication.meeting_id, *one) for one in beside],
        ).model_dump_json()

    return public_answer("api", publication, pages.stamp, made, JSON)
