"""What the call card says of a session's link: whether it was looked at, what is wrong with it, and the one way on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from companion import clock
from companion.model.connections import ConnectionState
from companion.model.link_words import disconnected, sentence, taken_away
from companion.model.moments import NEAR_DAYS, local_time, near, short_day
from companion.model.people import Person
from companion.model.sessions import Finding, Meeting, MeetingState, Owed, Session
from companion.services import authorised, in_zoom, meet, providers
from integrations.meetings import pasted

WAYS = {
    Finding.RECONNECT: "reconnect",
    Finding.DELETED: "anew",
    Finding.MOVED: "moved",
    Finding.OTHER_HOST: "anew",
    Finding.SIGN_IN: "choose",
    Finding.KNOCK: "choose",
    Finding.UNREACHABLE: "check",
}
A_MINUTE = timedelta(minutes=1)
NO_HOST = (Finding.RECONNECT, Finding.OTHER_HOST)  # there the provider would give no such link


@dataclass(frozen=True)
class LinkState:
    """The link as one of the two sees it. `label` is empty for a pasted one. `way` names a piece of the template."""

    meeting_id: int
    provider: str
    label: str
    made_it: bool
    starts_as_host: bool
    opens_inside: bool
    can_be_checked: bool
    checked: str
    trouble: str
    way: str
    spare_url: str
    there_at: datetime | None
    time_there: str
    time_here: str

    @property
    def heading(self) -> str:
        """Ready, unless there is more to say of it."""
        room = f"Your {self.label} room" if self.label else "Your call link"
        return room if self.trouble else f"{room} is ready"


def of(session: Session, meeting: Meeting | None, me: Person, partner: Person) -> LinkState | None:
    """None where there is no link, and none was lost."""
    row = meeting or meet.deleted(session.id)
    if row is None or row.state is MeetingState.CREATING:
        return None
    finding, provider = _finding(row, session), providers.offer(row.provider).provider
    is_late = _is_elsewhere(row, session) and not session.can_move
    made_it = row.made_by == me.id
    stands = row.state is MeetingState.MADE
    return LinkState(
        meeting_id=row.id,
        provider=row.provider,
        label="" if row.provider == pasted.provider.name else provider.label,
        made_it=made_it,
        starts_as_host=stands and made_it and provider.has_host_link and finding not in NO_HOST,
        opens_inside=finding is not Finding.RECONNECT and in_zoom.can_be_opened(row, me.id),
        can_be_checked=stands and provider.oauth is not None and finding is not Finding.RECONNECT,
        checked=_checked(row, session, me, partner) if finding is Finding.FINE and not is_late else "",
        trouble=_trouble(row, finding, provider.label, partner.first_name, made_it=made_it, is_late=is_late),
        way="" if is_late and finding is Finding.MOVED else _way(finding, made_it=made_it),
        spare_url=row.spare_url,
        there_at=row.there_at,
        time_there=_apart(row.there_at, session.starts_at, me) if row.there_at else "",
        time_here=_apart(session.starts_at, row.there_at, me) if row.there_at else "",
    )


def _finding(row: Meeting, session: Session) -> Finding | None:
    """As it was found; but whether its maker has to connect again is asked now, as they may just have done so."""
    if row.state is MeetingState.MADE and providers.offer(row.provider).provider.oauth is not None:
        connection = authorised.find(row.made_by, row.provider)
        if connection is None or connection.state is not ConnectionState.OK:
            return Finding.RECONNECT if clock.now() < session.ends_at else None
    return None if row.finding is Finding.RECONNECT else row.finding


def _is_elsewhere(row: Meeting, session: Session) -> bool:
    """Its provider has it before or after our talk. A link made during the talk may begin when it was made."""
    if row.there_at is None or row.owed is Owed.MOVE:
        return False
    return not session.starts_at - A_MINUTE < row.there_at <= session.ends_at


def _checked(row: Meeting, session: Session, me: Person, partner: Person) -> str:
    if row.looked_at is None:
        return ""
    day, time = near(row.looked_at, me), local_time(row.looked_at, me)
    when = time if day == "Today" else f"{day.lower() if day == 'Yesterday' else day}, {time}"
    provider, made_it = providers.offer(row.provider).provider, row.made_by == me.id
    is_in_time = row.there_at is not None and abs(row.there_at - session.starts_at) < A_MINUTE
    in_time = ", at the right time" if is_in_time else ""
    if provider.has_host_link:  # there a host lets people in
        host, guest = ("You let", partner.first_name) if made_it else (f"{partner.first_name} lets", "you")
        return f"Checked {when}: it works{in_time}. {host} {guest} in from {provider.label}’s waiting room."
    guest = partner.first_name if made_it else "you"
    return f"Checked {when}: it works{in_time}{',' if in_time else ''} and {guest} can come in."


def _apart(when: datetime, other: datetime, me: Person) -> str:
    """A time as it differs from another: “18:00”, “Wed 18:00”, beyond a few days “Wed 2 Dec, 18:00”."""
    zone, time = ZoneInfo(me.zone), local_time(when, me)
    day = when.astimezone(zone).date()
    if day == other.astimezone(zone).date():
        return time
    is_close = 0 <= (day - clock.today(me.zone)).days <= NEAR_DAYS
    return f"{day:%a} {time}" if is_close else f"{short_day(day, me)}, {time}"


def _trouble(
    row: Meeting, finding: Finding | None, label: str, partner: str, *, made_it: bool, is_late: bool
) -> str:  # fmt: skip
    """`is_late`: the talk has begun, so another time at the provider troubles nobody."""
    if is_late and finding in {Finding.FINE, Finding.MOVED}:
        return f"{label} has another time for it; the link opens all the same."
    if finding is None or finding is Finding.FINE:
        waits = row.state is MeetingState.MADE and row.owed is Owed.MOVE and row.owed_tries > 0
        return f"{label} hasn’t heard of the new time yet. The link works, and we keep trying." if waits else ""
    if row.was_taken_away:
        return taken_away(label, partner, made_it=made_it)
    if finding is Finding.RECONNECT and authorised.find(row.made_by, row.provider) is None:
        return disconnected(label, partner, made_it=made_it)
    return sentence(finding, label, partner, made_it=made_it)


def _way(finding: Finding | None, *, made_it: bool) -> str:
    if finding is None or (finding is Finding.RECONNECT and not made_it):
        return ""
    return WAYS.get(finding, "")
