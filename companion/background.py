"""What runs beside the requests of a web process: the sessions' clock and, unless a worker does it, the letters."""

import logging
import threading
from collections.abc import Callable

from blinker import NamedSignal
from requests import RequestException
from sqlalchemy.exc import SQLAlchemyError

from companion import config, signals
from companion.errors import Refusal
from companion.keeper import KeeperGone
from companion.services import deliver, follow_call, follow_up, hear, look, settle, talk

log = logging.getLogger(__name__)
BEAT, HOUR = 5.0, 3600.0  # seconds

_ended = threading.Event()
_bells: list[threading.Event] = []


def start() -> None:
    """Begin; called once in a web process, after gevent has patched it."""
    _ended.clear()
    talk.nobody_sits()
    _run("the talks' clock", talk.tick)
    _run("the wrap-ups' clock", follow_up.tick)
    _run("the calls' clock", follow_call.tick)
    _run("what providers tell", hear.tick, woken_by=signals.event_received)
    _run("forgetting", hear.prune, every=HOUR)
    _run("what providers are owed", settle.tick, woken_by=signals.meeting_owed)
    _run("the link doctor", look.tick, woken_by=signals.meeting_waiting)
    if config.current().letters_in_web:
        threading.Thread(target=deliver.run_until, args=(_ended,), name="letters", daemon=True).start()


def stop() -> None:
    """Let the loops end after what they are doing."""
    _ended.set()
    for bell in _bells:
        bell.set()
    _bells.clear()


def _run(name: str, deed: Callable[[], None], woken_by: NamedSignal | None = None, every: float = BEAT) -> None:
    """Do this every so many seconds, and at once when the signal is told in this process."""
    bell = threading.Event()
    _bells.append(bell)

    def wake(_sender: object, **_facts: object) -> None:
        bell.set()

    if woken_by is not None:
        woken_by.connect(wake)

    def beat() -> None:
        while True:
            bell.wait(every)
            bell.clear()
            if _ended.is_set():
                break
            try:
                deed()
            except (SQLAlchemyError, OSError, KeeperGone, Refusal, RequestException):
                log.exception("%s stumbled; it goes on at the next beat", name)
        if woken_by is not None:
            woken_by.disconnect(wake)  # and `wake` lives as long: signals hold their listeners weakly

    threading.Thread(target=beat, name=name, daemon=True).start()
