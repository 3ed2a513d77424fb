"""Work at other people's machines, a few pieces at a time: one that takes long holds up few others."""

import logging
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)

LANES = 4  # questions on their way at once, for each provider that is asked


def go(ids: Sequence[int], deed: Callable[[int], bool]) -> None:
    """Do this for each, in a few lanes, until all are done. `deed` gives whether there was an answer.

    A lane that got none ends: who is silent is asked a few times in a round, and what is left waits for the next.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    for each in ids:
        waiting.put(each)
    others = [threading.Thread(target=_lane, args=(waiting, deed), daemon=True) for _ in ids[1:LANES]]
    for lane in others:
        lane.start()
    _lane(waiting, deed)
    for lane in others:
        lane.join()


def _lane(waiting: "SimpleQueue[int]", deed: Callable[[int], bool]) -> None:
    is_answered = True
    while is_answered:
        try:
            meeting_id = waiting.get_nowait()
        except Empty:
            return
        try:
            is_answered = deed(meeting_id)
        except Exception:
            log.exception("meeting %s stumbled; the others go on", meeting_id)
