"""Adds up what is told of a call. The sum is the same in whatever order, and however often, it is told."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion.mail.wording import one_line
from companion.model.calls import Call, CallGuest
from companion.model.sessions import Meeting
from integrations.meetings import CallRun, Guest

LONGEST, LONGEST_ADDRESS = 200, 254  # characters
LONG_AGO, CLOCKS_DIFFER = timedelta(days=30), timedelta(hours=1)


def credible(moment: datetime | None, now: datetime) -> datetime | None:
    """This time, unless no call of ours can have been then: a year 9999 must not stay the latest for ever."""
    is_odd = moment is None or moment - now > CLOCKS_DIFFER or now - moment > LONG_AGO
    return None if is_odd else moment


def as_seen(run: CallRun, now: datetime) -> CallRun:
    """A look shows who is in a call now, whatever was told of them before."""
    guests = [
        replace(each, joined_at=credible(each.joined_at, now), left_at=credible(each.left_at, now))
        for each in run.guests
    ]
    start = credible(run.started_at, now) or min((each.joined_at for each in guests if each.joined_at), default=None)
    end = credible(run.ended_at, now)
    if end is None:
        guests = [each if each.left_at else replace(each, joined_at=now) for each in guests]
    return replace(run, started_at=start, ended_at=end, guests=tuple(guests))


def add(tx: Transaction, meeting: Meeting, run: CallRun, *, is_look: bool = False) -> bool:
    """Add what is told to what is known: the earliest start, the latest end. Gives whether pages show another call.

    A look, other than a message, knows of all of somebody's coming and going over one connection.
    """
    instance = one_line(run.instance)[:LONGEST]
    known = select(Call).where(Call.meeting_id == meeting.id, Call.instance == instance)
    call = tx.scalars(known).first()
    if call is None:
        call = Call(meeting_id=meeting.id, instance=instance, started_at=None, ended_at=None, people=None, guests=[])
        tx.add(call)
    before = _shown(call)
    call.started_at = min(filter(None, (call.started_at, run.started_at)), default=None)
    call.ended_at = max(filter(None, (call.ended_at, run.ended_at)), default=None)
    call.people = max(filter(None, (call.people, run.people)), default=None)
    for guest in run.guests:
        _merge_guest(call, guest, is_look=is_look)
    tx.flush()
    return _shown(call) != before


def _merge_guest(call: Call, said: Guest, *, is_look: bool) -> None:
    """Of two words for the same the greater one stays, so that it doesn't matter which came first.

    While somebody is seen there, their `joined_at` is when they last were. Once they are gone it is when they came.
    """
    key = one_line(said.key)[:LONGEST]
    guest = next((each for each in call.guests if each.key == key), None)
    if guest is None:
        guest = CallGuest(key=key, account="", name="", email="", joined_at=None, left_at=None)
        call.guests.append(guest)
    guest.account = max(guest.account, one_line(said.account)[:LONGEST])
    guest.name = max(guest.name, one_line(said.name)[:LONGEST])
    guest.email = max(guest.email, one_line(said.email)[:LONGEST_ADDRESS])
    guest.joined_at = max(filter(None, (guest.joined_at, said.joined_at)), default=None)
    guest.left_at = max(filter(None, (guest.left_at, said.left_at)), default=None)
    if is_look and said.joined_at and said.left_at and guest.is_gone:
        guest.joined_at = said.joined_at


def _shown(call: Call) -> tuple[bool, set[str]]:
    return call.ended_at is None, {guest.key for guest in call.guests if not guest.is_gone}
