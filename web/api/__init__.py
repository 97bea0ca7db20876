"""The JSON API: everything that the screens do, for scripts and for the screens' own scripts."""

from flask import Flask

from web.api import (
    account,
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
    people,
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
        account,
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
        people,
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
