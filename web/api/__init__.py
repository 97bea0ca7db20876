"""The JSON API does everything that the screens do, for scripts and for the screens' own
scripts."""

from flask import Flask

from web.api import description
from web.api.forms import forms, returned
from web.api.meetings import (
    agenda,
    attendance,
    documents,
    handovers,
    invitations,
    live,
    meetings,
    memos,
    proceedings,
)
from web.api.minutes import (
    assignment,
    closed,
    dictionaries,
    minutes,
    published,
    recordings,
    segments,
    shown,
    speech_models,
    statistics,
    terms,
    transcripts,
    uploads,
    voiceprints,
    voices,
)
from web.api.people import (
    account,
    audit,
    directory,
    factors,
    notices,
    people,
    people_lists,
    quarantine,
    tokens,
)
from web.api.records import approval, checks, digest, retention, sealing


def register(app: Flask) -> None:
    for module in (
        account,
        agenda,
        approval,
        assignment,
        attendance,
        audit,
        closed,
        checks,
        description,
        dictionaries,
        digest,
        directory,
        documents,
        handovers,
        factors,
        forms,
        invitations,
        live,
        meetings,
        memos,
        minutes,
        notices,
        people,
        people_lists,
        proceedings,
        published,
        quarantine,
        recordings,
        retention,
        returned,
        sealing,
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
