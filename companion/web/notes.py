"""Private notes, saved while they are written."""

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from companion.identity import require_person
from companion.services import notes

pages = Blueprint("notes", __name__)


@pages.post("/sessions/<int:session_id>/note")
def save(session_id: int) -> AnyResponse:
    """Keep the note. Answers {text, version}: where two tabs wrote, `text` holds both."""
    me = require_person()
    version = request.form.get("version", "0")
    text = request.form.get("text", "").replace("\r\n", "\n")
    note = notes.save(session_id, me.id, text, int(version) if version.isascii() and version.isdigit() else 0)
    if request.headers.get("X-CSRF"):
        answer: Response = jsonify(text=note.text, version=note.version)
        return answer
    return redirect(url_for("sessions.show", session_id=session_id))
