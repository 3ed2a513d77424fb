"""Pages for coming in and going out: ask for a letter, press its button or type its digits, sign out."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion import config, identity
from companion.errors import Invalid, NotYours, TooMany
from companion.model.people import Person
from companion.services import demo, link_account, sign_in
from companion.web import failures, oauth, security
from companion.web.oauth import Errand, Purpose
from companion.web.security import own_page

pages = Blueprint("sign_in", __name__)
# On the way of a window that a panel inside a call opened, and that has to give it something afterwards.
pages.after_request(security.keeping_opener)

Answer = Response | str | tuple[str, int]
AROUND = {"ruth": demo.RUTH, "mateo": demo.MATEO}


@pages.get("/sign-in")
def ask() -> Answer:
    """Which address?"""
    if identity.person_here() is not None:
        return redirect(onward())
    return asked("")


@pages.post("/sign-in")
def send() -> Answer:
    """Send the letter, or don't: whoever asks can't tell."""
    email = request.form.get("email", "")
    try:
        sign_in.ask(email, identity.visitor_hash(), identity.asked_from(), wanted())
    except (Invalid, TooMany) as refusal:
        return asked(email, refusal.sentence), refusal.status
    return redirect(url_for("sign_in.sent", next=wanted() or None))


@pages.get("/sign-in/sent")
def sent() -> Answer:
    """The letter is on its way; its digits can be typed here."""
    if identity.person_here() is not None:
        return redirect(onward())
    link = sign_in.asked_here(identity.visitor_hash())
    if link is None:
        return redirect(url_for("sign_in.ask", next=wanted() or None))
    return render_template("pages/sign_in/sent.html", email=link.email, leads_to=wanted(), wrong="")


@pages.post("/sign-in/code")
def code() -> Answer:
    """The digits, typed in the browser that asked."""
    try:
        person, proof = sign_in.use_code(identity.visitor_hash(), request.form.get("code", ""))
    except (Invalid, TooMany) as refusal:
        link = sign_in.asked_here(identity.visitor_hash())
        shown = {"email": link.email if link else "", "leads_to": wanted(), "wrong": refusal.sentence}
        return render_template("pages/sign_in/sent.html", **shown), refusal.status
    return let_in(person, proof)


@pages.post("/sign-in/with/<provider>")
def elsewhere(provider: str) -> Answer:
    """To a provider, whose account is linked here. They come back to `connections.callback`."""
    if identity.person_here() is not None:
        return redirect(onward())
    return oauth.consent(link_account.way(provider).provider, Errand(Purpose.SIGN_IN, leads_to=wanted()))


@pages.get("/sign-in/<token>")
def link(token: str) -> Answer:
    """The letter's link: a page with one button, or a field for the digits in another browser. Changes nothing."""
    opening = sign_in.open_link(token, identity.visitor_hash())
    if opening is sign_in.Opening.GONE and identity.person_here() is not None:
        return redirect(onward())
    return linked(token, opening)


@pages.post("/sign-in/<token>")
def use(token: str) -> Answer:
    """The button, or the digits."""
    visitor = identity.visitor_hash()
    try:
        person, proof = sign_in.use_link(token, visitor, request.form.get("code"))
    except (Invalid, TooMany) as refusal:
        return linked(token, sign_in.open_link(token, visitor), refusal.sentence, refusal.status)
    return let_in(person, proof)


@pages.post("/sign-out")
def out() -> Answer:
    """Sign this device out."""
    identity.sign_out()
    return redirect(url_for("sign_in.ask"))


@pages.post("/look-around/<who>")
def look_around(who: str) -> Answer:
    """The demo's two people, without a letter."""
    person = sign_in.known(AROUND.get(who, "")) if config.current().demo else None
    if person is None:
        raise NotYours
    return let_in(person, proof=identity.once())


def let_in(person: Person, proof: str) -> Response:
    """Sign in here and go on."""
    identity.sign_in(person, proof)
    return redirect(onward())


def wanted() -> str:
    """The page of ours that somebody was on their way to, if any."""
    return own_page(request.values.get("next", ""))


def onward() -> str:
    """Where to go once signed in."""
    return wanted() or url_for("home.show")


def asked(email: str, wrong: str = "") -> str:
    """The first page, with what was entered and what is wrong with it."""
    return render_template(
        "pages/sign_in/ask.html", email=email, wrong=wrong, leads_to=wanted(), around=config.current().demo,
        ways=link_account.ways(), failed=failures.carried(),
    )  # fmt: skip


def linked(token: str, opening: sign_in.Opening, wrong: str = "", status: int = 200) -> tuple[str, int]:
    """The page of a letter's link."""
    page = render_template(
        "pages/sign_in/link.html", token=token, opening=opening.value, wrong=wrong, leads_to=wanted()
    )
    return page, 410 if opening is sign_in.Opening.GONE else status
