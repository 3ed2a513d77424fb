"""Letters about a link: another one stands in its place, it needs the person who made it, or there is none any more."""

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from companion.mail.facts import Facts, Pair, Unwritable, at
from companion.mail.wording import one_line
from companion.model.letters import Letter
from companion.model.link_words import sentence, taken_away
from companion.model.sessions import OPEN, Finding, Meeting, MeetingState, Session
from integrations.meetings import providers


def new_link(tx: Tx, letter: Letter) -> Facts:
    """The link that counts from now on. Unwritable once it is another one, or none is needed.

    `by_partner`: they made it by hand; else the link doctor did.
    """
    return {**_about(tx, letter), "by_partner": letter.facts.get("by") is not None}


def link_trouble(tx: Tx, letter: Letter) -> Facts:
    """What only the link's maker can mend. Unwritable when it has been, meanwhile."""
    said = _about(tx, letter)
    meeting = tx.get_one(Meeting, letter.facts["meeting_id"])
    finding = Finding(letter.facts["finding"])
    if meeting.finding is not finding:
        raise Unwritable("The link is no longer found so")
    words = sentence(finding, str(said["provider"]), str(said["partner"]), made_it=True)
    return {**said, "trouble": words}


def link_gone(tx: Tx, letter: Letter) -> Facts:
    """Its maker took Alongside away at the provider. Unwritable once there is another link, or none is needed."""
    meeting = tx.get_one(Meeting, letter.facts["meeting_id"])
    session = tx.get_one(Session, meeting.session_id)
    another = select(Meeting.id).where(Meeting.session_id == session.id, Meeting.state == MeetingState.MADE)
    if session.state not in OPEN or tx.scalar(another.limit(1)) is not None:
        raise Unwritable("There is another link, or none is needed")
    pair, label = Pair.of(letter, session.mentorship), providers()[meeting.provider].label
    return {
        **pair.facts(),
        "trouble": taken_away(label, one_line(pair.partner.first_name), made_it=meeting.made_by == pair.reader.id),
        "when": pair.moment(session.starts_at),
        "session_url": at("sessions", session.id),
        "spare_url": one_line(meeting.spare_url),
    }


def _about(tx: Tx, letter: Letter) -> Facts:
    meeting = tx.get_one(Meeting, letter.facts["meeting_id"])
    session = tx.get_one(Session, meeting.session_id)
    if meeting.state is not MeetingState.MADE or session.state not in OPEN:
        raise Unwritable("This link is no longer used")
    pair = Pair.of(letter, session.mentorship)
    return {
        **pair.facts(),
        "provider": providers()[meeting.provider].label,
        "when": pair.moment(session.starts_at),
        "session_url": at("sessions", session.id),
        "join_url": one_line(meeting.join_url),
        "spare_url": one_line(meeting.spare_url),
    }
