"""For machines that watch us: /healthz says the process answers, /readyz that it can do its work."""

import tzdata
from flask import Blueprint, Response, jsonify, make_response
from sqlalchemy.exc import SQLAlchemyError

from companion import schema
from companion.services import keep_agenda

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def alive() -> Response:
    """The process answers. Asks nobody."""
    return jsonify(ok=True)


@pages.get("/readyz")
def ready() -> Response:
    """Database, schema and keeper, each with a word."""
    try:
        database, fits = "ok", schema.complaint() or "ok"
    except SQLAlchemyError:
        database = fits = "does not answer"
    keeper = "ok" if keep_agenda.keeper().alive() else "does not answer"
    said = {"database": database, "schema": fits, "keeper": keeper, "tzdata": tzdata.IANA_VERSION}
    well = {database, fits, keeper} == {"ok"}
    return make_response(jsonify(said), 200 if well else 503)
