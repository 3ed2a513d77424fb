"""The outbox's worker: lease a letter, send it, mark it. Any number of workers may run, in any number of processes.

Nothing is lost: whoever dies leaves a lease that runs out. A letter can double, where the mail server took it and its
answer got lost or we died, at most one a lane; it then carries the same Message-ID, by which mail programs know it.
"""

import logging
import random
import threading
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from companion import clock, config, db, mail, signals
from companion.config import Settings
from companion.mail.facts import Unwritable
from companion.model.letters import Letter, LetterState
from integrations.errors import Refused, Unavailable
from integrations.mail import Mailer
from integrations.mail.local import LocalMailer
from integrations.mail.smtp import Relay, Security, SmtpMailer

log = logging.getLogger(__name__)

LANES = 2  # letters on their way at once, so that one slow recipient holds up nobody else
ROUND = 50  # letters on one line before it is closed
BEAT = 2.0  # seconds between looks for letters that other processes wrote, or whose rest is over
LEASE = timedelta(minutes=5)  # longer than any sending takes
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=4)
GIVE_UP = timedelta(days=4)


def mailer(settings: Settings) -> Mailer:
    """How letters leave this installation."""
    if settings.local_letters:
        return local_mailer(settings)
    helo = urlsplit(settings.base_url).hostname or "localhost"
    return SmtpMailer(
        Relay(
            settings.smtp_host, settings.smtp_port, helo, Security(settings.smtp_security),
            settings.smtp_user, settings.smtp_password,
        )
    )  # fmt: skip


def local_mailer(settings: Settings) -> LocalMailer:
    """Where a demo keeps its letters."""
    return LocalMailer(settings.data_dir / "letters")


def run_once(by: Mailer, limit: int = ROUND) -> Counter[LetterState]:
    """Try up to `limit` letters that are due; how many were then sent, are waiting again, or are dead."""
    outcomes: Counter[LetterState] = Counter()
    for _ in range(limit):
        letter = _lease()
        if letter is None:
            break
        outcomes[_try(letter, by)] += 1
    return outcomes


def run_until(ended: threading.Event) -> None:
    """Deliver until told to stop: at once when this process writes a letter, else at the next beat."""
    awake = threading.Event()

    def wake(_sender: object, **_facts: object) -> None:
        awake.set()

    signals.letter_waiting.connect(wake)
    lanes = [threading.Thread(target=_lane, args=(ended, awake), daemon=True) for _ in range(LANES)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    signals.letter_waiting.disconnect(wake)


def dead_letters() -> list[Letter]:
    """Letters that will never arrive, newest first, each with the reason in `last_error`."""
    with db.reading() as tx:
        return list(tx.scalars(select(Letter).where(Letter.state == LetterState.DEAD).order_by(Letter.id.desc())))


def _lane(ended: threading.Event, awake: threading.Event) -> None:
    by = mailer(config.current())
    while not ended.is_set():
        awake.clear()
        try:
            tried = run_once(by)
        except SQLAlchemyError:
            log.exception("the database did not answer; letters wait")
            tried = Counter()
        if not tried:
            by.close()
            awake.wait(BEAT)


def _due(now: datetime) -> ColumnElement[bool]:
    """Letters to try now. `leased_until` keeps others off a letter, and a letter off the server that said "later"."""
    return (
        Letter.state.in_([LetterState.WAITING, LetterState.LEASED])
        & (Letter.due_at <= now)
        & or_(Letter.leased_until.is_(None), Letter.leased_until <= now)
    )


def _lease() -> Letter | None:
    """The letter that has been due longest, ours alone until its lease runs out."""
    now = clock.now()
    with db.reading() as tx:
        if tx.scalar(select(Letter.id).where(_due(now)).limit(1)) is None:
            return None  # the common case writes nothing
    with db.transaction() as tx:
        longest_due = select(Letter).where(_due(now)).order_by(Letter.due_at, Letter.id).limit(1)
        letter = tx.scalars(longest_due.with_for_update(skip_locked=True)).first()
        if letter is not None:
            letter.state, letter.leased_until, letter.tries = LetterState.LEASED, now + LEASE, letter.tries + 1
    return letter


def _try(letter: Letter, by: Mailer) -> LetterState:
    db.refuse_in_transaction()
    try:
        by.send(mail.compose(letter))
    except Unavailable as error:
        if clock.now() - letter.due_at > GIVE_UP:
            return _mark(letter, LetterState.DEAD, f"Given up after {letter.tries} tries. {error}")
        return _mark(letter, LetterState.WAITING, str(error))
    except (Refused, Unwritable) as error:
        return _mark(letter, LetterState.DEAD, str(error))
    return _mark(letter, LetterState.SENT)


def _mark(letter: Letter, state: LetterState, error: str = "") -> LetterState:
    """Say what became of it, unless our lease ran out and it is somebody else's now."""
    now = clock.now()
    changes = {
        "state": state,
        "last_error": error,
        "sent_at": now if state is LetterState.SENT else None,
        "leased_until": now + _rest(letter.tries) if state is LetterState.WAITING else None,
    }
    with db.transaction() as tx:
        still_ours = (Letter.id == letter.id) & (Letter.leased_until == letter.leased_until)
        tx.execute(update(Letter).where(still_ours).values(changes))
    # The reason can name an address, so it stays in the row.
    level = logging.WARNING if state is LetterState.DEAD else logging.INFO
    log.log(level, "letter %s (%s): %s after %s tries", letter.id, letter.kind, state.value, letter.tries)
    return state


def _rest(tries: int) -> timedelta:
    """How long to leave the server alone: twice as long each time, with jitter so that letters don't come in step."""
    return min(FIRST_REST * (1 << min(tries - 1, 10)), LONGEST_REST) * random.uniform(0.5, 1)  # noqa: S311 - not a secret
