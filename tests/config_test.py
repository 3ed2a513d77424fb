"""Settings: all faults are named at once with the way to mend them, and what isn't safe doesn't start."""

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.config import ConfigError, Settings, read

GOOD: Mapping[str, str] = {
    "BASE_URL": "https://mentoring.example.org",
    "SECRET_KEY": "Zm9yIHRlc3RzIG9ubHksIDAxMjM0NTY3ODkgYWJjZGVm",
    "TOKEN_KEYS": "dGVzdC1vbmx5LXRva2VuLWtleS0wMTIzNDU2Nzg5YWI=",
    "SMTP_HOST": "mail.example.org",
}
WEAK_SECRETS = ("", "x", "secret", "a" * 64, "abab" * 16, "change me please")


def faults(environ: Mapping[str, str]) -> str:
    with pytest.raises(ConfigError) as error:
        read(environ)
    return str(error.value)


def test_four_settings_are_enough(tmp_path: Path) -> None:
    made = read({**GOOD, "DATA_DIR": str(tmp_path)})
    assert made.database_url == f"sqlite:///{tmp_path}/alongside.db"
    assert made.https and not made.demo and not made.local_letters
    assert (made.proxy_hops, made.close_after, made.empty_after) == (0, timedelta(minutes=10), timedelta(minutes=30))


def test_all_that_is_missing_is_named_at_once() -> None:
    said = faults({})
    for name in ("BASE_URL", "SECRET_KEY", "TOKEN_KEYS", "SMTP_HOST"):
        assert f"- {name} is missing" in said


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = {
        "BASE_URL": "http://mentoring.example.org", "SECRET_KEY": "weak", "TOKEN_KEYS": "short", "PROXY_HOPS": "-1",
        "SMTP_PORT": "0", "SMTP_SECURITY": "maybe", "LOG_LEVEL": "LOUD", "LETTERS_IN_WEB": "perhaps",
        "DATABASE_URL": "mysql://x", "MAIL_FROM": "nobody", "CLOSE_AFTER_MINUTES": "soon", "TEST_CLOCK": "/tmp/clock",
        "ZOOM_API_URL": "http://api.zoom.us",
    }  # fmt: skip
    said = faults({**GOOD, **wrong})
    for name in wrong:
        assert name in said, name
    assert said.count("\n- ") == len(wrong)


@pytest.mark.parametrize("name", ["SECRET_KEY", "TOKEN_KEYS"])
def test_the_command_that_makes_a_secret_makes_a_good_one(name: str) -> None:
    command = re.search(rf"{name} is missing.*Make one with: (.*)", faults({}))
    assert command is not None
    words = [sys.executable if word == "python" else word for word in shlex.split(command[1])]
    made = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    assert read({**GOOD, name: made})


@pytest.mark.parametrize("secret", WEAK_SECRETS)
def test_a_weak_secret_is_refused_outside_of_the_demo(secret: str) -> None:
    assert "SECRET_KEY" in faults({**GOOD, "SECRET_KEY": secret})
    if secret:
        assert "SECRET_KEY" in faults({**GOOD, "SECRET_KEY_FALLBACKS": secret})


@pytest.mark.parametrize("key", ["short", "x" * 44, "é" * 32, "dGVzdA=="])
def test_a_token_key_that_encrypts_nothing_is_refused(key: str) -> None:
    assert "TOKEN_KEYS" in faults({**GOOD, "TOKEN_KEYS": f"{GOOD['TOKEN_KEYS']},{key}"})


def test_fallbacks_and_token_keys_are_lists_with_the_newest_first() -> None:
    older = GOOD["SECRET_KEY"][::-1]
    made = read(
        {**GOOD, "SECRET_KEY_FALLBACKS": f" {older} ,", "TOKEN_KEYS": f"{GOOD['TOKEN_KEYS']},{GOOD['TOKEN_KEYS']}"}
    )
    assert made.secret_keys == (GOOD["SECRET_KEY"], older)
    assert len(made.token_keys) == 2


