"""Zoom's REST API as one authorised person sees it: what its refusals mean, and the calls held at a meeting."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from integrations.answers import Answer, ask, safe_link, trouble
from integrations.errors import Gone, GrantRevoked, IntegrationError, LostAnswer, Refused, Unavailable
from integrations.meetings import CallRun
from integrations.oauth import Hosts

# Zoom answers 400, not 401 or 403, to several kinds of dead grant: 4711 is a scope that was never granted, the others
# are tokens or apps switched off. https://github.com/zoom/zoomapps-sample-js/issues/25
REVOKED = frozenset({124, 4700, 4711, 4717, 4735, 4738, 4741})
NO_SUCH_MEETING, NO_SUCH_SCOPE = 3001, 4711
IN_MEETING = "zoomapp:inmeeting"
MOST = 100_000  # people in one call


def asked(http: requests.Session, method: str, url: str, **parts: Any) -> Answer:
    """The answer, if it is a good one. Raises what `refused` makes of others."""
    answer = ask(http, method, url, vendor="Zoom", **parts)
    if answer.is_good:
        return answer
    raise trouble(answer) or refused(answer)


def refused(answer: Answer) -> IntegrationError:
    """What a 4xx of Zoom's means for the caller."""
    said, words = answer.body.get("code"), _words(answer)
    code = said if isinstance(said, int) else None
    if answer.status == 401 or code in REVOKED:
        return GrantRevoked("Zoom no longer lets Alongside in. Connect Zoom again.")
    if answer.status == 404 and code == NO_SUCH_MEETING:
        return Gone("This meeting is no longer at Zoom. Make a new link.")
    return Refused(f"Zoom says: {words}" if words else "Zoom did not accept this.")


def runs(http: requests.Session, hosts: Hosts, reference: str, meeting: Answer) -> tuple[CallRun, ...]:
    """The latest ended call at a meeting, and the one going on; none where Zoom won't tell of past calls.

    Asked by number, so that no uuid stands in a path: some would have to be encoded twice there. Nothing that goes
    wrong here spoils what is known of the meeting. The scope is optional, so 400/4711 isn't a grant taken back.
    """
    try:
        past = ask(http, "GET", f"{hosts['api']}/v2/past_meetings/{reference}", vendor="Zoom")
    except Unavailable:
        return ()
    ended = _ended(past)
    if ended is None and past.status != 404:
        return ()
    return tuple(run for run in (ended, _going_on(meeting)) if run)


def deep_link(http: requests.Session, hosts: Hosts, action: str) -> str:
    """A link that opens our app in the person's Zoom client; `action` comes back to us there, for five minutes.

    The scope is optional, so its lack is no grant taken back. https://developers.zoom.us/docs/zoom-apps/guides/deep-link/
    """
    answer = ask(http, "POST", f"{hosts['api']}/v2/zoomapp/deeplink", vendor="Zoom", json={"action": action})
    if answer.body.get("code") == NO_SUCH_SCOPE:
        raise Refused("Zoom doesn’t let Alongside open itself there yet. Connect Zoom again, and it does.")
    if not answer.is_good:
        raise trouble(answer) or refused(answer)
    link = safe_link(answer.body.get("deeplink"), hosts)
    if not link:
        raise LostAnswer("Zoom sent an answer that can’t be read.")
    return link


def number(value: object) -> str:
    """A meeting's number as text: it is text in some webhooks and a number elsewhere. Empty when it is neither."""
    said = word(value)
    return said if re.fullmatch(r"[0-9]{1,20}", said) else ""


def word(value: object) -> str:
    """A name that Zoom gave to something, as text; empty when it is none."""
    said = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return said if re.fullmatch(r"[!-~]{1,200}", said) else ""


def moment(said: object) -> datetime | None:
    """An aware time, if that is what was said. Zoom's are UTC with a Z."""
    try:
        found = datetime.fromisoformat(said) if isinstance(said, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _ended(past: Answer) -> CallRun | None:
    began, ended, instance = (
        moment(past.body.get("start_time")),
        moment(past.body.get("end_time")),
        word(past.body.get("uuid")),
    )
    if not (past.is_good and instance and began and ended):
        return None
    return CallRun(instance, began, ended, people=_count(past.body.get("participants_count")))


def _count(said: object) -> int | None:
    """How many came, where that can be. Whether somebody who comes back counts once more is unverified."""
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 < said <= MOST else None


def _going_on(meeting: Answer) -> CallRun | None:
    """The call of a started meeting. Zoom doesn't say since when: it is on now, by Zoom's own clock.

    That a started meeting bears its call's uuid is inferred: Zoom says that a meeting gets a new one when a call ends.
    """
    instance, seen_at = word(meeting.body.get("uuid")), _sent_at(meeting.headers)
    return CallRun(instance, seen_at) if meeting.text("status") == "started" and instance and seen_at else None


def _sent_at(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _words(answer: Answer) -> str:
    """Zoom's own sentence, with the fields it is about: "Validation Failed. (duration: Invalid field.)"."""
    errors = answer.body.get("errors")
    faults = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    named = "; ".join(f"{each.get('field')}: {each.get('message')}" for each in faults)
    return f"{answer.text('message')} ({named})"[:200] if named else answer.text("message")[:200]
