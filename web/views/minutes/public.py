"""The published minutes and their sound as citizens see them, without signing in and without a
script."""

from collections.abc import Callable
from dataclasses import replace
from datetime import MAXYEAR
from itertools import groupby
from typing import Any, cast

from flask import Blueprint, current_app, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from meetings import dates
from meetings.entries import plain_number
from meetings.errors import NotFound
from minutes.forms import exporting
from minutes.forms.building import Printed
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import RecordFile, RecordForm
from minutes.recordings import sound_files
from minutes.records import comparing
from minutes.records.audible import SentencePlace
from minutes.records.closed.public_copy import marks_of, public_copy_of
from minutes.records.comparing import Erratum
from minutes.records.head import Head
from minutes.records.paper import as_text
from minutes.records.publication import history
from minutes.records.published import neighbours, public_sentences
from minutes.records.said_pages import PublicPages, said_in_public
from minutes.records.search import (
    LONGEST_QUERY,
    MOST_WORDS,
    Found,
    Group,
    MinutesQuery,
    list_published,
)
from minutes.sound import clips
from models.document import Page
from models.minutes import MinutesRevision, Publication, PublishedParagraph
from web import access
from web.door.costs import RequestLane, costs
from web.shared.files.named_files import send_named
from web.shared.kept_pages import public_answer
from web.shared.paging import page_number
from web.transaction import config, database_session, storage
from web.views.minutes._beside_page import BesidePage
from web.views.minutes._hearing import Hearing

blueprint = Blueprint("public", __name__)
HTML = "text/html"
PUBLIC_FILE = WantedFile(RecordForm.VERBATIM, RecordFile.PDF)
blueprint.add_app_template_global(dates.era_years, "era_years")


@blueprint.get("/")
@access.public
@costs(lane=RequestLane.CITIZENS)
def index() -> ResponseReturnValue:
    wanted = _wanted()
    listing = list_published(database_session(), wanted)
    return render_template(
        "public/index.html",
        wanted=wanted,
        listing=listing,
        years=_by_year(listing.found),
        series_choices=_choices(listing.groups, "series", wanted),
        year_choices=_choices(listing.groups, "year", wanted),
        longest_query=LONGEST_QUERY,
        most_words=MOST_WORDS,
    )


@blueprint.get("/published/<int:meeting_id>")
@access.published
@costs(lane=RequestLane.CITIZENS)
def show(publication: Publication) -> ResponseReturnValue:
    revision, pages = publication.revision, PublicPages(database_session(), publication.revision)
    told = sound_files.deletion_told(database_session(), revision.transcript_ids)

    def made() -> str:
        content = public_copy_of(database_session(), revision).content
        return render_template(
            "public/published.html",
            revision=revision,
            publication=publication,
            content=content,
            plays=_plays(publication),
            page_at=_page_at(publication, pages, content.shown_head),
            history=history(database_session(), publication),
            errata=_errata(revision),
            told_of_sound=told,
        )

    return public_answer("paper", publication, pages.stamp + told, made, HTML)


@blueprint.get("/published/<int:meeting_id>/pages/<int:version_id>/<int:number>")
@access.published
@costs(lane=RequestLane.CITIZENS)
def page(publication: Publication, version_id: int, number: int) -> ResponseReturnValue:
    """Show a page that was shown in the meeting, and every sentence that was said then."""
    pages = PublicPages(database_session(), publication.revision)
    wanted, places = _shown_beside(publication, pages, version_id, number)
    told = sound_files.deletion_told(database_session(), publication.revision.transcript_ids)

    def made() -> str:
        content = public_copy_of(database_session(), publication.revision).content
        return render_template(
            "public/page.html",
            meeting_id=publication.meeting_id,
            content=content,
            page=wanted,
            name=_name(content.shown_head, wanted),
            plays=_plays(publication),
            said=[(place, content.sections[place[0]].paragraphs[place[1]]) for place in places],
        )

    return public_answer(f"page {wanted.id}", publication, pages.stamp + told, made, HTML)


@blueprint.get("/published/<int:meeting_id>/pages/<int:version_id>/<int:number>/picture")
@access.published
@costs(lane=RequestLane.CITIZENS)
def page_picture(publication: Publication, version_id: int, number: int) -> ResponseReturnValue:
    """Send the picture of a page. It is asked for anew each time, because it may be withdrawn any
    day."""
    pages = PublicPages(database_session(), publication.revision)
    wanted, _ = _shown_beside(publication, pages, version_id, number)
    assert wanted.picture_sha256 is not None
    path = storage().whole(wanted.picture_sha256)
    picture = send_file(path, mimetype="image/jpeg", conditional=True, etag=wanted.picture_sha256)
    picture.headers["Cache-Control"] = "no-cache"
    return picture


@blueprint.get("/published/<int:meeting_id>/text")
@access.published
@costs(lane=RequestLane.CITIZENS)
def text(publication: Publication) -> ResponseReturnValue:
    content = public_copy_of(database_session(), publication.revision).content
    name = f"会議録_{content.title}_{content.starts_at[:10]}.txt"
    return send_named(as_text(content).encode(), "text/plain", name)


@blueprint.get("/published/<int:meeting_id>/pdf")
@access.published
@costs(lane=RequestLane.CITIZENS)
def paper(publication: Publication) -> ResponseReturnValue:
    def made() -> bytes:
        content = public_copy_of(database_session(), publication.revision).content
        text = Printed(content, config().city.name, publication.revision.number)
        return exporting.as_file(PUBLIC_FILE, text)

    return public_answer("pdf", publication, "", made, PUBLIC_FILE.kind.content_type)


