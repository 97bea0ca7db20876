"""The screens: each module holds the views of one kind of screen."""

from flask import Flask

from web.views.forms import forms, returned
from web.views.meetings import (
    agenda,
    documents,
    guests,
    handovers,
    invitations,
    meetings,
    proceedings,
    series,
    sitting,
    today,
)
from web.views.minutes import (
    dictionaries,
    digest,
    minutes,
    places,
    public,
    recordings,
    statistics,
    terms,
    transcripts,
    uploads,
    voiceprints,
)
from web.views.minutes.closed import closed_passages
from web.views.people import (
    account,
    administration,
    audit,
    help,
    offline,
    own_factors,
    passwords,
    people,
    people_lists,
    quarantine,
    second_factor,
    sign_in,
    single_sign_on,
    trust,
)
from web.views.records import approval, checks, retention, sealing


def register(app: Flask) -> None:
    for module in (
        account,
        administration,
        agenda,
        approval,
        audit,
        closed_passages,
        checks,
        dictionaries,
        digest,
        documents,
        handovers,
        forms,
        guests,
        help,
        invitations,
        meetings,
        minutes,
        offline,
        own_factors,
        passwords,
        people,
        people_lists,
        places,
        proceedings,
        public,
        quarantine,
        recordings,
        retention,
        returned,
        sealing,
        series,
        second_factor,
        sign_in,
        single_sign_on,
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
