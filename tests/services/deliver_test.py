import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from companion import db
from companion.config import Settings
from companion.model.letters import Letter, LetterState, post
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import deliver
from integrations.errors import Refused, Unavailable
from integrations.mail import Email
from tests.conftest import NOON, Clock
from tests.simulators.smtp import Sink, smtp_sink
from tests.waiting import until

Outbox = Callable[[], list[Letter]]
Write = Callable[..., Letter]
ROOT = Path(__file__).parents[2]
# `flask worker` without the doors: the outbox needs settings and a database, nothing else.
WORKER = """
import threading
from companion import config, db
from companion.services import deliver
config.use(config.read())
db.use(config.current().database_url)
deliver.run_until(threading.Event())
"""


class Postbox:
    """A mailer that keeps what it takes; `trouble` says what to do for an address instead."""

    def __init__(self) -> None:
        self.taken: list[Email] = []
        self.trouble: dict[str, Exception | Callable[[], None]] = {}

    def send(self, email: Email) -> None:
        db.refuse_in_transaction()
        match self.trouble.get(email.to):
            case Exception() as error:
                raise error
            case None:
                pass
            case first:
                first()
        self.taken.append(email)

    def close(self) -> None:
        pass


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def write(session: Session, mateo: Person, outbox: Outbox) -> Write:
    """Writes a letter about the session to Mateo, or to somebody who is only an address."""
    with db.transaction() as tx:
        tx.query(Letter).delete()

    def written(key: str = "a letter", to: str = "") -> Letter:
        facts = {"session_id": session.id, "by": session.planned_by}
        with db.transaction() as tx:
            post(tx, "session_planned", mateo, facts, key=key)
            if to:
                tx.query(Letter).filter_by(key=key).one().to_email = to
        return outbox()[-1]

    return written


@pytest.mark.both_databases
def test_a_letter_is_sent_once_and_marked(write: Write, postbox: Postbox, outbox: Outbox) -> None:
    letter = write()
    assert deliver.run_once(postbox) == Counter({LetterState.SENT: 1})
    assert deliver.run_once(postbox) == Counter()
    assert [email.message_id for email in postbox.taken] == [f"<{letter.message_id}@localhost>"]
    assert (outbox()[0].state, outbox()[0].sent_at) == (LetterState.SENT, NOON)


@pytest.mark.both_databases
def test_a_deed_done_twice_writes_one_letter(write: Write, outbox: Outbox) -> None:
    write("session_planned:1:1:2")
    write("session_planned:1:1:2")
    assert len(outbox()) == 1


def test_a_letter_that_found_nobody_home_waits_and_keeps_when_it_was_due(
    write: Write, postbox: Postbox, outbox: Outbox, clock: Clock
) -> None:
    write(to="away@example.org")
    postbox.trouble["away@example.org"] = Unavailable("450 Busy")
    assert deliver.run_once(postbox) == Counter({LetterState.WAITING: 1})
    (letter,) = outbox()
    assert (letter.state, letter.tries, letter.due_at, letter.last_error) == (LetterState.WAITING, 1, NOON, "450 Busy")
    assert deliver.run_once(postbox) == Counter()
    postbox.trouble.clear()
    clock.move(deliver.FIRST_REST)
    assert deliver.run_once(postbox) == Counter({LetterState.SENT: 1})
    assert outbox()[0].last_error == ""


def test_a_server_down_for_six_hours_loses_nothing_and_is_not_hammered(
    write: Write, postbox: Postbox, clock: Clock
) -> None:
    write(to="away@example.org")
    postbox.trouble["away@example.org"] = Unavailable("connection refused")
    tries: Counter[LetterState] = Counter()
    while clock.now < NOON + timedelta(hours=6):
        tries += deliver.run_once(postbox)
        clock.move(timedelta(seconds=30))
    assert 90 <= tries[LetterState.WAITING] <= 200
    postbox.trouble.clear()
    clock.move(timedelta(minutes=4))
    assert deliver.run_once(postbox) == Counter({LetterState.SENT: 1})


def test_after_four_days_of_trying_a_letter_is_dead(
    write: Write, postbox: Postbox, outbox: Outbox, clock: Clock
) -> None:
    write(to="away@example.org")
    postbox.trouble["away@example.org"] = Unavailable("connection refused")
    clock.move(timedelta(days=4, minutes=1))
    assert deliver.run_once(postbox) == Counter({LetterState.DEAD: 1})
    assert "connection refused" in outbox()[0].last_error


def test_a_refused_letter_is_dead_and_can_be_seen_with_the_reason(write: Write, postbox: Postbox) -> None:
    write(to="nobody@example.org")
    postbox.trouble["nobody@example.org"] = Refused("550 No such mailbox")
    assert deliver.run_once(postbox) == Counter({LetterState.DEAD: 1})
    assert deliver.run_once(postbox) == Counter()
    assert [letter.last_error for letter in deliver.dead_letters()] == ["550 No such mailbox"]


