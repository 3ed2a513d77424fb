"""The programs beside this file: they take a plan as JSON and print one line of JSON a result."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.bench.cores import pinned

LONGEST = 120  # seconds


def run(script: str, plan: dict[str, Any]) -> list[Any]:
    """What `script` printed. Raises CalledProcessError if it failed, which says why above."""
    with pinned(1):
        done = subprocess.run(
            ["node", Path(__file__).with_name(script)],
            input=json.dumps(plan),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=LONGEST,
        )
    return [json.loads(line) for line in done.stdout.splitlines()]
