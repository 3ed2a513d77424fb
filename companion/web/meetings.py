"""Deeds on a session's meeting: make the link, replace it, check it, start the call as its host."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from companion.errors import NotYours, Refusal, TooLate
from companion.identity import require_person, wants_json
from companion.model.people import Person
from companion.services import look, meet, mend
from companion.web import failures, refusals
from companion.web.refusals import Way

pages = Blueprint("meetings", __name__, url_prefix="/sessions")

Deed = Callable[[int, Person], None]
View = Callable[[int], Response]


def on_its_page(deed: Deed) -> View:
    """A view that does the deed and leads back to the session's page, which says why where it could not be done.

    Where the provider's consent comes first, it leads there; the click is finished on the way back. A script has its
    page already: it is told in few words, and leaves the consent to its form.
    """

    @wraps(deed)
    def view(session_id: int) -> Response:
        me = require_person()
        try:
            deed(session_id, me)
        except NotYours:
            raise
        except meet.NotConnected:
            if wants_json():
                raise
            return redirect(url_for("connections.start", provider=provider_of(session_id), session_id=session_id), 307)
        except Refusal as refusal:
            carry = failures.carry(refusal.sentence, request.form.get("link", ""))
            return redirect(url_for("sessions.show", session_id=session_id, failed=carry), 303)
        return Response(status=204) if wants_json() else redirect(url_for("sessions.show", session_id=session_id))

    return view


@pages.post("/<int:session_id>/meeting")
@on_its_page
def make(session_id: int, me: Person) -> None:
    """One click: the link is there for both, or the provider's consent comes first."""
    meet.make_link(session_id, request.form.get("provider", ""), by=me.id, instead=shown_meeting())


@pages.post("/<int:session_id>/link")
@on_its_page
def paste(session_id: int, me: Person) -> None:
    """Any link they already have."""
    meet.paste_link(session_id, request.form.get("link", ""), by=me.id, instead=shown_meeting())


@pages.post("/<int:session_id>/meeting/drop")
@on_its_page
def drop(session_id: int, me: Person) -> None:
    """Go without a link."""
    meet.drop_link(session_id, me.id, shown_meeting())


@pages.post("/<int:session_id>/meeting/check")
@on_its_page
def check(session_id: int, me: Person) -> None:
    """Does the link work? What was found stands on the page."""
    look.at(session_id, by=me.id)


@pages.post("/<int:session_id>/meeting/adopt")
@on_its_page
def adopt(session_id: int, me: Person) -> None:
    """The session follows its meeting to the time that it was given at the provider."""
    mend.adopt(session_id, me.id, shown_instant(), me.zone)


@pages.post("/<int:session_id>/meeting/restore")
@on_its_page
def restore(session_id: int, me: Person) -> None:
    """The meeting comes back to the session's time."""
    mend.restore(session_id, me.id, shown_meeting())


@pages.post("/<int:session_id>/meeting/anew")
@on_its_page
def anew(session_id: int, me: Person) -> None:
    """Another link, for one that is gone or of no use."""
    mend.anew(session_id, me.id, shown_meeting())


@pages.post("/<int:session_id>/meeting/host")
def host(session_id: int) -> Response:
    """Start the call as its host: on to a fresh link that is shown to nobody else and kept nowhere."""
    try:
        link = meet.host_link(session_id, by=require_person().id)
    except TooLate as refusal:
        return refusals.refused(refusal, way_in(session_id))
    answer = redirect(link, 303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.set_data(b"")  # werkzeug would write the address into the page, and pages are kept
    return answer


def way_in(session_id: int) -> Way | None:
    """The plain link, as a page offers it."""
    row = meet.current(session_id)
    return Way(f"Join on {meet.place(row)}", row.join_url) if row and row.join_url else None


def provider_of(session_id: int) -> str:
    """What the click was about: the provider it named, or the link's own."""
    row = meet.current(session_id) or meet.deleted(session_id)
    return request.form.get("provider") or (row.provider if row else "")


def shown_meeting() -> int:
    """The meeting that the page showed; none has the number 0."""
    return request.form.get("meeting", 0, type=int)


def shown_instant() -> datetime | None:
    """The time that the page showed. None for what none of our pages says."""
    try:
        at = datetime.fromisoformat(request.form.get("at", ""))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
