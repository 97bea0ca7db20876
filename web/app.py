"""The Flask application."""

from typing import Any

from flask import Flask, g
from sqlalchemy import Engine

from meetings import dates
from meetings.config import MEGABYTE, Config
from meetings.directory.oidc import OidcProvider
from meetings.directory.passwords import DirectoryPasswords
from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.scanning.quarantine import Gate
from minutes.sound.clips import Clips
from minutes.terms.listing import as_written
from models.database import connect
from models.person import STAFF, Role
from web import (
    access,
    api,
    errors,
    last_seen,
    proxy,
    refusals,
    security,
    transaction,
    views,
    zones,
)
from web.api.meetings.telling import telling
from web.audit_access import Looks
from web.built import asset, needed_by
from web.door.forms import BoundedRequest
from web.limits import LARGEST_BODY_BYTES
from web.shared import entering
from web.shared.kept_pages import KeptPages
from web.streams.live import Hub
from web.streams.presence import Presence
from web.urls import KnownNumber, page_url


def create_app(config: Config, engine: Engine | None = None) -> Flask:
    """Make the application on the data in `config.home`, which is migrated first if it must be."""
    if engine is None:
        home.prepare(config)
        engine = connect(
            config.database,
            patience_seconds=transaction.PATIENCE_SECONDS,
            most_waiting=transaction.MOST_WAITING,
        )
    app = transaction.Application(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.request_class = BoundedRequest
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY_BYTES
    attach(app, config, engine)
    zones.install(app)
    app.url_map.converters["int"] = KnownNumber
    security.install(app, config.home)
    refusals.install(app)
    last_seen.install(app)
    transaction.install(app, telling)
    errors.install(app)
    views.register(app)
    api.register(app)
    _mark_static(app)
    app.context_processor(_shared)
    _add_filters(app)
    return app


def attach(app: Flask, config: Config, engine: Engine) -> None:
    """Give the application the data that it works on, and what it keeps in memory beside it."""
    storage = Storage(config.home)
    app.extensions.update(
        config=config,
        storage=storage,
        gate=Gate.of(config, engine, storage),
        engine=engine,
        hub=Hub(),
        presence=Presence(),
        refusals=refusals.RefusalCounts(),
        looks=Looks(engine),
        clips=Clips(config.home),
        kept_pages=KeptPages(),
        oidc=OidcProvider(config) if config.oidc.is_used else None,
        outside_passwords=DirectoryPasswords(config) if config.directory.is_used else None,
    )


def _shared() -> dict[str, Any]:
    """Return what every template may use."""
    person = None if g.get("is_broken") else access.current_person()
    return {
        "person": person,
        "is_staff": person is not None and any(person.has_role(role) for role in STAFF),
        "is_auditor": person is not None and person.has_role(Role.AUDITOR),
        "may_administer": person is not None and access.may_administer(person),
        "terminal_key": lambda: entering.terminal_key(person) if person else "",
        "is_public_site": access.is_at_public_door(),
        "city": transaction.config().city.name,
        "has_single_sign_on": transaction.config().oidc.is_used,
        "named_by_proxy": proxy.named(),
        "asset": asset,
        "needed_by": needed_by,
    }


def _add_filters(app: Flask) -> None:
    app.jinja_env.filters.update(
        date_in_full=dates.in_full,
        clock=dates.clock,
        length=dates.length,
        position=dates.position,
        size=file_size,
        percent=percent,
        as_written=as_written,
    )
    app.jinja_env.globals.update(span=dates.span, page_url=page_url)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def file_size(size_bytes: int) -> str:
    """Return a size as people read it, such as 「12.4 MB」."""
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:,.0f} KB"
    if size_bytes < 1_000_000_000:
        return f"{size_bytes / MEGABYTE:,.1f} MB"
    return f"{size_bytes / 1_000_000_000:,.1f} GB"


def percent(rate: float | None) -> str:
    """Return a rate from 0 to 1 as 「97.5 %」; 「—」 where there is nothing to count."""
    return "—" if rate is None else f"{100 * rate:.1f} %"


def _mark_static(app: Flask) -> None:
    app.view_functions["static"] = access.anyone(app.view_functions["static"])
