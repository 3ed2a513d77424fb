"""`make soak PART=agree`: N (100,000) random agendas, read by browsers and by the server, from SEED on.

PLANT=1 leaves the last edit of each away from the server: then it must fail.
"""

import os
import random
import time
from dataclasses import replace

from companion.keeper import Keeper
from tests.histories.agree import stories


def main() -> int:
    """Exit status 1 if they differ."""
    wanted = int(os.environ.get("N") or 100_000)
    seed = int(os.environ.get("SEED") or random.randrange(2**31))
    print(f"{wanted} agendas with SEED={seed}.", flush=True)
    began, edits = time.monotonic(), 0
    keeper = Keeper(lambda _doc: [])
    keeper.start()
    try:
        for number, story in enumerate(stories(wanted, seed), 1):
            told = replace(story, log=story.log[:-1]) if os.environ.get("PLANT") else story
            if trouble := told.trouble(keeper):
                print(trouble, *(edit.hex() for edit in told.log), sep="\n")
                return 1
            edits += len(story.log)
            if number % 10_000 == 0 or number == wanted:
                minutes = (time.monotonic() - began) / 60
                print(f"N={number} agendas of {edits} edits, all read alike, {minutes:.1f} minutes.", flush=True)
    finally:
        keeper.stop()
    return 0
