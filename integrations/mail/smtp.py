"""Letters by SMTP: RFC 5321, with STARTTLS, TLS from the first byte, or (for a relay next door) neither."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from integrations.errors import Refused, Unavailable
from integrations.mail import Email


class Security(StrEnum):
    """How the line is kept private. NONE is for a relay on the same machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class Relay:
    """The server that takes our letters. `timeout` bounds each wait on it, `helo` is the name we greet it with."""

    host: str
    port: int
    helo: str
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: timedelta = timedelta(seconds=10)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False, compare=False)

    def connect(self) -> smtplib.SMTP:
        """A line that is open, private and signed in. Raises smtplib's errors and OSError."""
        seconds = self.timeout.total_seconds()
        if self.security is Security.TLS:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=self.helo, timeout=seconds, context=self.tls
            )
        else:
            line = smtplib.SMTP(self.host, self.port, local_hostname=self.helo, timeout=seconds)
        try:
            if self.security is Security.STARTTLS:
                line.starttls(context=self.tls)
            line.ehlo_or_helo_if_needed()
            if self.user:
                line.login(self.user, self.password)
        except (OSError, smtplib.SMTPException):
            line.close()
            raise
        return line


class SmtpMailer:
    """Sends through a relay, several letters on one line where the relay lets it."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._line: smtplib.SMTP | None = None

    def send(self, email: Email) -> None:
        line = self._open_line()
        try:
            line.send_message(email.message(), from_addr=email.sender, to_addrs=[email.to])
        except smtplib.SMTPRecipientsRefused as error:
            raise _for_reply(*error.recipients[email.to]) from error
        except smtplib.SMTPSenderRefused as error:
            # Our own address in From: the settings are wrong, not the letter. It waits until they are mended.
            raise Unavailable(_sentence(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise _for_reply(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused("The mail server cannot write to an address with these letters") from error
        except (OSError, smtplib.SMTPException) as error:
            # Perhaps the letter went and only the answer was lost: trying again can double it, never lose it.
            self._drop_line()
            raise Unavailable("The mail server broke off before it took the letter") from error

    def close(self) -> None:
        if self._line is None:
            return
        try:
            self._line.quit()
        except (OSError, smtplib.SMTPException):
            self._line.close()
        self._line = None

    def _open_line(self) -> smtplib.SMTP:
        """The kept line if it still answers, else a new one. Whatever is wrong here is no letter's fault."""
        if self._line is not None and not _answers(self._line):
            self._drop_line()
        if self._line is None:
            try:
                self._line = self.relay.connect()
            except smtplib.SMTPResponseException as error:
                raise Unavailable(_sentence(error.smtp_code, error.smtp_error)) from error
            except (OSError, smtplib.SMTPException) as error:
                raise Unavailable(f"The mail server cannot be reached: {error}") from error
        return self._line

    def _drop_line(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def _answers(line: smtplib.SMTP) -> bool:
    try:
        return line.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _for_reply(code: int, words: bytes | str) -> Refused | Unavailable:
    """RFC 5321, 4.2.1: 5xx would be said again, anything else may change."""
    kind = Refused if 500 <= code < 600 else Unavailable
    return kind(_sentence(code, words))


def _sentence(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"The mail server answered {code}: {' '.join(text.split())[:300]}"
