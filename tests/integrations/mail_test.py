import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Refused, Unavailable
from integrations.mail import Email
from integrations.mail.local import LocalMailer
from integrations.mail.smtp import Relay, Security, SmtpMailer
from tests.server import free_port
from tests.simulators.smtp import Sink, smtp_sink

THEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PATIENT = timedelta(seconds=20)  # a slow machine is not a stalling server
LETTER = Email(
    message_id="<7f3a@mentoring.example>",
    date=THEN,
    sender_name="Alongside",
    sender="alongside@mentoring.example",
    to="mateo@example.org",
    subject="Three things from your talk with Ruth Wanjirũ",
    text="Send CV to Ana\n" + "a very long line " * 100,
    html="<p>Send CV to Ana</p>",
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as listening:
        yield listening


def relay(sink: Sink, **more: Any) -> Relay:
    plain = Relay("127.0.0.1", sink.port, "mentoring.example", Security.NONE, timeout=PATIENT)
    return replace(plain, **more)


@pytest.fixture
def mailer(sink: Sink) -> Iterator[SmtpMailer]:
    made = SmtpMailer(relay(sink))
    yield made
    made.close()


def test_a_letter_arrives_with_both_parts_and_its_own_headers(mailer: SmtpMailer, sink: Sink) -> None:
    mailer.send(LETTER)
    (letter,) = sink.taken
    assert letter["Message-ID"] == LETTER.message_id
    assert letter["Subject"] == LETTER.subject
    assert letter["From"] == "Alongside <alongside@mentoring.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == THEN
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert text.get_content().splitlines() == LETTER.text.splitlines()
    assert html is not None
    assert html.get_content().strip() == LETTER.html


def test_every_line_on_the_wire_is_short_and_ascii() -> None:
    raw = LETTER.message().as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998


def test_we_greet_with_our_own_name(mailer: SmtpMailer, sink: Sink) -> None:
    mailer.send(LETTER)
    assert sink.greetings == ["mentoring.example"]


def test_several_letters_share_one_line(mailer: SmtpMailer, sink: Sink) -> None:
    mailer.send(LETTER)
    mailer.send(LETTER)
    assert len(sink.taken) == 2
    assert len(sink.greetings) == 1


def test_a_line_the_server_hung_up_is_replaced(mailer: SmtpMailer, sink: Sink) -> None:
    sink.silent.add(LETTER.to)
    with pytest.raises(Unavailable):
        mailer.send(LETTER)
    sink.silent.clear()
    mailer.send(LETTER)
    assert len(sink.greetings) == 2


@pytest.mark.parametrize("answer", ["450 Greylisted, come back", "421 Busy"])
def test_not_now_is_unavailable(mailer: SmtpMailer, sink: Sink, answer: str) -> None:
    sink.answers[LETTER.to] = answer
    with pytest.raises(Unavailable, match=answer[:3]):
        mailer.send(LETTER)


def test_no_such_mailbox_is_refused_in_the_servers_words(mailer: SmtpMailer, sink: Sink) -> None:
    sink.answers[LETTER.to] = "550 No such mailbox"
    with pytest.raises(Refused, match="550: No such mailbox"):
        mailer.send(LETTER)


def test_the_next_letter_is_not_harmed_by_a_refused_one(mailer: SmtpMailer, sink: Sink) -> None:
    sink.answers[LETTER.to] = "550 No such mailbox"
    with pytest.raises(Refused):
        mailer.send(LETTER)
    mailer.send(replace(LETTER, to="ruth@example.org"))
    assert len(sink.taken) == 1


@pytest.mark.parametrize(("answer", "error"), [("554 Looks like spam", Refused), ("451 Try later", Unavailable)])
def test_the_answer_to_the_content_counts_too(
    mailer: SmtpMailer, sink: Sink, answer: str, error: type[Exception]
) -> None:
    sink.data_answer = answer
    with pytest.raises(error, match=answer[:3]):
        mailer.send(LETTER)


def test_a_server_that_stalls_is_unavailable_within_the_timeout(sink: Sink) -> None:
    sink.stalling.add(LETTER.to)
    with pytest.raises(Unavailable):
        SmtpMailer(relay(sink, timeout=timedelta(seconds=0.5))).send(LETTER)


def test_a_lost_answer_is_unavailable_though_the_letter_went(mailer: SmtpMailer, sink: Sink) -> None:
    sink.silent.add(LETTER.to)
    with pytest.raises(Unavailable):
        mailer.send(LETTER)
    assert [letter["Message-ID"] for letter in sink.taken] == [LETTER.message_id]


def test_nobody_listening_is_unavailable() -> None:
    nobody = Relay("127.0.0.1", free_port(), "mentoring.example", Security.NONE, timeout=timedelta(seconds=1))
    with pytest.raises(Unavailable, match="cannot be reached"):
        SmtpMailer(nobody).send(LETTER)


def test_a_wrong_password_makes_letters_wait(tmp_path: Path) -> None:
    server, trusting = _certificate(tmp_path)
    with smtp_sink(starttls=server, asks_password=True) as sink:
        private = relay(sink, security=Security.STARTTLS, tls=trusting, timeout=PATIENT)
        wrong = replace(private, user="alongside", password="wrong")
        with pytest.raises(Unavailable, match="535"):
            SmtpMailer(wrong).send(LETTER)
        right = SmtpMailer(replace(wrong, password="right"))
        right.send(LETTER)
        right.close()
        assert len(sink.taken) == 1


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_the_line_is_private_or_there_is_none(tmp_path: Path, security: Security) -> None:
    server, trusting = _certificate(tmp_path)
    at_once = security is Security.TLS
    with smtp_sink(tls=server if at_once else None, starttls=None if at_once else server) as sink:
        with pytest.raises(Unavailable, match="certificate"):
            SmtpMailer(relay(sink, security=security, timeout=PATIENT)).send(LETTER)
        private = SmtpMailer(relay(sink, security=security, tls=trusting, timeout=PATIENT))
        private.send(LETTER)
        private.close()
        assert len(sink.taken) == 1


def test_a_server_without_starttls_gets_no_letter(sink: Sink) -> None:
    with pytest.raises(Unavailable):
        SmtpMailer(relay(sink, security=Security.STARTTLS)).send(LETTER)
    assert not sink.taken


def test_passwords_stay_out_of_what_is_printed(sink: Sink) -> None:
    assert "hunter2" not in repr(relay(sink, password="hunter2"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_subject_or_name_is_one_header_or_refused(subject: str, name: str) -> None:
    try:
        raw = replace(LETTER, subject=subject, sender_name=name).message().as_bytes()
    except ValueError:
        return
    head = raw.split(b"\r\n\r\n", 1)[0]
    names = {line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))}
    assert names == {
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"MIME-Version", b"Content-Type",
    }  # fmt: skip


@pytest.mark.parametrize("to", ["", "a", "a b@c.org", "a@b.org, c@d.org", "a@b.org\nBcc: c@d.org", "<a@b.org>", "a@"])
def test_only_one_plain_address_is_written_to(to: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(LETTER, to=to)


def test_kept_letters_are_shown_as_they_were_sent(tmp_path: Path) -> None:
    kept = LocalMailer(tmp_path / "letters")
    kept.send(LETTER)
    (letter,) = kept.letters()
    assert (letter.to, letter.subject, letter.date) == (LETTER.to, LETTER.subject, THEN)
    assert (letter.text.strip(), letter.html.strip()) == (LETTER.text.strip(), LETTER.html)
    assert kept.letter(letter.name) == letter


def test_a_letter_sent_twice_is_kept_once(tmp_path: Path) -> None:
    kept = LocalMailer(tmp_path)
    kept.send(LETTER)
    kept.send(LETTER)
    assert len(list(kept.letters())) == 1


def test_kept_letters_are_for_their_owner_only(tmp_path: Path) -> None:
    LocalMailer(tmp_path / "letters").send(LETTER)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "letters").rglob("*"))
    assert (tmp_path / "letters").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["../secrets", "..", "", "A" * 20, "0" * 20, "0" * 20 + "/..", "0" * 19 + "\0"])
def test_only_a_kept_letters_name_finds_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "secrets.eml").write_text("Subject: no\n\n")
    assert LocalMailer(tmp_path / "letters").letter(name) is None


def test_a_full_disk_makes_letters_wait(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        LocalMailer(tmp_path / "letters").send(LETTER)


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for 127.0.0.1, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=pem)
