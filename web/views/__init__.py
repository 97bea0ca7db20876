"""The screens: each module holds the views of one kind of screen."""

from flask import Flask

from web.views import (
    account,
    administration,
    agenda,
    dictionaries,
    documents,
    guests,
    invitations,
    meetings,
    minutes,
    offline,
    people,
    places,
    public,
    recordings,
    series,
    sign_in,
    sitting,
    statistics,
    terms,
    today,
    transcripts,
    trust,
    uploads,
    voiceprints,
)


def register(app: Flask) -> None:
    for module in (
        account,
        administration,
        agenda,
        dictionaries,
        documents,
        guests,
        invitations,
        meetings,
        minutes,
        offline,
        people,
        places,
        public,
        recordings,
        series,
        sign_in,
        sitting,
        statistics,
        terms,
        today,
        transcripts,
        trust,
        uploads,
        voiceprints,
    ):
        app.register_blueprint(module.blueprint)
