"""Pages on which a pair finds a time: plan, move, cancel."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.errors import Invalid, Refusal
from companion.identity import require_person
from companion.model.mentorships import Mentorship
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import meet, pair, rhythm, schedule
from companion.web import failures, forms
from companion.web.entered import said

pages = Blueprint("plans", __name__)

Answer = Response | str | tuple[str, int]


@pages.get("/mentorships/<int:mentorship_id>/plan")
def new(mentorship_id: int) -> Answer:
    """When will you talk?"""
    me = require_person()
    mentorship = pair.find(mentorship_id, by=me.id)
    return asked(me, mentorship, rhythm.suggestion(mentorship_id, me.zone, mentorship.partner_of(me.id).zone))


@pages.post("/mentorships/<int:mentorship_id>/plan")
def plan(mentorship_id: int) -> Answer:
    """Plan it; the partner gets a letter."""
    me = require_person()
    mentorship = pair.find(mentorship_id, by=me.id)
    try:
        slot = forms.slot(request.form, me.zone)
        session = schedule.plan(mentorship_id, me.id, slot, request.form.get("title", ""))
    except Invalid as invalid:
        return asked(me, mentorship, request.form.to_dict(), invalid), invalid.status
    return redirect(url_for("sessions.show", session_id=session.id))


@pages.get("/mentorships/<int:mentorship_id>/moment")
def beside(mentorship_id: int) -> Answer:
    """The partner's time beside what is being entered: a fragment."""
    me = require_person()
    mentorship = pair.find(mentorship_id, by=me.id)
    told = said(request.args.to_dict(), me, mentorship, moving=request.args.get("session", type=int))
    return render_template("parts/plan/moment.html", said=told, me=me, partner=mentorship.partner_of(me.id))


@pages.get("/sessions/<int:session_id>/move")
def moving(session_id: int) -> Answer:
    """Another time for this session, or none."""
    me = require_person()
    session = schedule.find(session_id, by=me.id)
    if not session.can_move:
        return redirect(url_for("sessions.show", session_id=session_id))
    return asked(me, session.mentorship, schedule.as_entered(session, me.zone), session=session)


@pages.post("/sessions/<int:session_id>/move")
def move(session_id: int) -> Answer:
    """Move it, and its meeting with it."""
    me = require_person()
    session = schedule.find(session_id, by=me.id)
    try:
        schedule.move(session_id, me.id, forms.slot(request.form, me.zone), request.form.get("title", ""))
    except Invalid as invalid:
        return asked(me, session.mentorship, request.form.to_dict(), invalid, session), invalid.status
    return followed(session_id)


@pages.post("/sessions/<int:session_id>/cancel")
def cancel(session_id: int) -> Answer:
    """Call it off, and its meeting with it."""
    me = require_person()
    schedule.cancel(session_id, by=me.id)
    return followed(session_id)


def followed(session_id: int) -> Answer:
    """Let the meeting follow its session; while the provider doesn't, the session page says so."""
    try:
        meet.follow(session_id)
    except Refusal as refusal:
        return redirect(url_for("sessions.show", session_id=session_id, failed=failures.carry(refusal.sentence)))
    return redirect(url_for("sessions.show", session_id=session_id))


def asked(
    me: Person,
    mentorship: Mentorship,
    entered: dict[str, Any],
    invalid: Invalid | None = None,
    session: Session | None = None,
) -> str:
    """The form, with what was entered and what is wrong with it."""
    return render_template(
        "pages/sessions/plan.html", me=me, mentorship=mentorship, partner=mentorship.partner_of(me.id),
        my_role=mentorship.role_of(me.id), entered=entered, invalid=invalid, session=session,
        said=said(entered, me, mentorship, moving=session.id if session else None),
    )  # fmt: skip
