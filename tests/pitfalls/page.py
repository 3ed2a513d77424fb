"""docs/pitfalls.md, as the table says it."""

from tests.pitfalls.table import NOT_OURS, PITFALLS, Pitfall
from tests.server import ROOT

PAGE = ROOT / "docs" / "pitfalls.md"
HEAD = """# Pitfalls

What is known to go wrong between a product like this and the providers of calls, what Alongside does about it, and the
tests that fail when that is taken away. `python -m tests.pitfalls` takes each cure away in a copy of the tree and
looks; `--write` also writes this page. Evidence: reports at other products, or the providers' own pages.

| pitfall | evidence | here | where | guarded by |
|---|---|---|---|---|
"""
OTHERS = """
Known elsewhere, but nothing of ours can fall into them:

| pitfall | why not |
|---|---|
"""


def page() -> str:
    """The whole page."""
    return (
        HEAD
        + "".join(_row(each) for each in PITFALLS)
        + OTHERS
        + "".join(f"| {name} | {why} |\n" for name, why in NOT_OURS.items())
    )


def _row(pitfall: Pitfall) -> str:
    tests = "<br>".join(f"`{test}`" for test in pitfall.tests)
    return f"| {pitfall.name} | {pitfall.evidence} | {pitfall.here} | `{pitfall.file}` | {tests} |\n"
