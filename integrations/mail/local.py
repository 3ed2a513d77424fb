"""Letters that stay at home: for the demo and for development, each is kept as one .eml file."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from integrations.errors import Unavailable
from integrations.mail import Email

_NAME = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True)
class KeptLetter:
    """A letter as its reader would get it. `name` finds it again; `date` is when it was written."""

    name: str
    date: datetime
    to: str
    subject: str
    text: str
    html: str


class LocalMailer:
    """Keeps letters in `folder`, readable by the owner only: they carry live links."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, email: Email) -> None:
        """A letter sent twice is kept once, under the name its Message-ID gives it."""
        path = self.folder / f"{hashlib.sha256(email.message_id.encode()).hexdigest()[:20]}.eml"
        half = path.with_suffix(".half")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            half.touch(mode=0o600)
            half.write_bytes(email.message().as_bytes())
            half.replace(path)
        except OSError as error:
            raise Unavailable(f"The letter could not be kept: {error.strerror}") from error

    def close(self) -> None:
        """Nothing is held open."""

    def letters(self) -> Iterator[KeptLetter]:
        """All kept letters, the newest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return (_read(path) for path in files)

    def letter(self, name: str) -> KeptLetter | None:
        path = self.folder / f"{name}.eml"
        return _read(path) if _NAME.fullmatch(name) and path.exists() else None


def _read(path: Path) -> KeptLetter:
    message = message_from_bytes(path.read_bytes(), policy=default)
    return KeptLetter(
        name=path.stem,
        date=message["Date"].datetime,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
