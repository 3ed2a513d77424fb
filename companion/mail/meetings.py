"""Letters about a link: another one stands in its place, or it needs the person who made it."""

from sqlalchemy.orm import Session as Tx

from companion.mail.facts import Facts, Pair, Unwritable, at
from companion.mail.wording import one_line
from companion.model.letters import Letter
from companion.model.link_words import sentence
from companion.model.sessions import OPEN, Finding, Meeting, MeetingState, Session
from integrations.meetings import providers


def new_link(tx: Tx, letter: Letter) -> Facts:
    """The link that counts from now on. Unwritable once it is another one, or none is needed."""
    return _about(tx, letter)


def link_trouble(tx: Tx, letter: Letter) -> Facts:
    """What only the link's maker can mend. Unwritable when it has been, meanwhile."""
    said = _about(tx, letter)
    meeting = tx.get_one(Meeting, letter.facts["meeting_id"])
    finding = Finding(letter.facts["finding"])
    if meeting.finding is not finding:
        raise Unwritable("The link is no longer found so")
    words = sentence(finding, str(said["provider"]), str(said["partner"]), made_it=True)
    return {**said, "trouble": words, "spare_url": one_line(meeting.spare_url)}


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
    }
