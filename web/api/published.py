"""What citizens may read. No sign-in."""

from datetime import datetime
from typing import Any

from flask import Blueprint, url_for
from pydantic import Field

from minutes.content import content_of, official_only
from minutes.publication import current_publication
from minutes.said_pages import Sentence, published_pages
from minutes.search import found_in_published
from models.document import Page
from models.minutes import MinutesRevision
from web import access
from web.api.minutes import ContentShape
from web.api.operations import Query, Shape, operation
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
    def of(cls, revision: MinutesRevision) -> "PublishedHead":
        content, publication = content_of(revision), current_publication(revision)
        assert publication is not None
        return cls(
            meeting_id=revision.meeting.id,
            title=content.title,
            series=content.series,
            starts_at=datetime.fromisoformat(content.starts_at),
            ends_at=datetime.fromisoformat(content.ends_at),
            place=content.place,
            revision=revision.number,
            published_at=publication.published_at,
            url=url_for("public.show", meeting_id=revision.meeting.id),
        )


class PublishedList(Shape):
    published: list[PublishedHead] = Field(description="新しい会議から")


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
    def of(cls, meeting_id: int, place: Sentence, page: Page) -> "PublishedPage":
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


class Words(Query):
    q: str = Field("", max_length=200, description="題名と本文にある言葉（空白で区切ると「かつ」）")


@blueprint.get("/published")
@access.anyone
@operation("公開している会議録の一覧と検索", answers=PublishedList, query=Words)
def list_published(query: Words) -> PublishedList:
    found = found_in_published(database_session(), query.q)
    return PublishedList(published=[PublishedHead.of(one.revision) for one in found])


@blueprint.get("/published/<int:meeting_id>")
@access.published
@operation("公開している会議録", answers=PublishedAnswer)
def show(revision: MinutesRevision) -> PublishedAnswer:
    beside = published_pages(database_session(), revision)
    return PublishedAnswer(
        head=PublishedHead.of(revision),
        content=ContentShape.of(official_only(content_of(revision))),
        pages=[
            PublishedPage.of(revision.meeting.id, place, page) for place, page in beside.items()
        ],
    )
