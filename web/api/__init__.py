"""The JSON API: everything that the screens do, for scripts and for the screens' own scripts."""

from flask import Flask

from web.api import (
    agenda,
    assignment,
    attendance,
    description,
    dictionaries,
    documents,
    invitations,
    live,
    meetings,
    memos,
    minutes,
    published,
    recordings,
    segments,
    shown,
    speech_models,
    statistics,
    terms,
    tokens,
    transcripts,
    uploads,
    voiceprints,
    voices,
)


def register(app: Flask) -> None:
    for module in (
        agenda,
        assignment,
        attendance,
        description,
        dictionaries,
        documents,
        invitations,
        live,
        meetings,
        memos,
        minutes,
        published,
        recordings,
        segments,
        shown,
        speech_models,
        statistics,
        terms,
        tokens,
        transcripts,
        uploads,
        voiceprints,
        voices,
    ):
        app.register_blueprint(module.blueprint, url_prefix="/api")
