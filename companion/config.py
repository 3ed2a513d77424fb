"""Every setting: its meaning, unit and default. All missing or bad ones are named at once, before anything starts."""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from integrations.meetings import providers
from integrations.offers import offers

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
NEW_SECRET = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
NEW_TOKEN_KEY = "python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"


class ConfigError(Exception):
    """Settings that can't be used. The message names every one of them and how to mend it."""


@dataclass(frozen=True)
class Settings:
    """What this installation is told. Lengths of time are timedeltas; keys are listed newest first."""

    data_dir: Path
    database_url: str = field(repr=False)
    base_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    token_keys: tuple[str, ...] = field(repr=False)
    demo: bool = False
    testing: bool = False
    proxy_hops: int = 0
    mail_from: str = "Alongside <alongside@localhost>"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_security: str = "starttls"
    provider_env: Mapping[str, str] = field(default_factory=dict, repr=False)
    letters_in_web: bool = True
    close_after: timedelta = timedelta(minutes=10)
    empty_after: timedelta = timedelta(minutes=30)
    answer_within: timedelta = timedelta(minutes=60)
    admins: frozenset[str] = frozenset()
    log_level: str = "INFO"
    redis_url: str = field(default="", repr=False)
    meet_project: str = ""

    @property
    def https(self) -> bool:
        """Whether people reach us over TLS."""
        return self.base_url.startswith("https://")

    @property
    def local_letters(self) -> bool:
        """Letters stay on this machine, shown at /dev/mail, until an SMTP server is named."""
        return not self.smtp_host and (self.demo or self.testing)


