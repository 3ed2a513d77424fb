"""What runs beside the requests of a web process: the sessions' clock and, unless a worker does it, the letters."""

import logging
import threading
from collections.abc import Callable

from requests import RequestException
from sqlalchemy.exc import SQLAlchemyError

from companion import config
from companion.errors import Refusal
from companion.keeper import KeeperGone
from companion.services import deliver, follow_up, talk

log = logging.getLogger(__name__)
BEAT = 5.0  # seconds

_ended = threading.Event()


def start() -> None:
    """Begin; called once in a web process, after gevent has patched it."""
    _ended.clear()
    talk.nobody_sits()
    _run("the talks' clock", talk.tick)
    _run("the wrap-ups' clock", follow_up.tick)
    if config.current().letters_in_web:
        threading.Thread(target=deliver.run_until, args=(_ended,), name="letters", daemon=True).start()


def stop() -> None:
    """Let the loops end after what they are doing."""
    _ended.set()


def _run(name: str, deed: Callable[[], None]) -> None:
    def beat() -> None:
        while not _ended.wait(BEAT):
            try:
                deed()
            except (SQLAlchemyError, OSError, KeeperGone, Refusal, RequestException):
                log.exception("%s stumbled; it goes on at the next beat", name)

    threading.Thread(target=beat, name=name, daemon=True).start()
