"""Pages of one session: prepare, beside the call, wrap up, record; and the deeds on them."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.errors import NotYours
from companion.identity import require_person
from companion.model.agendas import Page
from companion.model.mentorships import Role
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import follow_up, keep_agenda, meet, notes, promises, schedule, talk, wind_up
from companion.services.in_call import in_call
from companion.web import failures, forms, link_state

pages = Blueprint("sessions", __name__, url_prefix="/sessions")

OF_THE_CALL = ("call", "head", "join", "tell_me")
OF_THE_AGENDA = ("carried", "still_open", "private_notes")
OF_THE_END = ("agreed", "next_date")
TO_READ = (SessionState.CLOSED, SessionState.CANCELLED)
Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class Reader:
    """Who reads this session's page, and whom they are talking with."""

    me: Person
    partner: Person
    my_role: Role
    session: Session

    def shown(self) -> dict[str, Any]:
        """What every template about this session is told of the two."""
        return {
            "me": self.me,
            "partner": self.partner,
            "my_role": self.my_role,
            "seats": {self.my_role.value: self.me, self.my_role.other.value: self.partner},
            "session": self.session,
            "mentorship": self.session.mentorship,
        }


def read(session_id: int) -> Reader:
    """The person asking and their session. Raises NotYours for a stranger."""
    me = require_person()
    session = schedule.find(session_id, by=me.id)
    role = session.mentorship.role_of(me.id)
    assert role is not None
    return Reader(me, session.mentorship.partner_of(me.id), role, session)


def of_the_call(reader: Reader) -> dict[str, Any]:
    """What the way into the call is made of: it is wanted at once when a link comes, so nothing else is looked up."""
    meeting = meet.current(reader.session.id)
    return reader.shown() | {
        "meeting": meeting,
        "in_call": in_call(reader.session),
        "link": link_state.of(reader.session, meeting, reader.me, reader.partner),
        "providers": meet.choices(reader.me.id),
        "failure": failures.carried(),
        "pasted": failures.typed(),
    }


def facts(reader: Reader, page: Page) -> dict[str, Any]:
    """What every template about an open session needs."""
    return of_the_call(reader) | {
        "page": page,
        "carried": promises.carried_into(reader.session, page),
        "private_note": notes.find(reader.session.id, reader.me.id),
        "last_time": promises.last_record(reader.session),
    }


def of_the_end(reader: Reader) -> dict[str, Any]:
    """What the two agree on as they wind up."""
    return {"agreed": wind_up.agreed(reader.session), "next_date": wind_up.next_date(reader.session)}


@pages.get("/<int:session_id>")
def show(session_id: int) -> Answer:
    """Prepare together; once closed, the record."""
    reader = read(session_id)
    if reader.session.state in TO_READ:
        return record(reader)
    if reader.session.state is SessionState.OVER:
        return redirect(url_for("sessions.wrap_up", session_id=session_id))
    return render_template("pages/sessions/session.html", **facts(reader, keep_agenda.page(session_id)))


@pages.get("/<int:session_id>/beside")
def beside(session_id: int) -> Answer:
    """The companion beside the call."""
    reader = read(session_id)
    if reader.session.state in TO_READ:
        return record(reader)
    if reader.session.state is SessionState.OVER:
        return redirect(url_for("sessions.wrap_up", session_id=session_id))
    shown = facts(reader, keep_agenda.page(session_id)) | of_the_end(reader)
    return render_template("pages/sessions/beside.html", **shown)


@pages.get("/<int:session_id>/wrap-up")
def wrap_up(session_id: int) -> Answer:
    """Go through the items together, then send both lists."""
    reader = read(session_id)
    if reader.session.state is not SessionState.OVER:
        return redirect(url_for("sessions.show", session_id=session_id))
    return render_template(
        "pages/sessions/wrap_up.html",
        **facts(reader, keep_agenda.page(session_id)),
        **of_the_end(reader),
        closes_at=follow_up.closes_at(reader.session),
    )


@pages.get("/<int:session_id>/parts/<name>")
def part(session_id: int, name: str) -> Answer:
    """One fragment of the session's page, fetched again when a fact says that it changed."""
    if name not in OF_THE_CALL + OF_THE_AGENDA + OF_THE_END:
        raise NotYours
    reader = read(session_id)
    if name in OF_THE_END:
        told = reader.shown() | of_the_end(reader)
    else:
        told = of_the_call(reader) if name in OF_THE_CALL else facts(reader, keep_agenda.page(session_id))
    return render_template(f"parts/session/{name}.html", **told)


def record(reader: Reader) -> str:
    """A closed or cancelled session, to read."""
    session_id = reader.session.id
    items = promises.of_session(session_id)
    return render_template(
        "pages/sessions/record.html",
        **reader.shown(),
        page=promises.record_of(session_id) or keep_agenda.page(session_id),
        items=items,
        agreed=wind_up.settled(session_id, items),
        private_note=notes.find(session_id, reader.me.id),
        next_session=follow_up.next_after(reader.session),
    )


@pages.post("/<int:session_id>/start")
def start(session_id: int) -> Answer:
    """We are talking now."""
    reader = read(session_id)
    talk.start(session_id, by=reader.me.id)
    return redirect(url_for("sessions.beside", session_id=session_id))


@pages.post("/<int:session_id>/end")
def end(session_id: int) -> Answer:
    """End session: one press is enough."""
    reader = read(session_id)
    talk.end(session_id, by=reader.me.id)
    return redirect(url_for("sessions.wrap_up", session_id=session_id))


@pages.post("/<int:session_id>/resume")
def resume(session_id: int) -> Answer:
    """We are still talking."""
    reader = read(session_id)
    talk.resume(session_id, by=reader.me.id)
    return redirect(url_for("sessions.beside", session_id=session_id))


@pages.post("/<int:session_id>/next")
def want(session_id: int) -> Answer:
    """That time works for me, for our next talk."""
    reader = read(session_id)
    wind_up.want(session_id, reader.me.id, forms.instant(request.form, "at"))
    return redirect(url_for("sessions.show", session_id=session_id))


@pages.post("/<int:session_id>/close")
def close(session_id: int) -> Answer:
    """Send both lists."""
    reader = read(session_id)
    follow_up.close(session_id, by=reader.me.id)
    return redirect(url_for("sessions.show", session_id=session_id))
