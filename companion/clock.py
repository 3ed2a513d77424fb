"""The only reader of the wall clock.

`TEST_CLOCK=<file>` (demo and tests only, `config` refuses it elsewhere) holds an ISO time that stands in for now.
"""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, aware, in UTC."""
    stand_in = os.environ.get("TEST_CLOCK")
    if stand_in:
        return datetime.fromisoformat(Path(stand_in).read_text().strip()).astimezone(UTC)
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day that people in this IANA zone are living in."""
    return now().astimezone(ZoneInfo(zone)).date()
