"""Adds up what is told of a call. The sum is the same in whatever order, and however often, it is told."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion.mail.wording import one_line
from companion.model.calls import Call, CallGuest
from companion.model.sessions import Meeting
from integrations.meetings import CallRun, Guest

LONGEST, LONGEST_ADDRESS = 200, 254  # characters


def as_seen(run: CallRun, now: datetime) -> CallRun:
    """A look shows who is in a call now, whatever was told of them before."""
    joined = [guest.joined_at for guest in run.guests if guest.joined_at]
    start = run.started_at or min(joined, default=None)
    if run.ended_at is not None:
        return replace(run, started_at=start)
    here = (guest if guest.left_at else replace(guest, joined_at=now) for guest in run.guests)
    return replace(run, started_at=start, guests=tuple(here))


def add(tx: Transaction, meeting: Meeting, run: CallRun) -> bool:
    """Add what is told to what is known: the earliest start, the latest end. Gives whether pages show another call."""
    instance = one_line(run.instance)[:LONGEST]
    known = select(Call).where(Call.meeting_id == meeting.id, Call.instance == instance)
    call = tx.scalars(known).first()
    if call is None:
        call = Call(meeting_id=meeting.id, instance=instance, started_at=None, ended_at=None, guests=[])
        tx.add(call)
    before = _shown(call)
    call.started_at = min(filter(None, (call.started_at, run.started_at)), default=None)
    call.ended_at = max(filter(None, (call.ended_at, run.ended_at)), default=None)
    for guest in run.guests:
        _merge_guest(call, guest)
    tx.flush()
    return _shown(call) != before


def _merge_guest(call: Call, said: Guest) -> None:
    """Of two words for the same the greater one stays, so that it doesn't matter which came first."""
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


def _shown(call: Call) -> tuple[bool, set[str]]:
    return call.ended_at is None, {guest.key for guest in call.guests if not guest.is_gone}
