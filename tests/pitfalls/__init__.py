"""The traps that others fell into at Zoom, Google and Microsoft, and the proof that each of our cures is guarded.

`python -m tests.pitfalls` takes each cure away in a copy of this tree and sees its tests fail; `--write` also writes
docs/pitfalls.md. `tests/pitfalls/pitfalls_test.py` keeps the table in step with the code.
"""
