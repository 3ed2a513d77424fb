"""What runs beside the requests of a web process: the sessions' clock and, unless a worker does it, the letters."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from blinker import NamedSignal

from companion import config, db, signals
from companion.services import (
    deliver,
    elsewhere,
    follow_call,
    follow_up,
    forget_past,
    hand_over,
    hear,
    in_zoom,
    look,
    providers,
    settle,
    talk,
)

log = logging.getLogger(__name__)
BEAT, HOUR = 5.0, 3600.0  # seconds
BREATH = 0.25  # seconds that the doctor leaves to those who wait for the link itself

_ended = threading.Event()
_bells: list[threading.Event] = []


def start() -> None:
    """Begin; called once in a web process, after gevent has patched it."""
    _ended.clear()
    talk.nobody_sits()
    repeat("the talks' clock", talk.tick)
    repeat("the wrap-ups' clock", follow_up.tick)
    repeat("the calls' clock", follow_call.tick)
    repeat("what providers tell", hear.tick, woken_by=signals.event_received)
    repeat("forgetting", hear.prune, every=HOUR)
    repeat("forgetting old codes", hand_over.prune, every=HOUR)
    repeat("forgetting old words of Zoom", in_zoom.prune, every=HOUR)
    repeat("forgetting old histories", forget_past.prune, every=HOUR)
    if not db.current().is_sqlite:
        repeat("forgetting old facts", elsewhere.prune, every=HOUR)
    for name in providers.all_offers():  # each on its own, so that a slow one holds up no other
        repeat(f"what {name} is owed", partial(settle.tick, name), woken_by=signals.meeting_owed)
        repeat(f"the link doctor at {name}", partial(look.tick, name), woken_by=signals.meeting_waiting, breath=BREATH)
    if config.current().letters_in_web:
        threading.Thread(target=deliver.run_until, args=(_ended,), name="letters", daemon=True).start()


def stop() -> None:
    """Let the loops end after what they are doing."""
    _ended.set()
    for bell in _bells:
        bell.set()
    _bells.clear()


def repeat(
    name: str, deed: Callable[[], None], woken_by: NamedSignal | None = None, every: float = BEAT, breath: float = 0.0
) -> None:
    """Do this every so many seconds, and at once, or a breath later, when the signal is told in this process."""
    bell = threading.Event()
    _bells.append(bell)

    def wake(_sender: object, **_facts: object) -> None:
        bell.set()

    if woken_by is not None:
        woken_by.connect(wake)

    def beat() -> None:
        while True:
            _until_rung(bell, every, breath)
            if _ended.is_set():
                break
            try:
                deed()
            except Exception:
                log.exception("%s stumbled; it goes on at the next beat", name)
        if woken_by is not None:
            woken_by.disconnect(wake)  # and `wake` lives as long: signals hold their listeners weakly

    threading.Thread(target=beat, name=name, daemon=True).start()


def _until_rung(bell: threading.Event, every: float, breath: float) -> None:
    if bell.wait(every):
        _ended.wait(breath)
    bell.clear()
