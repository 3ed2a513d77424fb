"""`python -m tests.pitfalls [--write] [WORD …]`: all pitfalls, or those with one of the words in their name."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from tests.pitfalls.page import PAGE, page
from tests.pitfalls.table import PITFALLS, Pitfall
from tests.server import ROOT

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "node_modules", "var", "build"
)


def main(words: list[str]) -> int:
    """Prints one line a pitfall. Gives how many cures nothing guards, or whose tests fail with them too."""
    chosen = [each for each in PITFALLS if not words or any(word.lower() in each.name.lower() for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        shutil.copytree(ROOT / "companion/static/build", copy / "companion/static/build")
        if fails := _failing(copy, {test for each in chosen for test in each.tests}):
            print("These tests fail with every cure in its place:", *fails, sep="\n")
            return len(fails)
        unguarded = sum(not _proved(copy, each) for each in chosen)
    print(f"{len(chosen)} cures taken away, {unguarded} of them unnoticed")
    return unguarded


def _proved(copy: Path, pitfall: Pitfall) -> bool:
    """Whether each of its tests fails without the cure."""
    file = copy / pitfall.file
    whole = file.read_text()
    file.write_text(whole.replace(pitfall.cure, pitfall.without))
    unnoticed = set(pitfall.tests) - _failing(copy, pitfall.tests)
    file.write_text(whole)
    print(f"{'NOT NOTICED' if unnoticed else 'noticed':12}{pitfall.name}", *unnoticed, sep="\n            ", flush=True)
    return not unnoticed


def _failing(copy: Path, tests: Collection[str]) -> set[str]:
    """Those that fail there, on SQLite."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", *sorted(tests)]
    plain = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    done = subprocess.run(command, cwd=copy, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr  # others: not one test was tried
    said = re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", done.stdout, re.MULTILINE)
    return set(said) & set(tests)


if __name__ == "__main__":
    asked = sys.argv[1:]
    if "--write" in asked:
        PAGE.write_text(page())
        asked.remove("--write")
    sys.exit(main(asked) > 0)
