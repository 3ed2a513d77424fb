"""Mutants at gate and keeper, ten million of them: `make soak PART=mutants`, or with `make soak`.

N says how many, SEED repeats a run, PLANT=death or PLANT=words shows that it can fail.
"""

import os
import secrets
import sys
import time

from tests.keeper.rounds import Browser, Count, Fuzz

TOLD_EACH = 60.0  # seconds


class Telling(Fuzz):
    """Says now and then how far it has come."""

    def __init__(self, seed: str, browser: Browser, plant: str) -> None:
        super().__init__(seed, browser, plant)
        self.began = self.told = time.monotonic()

    def look(self, doc: str) -> None:
        known = len(self.count.wrong)
        super().look(doc)
        for wrong in self.count.wrong[known:]:
            print("WRONG", wrong, flush=True)
        if time.monotonic() - self.told > TOLD_EACH:
            self.told = time.monotonic()
            rate = self.count.total / (self.told - self.began)
            print(f"{self.count.total:,} so far, {rate:,.0f} a second, {len(self.count.wrong)} wrong", flush=True)


def main() -> int:
    """Exit status 1 if anything went wrong."""
    wanted, seed = int(os.environ.get("N") or 10_000_000), os.environ.get("SEED") or secrets.token_hex(4)
    print(f"{wanted:,} mutants with SEED={seed}.", flush=True)
    with Browser() as browser:
        fuzz = Telling(seed, browser, os.environ.get("PLANT") or "")
        count = fuzz.run(wanted)
    tell(count, time.monotonic() - fuzz.began)
    return 1 if count.wrong else 0


def tell(count: Count, seconds: float) -> None:
    """What was sent and what was found."""
    print(f"N={count.total:,} in {seconds / 60:.1f} min ({count.total / seconds:,.0f} a second): {dict(count.sent)}")
    print(f"Verdicts: {dict(count.verdicts)}")
    print(f"{count.agendas:,} agendas read by server and browser; slowest answer {1000 * count.slowest:.0f} ms.")
    at_most = f"at 95 %: fewer than one in {count.total / 3:,.0f}"
    print(f"{len(count.wrong)} wrong ({[each[:60] for each in count.wrong] or at_most}).")


if __name__ == "__main__":
    sys.exit(main())