@dataclass
class Reader:
    """Reads one environment and gathers what is wrong with it."""

    environ: Mapping[str, str]
    wrong: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name, "1" if default else "0").lower()
        if value not in {"0", "1", "true", "false", "yes", "no"}:
            self.wrong.append(f"{name} must be 0 or 1, not {value!r}.")
        return value in {"1", "true", "yes"}

    def number(self, name: str, default: int, low: int = 0, high: int = 65535) -> int:
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 10) or not low <= int(value) <= high:
            self.wrong.append(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
            return default
        return int(value)

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.environ.get(name, "").split(",") if part.strip())


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment (variables, see docs/deploy.md), or a ConfigError that names all faults."""
    said = Reader(os.environ if environ is None else environ)
    demo, testing = said.flag("DEMO"), said.flag("TESTING")
    data_dir = Path(said.text("DATA_DIR", "var")).absolute()
    kept = _kept_secrets(said, data_dir) if demo else {}
    settings = Settings(
        data_dir=data_dir,
        database_url=_database_url(said, data_dir),
        base_url=_base_url(said, demo, testing),
        secret_keys=_secret_keys(said, kept),
        token_keys=_token_keys(said, kept),
        demo=demo,
        testing=testing,
        proxy_hops=said.number("PROXY_HOPS", 0, high=10),
        mail_from=_sender(said, "MAIL_FROM", Settings.mail_from),
        smtp_host=said.text("SMTP_HOST"),
        smtp_port=said.number("SMTP_PORT", 587, low=1),
        smtp_user=said.text("SMTP_USER"),
        smtp_password=said.text("SMTP_PASSWORD"),
        smtp_security=_one_of(said, "SMTP_SECURITY", ("starttls", "tls", "none")),
        provider_env=_provider_env(said),
        letters_in_web=said.flag("LETTERS_IN_WEB", default=True),
        close_after=timedelta(minutes=said.number("CLOSE_AFTER_MINUTES", 10, low=1, high=1440)),
        empty_after=timedelta(minutes=said.number("EMPTY_AFTER_MINUTES", 30, low=1, high=1440)),
        answer_within=timedelta(minutes=said.number("ANSWER_WITHIN_MINUTES", 60, low=1, high=1440)),
        admins=_admins(said, demo),
        log_level=_one_of(said, "LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        redis_url=_redis_url(said),
        meet_project=_meet_project(said),
    )
    _refuse_the_unsafe(said, settings)
    if said.wrong:
        raise ConfigError(
            "Alongside can't start with these settings:\n" + "\n".join(f"- {fault}" for fault in said.wrong)
        )
    return settings


def _provider_env(said: Reader) -> dict[str, str]:
    """What is said to any provider there is: ZOOM_CLIENT_ID, JITSI_ROOMS_URL and the like."""
    prefixes = tuple(f"{name.upper()}_" for name in providers())
    return {name: value for name, value in said.environ.items() if name.startswith(prefixes) and value}


def _admins(said: Reader, demo: bool) -> frozenset[str]:
    """Who sees /setup. In a demo that names nobody, Ruth does, so that it can be looked at."""
    named = said.words("ADMIN_EMAILS") or (("ruth@example.org",) if demo else ())
    said.wrong.extend(
        f"ADMIN_EMAILS must be addresses with commas between, not {each!r}." for each in named if "@" not in each
    )
    return frozenset(address.lower() for address in named)


def _one_of(said: Reader, name: str, allowed: tuple[str, ...]) -> str:
    value = said.text(name, allowed[0])
    if value not in allowed:
        said.wrong.append(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def _sender(said: Reader, name: str, default: str) -> str:
    value = said.text(name, default)
    address = parseaddr(value)[1]
    if any(sign in value for sign in "\r\n") or "@" not in address:
        said.wrong.append(f"{name} must be one address, such as Alongside <alongside@example.org>, not {value!r}.")
    return value


def _database_url(said: Reader, data_dir: Path) -> str:
    url = said.text("DATABASE_URL", f"sqlite:///{data_dir / 'alongside.db'}")
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        return "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        said.wrong.append("DATABASE_URL must start with sqlite:/// or postgresql://.")
    return url


def _meet_project(said: Reader) -> str:
    """The number of the Cloud project whose add-on opens our panel inside Google Meet; without it there is no panel."""
    number = said.text("GOOGLE_MEET_PROJECT_NUMBER")
    if number and not (number.isascii() and number.isdigit()):
        said.wrong.append(f"GOOGLE_MEET_PROJECT_NUMBER must be the project's number, not its name or id: {number!r}.")
    return number


def _redis_url(said: Reader) -> str:
    url = said.text("REDIS_URL")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        said.wrong.append("REDIS_URL must start with redis://, rediss:// or unix://.")
    if url and not said.text("DATABASE_URL").startswith("postgres"):
        said.wrong.append(
            "REDIS_URL is for several servers on one PostgreSQL database: set DATABASE_URL, or leave it away."
        )
    return url


def _base_url(said: Reader, demo: bool, testing: bool) -> str:
    url = said.text("BASE_URL", f"http://localhost:{said.text('PORT', '5000')}" if demo else "").rstrip("/")
    if not url:
        said.wrong.append(
            "BASE_URL is missing: the address people open, such as BASE_URL=https://mentoring.example.org"
        )
        return "https://missing.invalid"
    scheme, host = _scheme_and_host(url)
    if not host:
        said.wrong.append(f"BASE_URL must be a scheme and a host, such as https://mentoring.example.org, not {url!r}.")
    elif scheme == "http" and host not in LOOPBACK:
        said.wrong.append("BASE_URL must be https: sign-in and notes would cross the network readable.")
    if (demo or testing) and host not in LOOPBACK:
        said.wrong.append("DEMO=1 lets anybody look around, so it runs on loopback only: BASE_URL must be localhost.")
    return url


def _scheme_and_host(url: str) -> tuple[str, str]:
    """Both empty for anything that is not just these two and perhaps a port."""
    try:
        parts = urlsplit(url)
        bare = f"{parts.scheme}://{parts.netloc}" == url and parts.username is None and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is never closed
        return "", ""
    return (parts.scheme, parts.hostname or "") if bare and parts.scheme in {"http", "https"} else ("", "")


def _secret_keys(said: Reader, kept: Mapping[str, str]) -> tuple[str, ...]:
    keys = (said.text("SECRET_KEY", kept.get("SECRET_KEY", "")), *said.words("SECRET_KEY_FALLBACKS"))
    if not keys[0]:
        said.wrong.append(f"SECRET_KEY is missing. Make one with: {NEW_SECRET}")
    elif any(len(key) < 32 or len(set(key)) < 10 for key in keys):
        said.wrong.append(
            f"SECRET_KEY (and its fallbacks) must be 32 or more random characters. Make one with: {NEW_SECRET}"
        )
    return keys


def _token_keys(said: Reader, kept: Mapping[str, str]) -> tuple[str, ...]:
    keys = said.words("TOKEN_KEYS") or tuple(filter(None, [kept.get("TOKEN_KEYS")]))
    if not keys:
        said.wrong.append(
            f"TOKEN_KEYS is missing: it encrypts people's Zoom and Google grants. Make one with: {NEW_TOKEN_KEY}"
        )
    for key in keys:
        try:
            good = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            good = False
        if not good:
            said.wrong.append(
                f"TOKEN_KEYS holds a key that isn't 32 bytes in URL-safe base64. Make one with: {NEW_TOKEN_KEY}"
            )
    return keys


def _refuse_the_unsafe(said: Reader, settings: Settings) -> None:
    if "TEST_CLOCK" in said.environ and not (settings.demo or settings.testing):
        said.wrong.append("TEST_CLOCK is for demo and tests: a server that people rely on reads the real clock.")
    if settings.demo and said.text("HOST", "127.0.0.1") not in LOOPBACK:
        said.wrong.append("DEMO=1 lets anybody look around, so it binds loopback only: leave HOST away.")
    try:
        offers(settings.provider_env, loopback=settings.demo or settings.testing)
    except ValueError as error:
        said.wrong.append(str(error))
    if not settings.smtp_host and not (settings.demo or settings.testing):
        said.wrong.append("SMTP_HOST is missing: without it nobody can sign in or get their action items.")


def _kept_secrets(said: Reader, data_dir: Path) -> dict[str, str]:
    """The demo's own secrets, made once and kept beside its data so that restarts sign nobody out."""
    try:
        return _keep_secrets(data_dir / "secrets")
    except (OSError, ValueError) as error:
        said.wrong.append(f"DATA_DIR can't be used: {error}.")
        return {}


def _keep_secrets(file: Path) -> dict[str, str]:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "TOKEN_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in made.items()))
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Make these the settings of this process. One process serves one installation."""
    global _current  # noqa: PLW0603 - the one process-wide value besides the database; set once by app or test
    _current = settings


def current() -> Settings:
    """The settings of this process."""
    assert _current is not None, "config.use(settings) comes first"
    return _current
