"""The door at which a frame that has no cookie shows what lets it in, once."""

from flask import Blueprint, jsonify, request, url_for
from werkzeug.wrappers import Response

from companion import identity
from companion.services import hand_over

pages = Blueprint("hand_over", __name__)


@pages.post("/hand-over")
def take() -> Response:
    """For a token, or its letters: the key and token of forms for one session, and the page to begin with."""
    person_id, only = hand_over.take(request.form.get("token", ""))
    key = identity.let_in_to(person_id, only)
    return jsonify(key=key.id, csrf=key.csrf, address=url_for("sessions.beside", session_id=only.session_id))
