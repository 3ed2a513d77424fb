"""Pages of the people one walks alongside with: all of them, each with its sessions and items, and parting."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion import clock
from companion.identity import require_person
from companion.model.moments import short_day
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import invite, pair, promises, schedule

pages = Blueprint("mentorships", __name__)

Answer = Response | str


@dataclass(frozen=True)
class Step:
    """One session on the path: "past", "next" or "ahead", and when it was or is, in a few words."""

    place: str
    session: Session
    when: str


@dataclass(frozen=True)
class Path:
    """A mentorship's sessions in the order of their times. Cancelled ones are left out."""

    steps: tuple[Step, ...]
    closed: tuple[Session, ...]
    next: Session | None

    @classmethod
    def of(cls, sessions: list[Session], me: Person) -> "Path":
        """Sorted out by what became of them."""
        now = clock.now()
        kept = [each for each in sessions if each.state is not SessionState.CANCELLED]
        behind = [each for each in kept if each.state is SessionState.CLOSED or each.never_happened(now)]
        coming = [each for each in kept if each not in behind]
        walked = [Step("past", each, _when(each, me)) for each in behind]
        ahead = [Step("ahead" if place else "next", each, _when(each, me)) for place, each in enumerate(coming)]
        closed = tuple(each for each in behind if each.state is SessionState.CLOSED)
        return cls((*walked, *ahead), closed, coming[0] if coming else None)


@pages.get("/people")
def index() -> Answer:
    """Everybody I walk alongside with, and whom I asked."""
    me = require_person()
    return render_template(
        "pages/mentorships/index.html",
        me=me,
        mentorships=pair.mentorships_of(me.id),
        asked=pair.invitations_of(me.id),
        declined=invite.declined_lately(me.id),
        asking_me=[(each, pair.token_of(each)) for each in pair.invitations_to(me)],
        sent_again=request.args.get("sent", type=int),
    )


@pages.get("/mentorships/<int:mentorship_id>")
def show(mentorship_id: int) -> Answer:
    """One mentorship: its path, its open items, its sessions."""
    me = require_person()
    mentorship = pair.find(mentorship_id, by=me.id)
    return render_template(
        "pages/mentorships/mentorship.html",
        me=me,
        mentorship=mentorship,
        partner=mentorship.partner_of(me.id),
        my_role=mentorship.role_of(me.id),
        path=Path.of(schedule.of_mentorship(mentorship_id), me),
        items=promises.open_in(mentorship_id),
    )


@pages.get("/mentorships/<int:mentorship_id>/end")
def ending(mentorship_id: int) -> Answer:
    """Do you want to part?"""
    me = require_person()
    mentorship = pair.find(mentorship_id, by=me.id)
    partner = mentorship.partner_of(me.id)
    return render_template("pages/mentorships/end.html", me=me, mentorship=mentorship, partner=partner)


@pages.post("/mentorships/<int:mentorship_id>/end")
def end(mentorship_id: int) -> Answer:
    """Part: what was planned is called off, what was written stays."""
    me = require_person()
    pair.close(mentorship_id, by=me.id)
    schedule.cancel_planned(mentorship_id)
    return redirect(url_for("mentorships.show", mentorship_id=mentorship_id))


def _when(session: Session, me: Person) -> str:
    if session.never_happened(clock.now()):
        return "Did you talk?"
    return short_day(session.starts_at.astimezone(ZoneInfo(me.zone)).date(), me)
