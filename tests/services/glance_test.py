"""What the partner did since the two last talked."""

from datetime import timedelta

from companion import db
from companion.model.action_items import ActionItem
from companion.model.mentorships import Role
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import promises
from companion.services.glance import finished_since_talk
from tests.conftest import Clock


def promised(session: Session, owner: Role, key: str) -> ActionItem:
    with db.transaction() as tx:
        item = ActionItem(
            mentorship_id=session.mentorship_id, session_id=session.id, key=key, text=key, owner=owner, position=0
        )
        tx.add(item)
        tx.flush()
        return item


def closed(session: Session) -> None:
    with db.transaction() as tx:
        row = tx.get_one(Session, session.id)
        row.state, row.over_at, row.closed_at = SessionState.CLOSED, session.ends_at, session.ends_at


def test_the_partner_s_finished_items_are_counted(
    session: Session, clock: Clock, ruth: Person, mateo: Person, linh: Person
) -> None:
    earlier, later, own = (
        promised(session, owner, key)
        for key, owner in (("earlier", Role.MENTEE), ("later", Role.MENTEE), ("own", Role.MENTOR))
    )
    clock.set(session.starts_at)
    promises.mark_done(earlier.id, by=mateo.id)
    assert finished_since_talk(ruth.id) == {}
    closed(session)
    clock.set(session.ends_at + timedelta(days=20))
    promises.mark_done(later.id, by=mateo.id)
    promises.mark_done(own.id, by=ruth.id)
    promised(session, Role.MENTEE, "open")
    assert finished_since_talk(ruth.id) == {session.mentorship_id: 1}
    assert finished_since_talk(mateo.id) == {session.mentorship_id: 1}
    assert finished_since_talk(linh.id) == {}


def test_what_was_let_go_is_not_finished(session: Session, clock: Clock, ruth: Person, mateo: Person) -> None:
    item = promised(session, Role.MENTEE, "gone")
    closed(session)
    clock.set(session.ends_at + timedelta(days=1))
    promises.mark_done(item.id, by=mateo.id)
    promises.drop(item.id, by=mateo.id)
    assert finished_since_talk(ruth.id) == {}
