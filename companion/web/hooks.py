"""The door for providers' machines: `/hooks/zoom` and the like. What comes is proven, stored and answered; no more.

No person and no form of ours stands behind it: each provider's own signature guards it.
"""

import logging
import time
from collections import deque

from flask import Blueprint, current_app, jsonify, request
from werkzeug.wrappers import Response

from companion.services import hear
from integrations.errors import Unavailable
from integrations.hooks import Challenge, Forged

log = logging.getLogger(__name__)

pages = Blueprint("hooks", __name__, url_prefix="/hooks")


class Ration:
    """So many in any minute, for the whole process."""

    def __init__(self, a_minute: int) -> None:
        self.a_minute = a_minute
        self.taken: deque[float] = deque()

    def take(self, now: float) -> bool:
        """One more, if there is one left. `now` counts monotonic seconds."""
        while self.taken and self.taken[0] <= now - 60:
            self.taken.popleft()
        if len(self.taken) >= self.a_minute:
            return False
        self.taken.append(now)
        return True


CHALLENGES = 30  # a minute: Zoom asks when the address is saved and every three days; whoever repeats it gets little


@pages.post("/<provider>")
def hear_from(provider: str) -> Response:
    """204 once it is stored, or needs no storing; 401 for what the provider never sent, 503 to be told again."""
    raw = request.get_data(cache=True)  # the bytes that were signed, before anything reads them as something else
    try:
        said = hear.read(provider, dict(request.headers), raw)
    except Forged as forged:
        log.warning("a message to /hooks/%s was refused: %s", provider, forged)
        return Response(status=401)
    except Unavailable as error:
        log.warning("a message to /hooks/%s can't be proven now: %s", provider, error)
        return Response(status=503)
    if isinstance(said, Challenge):
        return jsonify(dict(said.answer)) if _challenges().take(time.monotonic()) else Response(status=429)
    if said is not None:
        hear.received(provider, said)
    return Response(status=204)


def _challenges() -> Ration:
    ration: Ration = current_app.extensions.setdefault("challenges", Ration(CHALLENGES))
    return ration
