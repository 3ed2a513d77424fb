"""The people and things that tests are about: Ruth mentors Mateo, Linh is a stranger to both."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from companion import config, db, identity, schema
from companion.app import create_app
from companion.config import Settings
from companion.model.letters import Letter
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import keep_agenda, schedule, talk
from companion.services.schedule import Slot
from integrations import circuits
from tests.databases import empty, fresh_postgresql

NOON = datetime(2026, 11, 22, 10, 40, tzinfo=UTC)  # a Sunday: 13:40 in Nairobi, 07:40 in Santiago
SECRET = "a secret that only tests know, 0123456789 abcdef"
TOKEN_KEY = "dGVzdC1vbmx5LXRva2VuLWtleS0wMTIzNDU2Nzg5YWI="
BASE_URL = "http://localhost"

hypothesis_settings.register_profile("slow is not wrong", deadline=None)
hypothesis_settings.load_profile("slow is not wrong")


class Clock:
    """The product's clock: stands still until it is moved."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(NOON)

    def set(self, now: datetime) -> None:
        self.now = now
        self.file.write_text(now.isoformat())

    def move(self, by: timedelta) -> None:
        self.set(self.now + by)


class Browser(FlaskClient):
    """A browser that sends our forms as our pages would: with the token and from our own origin."""

    csrf = ""

    def submit(self, address: str, **fields: object) -> TestResponse:
        return self.post(address, data={"csrf": self.csrf, **fields}, headers={"Origin": BASE_URL})


@pytest.fixture(autouse=True)
def nobody_is_in_trouble() -> None:
    """What another test's simulator did is nothing to hold against this one's."""
    circuits.forget_all()


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    file = tmp_path / "clock"
    monkeypatch.setenv("TEST_CLOCK", str(file))
    return Clock(file)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest version, made once: copying it is quicker than migrating each time."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    database = db.use(f"sqlite:///{file}")
    schema.migrate()
    database.engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The same on PostgreSQL: one for all tests of a process, emptied before each."""
    with fresh_postgresql() as url:
        database = db.use(url.replace("postgresql://", "postgresql+psycopg://"))
        schema.migrate()
        database.engine.dispose()
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[str]:
    """SQLite; tests marked `both_databases` also run on PostgreSQL where one is named."""
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        empty(url, [table.name for table in reversed(schema.all_tables().sorted_tables)])
        yield url.replace("postgresql://", "postgresql+psycopg://")
    else:
        shutil.copy(sqlite_template, tmp_path / "alongside.db")
        yield f"sqlite:///{tmp_path / 'alongside.db'}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        kinds = ["sqlite", "postgresql"] if os.environ.get("TEST_DATABASE_URL") else ["sqlite"]
        metafunc.parametrize("database_url", kinds, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: side by side, the longest files must not be what is left over at the end."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


def pytest_report_header() -> str:
    named = "tried too" if os.environ.get("TEST_DATABASE_URL") else "left out: TEST_DATABASE_URL names no server"
    return f"PostgreSQL: {named}"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        base_url=BASE_URL,
        secret_keys=(SECRET,),
        token_keys=(TOKEN_KEY,),
        testing=True,
        admins=frozenset({"ruth@example.org"}),
    )


@pytest.fixture
def installation(settings: Settings, clock: Clock) -> Iterator[Settings]:
    """Settings and database in use, as verbs need them. Doors are opened by `app`, which takes far longer."""
    config.use(settings)
    db.use(settings.database_url)
    yield settings
    keep_agenda.stop_keeper()
    db.current().engine.dispose()


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Each test has an app of its own, and compiling its templates would take a fifth of all time."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(installation: Settings, compiled_templates: FileSystemBytecodeCache) -> Flask:
    made = create_app(installation)
    made.jinja_env.bytecode_cache = compiled_templates
    made.test_client_class = Browser
    return made


def person(email: str, name: str, zone: str, locale: str = "en-GB") -> Person:
    with db.transaction() as tx:
        made = Person(email=email, name=name, zone=zone, locale=locale, created_at=NOON)
        tx.add(made)
        tx.flush()
        return made


@pytest.fixture
def ruth(installation: Settings) -> Person:
    return person("ruth@example.org", "Ruth Wanjiru", "Africa/Nairobi")


@pytest.fixture
def mateo(installation: Settings) -> Person:
    return person("mateo@example.org", "Mateo Fuentes", "America/Santiago")


@pytest.fixture
def linh(installation: Settings) -> Person:
    return person("linh@example.org", "Linh Phạm", "Asia/Ho_Chi_Minh")


@pytest.fixture
def mentorship(ruth: Person, mateo: Person) -> Mentorship:
    with db.transaction() as tx:
        made = Mentorship(
            mentor=tx.merge(ruth), mentee=tx.merge(mateo), purpose="Lead a platform team by next summer",
            state=MentorshipState.ACTIVE, started_at=NOON,
        )  # fmt: skip
        tx.add(made)
        tx.flush()
        return made


@pytest.fixture
def session(mentorship: Mentorship, ruth: Person) -> Session:
    """Tuesday 24 November, 17:00 in Nairobi, 11:00 in Santiago, one hour."""
    return schedule.plan(mentorship.id, ruth.id, Slot(datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", 60))


@pytest.fixture
def live_session(session: Session, clock: Clock, ruth: Person) -> Session:
    """The same, a minute after it began."""
    clock.set(session.starts_at + timedelta(minutes=1))
    return talk.start(session.id, by=ruth.id)


@pytest.fixture
def browse(app: Flask) -> Callable[[Person | None], Browser]:
    """A browser in which this person is signed in; None for somebody who isn't."""

    def opened(who: Person | None) -> Browser:
        client = app.test_client()
        assert isinstance(client, Browser)
        with app.test_request_context(base_url=BASE_URL):
            if who is not None:
                identity.sign_in(who, proof=f"test {who.id}")
            client.csrf = identity.csrf_token()
            client.set_cookie("alongside", g.browser.id)
        return client

    return opened


@pytest.fixture
def as_ruth(browse: Callable[[Person | None], Browser], ruth: Person) -> Browser:
    return browse(ruth)


@pytest.fixture
def as_mateo(browse: Callable[[Person | None], Browser], mateo: Person) -> Browser:
    return browse(mateo)


@pytest.fixture
def as_stranger(browse: Callable[[Person | None], Browser], linh: Person) -> Browser:
    """Signed in, but part of no mentorship of Ruth and Mateo."""
    return browse(linh)


@pytest.fixture
def outbox(installation: Settings) -> Callable[[], list[Letter]]:
    """The letters written so far, oldest first."""

    def read() -> list[Letter]:
        with db.reading() as tx:
            return list(tx.query(Letter).order_by(Letter.id))

    return read


def wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
