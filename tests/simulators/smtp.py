"""A real SMTP server on loopback that keeps what it takes and misbehaves on request."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.server import free_port


class Sink:
    """What a test says to the server and reads from it.

    `answers` maps a recipient to what RCPT is told instead of 250; `data_answer` is what DATA is told. A recipient in
    `stalling` never gets an answer to RCPT; letters to one in `silent` are taken, then the line breaks.
    """

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[EmailMessage] = []
        self.lines = 0
        self.greetings: list[str] = []
        self.answers: dict[str, str] = {}
        self.data_answer = "250 OK"
        self.stalling: set[str] = set()
        self.silent: set[str] = set()
        self.password = b"right"

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greetings.append(hostname)
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.stalling:
            await asyncio.Event().wait()
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.data_answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(message_from_bytes(envelope.content, policy=default))
        if self.silent.intersection(envelope.rcpt_tos) and server.transport is not None:
            server.transport.close()
        return self.data_answer

    def check(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, said: Any) -> AuthResult:
        return AuthResult(success=said.password == self.password, handled=False)


@contextmanager
def smtp_sink(
    tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, asks_password: bool = False
) -> Iterator[Sink]:
    """Listens on a free port until the block ends. Passwords are only asked for under TLS."""
    sink = Sink()
    sink.port = free_port()
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=sink.port,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=sink.check if asks_password else None,
        auth_required=asks_password,
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
