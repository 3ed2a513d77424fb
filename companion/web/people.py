"""Pages about oneself: the welcome after the first sign-in, and the settings."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion import clock, identity
from companion.errors import Invalid
from companion.identity import require_person
from companion.model import zones
from companion.model.moments import uses_12_hours, with_clock
from companion.model.people import Person
from companion.services import connect, devices, introduce, leave, link_account
from companion.web.security import own_page

pages = Blueprint("people", __name__)

Answer = Response | str | tuple[str, int]


@pages.get("/welcome")
def welcome() -> Answer:
    """What shall your partner call you, and where is your day?"""
    me = require_person()
    if not me.is_new:
        return redirect(onward())
    return welcomed(me, {"name": "", "zone": ""})


@pages.post("/welcome")
def introduce_oneself() -> Answer:
    """Thank you."""
    me = require_person()
    try:
        introduce.oneself(me.id, request.form.get("name", ""), request.form.get("zone", ""), locale())
    except Invalid as invalid:
        return welcomed(me, request.form.to_dict(), invalid), invalid.status
    return redirect(onward())


@pages.get("/settings")
def settings() -> Answer:
    """Accounts, name, time, devices."""
    me = require_person()
    return shown(me, {"name": me.name, "zone": me.zone, "clock": "12" if uses_12_hours(me.locale) else "24"})


@pages.post("/settings")
def change() -> Answer:
    """Keep what was entered."""
    me, form = require_person(), request.form
    try:
        introduce.oneself(me.id, form.get("name", ""), form.get("zone", ""), clock_choice(me, form.get("clock", "")))
    except Invalid as invalid:
        return shown(me, form.to_dict(), invalid), invalid.status
    return redirect(url_for("people.settings", kept=1))


@pages.post("/settings/devices/<int:sign_in_id>/sign-out")
def sign_out_device(sign_in_id: int) -> Answer:
    """Sign out one of one's devices; this one too."""
    me, here = require_person(), identity.sign_in_here()
    if here is not None and here.id == sign_in_id:
        identity.sign_out()
        return redirect(url_for("sign_in.ask"))
    devices.end(sign_in_id, by=me.id)
    return redirect(url_for("people.settings"))


@pages.post("/settings/sign-out-everywhere")
def sign_out_everywhere() -> Answer:
    """Sign out every device of one's own."""
    devices.end_all(require_person().id)
    identity.sign_out()
    return redirect(url_for("sign_in.ask"))


@pages.get("/settings/leave")
def leaving() -> Answer:
    """Do you want to delete your account, and what does that mean?"""
    return asked_to_leave(require_person())


@pages.post("/settings/leave")
def leave_for_good() -> Answer:
    """Delete the account, where its address was typed."""
    me = require_person()
    try:
        leave.confirmed(me, request.form.get("email", ""))
    except Invalid as invalid:
        return asked_to_leave(me, invalid), invalid.status
    leave.leave(me.id)
    identity.forget_here()
    return render_template("pages/people/left.html", me=None)


def asked_to_leave(me: Person, invalid: Invalid | None = None) -> str:
    """What is deleted and what stays."""
    return render_template("pages/people/leave.html", me=me, leaving=leave.before(me.id), invalid=invalid)


def welcomed(me: Person, entered: dict[str, str], invalid: Invalid | None = None) -> str:
    """The welcome, with what was entered and what is wrong with it."""
    return render_template(
        "pages/people/welcome.html", me=me, entered=entered, invalid=invalid, leads_to=own_page(leads_to()),
        zones=zones.choices(clock.now(), locale()),
    )  # fmt: skip


def shown(me: Person, entered: dict[str, str], invalid: Invalid | None = None) -> str:
    """The settings, with what was entered and what is wrong with it."""
    return render_template(
        "pages/people/settings.html", me=me, entered=entered, invalid=invalid, here=identity.sign_in_here(),
        devices=devices.of(me.id), zones=zones.choices(clock.now(), me.locale), kept=request.args.get("kept"),
        connections=connect.connectable(me.id), ways=link_account.ways(), linked=link_account.of(me.id),
    )  # fmt: skip


def clock_choice(me: Person, said: str) -> str:
    """The person's locale, with the clock they chose."""
    return with_clock(me.locale, said == "12")


def locale() -> str:
    """What the browser says its reader speaks."""
    return (request.accept_languages.best or "en-GB").split("-u-")[0][:24]


def leads_to() -> str:
    """The page somebody was on their way to."""
    return request.values.get("next", "")


def onward() -> str:
    """Where to go next."""
    return own_page(leads_to()) or url_for("home.show")
