"""The doctor: looks at this installation, then at each provider it uses, and says what to do."""

import smtplib

import redis
from sqlalchemy.exc import SQLAlchemyError

from companion import config, db, schema
from companion.services import deliver, set_up, try_out
from companion.services.findings import Finding, Verdict, ask_ourselves
from integrations.errors import Unavailable
from integrations.mail.smtp import SmtpMailer


def everything() -> list[Finding]:
    """The whole installation, then each provider."""
    found = installation()
    if any(each.about == "Database" and each.verdict is Verdict.WRONG for each in found):
        return found
    return found + [finding for each in set_up.places() for finding in try_out.provider(each.name)]


def installation() -> list[Finding]:
    """Database, address and letters."""
    db.refuse_in_transaction()
    return [_database(), _address(), *_redis(), _reachable(), _mail_server(), *_dead_letters()]


def _database() -> Finding:
    try:
        complaint = schema.complaint()
    except SQLAlchemyError:
        return Finding("Database", Verdict.WRONG, "It does not answer. Check DATABASE_URL, and that it runs.")
    if complaint:
        return Finding("Database", Verdict.WRONG, complaint)
    kind = "SQLite" if db.current().is_sqlite else "PostgreSQL"
    return Finding("Database", Verdict.OK, f"{kind}, at this version of Alongside.")


def _address() -> Finding:
    settings = config.current()
    if not settings.https:
        words = f"{settings.base_url} opens on this machine only, and no provider can send webhooks to it."
        return Finding("Address", Verdict.WARNING, f"{words} For people elsewhere, set BASE_URL to an https address.")
    if not settings.proxy_hops:
        words = "PROXY_HOPS is 0, yet something in front of Alongside must end TLS."
        return Finding("Address", Verdict.WARNING, f"{words} With one proxy of yours, set PROXY_HOPS=1.")
    return Finding("Address", Verdict.OK, f"{settings.base_url}, behind {settings.proxy_hops} of your proxies.")


def _redis() -> list[Finding]:
    url = config.current().redis_url
    if not url:
        return []
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError):
        words = "It does not answer at REDIS_URL. Partners on two nodes see each other’s words seconds later"
        return [Finding("Redis", Verdict.WARNING, f"{words}; nothing is lost. Check that it runs.")]
    return [Finding("Redis", Verdict.OK, "It answers, so nodes hear of each other at once.")]


def _reachable() -> Finding:
    address = f"{config.current().base_url}/healthz"
    try:
        answer = ask_ourselves("GET", address)
    except Unavailable:
        words = f"Nothing answers at {address} as seen from this machine."
        return Finding("Server", Verdict.WARNING, f"{words} Start the server, or look at the proxy and the DNS entry.")
    if answer.status == 200 and answer.body.get("ok") is True:
        return Finding("Server", Verdict.OK, f"Alongside answers at {config.current().base_url}.")
    words = f"{address} answers {answer.status}, and not as Alongside does."
    return Finding("Server", Verdict.WRONG, f"{words} Check where the proxy leads to.")


def _mail_server() -> Finding:
    mailer = deliver.mailer(config.current())
    if not isinstance(mailer, SmtpMailer):
        return Finding("Letters", Verdict.OK, "They stay on this machine, at /dev/mail: this is a demo.")
    relay = mailer.relay
    where = f"{relay.host}:{relay.port}"
    try:
        relay.connect().quit()
    except smtplib.SMTPAuthenticationError:
        return Finding("Letters", Verdict.WRONG, f"{where} refuses SMTP_USER and SMTP_PASSWORD. Check both.")
    except (OSError, smtplib.SMTPException) as error:
        words = f"{where} can’t be used ({type(error).__name__})."
        return Finding("Letters", Verdict.WRONG, f"{words} Check SMTP_HOST, SMTP_PORT and SMTP_SECURITY.")
    return Finding("Letters", Verdict.OK, f"{where} lets us in. Nothing was sent.")


def _dead_letters() -> list[Finding]:
    try:
        dead = len(deliver.dead_letters())
    except SQLAlchemyError:
        return []
    if not dead:
        return []
    words = f"{dead} will never arrive." if dead > 1 else "One will never arrive."
    return [Finding("Letters", Verdict.WARNING, f"{words} `flask dead-letters` says which, and why.")]
