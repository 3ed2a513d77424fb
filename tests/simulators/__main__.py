"""`python -m tests.simulators`: both providers on free ports, their settings on standard output, until input ends."""

import signal
import sys
from types import FrameType

from tests.simulators.google import Google
from tests.simulators.zoom import Zoom


def main() -> None:
    """Prints one NAME=value a line, then an empty line; runs until standard input closes or SIGTERM comes."""
    signal.signal(signal.SIGTERM, _stop)
    with Zoom() as zoom, Google() as google:
        for name, value in {**zoom.settings(), **google.settings()}.items():
            print(f"{name}={value}")
        print(flush=True)
        sys.stdin.read()


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
