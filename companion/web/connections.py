"""Accounts at providers: what is held and why, connect, link for signing in, come back from consent, let go."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion import identity
from companion.errors import Refusal
from companion.identity import require_person
from companion.services import connect, link_account, links_ahead, meet
from companion.web import failures, oauth
from companion.web.oauth import Errand, Purpose
from companion.web.security import own_page

pages = Blueprint("connections", __name__, url_prefix="/connections")


@pages.app_context_processor
def to_reconnect() -> dict[str, object]:
    """For any page: `to_reconnect(me)` gives this person's connections that no longer work."""
    return {"to_reconnect": lambda me: [each for each in connect.connectable(me.id) if each.must_reconnect]}


@pages.get("")
def index() -> str:
    """What is connected, what it lets us do, and what opens one's door."""
    me = require_person()
    connections = connect.connectable(me.id)
    told = next((each for each in connections if each.name == request.args.get("told")), None)
    return render_template(
        "pages/connections/index.html", me=me, connections=connections, ahead=links_ahead.counted(me.id),
        ways=link_account.ways(), linked=link_account.of(me.id), failed=failures.carried(),
        done=request.args.get("done", ""), told=told,
    )  # fmt: skip


@pages.post("/<provider>")
def start(provider: str) -> Response:
    """To the provider's consent, remembering which session wants a link, or which page was left."""
    require_person()
    wanted = request.args.get("session_id", "")
    session_id = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10 else 0
    instead = request.form.get("meeting", 0, type=int)
    return oauth.consent(provider, Errand(Purpose.CONNECT, session_id, own_page(request.form.get("next", "")), instead))


@pages.post("/<provider>/link")
def link(provider: str) -> Response:
    """To the provider, to sign in with that account from now on."""
    require_person()
    return oauth.consent(link_account.way(provider).provider, Errand(Purpose.LINK))


@pages.get("/<provider>/callback")
def callback(provider: str) -> Response:
    """Back from the provider: what somebody went there for is done. Where this browser sent nobody, nothing is."""
    errand = oauth.errand_of(provider)
    try:
        said = oauth.brought_back(provider, errand)
        assert errand is not None, "brought_back refuses answers to nothing"
        if errand.purpose is Purpose.SIGN_IN:
            return _let_in(provider, said, errand)
        return _linked(provider, said) if errand.purpose is Purpose.LINK else _connected(provider, said, errand)
    except Refusal as refusal:
        return _back(errand, failed=failures.carry(refusal.sentence))


@pages.post("/<int:connection_id>/disconnect")
def disconnect(connection_id: int) -> Response:
    """Forget the account, here and at the provider; where that can't be told, say what is left to do."""
    me = require_person()
    mine = {each.connection.id: each.name for each in connect.connectable(me.id) if each.connection}
    left = connect.forget(connection_id, by=me.id)
    if left:
        return redirect(url_for("connections.index", failed=failures.carry(left)))
    return redirect(url_for("connections.index", done="disconnected", told=mine.get(connection_id)))


@pages.post("/linked/<int:linked_id>/unlink")
def unlink(linked_id: int) -> Response:
    """This account opens one's door no more."""
    link_account.unlink(linked_id, by=require_person().id)
    return redirect(url_for("connections.index", done="unlinked", _anchor="sign-in"))


def _connected(provider: str, said: oauth.Answer, errand: Errand) -> Response:
    me = require_person()
    connect.remember(me.id, provider, said)
    if errand.session_id:
        meet.make_link(errand.session_id, provider, by=me.id, instead=errand.instead)
    return _back(errand, done="connected")


def _linked(provider: str, said: oauth.Answer) -> Response:
    link_account.link(require_person().id, provider, said)
    return redirect(url_for("connections.index", done="linked", _anchor="sign-in"))


def _let_in(provider: str, said: oauth.Answer, errand: Errand) -> Response:
    """Under a new browser id, like every sign-in."""
    identity.sign_in(link_account.arrived(provider, said), proof=identity.once())
    return redirect(own_page(errand.leads_to) or url_for("home.show"))


def _back(errand: Errand | None, done: str | None = None, failed: str | None = None) -> Response:
    """To the page that was left; the sign-in page for somebody who isn't in."""
    if identity.person_here() is None:
        return redirect(url_for("sign_in.ask", failed=failed, next=(errand and errand.leads_to) or None))
    if errand and errand.session_id:
        return redirect(url_for("sessions.show", session_id=errand.session_id, failed=failed))
    if errand and errand.leads_to and not failed:
        return redirect(own_page(errand.leads_to))
    return redirect(url_for("connections.index", done=done, failed=failed))
