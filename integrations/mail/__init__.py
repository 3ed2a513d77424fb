"""E-mail as a plain value, and the one verb every way of sending it has."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol


@dataclass(frozen=True)
class Email:
    """One e-mail, ready to go: the same value always makes the same bytes but for the MIME boundary.

    `sender` and `to` are bare addresses, `message_id` is with its angle brackets, `date` is aware.
    What can't be a header, an address that isn't one or a line break in a subject, raises ValueError.
    """

    message_id: str
    date: datetime
    sender_name: str
    sender: str
    to: str
    subject: str
    text: str
    html: str

    def __post_init__(self) -> None:
        headers = (self.message_id, self.sender_name, self.sender, self.to, self.subject)
        if any(ord(sign) < 32 or ord(sign) == 127 for value in headers for sign in value):
            raise ValueError("a header can't hold control characters")
        for address in (self.sender, self.to):
            try:
                Address(addr_spec=address)
            except (MessageError, IndexError) as error:
                raise ValueError("not an e-mail address") from error

    def message(self) -> EmailMessage:
        """Both parts with their headers. Lines are short and ASCII, so any server passes them on unchanged."""
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self.sender_name, addr_spec=self.sender)
        message["To"] = Address(addr_spec=self.to)
        message["Subject"] = self.subject
        message["Date"] = format_datetime(self.date)
        message["Message-ID"] = self.message_id
        # RFC 3834: holiday notices and the like don't answer a letter that says this.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text, cte="quoted-printable")
        message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        return message


class Mailer(Protocol):
    """A way for letters to leave. One mailer serves one thread at a time and may keep its line open between letters."""

    def send(self, email: Email) -> None:
        """Returns once the other side took the letter. Raises Refused (never) or Unavailable (try later)."""

    def close(self) -> None:
        """Let go of the line, if one is open. The mailer can be used again."""
