"""What somebody tells us of themselves: their name, where their day is, how they read a clock."""

from companion.db import transaction
from companion.errors import Invalid
from companion.model.people import Person
from companion.model.zones import canonical

LONGEST_NAME = 80


def oneself(person_id: int, name: str, zone: str, locale: str) -> Person:
    """Set the three. Raises Invalid("name"), Invalid("zone")."""
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or not words.isprintable():
        raise Invalid("name", "Tell your partner what to call you, in up to 80 characters.")
    known = canonical(zone)
    if known is None:
        raise Invalid("zone", "Pick the city whose clock you live by.")
    with transaction() as tx:
        person = tx.get_one(Person, person_id)
        person.name, person.zone, person.locale = words, known, locale
        return person
