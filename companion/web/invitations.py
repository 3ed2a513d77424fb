"""Pages of an invitation: asking somebody, and the page that whoever is asked sees first."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion import identity
from companion.errors import Invalid, TooLate, TooMany
from companion.identity import require_person
from companion.model.people import Person
from companion.services import invite, pair
from companion.web import forms

pages = Blueprint("invitations", __name__, url_prefix="/invitations")

Answer = Response | str | tuple[str, int]


@pages.get("/new")
def new() -> Answer:
    """Whom, as what, what for? `again` names an invitation of one's own to begin with."""
    me, again = require_person(), request.args.get("again", type=int)
    if again is None:
        return asked(me, {})
    before = invite.find(again, by=me.id)
    return asked(me, {"role": before.role, "email": before.email, "purpose": before.purpose})


@pages.post("/new")
def send() -> Answer:
    """Send it."""
    me, form = require_person(), request.form
    try:
        role = forms.role(form, "role")
        invite.invite(me.id, form.get("email", ""), role, form.get("purpose", ""))
    except Invalid as invalid:
        return asked(me, form.to_dict(), invalid), invalid.status
    return redirect(url_for("mentorships.index"))


@pages.post("/<int:invitation_id>/withdraw")
def withdraw(invitation_id: int) -> Answer:
    """Take it back."""
    invite.withdraw(invitation_id, by=require_person().id)
    return redirect(url_for("mentorships.index"))


@pages.post("/<int:invitation_id>/put-away")
def put_away(invitation_id: int) -> Answer:
    """Do not show its no any longer."""
    invite.put_away(invitation_id, by=require_person().id)
    return redirect(url_for("mentorships.index"))


@pages.post("/<int:invitation_id>/resend")
def resend(invitation_id: int) -> Answer:
    """Send the letter again."""
    invite.resend(invitation_id, by=require_person().id)
    return redirect(url_for("mentorships.index", sent=invitation_id))


@pages.get("/code")
def by_code() -> Answer:
    """A device without the letter: its address and digits."""
    return render_template("pages/invitations/code.html", email="", invalid=None)


@pages.post("/code")
def open_by_code() -> Answer:
    """On to the invitation that fits them."""
    email = request.form.get("email", "")
    try:
        token = pair.opened_by_code(email, request.form.get("code", ""))
    except (Invalid, TooMany) as refusal:
        return render_template("pages/invitations/code.html", email=email, invalid=refusal), refusal.status
    return redirect(url_for("invitations.show", token=token))


@pages.get("/<token>")
def show(token: str) -> Answer:
    """Who asks, what for; Accept or Decline. Changes nothing."""
    return opened(token)


@pages.post("/<token>/accept")
def accept(token: str) -> Answer:
    """Yes: as whoever is signed in here and says so, else as the invited address, which is then signed in here."""
    here = identity.person_here()
    as_me = here is not None and request.form.get("as") == "me"
    try:
        accepted = pair.accept(token, as_person=here.id if here is not None and as_me else None)
    except TooLate as late:
        return opened(token, late.sentence, late.status)
    if here is None or here.id != accepted.person.id:
        identity.sign_in(accepted.person, accepted.proof)
    return redirect(url_for("mentorships.show", mentorship_id=accepted.mentorship.id))


@pages.post("/<token>/decline")
def decline(token: str) -> Answer:
    """No, and no reason is asked for."""
    try:
        pair.decline(token)
    except TooLate as late:
        return opened(token, late.sentence, late.status)
    return redirect(url_for("invitations.show", token=token))


def asked(me: Person, entered: dict[str, str], invalid: Invalid | None = None) -> str:
    """The form, with what was entered and what is wrong with it."""
    return render_template("pages/invitations/new.html", me=me, entered=entered, invalid=invalid)


def opened(token: str, failure: str = "", status: int = 200) -> Answer:
    """The invitation as it stands, for whoever is here."""
    here, invitation = identity.person_here(), pair.opened(token)
    page = render_template(
        "pages/invitations/invitation.html", token=token, invitation=invitation, here=here, failure=failure,
        is_theirs=here is not None and here.email == invitation.email,
        is_mine=here is not None and here.id == invitation.inviter_id,
    )  # fmt: skip
    return page, status