def test_a_letter_with_nothing_true_to_tell_is_not_sent(write: Write, postbox: Postbox, session: Session) -> None:
    write()
    with db.transaction() as tx:
        tx.delete(tx.get_one(Session, session.id))
    assert deliver.run_once(postbox) == Counter({LetterState.DEAD: 1})
    assert not postbox.taken


def test_one_bad_address_does_not_hold_up_the_others(write: Write, postbox: Postbox) -> None:
    write("first", to="nobody@example.org")
    write("second", to="away@example.org")
    write("third")
    postbox.trouble = {"nobody@example.org": Refused("550"), "away@example.org": Unavailable("450")}
    deliver.run_once(postbox)
    assert len(postbox.taken) == 1


def test_a_leased_letter_is_left_alone_by_others(write: Write, postbox: Postbox, outbox: Outbox) -> None:
    write(to="mateo@example.org")
    other = Postbox()
    seen: list[Counter[LetterState]] = []
    postbox.trouble["mateo@example.org"] = lambda: seen.append(deliver.run_once(other))
    deliver.run_once(postbox)
    assert seen == [Counter()]
    assert outbox()[0].state is LetterState.SENT


def test_a_letter_whose_worker_died_is_sent_by_another_under_the_same_message_id(
    write: Write, postbox: Postbox, outbox: Outbox, clock: Clock
) -> None:
    write(to="mateo@example.org")
    with pytest.raises(KeyboardInterrupt):
        deliver.run_once(_Dying(postbox))
    assert outbox()[0].state is LetterState.LEASED
    assert deliver.run_once(Postbox()) == Counter()
    clock.move(deliver.LEASE)
    other = Postbox()
    assert deliver.run_once(other) == Counter({LetterState.SENT: 1})
    assert other.taken[0].message_id == postbox.taken[0].message_id


def test_a_worker_that_overslept_its_lease_overwrites_nothing(
    write: Write, postbox: Postbox, outbox: Outbox, clock: Clock
) -> None:
    write(to="mateo@example.org")

    def oversleep() -> None:
        clock.move(deliver.LEASE)
        deliver.run_once(Postbox())
        raise Unavailable("line dropped")

    postbox.trouble["mateo@example.org"] = oversleep
    deliver.run_once(postbox)
    assert outbox()[0].state is LetterState.SENT


@pytest.mark.both_databases
def test_workers_at_once_share_the_letters_between_them(write: Write, postbox: Postbox, outbox: Outbox) -> None:
    keys = [f"letter {number}" for number in range(40)]
    for key in keys:
        write(key)
    workers = [threading.Thread(target=deliver.run_once, args=(postbox,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(postbox.taken) == len({email.message_id for email in postbox.taken}) == 40
    assert {letter.state for letter in outbox()} == {LetterState.SENT}


def test_a_letter_leaves_at_once_when_this_process_wrote_it(write: Write, outbox: Outbox, settings: Settings) -> None:
    ended = threading.Event()
    loop = threading.Thread(target=deliver.run_until, args=(ended,))
    loop.start()
    try:
        write()
        until(lambda: outbox()[0].state is LetterState.SENT, seconds=deliver.BEAT * 0.9)
        assert len(list(deliver.local_mailer(settings).letters())) == 1
    finally:
        ended.set()
        loop.join()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as listening:
        yield listening


@pytest.mark.both_databases
def test_workers_killed_at_any_moment_lose_no_letter(
    write: Write, outbox: Outbox, settings: Settings, sink: Sink, clock: Clock
) -> None:
    kills, count = 4, 40
    for number in range(count):
        write(f"letter {number}")
    for _ in range(kills):
        worker, before = _start_worker(settings, sink, clock), len(sink.taken)
        until(partial(_has_taken, sink, before + count // (kills + 1)), seconds=20)
        worker.kill()
        worker.wait()
        clock.move(deliver.LEASE)
    worker = _start_worker(settings, sink, clock)
    until(lambda: all(letter.state is LetterState.SENT for letter in outbox()), seconds=20)
    worker.kill()
    worker.wait()
    arrived = Counter(message["Message-ID"] for message in sink.taken)
    assert set(arrived) == {f"<{letter.message_id}@localhost>" for letter in outbox()}
    assert arrived.total() - len(arrived) <= kills * deliver.LANES


def _has_taken(sink: Sink, count: int) -> bool:
    return len(sink.taken) >= count


class _Dying:
    """A postbox whose process dies the moment after it took a letter."""

    def __init__(self, postbox: Postbox) -> None:
        self.postbox = postbox

    def send(self, email: Email) -> None:
        self.postbox.taken.append(email)
        raise KeyboardInterrupt

    def close(self) -> None:
        pass


def _start_worker(settings: Settings, sink: Sink, clock: Clock) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "TESTING": "1",
        "BASE_URL": settings.base_url,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_keys[0],
        "TOKEN_KEYS": settings.token_keys[0],
        "TEST_CLOCK": str(clock.file),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sink.port),
        "SMTP_SECURITY": "none",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=environment)
