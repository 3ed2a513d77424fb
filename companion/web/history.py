"""The history of one agenda: who wrote, changed and removed what. The browser plays it again from the edits."""

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from companion.model.sessions import OPEN
from companion.services import agenda_past
from companion.web.sessions import read

pages = Blueprint("history", __name__, url_prefix="/sessions")


@pages.get("/<int:session_id>/history")
def show(session_id: int) -> str:
    """Lines as they were; on an open session each can be put back."""
    reader = read(session_id)
    is_kept = agenda_past.is_kept(reader.session)
    is_open = reader.session.state in OPEN and reader.session.mentorship.is_active
    return render_template(
        "pages/sessions/history.html", **reader.shown(), is_kept=is_kept, is_open=is_open, days=agenda_past.KEPT.days
    )


@pages.get("/<int:session_id>/history/edits")
def edits(session_id: int) -> AnyResponse:
    """Every edit with when and whose, as `agenda_past.read` packs them."""
    reader = read(session_id)
    return Response(agenda_past.read(reader.session.id), mimetype="application/octet-stream")
