"""Browser and server agree: what yjs makes of random edits by two or three people at once, pycrdt makes of them too."""

import json
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.keeper import Keeper, Verdict


@dataclass(frozen=True)
class Story:
    """Edits in two orders that a server may get them in, and the page that browsers show."""

    seed: int
    log: list[bytes]
    other: list[bytes]
    page: dict[str, Any]

    def trouble(self, keeper: Keeper) -> str:
        """In what the keeper differs, or nothing. It opens each story anew."""
        name = str(self.seed)
        verdicts = keeper.check([(name, edit) for edit in self.log])
        keeper.drop([name])
        if refused := set(verdicts) - {Verdict.ok}:
            return f"story {self.seed}: the gate said {refused}"
        for order, rows in (("as told", self.log), ("otherwise", self.other)):
            if (page := keeper.fold(rows).page) != self.page:
                return f"story {self.seed} {order}: browsers show {self.page}, the server {page}"
        return ""


def stories(count: int, seed: int) -> Iterator[Story]:
    """So many, beginning with the one of this seed."""
    command = ["node", str(Path(__file__).with_suffix(".mjs")), str(count), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            yield Story(told["seed"], [*map(b64decode, told["log"])], [*map(b64decode, told["other"])], told["page"])
    assert process.returncode == 0, "browsers differ among themselves; how, stands above"
