"""Accounts at providers: connect, come back from consent with the link made, disconnect."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from companion.errors import Refusal
from companion.identity import require_person
from companion.services import connect, meet
from companion.web import failures, oauth

pages = Blueprint("connections", __name__, url_prefix="/connections")


@pages.post("/<provider>")
def start(provider: str) -> Response:
    """To the provider's consent, remembering which session wants a link."""
    require_person()
    wanted = request.args.get("session_id", "")
    return oauth.consent(provider, int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10 else 0)


@pages.get("/<provider>/callback")
def callback(provider: str) -> Response:
    """Back from consent: the account is connected, and the click that led there is finished."""
    me = require_person()
    session_id = oauth.session_wanted()
    try:
        connect.remember(me.id, provider, oauth.brought_back(provider))
        if session_id:
            meet.make_link(session_id, provider, by=me.id)
    except Refusal as refusal:
        return _back(session_id, failed=refusal.sentence)
    return _back(session_id)


@pages.post("/<int:connection_id>/disconnect")
def disconnect(connection_id: int) -> Response:
    """Forget the account, here and at the provider."""
    connect.forget(connection_id, by=require_person().id)
    return _back(0)


def _back(session_id: int, failed: str | None = None) -> Response:
    if session_id:
        return redirect(url_for("sessions.show", session_id=session_id, failed=failed and failures.carry(failed)))
    return redirect(url_for("people.settings", failed=failed and failures.carry(failed)))
