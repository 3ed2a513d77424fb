"""What providers tell us unasked: stored at once, so that they hear a yes within their 3 seconds, acted on right after.

An event may be acted on twice, where we die between the deed and its mark. Every deed here can bear that.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from companion import clock, config, signals
from companion.db import announce, reading, transaction
from companion.errors import NotYours
from companion.mail.wording import one_line
from companion.model.events import ReceivedEvent
from companion.services import follow_call, look, providers, tally
from companion.services.deauthorise import deauthorised
from integrations.hooks import Challenge, Event, Kind, hooks
from integrations.meetings import CallRun, Guest

log = logging.getLogger(__name__)

KEPT, AGES = timedelta(days=30), timedelta(days=3650)
PATIENCE = timedelta(hours=1)  # how long an event is tried that can't be acted on
OF_CALLS = (Kind.STARTED, Kind.ENDED, Kind.JOINED, Kind.LEFT)
LONGEST, LONGEST_ADDRESS = 200, 254  # characters


def read(provider: str, headers: Mapping[str, str], raw: bytes) -> Event | Challenge | None:
    """What this message says. Raises NotYours where we don't listen to that provider, Forged, or Unavailable."""
    hook = hooks().get(provider)
    settings = config.current()
    prefix = f"{provider.upper()}_"
    said = {name: settings.provider_env.get(prefix + name, "") for name in (hook.settings if hook else ())}
    if hook is None or not all(said.values()):
        raise NotYours
    said |= {"BASE_URL": settings.base_url, "AUDIENCE": f"{settings.base_url}/hooks/{provider}"}
    return hook.read(headers, raw, {**said, **providers.offer(provider).hosts}, clock.now())


def received(provider: str, event: Event) -> bool:
    """Store what a provider told, unless it told the same before. Gives whether it is new and of use to us.

    Its host holds other meetings too: what concerns none of ours is not kept.
    """
    row = _row(provider, event)
    try:
        with transaction() as tx:
            if event.kind is not Kind.DEAUTHORISED and not _is_ours(tx, row):
                return False
            tx.add(row)
            tx.flush()
            announce(tx, signals.event_received)
    except IntegrityError:  # told before
        return False
    return True


def tick() -> None:
    """Act on what was told, oldest first. Called when something was, and every few seconds; cheap when idle."""
    with reading() as tx:
        waiting = select(ReceivedEvent.id).where(ReceivedEvent.handled_at.is_(None)).order_by(ReceivedEvent.id)
        ids = tx.scalars(waiting).all()
    for event_id in ids:
        try:
            _heed(event_id)
        except Exception:  # whatever is wrong with one, the others must not wait for it
            log.exception("event %s could not be acted on", event_id)
            _lose_patience(event_id)


def prune() -> None:
    """Forget what was told long ago, and who was in calls then."""
    with transaction() as tx:
        tx.execute(delete(ReceivedEvent).where(ReceivedEvent.received_at < clock.now() - KEPT))
    follow_call.forget_old()


def _is_ours(tx: Transaction, row: ReceivedEvent) -> bool:
    return tx.scalar(select(exists().where(*follow_call.followed(row.provider, row.reference)))) or False


def _row(provider: str, event: Event) -> ReceivedEvent:
    guest, now = event.guest or Guest("", "", ""), clock.now()
    own_time = {Kind.JOINED: guest.joined_at, Kind.LEFT: guest.left_at}.get(event.kind)
    return ReceivedEvent(
        provider=provider,
        key=hashlib.sha256(event.key.encode()).hexdigest(),
        kind=event.kind,
        reference=one_line(event.reference)[:LONGEST],
        instance=one_line(event.instance)[:LONGEST],
        account=one_line(event.account)[:LONGEST],
        started_at=tally.credible(event.started_at, now),
        ended_at=tally.credible(event.ended_at, now),
        guest_key=one_line(guest.key)[:LONGEST],
        guest_account=one_line(guest.account)[:LONGEST],
        guest_name=one_line(guest.name)[:LONGEST],
        guest_email=one_line(guest.email)[:LONGEST_ADDRESS],
        at=tally.credible(own_time, now) or _said_at(event, now),
        received_at=now,
    )


def _said_at(event: Event, now: datetime) -> datetime:
    """When it was said; what can't be is now. A grant taken away long ago stays so: a newer one must outlive it."""
    if event.kind is Kind.DEAUTHORISED:
        return min(max(event.at, now - AGES), now)
    return tally.credible(event.at, now) or now


def _heed(event_id: int) -> None:
    """Act on one event, unless another process does at this moment."""
    with transaction() as tx:
        unheeded = select(ReceivedEvent).where(ReceivedEvent.id == event_id, ReceivedEvent.handled_at.is_(None))
        event = tx.scalars(unheeded.with_for_update(skip_locked=True)).first()
        if event is None:
            return
        if event.kind in OF_CALLS:
            follow_call.add(tx, event.provider, event.reference, [_run(event)])
            event.handled_at = clock.now()
            return
    if event.kind is Kind.DEAUTHORISED:
        deauthorised(event.provider, event.account, event.at)
    else:
        if event.kind is Kind.DELETED:
            look.believe_deleted(event.provider, event.reference)
        look.soon(event.provider, event.reference)
    _mark(event_id)


def _run(event: ReceivedEvent) -> CallRun:
    """The call as far as this one message tells of it. What carries no time of its own happened when it was said."""
    at, kind = event.at, event.kind
    started = event.started_at or (at if kind is Kind.STARTED else None)
    ended = (event.ended_at or at) if kind is Kind.ENDED else None
    guests: tuple[Guest, ...] = ()
    if kind in (Kind.JOINED, Kind.LEFT):
        joined, left = (at, None) if kind is Kind.JOINED else (None, at)
        who = (event.guest_key, event.guest_account, event.guest_name, event.guest_email)
        guests = (Guest(*who, joined_at=joined, left_at=left),)
    return CallRun(event.instance, started, ended, guests)


def _mark(event_id: int) -> None:
    with transaction() as tx:
        event = tx.get(ReceivedEvent, event_id, with_for_update=True)
        if event is not None:  # else what it told of was deleted along with everything from that account
            event.handled_at = clock.now()


def _lose_patience(event_id: int) -> None:
    with transaction() as tx:
        event = tx.get(ReceivedEvent, event_id, with_for_update=True)
        if event is not None and event.received_at < clock.now() - PATIENCE:
            log.error("event %s is given up", event_id)
            event.handled_at = clock.now()
