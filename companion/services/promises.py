"""Action items after the session that made them: done, opened again, changed, and who waits for what."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import Invalid, NotYours, TooLate
from companion.model.action_items import ActionItem
from companion.model.agendas import Page, Record, TalkingPoint
from companion.model.mentorships import Mentorship, Role
from companion.model.sessions import Session, SessionState

LOOK_BACK = 5  # sessions whose unfinished talking points are still offered
FINISHED_SHOWN = timedelta(days=14)


@dataclass(frozen=True)
class Carried:
    """Something of an earlier session that is not finished. `ref` is what a talking point's `from` says of it."""

    ref: str
    text: str
    role: Role
    item: ActionItem | None = None
    point: TalkingPoint | None = None


def mark_done(item_id: int, by: int) -> ActionItem:
    """Done, said by either partner; once done it stays as first said."""
    with transaction() as tx:
        item = _locked(tx, item_id, by)
        if item.done_at is None:
            item.done_at, item.done_by = clock.now(), by
            announce(tx, signals.item_changed, mentorship_id=item.mentorship_id, item_id=item.id)
        return item


def mark_open(item_id: int, by: int) -> ActionItem:
    """Not done after all."""
    with transaction() as tx:
        item = _locked(tx, item_id, by)
        if item.done_at is not None:
            item.done_at = item.done_by = None
            announce(tx, signals.item_changed, mentorship_id=item.mentorship_id, item_id=item.id)
        return item


def change(item_id: int, by: int, text: str, owner: Role, due: date | None) -> ActionItem:
    """Its words, whose it is, until when."""
    words = " ".join(text.split())
    if not 1 <= len(words) <= 500:
        raise Invalid("text", "Say it in 1 to 500 characters.")
    with transaction() as tx:
        item = _locked(tx, item_id, by)
        item.text, item.owner, item.due = words, owner, due
        announce(tx, signals.item_changed, mentorship_id=item.mentorship_id, item_id=item.id)
        return item


def drop(item_id: int, by: int) -> ActionItem:
    """Neither waits for it any more. It stays in its session's record."""
    with transaction() as tx:
        item = _locked(tx, item_id, by)
        if item.dropped_at is None:
            item.dropped_at = clock.now()
            announce(tx, signals.item_changed, mentorship_id=item.mentorship_id, item_id=item.id)
        return item


def find(item_id: int, by: int) -> ActionItem:
    """This item, for one of its two people. Raises NotYours."""
    with reading() as tx:
        return _for_partner(tx.get(ActionItem, item_id), by)


def expect_between(item_id: int, session_id: int, by: int) -> None:
    """Raises NotYours unless the item and the session are of one mentorship of theirs."""
    with reading() as tx:
        item, session = _for_partner(tx.get(ActionItem, item_id), by), tx.get(Session, session_id)
        if session is None or session.mentorship_id != item.mentorship_id:
            raise NotYours


def owned_by(person_id: int) -> list[ActionItem]:
    """What this person promised and has not done, over all active mentorships, soonest first."""
    mentor = (ActionItem.owner == Role.MENTOR) & (Mentorship.mentor_id == person_id)
    mentee = (ActionItem.owner == Role.MENTEE) & (Mentorship.mentee_id == person_id)
    return _of(mentor | mentee, ActionItem.done_at.is_(None))


def awaited_by(person_id: int) -> list[ActionItem]:
    """What this person's partners promised: open, or done in the last two weeks."""
    mentor = (ActionItem.owner == Role.MENTEE) & (Mentorship.mentor_id == person_id)
    mentee = (ActionItem.owner == Role.MENTOR) & (Mentorship.mentee_id == person_id)
    lately = ActionItem.done_at.is_(None) | (ActionItem.done_at > clock.now() - FINISHED_SHOWN)
    return _of(mentor | mentee, lately)


def finished_by(person_id: int) -> list[ActionItem]:
    """What this person has done, newest first."""
    mentor = (ActionItem.owner == Role.MENTOR) & (Mentorship.mentor_id == person_id)
    mentee = (ActionItem.owner == Role.MENTEE) & (Mentorship.mentee_id == person_id)
    return sorted(
        _of(mentor | mentee, ActionItem.done_at.is_not(None)),
        key=lambda item: item.done_at or clock.now(),
        reverse=True,
    )


def open_in(mentorship_id: int) -> list[ActionItem]:
    """Everything still open between these two."""
    return _of(ActionItem.mentorship_id == mentorship_id, ActionItem.done_at.is_(None))


def of_session(session_id: int) -> list[ActionItem]:
    """A closed session's items, in their order on its agenda, dropped ones too."""
    with reading() as tx:
        rows = tx.scalars(select(ActionItem).where(ActionItem.session_id == session_id).order_by(ActionItem.position))
        return list(rows)


def record_of(session_id: int) -> Page | None:
    """The page of a closed session as it was sealed."""
    with reading() as tx:
        record = tx.get(Record, session_id)
        return Page.read(record.page) if record else None


def last_record(session: Session) -> tuple[Session, Page] | None:
    """The newest closed session before this one, with its page."""
    records = _records(session.mentorship_id, before=session, limit=1)
    return records[0] if records else None


def carried_into(session: Session, page: Page) -> list[Carried]:
    """What earlier sessions left unfinished and this one's agenda doesn't hold yet."""
    taken = {point.origin for point in page.talking_points if point.origin}
    records = _records(session.mentorship_id, before=session, limit=LOOK_BACK)
    continued = {point.origin for _, old in records for point in old.talking_points if point.origin}
    items = [Carried(f"item:{item.id}", item.text, item.owner, item=item) for item in open_in(session.mentorship_id)]
    still_open = {each.ref for each in items}  # a point about an open item is offered as that item
    points = [
        Carried(ref, point.title, point.raised_by, point=point)
        for earlier, old in records
        for point in old.talking_points
        if point.state != "done"
        and point.origin not in still_open
        and (ref := f"point:{earlier.id}:{point.id}") not in continued
    ]
    return [each for each in (*items, *points) if each.ref not in taken]


def _records(mentorship_id: int, before: Session, limit: int) -> list[tuple[Session, Page]]:
    with reading() as tx:
        rows = tx.execute(
            select(Session, Record)
            .join(Record, Record.session_id == Session.id)
            .where(
                Session.mentorship_id == mentorship_id, Session.state == SessionState.CLOSED, Session.id != before.id
            )
            .order_by(Session.starts_at.desc())
            .limit(limit)
        )  # fmt: skip
        return [(session, Page.read(record.page)) for session, record in rows]


def _of(*conditions: ColumnElement[bool]) -> list[ActionItem]:
    with reading() as tx:
        rows = tx.scalars(
            select(ActionItem)
            .join(ActionItem.mentorship)
            .where(*conditions, ActionItem.dropped_at.is_(None), Mentorship.closed_at.is_(None))
            .order_by(ActionItem.due.is_(None), ActionItem.due, ActionItem.id)
        )
        return list(rows)


def _locked(tx: Transaction, item_id: int, by: int) -> ActionItem:
    """The item's row until the end of this transaction, for one of its two people while they walk alongside."""
    item = _for_partner(tx.get(ActionItem, item_id, with_for_update={"of": ActionItem}), by)
    if not item.mentorship.is_active:
        raise TooLate("This mentorship has ended, so its action items can only be read.")
    return item


def _for_partner(item: ActionItem | None, by: int) -> ActionItem:
    if item is None or item.mentorship.role_of(by) is None:
        raise NotYours
    return item
