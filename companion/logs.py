"""Structured logs, one JSON object a line, without secrets: what is logged is named, never a whole request or token."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from companion.config import Settings

STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Time, level, logger, words, and whatever a call named with `extra=`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": record.getMessage(),
        }
        said |= {name: value for name, value in record.__dict__.items() if name not in STANDARD}
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, default=str, ensure_ascii=False)


def speak(settings: Settings) -> None:
    """Log to stderr in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, JsonLines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    logging.getLogger("alembic").setLevel(max(logging.WARNING, root.level))  # it says what it is about to look at
    # Authlib logs the PKCE verifier and urllib3 whole addresses at DEBUG; neither belongs in a log.
    for noisy in ("authlib", "urllib3", "engineio", "socketio", "hypothesis"):
        logging.getLogger(noisy).setLevel(max(logging.INFO, root.level))
