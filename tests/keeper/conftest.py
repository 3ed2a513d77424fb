"""A keeper over logs kept in memory, and edits as browsers made them."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from companion.keeper import Keeper, Verdict
from companion.keeper.child import Child

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())
REFUSED: dict[str, bytes] = {name: bytes.fromhex(edit) for name, edit in VECTORS["refused"].items()}


class Story:
    """What two browsers wrote into one agenda, in the log's order, and the page that they saw in the end."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.edits = [bytes.fromhex(edit) for edit in told["updates"]]
        self.full = bytes.fromhex(told["full"])
        self.page: dict[str, Any] = told["page"]


STORIES = {name: Story(told) for name, told in VECTORS["stories"].items()}


class Logs:
    """Stands for the database: the rows of each document, and a keeper that reads them."""

    def __init__(self) -> None:
        self.rows: dict[str, list[bytes]] = defaultdict(list)
        self.poisoned: list[str] = []
        self.keeper = Keeper(lambda doc: self.rows[doc], on_poison=self.poisoned.append)

    def save(self, *edits: tuple[str, bytes]) -> list[Verdict]:
        """Check, and store what is ok."""
        verdicts = self.keeper.check(edits)
        for (doc, edit), verdict in zip(edits, verdicts, strict=True):
            if verdict is Verdict.ok:
                self.rows[doc].append(edit)
        return verdicts

    def clear(self) -> None:
        self.keeper.drop(list(self.rows))
        self.rows.clear()
        self.poisoned.clear()

    @property
    def child(self) -> Child:
        """The keeper process at work."""
        child = self.keeper._supervisor._child
        assert child
        return child

    @property
    def pid(self) -> int:
        return self.child.pid


@pytest.fixture(scope="session")
def all_logs() -> Iterator[Logs]:
    logs = Logs()
    logs.keeper.start()
    yield logs
    logs.keeper.stop()


@pytest.fixture
def logs(all_logs: Logs) -> Iterator[Logs]:
    """Empty. The keeper is the same for all tests: each leaves it able to go on, whatever it did."""
    yield all_logs
    all_logs.clear()


@pytest.fixture(params=STORIES)
def story(request: pytest.FixtureRequest) -> Story:
    return STORIES[request.param]
