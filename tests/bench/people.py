"""Pairs with an open session each, signed in, made straight in the database that the server then serves."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Flask, g

from companion import clock, config, db, identity
from companion.app import create_app
from companion.model.agendas import AgendaSnapshot, AgendaUpdate
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import keep_agenda
from tests.server import Server


@dataclass(frozen=True)
class Place:
    """One partner's browser at one session: what it sends with each request."""

    session_id: int
    cookie: str
    csrf: str


@dataclass(frozen=True)
class Pair:
    """One room: a session, whose mentee is first."""

    session_id: int
    places: tuple[Place, Place]

    def plan(self) -> list[dict[str, Any]]:
        """For a program in Node."""
        return [asdict(place) for place in self.places]


@contextmanager
def installation(server: Server) -> Iterator[Flask]:
    """The server's installation opened in this process, to prepare it and to look at what it stored."""
    app = create_app(replace(config.read(server.environment), log_level="WARNING"))
    try:
        yield app
    finally:
        keep_agenda.stop_keeper()
        db.current().engine.dispose()


def pairs(app: Flask, count: int, agenda: bytes, tail: Sequence[bytes] = ()) -> list[Pair]:
    """New pairs in the midst of a session whose log is this agenda (a Yjs update) and these edits after it."""
    with db.transaction() as tx:
        people = [(_person(f"mentee{number}"), _person(f"mentor{number}")) for number in range(count)]
        tx.add_all(person for both in people for person in both)
        tx.flush()
        sessions = [_session(mentee, mentor) for mentee, mentor in people]
        tx.add_all(sessions)
        tx.flush()
        for session in sessions:
            tx.add(AgendaSnapshot(session_id=session.id, upto=0, data=agenda, epoch=secrets.token_hex(8)))
            tx.add_all(AgendaUpdate(session_id=session.id, person_id=session.planned_by, data=edit) for edit in tail)
    return [
        Pair(session.id, (_signed_in(app, mentee, session.id), _signed_in(app, mentor, session.id)))
        for session, (mentee, mentor) in zip(sessions, people, strict=True)
    ]


def _person(name: str) -> Person:
    email = f"{name}.{secrets.token_hex(4)}@example.org"
    return Person(email=email, name=name, zone="Africa/Nairobi", locale="en-GB", created_at=clock.now())


def _session(mentee: Person, mentor: Person) -> Session:
    began = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=5)
    mentorship = Mentorship(mentor=mentor, mentee=mentee, state=MentorshipState.ACTIVE, started_at=began)
    return Session(
        mentorship=mentorship, number=1, wall=(began + timedelta(hours=3)).replace(tzinfo=None), zone="Africa/Nairobi",
        minutes=60, starts_at=began, state=SessionState.LIVE, live_at=began, planned_by=mentee.id,
    )  # fmt: skip


def _signed_in(app: Flask, who: Person, session_id: int) -> Place:
    with app.test_request_context(base_url=config.current().base_url):
        identity.sign_in(who, proof=identity.once())
        return Place(session_id, f"alongside={g.browser.id}", identity.csrf_token())
