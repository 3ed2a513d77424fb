"""Who is in a session's call now, as far as its provider tells: so that nobody waits alone without knowing it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading
from companion.model.calls import CallGuest, stretches
from companion.model.connections import Connection
from companion.model.people import LinkedAccount, Person
from companion.model.sessions import Session
from companion.services.follow_call import calls_of


@dataclass(frozen=True)
class InCall:
    """Who is in the call now: of the two, and how many others that can't be told apart from them. Nobody is false.

    `left`: who of the two was in it, and isn't any more.
    """

    people: tuple[Person, ...] = ()
    others: int = 0
    left: tuple[Person, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.others)


def in_call(session: Session) -> InCall:
    """Who is in this session's call now, as far as its provider tells."""
    two = (session.mentorship.mentor, session.mentorship.mentee)
    with reading() as tx:
        known = stretches(calls_of(tx, session), session, clock.now())
        here = [guest for each in known for guest in each.here]
        accounts = _accounts(tx, [person.id for person in two]) if here else {}
    people, others = set[int](), set[str]()
    came = {_named(guest, two, accounts) for each in known if each.ended_at is None for guest in each.guests}
    for guest in here:
        whose = _named(guest, two, accounts)
        if whose is not None:
            people.add(whose)
        else:
            others.add(guest.who or guest.key)
    left = tuple(person for person in two if person.id in came - people)
    return InCall(tuple(person for person in two if person.id in people), len(others), left if here else ())


def _accounts(tx: Transaction, people: Collection[int]) -> dict[str, int]:
    """Whose a provider's ids are, by what these people connected or sign in with."""
    found: dict[str, int] = {}
    for row in (Connection, LinkedAccount):
        held = select(row.account, row.person_id).where(row.person_id.in_(people))
        found |= {each.account: each.person_id for each in tx.execute(held)}
    return found


def _named(guest: CallGuest, two: Sequence[Person], accounts: Mapping[str, int]) -> int | None:
    """Which of the two this is. An account or an address settles it, a name only where it fits one of them."""
    if guest.account in accounts:
        return accounts[guest.account]
    by_address = [person.id for person in two if guest.email and person.email.lower() == guest.email.lower()]
    by_name = [person.id for person in two if _is_called(person, guest.name)]
    found = by_address or by_name
    return found[0] if len(found) == 1 else None


def _is_called(person: Person, name: str) -> bool:
    """As somebody is called in a call: “Mateo”, “Mateo Fuentes”, “mateo f.”."""
    whole, called = person.name.casefold().split(), name.casefold().split()
    first, last = person.first_name.casefold(), whole[-1:]
    initials = {f"{each[0]}{dot}" for each in last for dot in ("", ".")}
    return called in (whole, first.split()) or (len(called) == 2 and called[0] == first and called[1] in initials)
