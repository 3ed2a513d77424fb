"""`python -m tests.simulators`: all providers on free ports, their settings on standard output, until input ends.

WEBHOOKS_TO names the product's own address (its BASE_URL), where providers tell what happens.
"""

import os
import signal
import sys
from types import FrameType

from tests.simulators.google import Google
from tests.simulators.microsoft import Microsoft
from tests.simulators.zoom import Zoom


def main() -> None:
    """Prints one NAME=value a line, then an empty line; runs until standard input closes or SIGTERM comes."""
    signal.signal(signal.SIGTERM, _stop)
    with Zoom() as zoom, Google() as google, Microsoft() as microsoft:
        said = {**zoom.settings(), **google.settings(), **microsoft.settings()}
        if product := os.environ.get("WEBHOOKS_TO"):
            zoom.deliver_at_once(f"{product}/hooks/zoom")
            said |= google.pushes_to(f"{product}/hooks/google_meet", at_once=True)
        for name, value in said.items():
            print(f"{name}={value}")
        print(flush=True)
        sys.stdin.read()


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
