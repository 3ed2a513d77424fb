"""The people's tabs, in one Node process: what is asked of them and what they say."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.people import Place

PACE = 20
"""How many times faster time runs on these devices."""


class Devices:
    """Each answers once a deed is done on it; what the network then does is its own business."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def open(self, tab: str, url: str, origin: str, person: str, role: str, place: Place) -> None:
        """A tab with what its person's device keeps of this session. Returns before it has a line."""
        whose = {"person": person, "role": role, "cookie": place.cookie, "csrf": place.csrf}
        self._ask("open", tab=tab, url=url, origin=origin, session=place.session_id, **whose)

    def do(self, tab: str, what: str, word: str, at: int) -> dict[str, Any]:
        """`typed`: where the word stands now; `gone`: the words, or ids of what holds words, that were taken away."""
        return self._ask("deed", tab=tab, what=what, word=word, at=at)

    def state(self, tab: str) -> dict[str, Any]:
        """What the page says of itself, and the words of its own that it ever said are saved: `claimed`."""
        return self._ask("state", tab=tab)

    def page(self, tab: str) -> dict[str, Any]:
        """What stands on it: everything, as `json`."""
        return self._ask("page", tab=tab)

    def close(self, tab: str) -> None:
        """As a browser does: the page hears of it and has no time for anything."""
        self._ask("close", tab=tab)

    def wake(self) -> None:
        """Every device says that it may be online again."""
        self._ask("wake")

    def _ask(self, deed: str, **told: object) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": deed, **told}) + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(
            self.process.stdout.readline() or '{"failed": "the tabs ended by themselves"}'
        )
        assert "failed" not in said, said["failed"]
        return said


@contextmanager
def devices() -> Iterator[Devices]:
    """Their process, until the block ends."""
    command = ["node", str(Path(__file__).with_name("tabs.mjs")), str(PACE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Devices(process)
        finally:
            process.kill()
