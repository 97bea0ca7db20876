"""The way in which a terminal comes to trust the city's own certificate authority."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from meetings import certificates
from meetings.errors import NotFound
from web import access
from web.shared.files.named_files import send_named
from web.transaction import config

blueprint = Blueprint("trust", __name__)


@blueprint.get("/trust")
@access.anyone
def show() -> ResponseReturnValue:
    authority = certificates.authority_file(config())
    if not authority.exists():
        raise NotFound()
    return render_template("trust.html", fingerprint=certificates.fingerprint(authority))


@blueprint.get("/trust/authority.crt")
@access.anyone
def authority() -> ResponseReturnValue:
    file = certificates.authority_file(config())
    if not file.exists():
        raise NotFound()
    return send_named(
        file, "application/x-x509-ca-cert", "gijido-authority.crt", as_attachment=False
    )