@blueprint.get("/published/<int:meeting_id>/sentences/<int:section>/<int:paragraph>")
@access.published
@costs(lane=RequestLane.CITIZENS)
def sentence(publication: Publication, section: int, paragraph: int) -> ResponseReturnValue:
    """Show a sentence with its sound, for those who have no script."""
    said = _heard(publication, section, paragraph)
    page = url_for("public.show", meeting_id=publication.meeting_id)
    before, after = neighbours(database_session(), said)
    return render_template(
        "public/sentence.html",
        publication=publication,
        text=said.text,
        speaker=said.speaker,
        at=dates.position(said.start_seconds),
        sound=url_for(
            "public.sound",
            meeting_id=publication.meeting_id,
            section=section,
            paragraph=paragraph,
        ),
        back=f"{page}#said-{section}-{paragraph}",
        before=f"{page}/sentences/{before[0]}/{before[1]}" if before else None,
        after=f"{page}/sentences/{after[0]}/{after[1]}" if after else None,
    )


@blueprint.get("/published/<int:meeting_id>/sentences/<int:section>/<int:paragraph>/sound")
@access.published
@costs(lane=RequestLane.CLIPS)
def sound(publication: Publication, section: int, paragraph: int) -> ResponseReturnValue:
    """Send the sound of what the published revision still holds of this sentence, and nothing
    else."""
    said = _heard(publication, section, paragraph)
    assert said.heard_until is not None
    recording = said.transcript.recording
    path = sound_files.playable(storage(), recording)
    clip = _clips().clip(path, said.start_seconds, said.heard_until, said.silences)
    answer = send_file(clip, clips.TYPE, conditional=True, etag=clip.stem)
    answer.headers["Cache-Control"] = "no-cache"  # it may be withdrawn any day
    return answer


def _errata(revision: MinutesRevision) -> list[Erratum]:
    """Return the corrections of the text, with old and new words only where no passage of these
    minutes is closed: an older text may hold what a mark in the newer one does not find."""
    session = database_session()
    found = comparing.errata(revision, lambda one: public_copy_of(session, one).content)
    is_open = not marks_of(session, revision).passages
    return [one if is_open else replace(one, differences=[]) for one in found]


def _clips() -> clips.Clips:
    return cast(clips.Clips, current_app.extensions["clips"])


def _wanted() -> MinutesQuery:
    """Return what the URL asks for; what is no number where one belongs is left out."""
    return MinutesQuery(
        query=request.args.get("q", "")[: 2 * LONGEST_QUERY].strip(),
        series=request.args.get("series", ""),
        year=plain_number(request.args.get("year"), most=MAXYEAR) or None,
        page=page_number(),
    )


def _choices(groups: list[Group], by: str, wanted: MinutesQuery) -> list[tuple[Any, int | None]]:
    """Return every series by name, or every year from the newest, with how many minutes there are,
    if that was counted; of the year, or the series, that is chosen."""
    other = {"series": "year", "year": "series"}[by]
    chosen, mine = getattr(wanted, other), getattr(wanted, by)
    found: dict[Any, int | None] = {mine: 0} if mine not in ("", None) else {}
    for group in groups:
        if chosen in ("", None, getattr(group, other)):
            key = getattr(group, by)
            found[key] = None if group.total is None else (found.get(key) or 0) + group.total
    return sorted(found.items(), reverse=by == "year")


def _by_year(found: list[Found]) -> list[tuple[int, list[Found]]]:
    return [(y, list(ones)) for y, ones in groupby(found, key=lambda one: one.publication.year)]


def _plays(publication: Publication) -> Callable[[int, int], Hearing | None]:
    """Return a function that tells how a sentence is heard; None for one that may not be heard."""
    heard = public_sentences(database_session(), publication)
    page = url_for("public.show", meeting_id=publication.meeting_id)

    def hearing(section: int, place: int) -> Hearing | None:
        url = f"{page}/sentences/{section}/{place}"
        return Hearing(f"{url}/sound", url) if (section, place) in heard else None

    return hearing


def _heard(publication: Publication, section: int, place: int) -> PublishedParagraph:
    """Return the sentence. Raises NotFound where it may not be heard."""
    key = (publication.id, section, place)
    said = database_session().get(PublishedParagraph, key)
    if said is None or said.heard_until is None:
        raise NotFound()
    return said


def _shown_beside(
    publication: Publication, pages: PublicPages, version_id: int, number: int
) -> tuple[Page, list[SentencePlace]]:
    """Return the page, and the sentences beside which it stands. Raises NotFound where it stands
    beside none."""
    beside = pages.beside(said_in_public(database_session(), publication))
    places = [
        place for place, p in beside.items() if (p.version_id, p.number) == (version_id, number)
    ]
    if not places:
        raise NotFound()
    return beside[places[0]], places


def _name(head: Head, page: Page) -> str:
    """Return the name of the page's document as the list of papers has it."""
    document = page.version.document
    return head.paper_name(document.id, document.title)


def _page_at(
    publication: Publication, pages: PublicPages, head: Head
) -> Callable[[int, int], BesidePage | None]:
    beside = pages.beside(said_in_public(database_session(), publication))
    meeting_id = publication.meeting_id

    def at(section: int, paragraph: int) -> BesidePage | None:
        page = beside.get((section, paragraph))
        if page is None:
            return None
        names: dict[str, Any] = {
            "meeting_id": meeting_id,
            "version_id": page.version_id,
            "number": page.number,
        }
        return BesidePage(
            title=_name(head, page),
            number=page.number,
            url=url_for("public.page", **names),
            picture_url=url_for("public.page_picture", **names),
        )

    return at
