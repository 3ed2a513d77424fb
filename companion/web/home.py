"""Today: the next session, what I promised, what I wait for, my mentorships."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion import clock
from companion.identity import require_person
from companion.services import glance, keep_agenda, pair, promises, schedule

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> Response | str:
    """The day at a glance."""
    me = require_person()
    if me.is_new:
        return redirect(url_for("people.welcome"))
    sessions = schedule.upcoming(me.id)
    missed = [session for session in sessions if session.never_happened(clock.now())]
    ahead = [session for session in sessions if session not in missed]
    next_session = ahead[0] if ahead else None
    mine, mentorships = promises.owned_by(me.id), pair.mentorships_of(me.id)
    return render_template(
        "pages/home/today.html",
        me=me,
        next_session=next_session,
        page=keep_agenda.page(next_session.id) if next_session else None,
        missed=missed,
        ahead={session.mentorship_id: session for session in reversed(ahead)},
        mine=mine,
        due_today=sum(item.due == clock.today(me.zone) for item in mine),
        finished=glance.finished_since_talk(me.id),
        awaited=promises.awaited_by(me.id),
        mentorships=mentorships,
        unplanned=[
            each for each in mentorships if each.is_active and not any(each.id == of.mentorship_id for of in sessions)
        ],
        invitations=pair.invitations_of(me.id),
    )


@pages.get("/finished")
def finished() -> str:
    """What I have done."""
    me = require_person()
    return render_template("pages/home/finished.html", me=me, items=promises.finished_by(me.id))
