"""The companion on the phone beside the laptop: a code to point the camera at lets it in, to this session alone."""

from datetime import timedelta

import segno
from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion import clock, config, identity
from companion.errors import TooLate
from companion.services import hand_over
from companion.web.sessions import read

pages = Blueprint("phone", __name__)
DARK, LIGHT = "#18131b", "#ffffff"  # also on a dark page: cameras want a code dark on light


@pages.get("/sessions/<int:session_id>/phone")
def ask(session_id: int) -> str:
    """What it is, and a button for the code."""
    return render_template("pages/sessions/phone.html", **read(session_id).shown(), code=None)


@pages.post("/sessions/<int:session_id>/phone")
def show(session_id: int) -> str:
    """The code, and the address in it. It lets in once, for ten minutes."""
    reader = read(session_id)
    here = identity.sign_in_here()
    assert here is not None, "a reader is here by their sign-in"
    address = config.current().base_url + url_for(
        "phone.look", token=hand_over.offer(session_id, reader.me.id, here.id)
    )
    code = segno.make(address, micro=False).svg_data_uri(border=3, dark=DARK, light=LIGHT, omitsize=True)
    return render_template("pages/sessions/phone.html", **reader.shown(), code=code, address=address)


@pages.get("/phone/<token>")
def look(token: str) -> str:
    """On the phone: whose companion it is, and one button. Changes nothing."""
    offer = hand_over.look(token)
    partner = offer.session.mentorship.partner_of(offer.person.id)
    return render_template("pages/sessions/phone_in.html", offer=offer, partner=partner, token=token)


@pages.post("/phone/<token>")
def let_in(token: str) -> Response:
    """Into the companion. Who is signed in here already goes on as they are."""
    offer = hand_over.look(token)
    here = identity.sign_in_here()
    if here is not None and here.person_id == offer.person.id and here.lets_into(offer.session.id):
        return redirect(url_for("sessions.beside", session_id=offer.session.id))
    if here is not None and here.session_id is None:
        raise TooLate(f"This phone is signed in as {here.person.first_name}. Sign out here first.")
    person_id, only = hand_over.take(token)
    key = identity.let_in_to(person_id, only)
    identity.keep_key(key, lasts=max(timedelta(), only.until - clock.now()))
    return redirect(url_for("sessions.beside", session_id=only.session_id))
