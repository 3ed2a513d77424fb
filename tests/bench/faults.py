"""`python -m tests.bench.faults`: 2,000 provider faults under everything that the product asks of providers.

Each case is one deed of one person with one fault at the provider. Unhandled is whatever comes back but a refusal of
ours, which has a sentence for people.
"""

import itertools
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from companion.errors import Refusal
from integrations import circuits
from integrations.errors import IntegrationError
from tests.bench.deeds import DEEDS, Ground
from tests.bench.figures import Figures, table
from tests.simulators import faults

WANTED, PROCESSES = 2_000, 8
PATIENT = {"slow", "drip", "trickle"}  # each costs a call all of its 15 s, so each combination comes once
VENDORS = {"zoom": "zoom", "google_meet": "google", "teams": "microsoft"}


@dataclass(frozen=True)
class Case:
    """A fault of this name, while this is done at this provider."""

    provider: str
    deed: str
    fault: str


@dataclass(frozen=True)
class Outcome:
    """What came of it: nothing, a refusal by its name, or something unhandled. `is_met`: the fault did happen."""

    case: Case
    said: str
    seconds: float
    is_met: bool

    @property
    def is_unhandled(self) -> bool:
        """Nobody would have known what to tell the person."""
        return self.said.startswith("unhandled")


def measure() -> Figures:
    """Faults, those that nothing of ours handled, and the longest that anybody waited."""
    cases = [
        Case(provider, deed, fault)
        for provider, vendor in VENDORS.items()
        for deed, fault in itertools.product(DEEDS, faults.names(vendor))
    ]
    spawn = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        spawn.Pool(PROCESSES, initializer=_open, initargs=(folder,)) as pool,
    ):
        met = _met(pool.imap_unordered(_tried, cases))
        again = itertools.cycle([each.case for each in met if each.case.fault not in PATIENT])
        met += _met(pool.imap_unordered(_tried, itertools.islice(again, max(0, WANTED - len(met)))))
    return {
        "faults": len(met),
        "unhandled": sum(each.is_unhandled for each in met),
        "longest_wait_s": max(each.seconds for each in met),
        "came_to": dict(sorted(Counter(each.said for each in met).items())),
    }


def _met(outcomes: Iterable[Outcome]) -> list[Outcome]:
    met = [each for each in outcomes if each.is_met]
    for each in met:
        if each.is_unhandled:
            print(each, flush=True)
    return met


_ground: Ground


def _open(folder: str) -> None:
    global _ground  # noqa: PLW0603 - one installation for each process
    _ground = Ground(Path(tempfile.mkdtemp(dir=folder)))


def _tried(case: Case) -> Outcome:
    stage, vendor = _ground.stage(case.provider), _ground.vendors[case.provider]
    circuits.forget_all()
    vendor.goes_wrong(case.fault)
    began = time.monotonic()
    try:
        DEEDS[case.deed](stage)
        said = "done"
    except (Refusal, IntegrationError) as error:
        said = type(error).__name__
    except Exception as error:  # noqa: BLE001 - counting these is what we are here for
        said = f"unhandled {error!r}"
    seconds = time.monotonic() - began
    is_met = not vendor.faults
    vendor.faults.clear()
    return Outcome(case, said, seconds, is_met)


if __name__ == "__main__":
    print(*table(measure()), sep="\n")
