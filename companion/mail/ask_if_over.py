"""The letter that asks: the clock took a talk for over, and nobody said that it is."""

from datetime import datetime

from sqlalchemy.orm import Session as Tx

from companion.mail.facts import Facts, Pair, Unwritable, at
from companion.model.letters import Letter
from companion.model.sessions import OverBecause, Session, SessionState


def ask_if_over(tx: Tx, letter: Letter) -> Facts:
    """Until when there is time to answer. Unwritable once somebody did, or talks again."""
    session = tx.get_one(Session, letter.facts["session_id"])
    over_at = datetime.fromisoformat(letter.facts["over_at"])
    if session.state is not SessionState.OVER or session.over_because is not OverBecause.CLOCK:
        raise Unwritable("It is no longer a question")
    if session.over_at != over_at:
        raise Unwritable("It was asked again later")
    pair = Pair.of(letter, session.mentorship)
    return {
        **pair.facts(),
        "number": session.number,
        "closes": pair.moment(datetime.fromisoformat(letter.facts["closes_at"])),
        "wrap_up_url": at("sessions", session.id, "wrap-up"),
    }
