"""The simulators' wall clock: the same stand-in file as the product's, read without the product."""

import os
from datetime import UTC, datetime
from pathlib import Path


def now() -> datetime:
    """This instant, aware, in UTC."""
    stand_in = os.environ.get("TEST_CLOCK")
    if stand_in:
        return datetime.fromisoformat(Path(stand_in).read_text().strip()).astimezone(UTC)
    return datetime.now(UTC)  # noqa: TID251 - the simulators' one reader of the wall clock
