"""What each kind of letter says, by the ids in its row. Every function gives its template's names and values."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from companion import clock, config, links
from companion.mail.wording import one_line, unlinked
from companion.model import moments
from companion.model.connections import Connection, ConnectionState
from companion.model.letters import Letter
from companion.model.mentorships import Invitation, Mentorship, Role
from companion.model.people import LinkedAccount, Person, SignInLink
from companion.model.sessions import Meeting, MeetingState, Session, SessionState
from integrations.meetings import providers

Facts = dict[str, object]


class Unwritable(Exception):
    """There is nothing true to tell (any more). The message says why, for whoever looks at dead letters."""


@dataclass(frozen=True)
class Pair:
    """Who reads, and who they do it with."""

    reader: Person
    partner: Person
    partner_role: Role

    @classmethod
    def of(cls, letter: Letter, mentorship: Mentorship) -> "Pair":
        """The letter's reader and their partner in this mentorship."""
        assert letter.person_id is not None
        role = mentorship.role_of(letter.person_id)
        if role is None:
            raise Unwritable("Its reader is not in this mentorship")
        return cls(mentorship.person_in(role), mentorship.person_in(role.other), role.other)

    def facts(self) -> Facts:
        """Their first names and the partner's role, whose colour their words carry."""
        return {
            "reader": one_line(self.reader.first_name),
            "partner": one_line(self.partner.first_name),
            "partner_role": self.partner_role.value,
        }

    def moment(self, when: datetime) -> moments.Moment:
        """An instant for these two."""
        return moments.moment(when, self.reader, self.partner)


def sign_in(tx: Tx, letter: Letter) -> Facts:
    """The link and the six digits, while they still open something."""
    link = tx.get_one(SignInLink, letter.facts["link_id"])
    if link.used_at is not None or link.expires_at <= clock.now():
        raise Unwritable("Its link has been used or is too old")
    wanted = letter.facts.get("next")  # the page they were on their way to
    onward = f"?next={quote(wanted)}" if wanted else ""
    return {
        "link": at("sign-in", links.sign("sign-in", link.id, link.nonce)) + onward,
        "code": links.code("sign-in", link.id, link.nonce),
        "minutes": round((link.expires_at - link.asked_at).total_seconds() / 60),
    }


def invitation(tx: Tx, letter: Letter) -> Facts:
    """Who asks whom for what. The asker may be anybody, so nothing they wrote becomes a link."""
    asked = tx.get_one(Invitation, letter.facts["invitation_id"])
    if not asked.is_open:
        raise Unwritable("The invitation has been answered or taken back")
    return {
        "inviter": unlinked(asked.inviter.name or asked.inviter.first_name),
        "inviter_first": unlinked(asked.inviter.first_name),
        "inviter_email": unlinked(asked.inviter.email),
        "inviter_role": asked.role.other.value,
        "purpose": unlinked(asked.purpose),
        "link": at("invitations", links.sign("invitation", asked.id, asked.nonce)),
        "code": links.code("invitation", asked.id, asked.nonce),
    }


def session_planned(tx: Tx, letter: Letter) -> Facts:
    """When they talk, and where the agenda is."""
    session, pair = _coming(tx, letter)
    return _about(tx, session, pair, letter)


def session_moved(tx: Tx, letter: Letter) -> Facts:
    """From when to when; or only how long, where the time stayed."""
    session, pair = _coming(tx, letter)
    was = datetime.fromisoformat(letter.facts["was"])
    return {**_about(tx, session, pair, letter), "was": pair.moment(was), "has_moved": was != session.starts_at}


def session_cancelled(tx: Tx, letter: Letter) -> Facts:
    """Which talk is off."""
    session = tx.get_one(Session, letter.facts["session_id"])
    return _about(tx, session, Pair.of(letter, session.mentorship), letter)


def partner_left(tx: Tx, letter: Letter) -> Facts:
    """Which mentorship ended because the partner deleted their account: without their name, which is gone."""
    mentorship = tx.get_one(Mentorship, letter.facts["mentorship_id"])
    pair = Pair.of(letter, mentorship)
    began = mentorship.started_at.astimezone(ZoneInfo(pair.reader.zone)).date()
    return {
        "partner_role": pair.partner_role.value,
        "purpose": one_line(mentorship.purpose),
        "since": moments.short_day(began, pair.reader),
        "mentorship_url": at("mentorships", mentorship.id),
    }


def connect_again(tx: Tx, letter: Letter) -> Facts:
    """Which account let us in no longer, while that is so."""
    connection = tx.get_one(Connection, letter.facts["connection_id"])
    if connection.state is ConnectionState.OK:
        raise Unwritable("It has been connected again meanwhile")
    offered = providers().get(connection.provider)
    if offered is None:
        raise Unwritable(f"{connection.provider} is no longer offered here")
    return {
        "provider": offered.label,
        "account": one_line(connection.label),
        "link": f"{at('connections')}#{connection.provider}",
    }


def account_linked(tx: Tx, letter: Letter) -> Facts:
    """Which account opens the reader's door besides their letter, while it does."""
    linked = tx.get_one(LinkedAccount, letter.facts["linked_id"])
    if linked.person_id != letter.person_id:
        raise Unwritable("It has been unlinked meanwhile")
    offered = providers().get(linked.provider)
    if offered is None or offered.oauth is None:
        raise Unwritable(f"{linked.provider} is no longer offered here")
    return {
        "way": offered.oauth.signs_in,
        "account": one_line(linked.label),
        "link": f"{at('connections')}#sign-in",
    }


def at(*path: object) -> str:
    """A page of ours, by its whole address."""
    return "/".join([config.current().base_url, *map(str, path)])


def _coming(tx: Tx, letter: Letter) -> tuple[Session, Pair]:
    session = tx.get_one(Session, letter.facts["session_id"])
    if session.state not in {SessionState.PLANNED, SessionState.LIVE}:
        raise Unwritable(f"The session is {session.state} meanwhile")
    return session, Pair.of(letter, session.mentorship)


def _about(tx: Tx, session: Session, pair: Pair, letter: Letter) -> Facts:
    actor = pair.reader if letter.facts["by"] == pair.reader.id else pair.partner
    return {
        **pair.facts(),
        "actor": one_line(actor.first_name),
        "number": session.number,
        "title": one_line(session.title),
        "minutes": session.minutes,
        "when": pair.moment(session.starts_at),
        "session_url": at("sessions", session.id),
        "mentorship_url": at("mentorships", session.mentorship_id),
        **_ways_in(tx, session.id),
    }


def _ways_in(tx: Tx, session_id: int) -> Facts:
    """The call's link once there is one, and the room for the day that fails.

    People paste these, so only what a browser opens safely is passed on.
    """
    made = select(Meeting).where(Meeting.session_id == session_id, Meeting.state == MeetingState.MADE)
    meeting = tx.scalars(made.order_by(Meeting.id.desc())).first()
    urls = (one_line(meeting.join_url), one_line(meeting.spare_url)) if meeting is not None else ("", "")
    join_url, spare_url = (url if _opens_safely(url) else "" for url in urls)
    return {"join_url": join_url, "spare_url": spare_url}


def _opens_safely(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and " " not in url
