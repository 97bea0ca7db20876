"""The service worker, which keeps a meeting's documents on the terminal while it runs."""

from flask import Blueprint, current_app, send_from_directory
from flask.typing import ResponseReturnValue

from web import access
from web.built import built_file

blueprint = Blueprint("offline", __name__)


@blueprint.get("/service-worker.js")
@access.anyone
def service_worker() -> ResponseReturnValue:
    """Send the service worker. It lies at the root, since it may only look after what lies below
    its own address."""
    assert current_app.static_folder is not None
    answer = send_from_directory(
        current_app.static_folder, built_file("service-worker.ts"), mimetype="text/javascript"
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer
