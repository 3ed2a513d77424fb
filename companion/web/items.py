"""Action items after their session: done, not done, changed, dropped."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.errors import Invalid
from companion.identity import require_person
from companion.model.action_items import ActionItem
from companion.model.people import Person
from companion.services import promises
from companion.web import forms

pages = Blueprint("items", __name__)


@pages.post("/items/<int:item_id>/done")
@pages.post("/sessions/<int:session_id>/items/<int:item_id>/done")
def done(item_id: int, session_id: int | None = None) -> Response:
    """Tick, or untick with `open=1`; beside a later session of the two, also where a device is let in to that alone."""
    me = require_person()
    if session_id is not None:
        promises.expect_between(item_id, session_id, by=me.id)
    deed = promises.mark_open if request.form.get("open") else promises.mark_done
    item = deed(item_id, by=me.id)
    return back(item, done=item.done_at is not None)


@pages.get("/items/<int:item_id>")
def edit(item_id: int) -> str:
    """Words, owner and date of one item."""
    me = require_person()
    item = promises.find(item_id, by=me.id)
    return asked(me, item, {"text": item.text, "owner": item.owner, "due": item.due.isoformat() if item.due else ""})


@pages.post("/items/<int:item_id>")
def change(item_id: int) -> Response | tuple[str, int]:
    """Change it."""
    me, form = require_person(), request.form
    item = promises.find(item_id, by=me.id)
    try:
        owner, due = forms.role(form, "owner"), forms.maybe_day(form, "due")
        promises.change(item_id, me.id, form.get("text", ""), owner, due)
    except Invalid as invalid:
        return asked(me, item, form.to_dict(), invalid), invalid.status
    return back(item)


@pages.post("/items/<int:item_id>/drop")
def drop(item_id: int) -> Response:
    """Neither waits for it any more."""
    me = require_person()
    return back(promises.drop(item_id, by=me.id))


def back(item: ActionItem, **facts: bool) -> Response:
    """To the page this came from, by name: never to an address that the request itself brings."""
    if request.headers.get("X-CSRF"):
        return jsonify(**facts)
    came_from = request.form.get("back", "home")
    place, _, number = came_from.partition(":")
    if place == "session" and number.isascii() and number.isdigit():
        return redirect(url_for("sessions.show", session_id=int(number)))
    if came_from == "mentorship":
        return redirect(url_for("mentorships.show", mentorship_id=item.mentorship_id))
    return redirect(url_for("home.show"))


def asked(me: Person, item: ActionItem, entered: dict[str, str], invalid: Invalid | None = None) -> str:
    """The form, with what was entered and what is wrong with it."""
    partner = item.mentorship.partner_of(me.id)
    return render_template("pages/items/item.html", me=me, item=item, partner=partner, entered=entered, invalid=invalid)
