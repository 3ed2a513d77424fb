"""Tickets: a page that knows its reader fetches one, and the socket it opens next shows it. No ticket, no seat."""

import secrets
import time
from datetime import timedelta
from typing import Protocol

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from companion import identity
from companion.errors import TooMany
from companion.services import seat_tickets, sit
from companion.services.sit import Claim

VALID = 60.0
"""Seconds."""

MOST = 20
"""Tickets one person may hold unused."""

VERY_OFTEN = "This page was opened very often in the last minute. Wait a moment, then reload it."


class Desk(Protocol):
    """Where tickets are handed out and taken."""

    def hand_out(self, claim: Claim) -> str:
        """A ticket that opens this claim once. Raises TooMany."""

    def take(self, ticket: object) -> Claim | None:
        """What the ticket opens. It opens nothing a second time, or too late."""


class Tickets:
    """Handed out and not yet used. In memory: whoever restarts us comes back for a new one."""

    def __init__(self) -> None:
        self.claims: dict[str, tuple[Claim, float]] = {}

    def hand_out(self, claim: Claim) -> str:
        """A ticket that opens this claim once. Raises TooMany."""
        now = time.monotonic()
        self.claims = {ticket: held for ticket, held in self.claims.items() if held[1] > now}
        if sum(held.person_id == claim.person_id for held, _ in self.claims.values()) >= MOST:
            raise TooMany(VERY_OFTEN)
        ticket = secrets.token_urlsafe(24)
        self.claims[ticket] = claim, now + VALID
        return ticket

    def take(self, ticket: object) -> Claim | None:
        """What the ticket opens. It opens nothing a second time, or too late."""
        claim, until = self.claims.pop(ticket, (None, 0.0)) if isinstance(ticket, str) else (None, 0.0)
        return claim if until > time.monotonic() else None


class SharedTickets:
    """The same in the database: the ticket may come from one node and its socket reach another."""

    def hand_out(self, claim: Claim) -> str:
        """A ticket that opens this claim once, at any node. Raises TooMany."""
        if seat_tickets.unused(claim.person_id) >= MOST:
            raise TooMany(VERY_OFTEN)
        ticket = secrets.token_urlsafe(24)
        seat_tickets.keep(ticket, claim, timedelta(seconds=VALID))
        return ticket

    def take(self, ticket: object) -> Claim | None:
        """What the ticket opens. It opens nothing a second time, or too late."""
        return seat_tickets.take(ticket) if isinstance(ticket, str) else None


door = Blueprint("live", __name__)


@door.post("/sessions/<int:session_id>/seat")
def seat(session_id: int) -> ResponseReturnValue:
    """A ticket for this session's agenda, as JSON. A stranger gets 404."""
    person = identity.require_person()
    live = current_app.extensions["live"]
    if live.house.is_barred(person.id):
        raise TooMany("Your browser sent this agenda something it can’t read. Wait a minute, then reload the page.")
    sign_in = identity.sign_in_here()
    assert sign_in is not None, "a person is here by their sign-in"
    claim = sit.claim(session_id, person.id, sign_in.id)
    return jsonify(ticket=live.tickets.hand_out(claim))
