"""Everything that the product asks of providers, as deeds of one person on a ground of their own."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from companion import db, schema
from companion.app import create_app
from companion.config import Settings
from companion.model.connections import Connection
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.sessions import Session
from companion.services import connect, meet, providers, renew, schedule
from companion.services.authorised import authorised
from companion.services.schedule import Slot
from integrations.meetings import Meeting, MeetingPlan
from tests.conftest import Clock, person
from tests.simulators.google import Google
from tests.simulators.microsoft import Microsoft
from tests.simulators.server import Simulator
from tests.simulators.zoom import Zoom

TOKEN_KEY = "dGVzdC1vbmx5LXRva2VuLWtleS0wMTIzNDU2Nzg5YWI="
FIRST = datetime(2027, 1, 4, 17, 0)  # when the first session begins, on the wall in Nairobi


class Ground:
    """An installation with its simulators. Its clock keeps rate limits out of the way."""

    def __init__(self, folder: Path) -> None:
        os.environ["TEST_CLOCK"] = str(folder / "clock")
        self.clock = Clock(folder / "clock")
        self.vendors: Mapping[str, Any] = {"zoom": Zoom(), "google_meet": Google(), "teams": Microsoft()}
        create_app(
            Settings(
                data_dir=folder, database_url=f"sqlite:///{folder}/faults.db", base_url="http://localhost",
                secret_keys=("s" * 40,), token_keys=(TOKEN_KEY,), testing=True, log_level="CRITICAL",
                provider_env={name: value for each in self.vendors.values() for name, value in _running(each)},
            )
        )  # fmt: skip
        schema.migrate()
        self.ruth = person("ruth@example.org", "Ruth Wanjiru", "Africa/Nairobi")
        self.mentorship_id = self._mentorship()
        self.count = 0

    def stage(self, provider: str) -> "Stage":
        """Ruth with a newly connected account, a session to come, and a meeting that is not that session's."""
        self.count += 1
        self.clock.move(timedelta(minutes=2))
        connection = connect.remember(self.ruth.id, provider, self.granted(provider))
        slot = Slot(FIRST + timedelta(days=self.count), "Africa/Nairobi", 60)
        session = schedule.plan(self.mentorship_id, self.ruth.id, slot)
        return Stage(self, provider, connection, session)

    def granted(self, provider: str) -> dict[str, Any]:
        """A token answer for an account that nobody had before."""
        account = f"ruth{self.count}@example.org"
        return {**self.vendors[provider].granted(account), "userinfo": {"sub": account, "email": account}}

    def _mentorship(self) -> int:
        mateo = person("mateo@example.org", "Mateo Fuentes", "America/Santiago")
        with db.transaction() as tx:
            made = Mentorship(
                mentor=tx.merge(self.ruth), mentee=tx.merge(mateo), state=MentorshipState.ACTIVE,
                started_at=self.clock.now,
            )  # fmt: skip
            tx.add(made)
            tx.flush()
            return made.id


class Stage:
    """What one deed is done with."""

    def __init__(self, ground: Ground, provider: str, connection: Connection, session: Session) -> None:
        self.ground, self.provider, self.connection, self.session = ground, provider, connection, session
        self.plan = session.plan("f" * 32)
        self.made = self._asked("create", self.plan)

    def make_link(self) -> None:
        meet.make_link(self.session.id, self.provider, by=self.ground.ruth.id)

    def find(self) -> None:
        self._asked("find", self.plan)

    def move(self) -> None:
        self._asked("move", self.made, self.plan)

    def cancel(self) -> None:
        self._asked("cancel", self.made)

    def status(self) -> None:
        self._asked("status", self.made, self.connection.account)

    def host(self) -> None:
        self._asked("host_url", self.made)

    def renew(self) -> None:
        renew.after(self.connection.id, self.connection.version)

    def connect(self) -> None:
        connect.remember(self.ground.ruth.id, self.provider, self.ground.granted(self.provider))

    def disconnect(self) -> None:
        connect.forget(self.connection.id, by=self.ground.ruth.id)

    def _asked(self, verb: str, *about: Meeting | MeetingPlan | str) -> Any:
        offer = providers.offer(self.provider)
        with authorised(self.ground.ruth.id, offer) as http:
            return getattr(offer.provider, verb)(http, offer.hosts, *about)


DEEDS: Mapping[str, Callable[[Stage], None]] = {
    "make_link": Stage.make_link,
    "find": Stage.find,
    "move": Stage.move,
    "cancel": Stage.cancel,
    "status": Stage.status,
    "host": Stage.host,
    "renew": Stage.renew,
    "connect": Stage.connect,
    "disconnect": Stage.disconnect,
}


def _running(vendor: Simulator) -> list[tuple[str, str]]:
    vendor.__enter__()  # until this process ends
    return list(vendor.settings().items())
