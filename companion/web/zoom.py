"""The panel inside Zoom: a page that Zoom's client shows beside the call, and what its script asks for.

A frame may have no cookie, so the page brings a key of nobody's along, and once Zoom has said who is there, the script
gets one that is let in to the one session. Nothing happens on the GET, whatever header comes with it.
"""

import hmac

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion import config, identity
from companion.errors import TooLate
from companion.identity import require_person
from companion.model.moments import local_time, near
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import consent_in_zoom, hand_over, in_zoom, schedule, sign_in
from companion.services.devices import OneSession
from companion.web import kept, refusals, security
from integrations.zoom_context import AppContext

pages = Blueprint("zoom", __name__)

CONTEXT = "x-zoom-app-context"
FRAMED_BY = "'self' zoom.us *.zoom.us"  # by Zoom's web client; in its desktop client the page has a window of its own
CODE, CONSENT = "zoom_code", "zoom_consent"  # names of what is kept for a visitor
ANEW = "This took too long. Begin once more."


@pages.get("/zoom")
def panel() -> Response:
    """The panel; in a browser, a page that leads to the session."""
    me = identity.person_here()
    page = render_template(
        "pages/zoom/panel.html", me=me, key=identity.key_of_nobody(), context=request.headers.get(CONTEXT, ""),
        redirect=consent_in_zoom.redirects()[0], capabilities=in_zoom.CAPABILITIES,
        sessions=in_zoom.near(me.id) if me else [],
    )  # fmt: skip
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = security.policy(config.current(), framed_by=FRAMED_BY)
    # Should Zoom's page ask its frames for it: this one holds nothing that is anybody's.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@pages.post("/zoom/open")
def opened() -> Response:
    """Let whoever is there in to the session that they are talking about, or say what is missing."""
    context = in_zoom.shown(request.form.get("context", ""), identity.visitor_hash())
    if context is None:
        return jsonify(state="unread")
    person = in_zoom.whose(context.user)
    if person is None:
        return jsonify(state="stranger" if context.user else "guest")
    return _opened_for(person, context)


@pages.post("/zoom/sign-in")
def asked() -> Response:
    """A letter with six digits, for somebody whose Zoom account nobody here has connected."""
    sign_in.ask(request.form.get("email", ""), identity.visitor_hash(), identity.asked_from())
    return jsonify(state="code")


@pages.post("/zoom/code")
def proven() -> Response:
    """The digits: from here on this panel may connect its Zoom account to theirs, and nothing else."""
    person, _ = sign_in.use_code(identity.visitor_hash(), request.form.get("code", ""))
    kept.here()[CODE] = person.id
    return jsonify(state="connect")


@pages.post("/zoom/consent")
def consent() -> Response:
    """What Zoom's client is asked with. Both words stay here, too."""
    asking = consent_in_zoom.question()
    kept.here()[CONSENT] = [asking.state, asking.verifier]
    return jsonify(state=asking.state, challenge=asking.verifier)


@pages.post("/zoom/consented")
def consented() -> Response:
    """They said yes in Zoom's client."""
    state, verifier = kept.here().take(CONSENT) or ("", "")
    person_id = kept.here().get(CODE)
    said = request.form.get("state", "")
    if person_id is None or not state or not hmac.compare_digest(state.encode(), said.encode()):
        raise TooLate(ANEW)
    consent_in_zoom.answered(person_id, request.form.get("code", ""), request.form.get("redirect", ""), verifier)
    kept.here().take(CODE)
    return opened()


@pages.post("/sessions/<int:session_id>/zoom")
def enter(session_id: int) -> Response:
    """From our page into the panel: on to a link that opens Zoom's client."""
    try:
        link = in_zoom.link_into(session_id, by=require_person().id)
    except TooLate as refusal:
        return refusals.refused(refusal)
    return redirect(link, 303)


def _opened_for(person: Person, context: AppContext) -> Response:
    chosen = request.form.get("session", 0, type=int)
    session = schedule.find(chosen, by=person.id) if chosen else in_zoom.meant(person.id, context)
    if session is None:
        return jsonify(state="choose", sessions=[_listed(each, person) for each in in_zoom.near(person.id)])
    key = identity.let_in_to(person.id, OneSession(session.id, hand_over.until(session)))
    return jsonify(
        state="open", key=key.id, csrf=key.csrf, address=url_for("sessions.beside", session_id=session.id),
        session=session.id, partner=session.mentorship.partner_of(person.id).first_name,
    )  # fmt: skip


def _listed(session: Session, me: Person) -> dict[str, object]:
    when = f"{near(session.starts_at, me)}, {local_time(session.starts_at, me)}"
    partner = session.mentorship.partner_of(me.id).first_name
    return {"id": session.id, "words": f"{session.name} with {partner}", "when": when}