@pytest.mark.parametrize(
    "address",
    [
        "mentoring.example.org", "ftp://mentoring.example.org", "https://", "https://x.example/path", "https://x.example?q",
        "https://[::1", "https://x.example:port", "https://user@x.example", "https://x.example#top", "//x.example",
    ],
)  # fmt: skip
def test_an_address_that_is_more_or_less_than_scheme_and_host_is_refused(address: str) -> None:
    assert "BASE_URL must be a scheme and a host" in faults({**GOOD, "BASE_URL": address})


@pytest.mark.parametrize(
    "settings",
    [{"BASE_URL": "https://mentoring.example.org"}, {"BASE_URL": "http://192.168.1.5:5000"}, {"HOST": "0.0.0.0"}],
)
def test_the_demo_runs_on_loopback_only(tmp_path: Path, settings: dict[str, str]) -> None:
    assert "DEMO=1 lets anybody look around" in faults({"DEMO": "1", "DATA_DIR": str(tmp_path), **settings})


def test_the_demo_makes_its_secrets_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    demo = {"DEMO": "1", "DATA_DIR": str(tmp_path / "data")}
    first, second = read(demo), read(demo)
    assert first.secret_keys == second.secret_keys and first.token_keys == second.token_keys
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "secrets").stat().st_mode & 0o777 == 0o600


def test_a_demo_without_a_place_for_its_data_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "DATA_DIR can't be used" in faults({"DEMO": "1", "DATA_DIR": str(tmp_path / "file" / "data")})


def test_shown_in_a_log_the_settings_keep_their_secrets() -> None:
    hushed = {
        "SMTP_PASSWORD": "hush",
        "ZOOM_CLIENT_SECRET": "hush",
        "DATABASE_URL": "postgresql://u:hush@db/alongside",
        "REDIS_URL": "redis://:hush@cache",
    }
    shown = repr(read({**GOOD, **hushed}))
    assert not any(secret in shown for secret in ("hush", GOOD["SECRET_KEY"], GOOD["TOKEN_KEYS"]))


NAMES = st.sampled_from([
    "BASE_URL", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "TOKEN_KEYS", "DATABASE_URL", "DATA_DIR", "DEMO",
    "TESTING", "HOST", "PROXY_HOPS", "MAIL_FROM", "SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY", "LETTERS_IN_WEB",
    "CLOSE_AFTER_MINUTES", "EMPTY_AFTER_MINUTES", "LOG_LEVEL", "TEST_CLOCK", "ZOOM_API_URL", "ZOOM_CLIENT_ID",
    "JITSI_ROOMS_URL", "GOOGLE_MEET_API_URL",
])  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["0", "1", "²", "http://[", "https://x:y", "http://localhost:5000", "postgres://", "sqlite:///", "٣"]
    ),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, VALUES))
def test_whatever_the_environment_holds_it_is_used_or_refused_in_words(environ: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = environ.get("DATA_DIR", "").replace("/", "")[:20]
        placed = {**GOOD, **environ, "DATA_DIR": f"{place}/{folder}"}
        with suppress(ConfigError):
            assert isinstance(read(placed), Settings)


def test_administrators_are_named_by_address_and_in_a_demo_it_is_ruth(tmp_path: Path) -> None:
    data = {"DATA_DIR": str(tmp_path)}
    assert read({**GOOD, **data}).admins == frozenset()
    assert read({**GOOD, **data, "ADMIN_EMAILS": "Ruth@Example.org, linh@example.org"}).admins == {
        "ruth@example.org", "linh@example.org",
    }  # fmt: skip
    assert read({"DEMO": "1", **data}).admins == {"ruth@example.org"}
    assert read({"DEMO": "1", "ADMIN_EMAILS": "mateo@example.org", **data}).admins == {"mateo@example.org"}
    assert "ADMIN_EMAILS" in faults({**GOOD, **data, "ADMIN_EMAILS": "ruth"})


def test_redis_is_for_servers_that_share_a_postgresql_database() -> None:
    redis = {"REDIS_URL": "redis://cache:6379/0"}
    assert read({**GOOD, **redis, "DATABASE_URL": "postgres://db/alongside"}).redis_url == "redis://cache:6379/0"
    assert "REDIS_URL is for several servers" in faults({**GOOD, **redis})
    assert "REDIS_URL must start with" in faults(
        {**GOOD, "REDIS_URL": "http://cache", "DATABASE_URL": "postgres://db/a"}
    )
