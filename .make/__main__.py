"""What the Makefile calls: `python3 .make VERB`. Standard library only: it runs before anything is installed."""

import sys

if sys.version_info < (3, 11):
    here = sys.version.split()[0]
    sys.exit(f"Alongside needs Python 3.11 or newer, this one is {here}. Name another: make PYTHON=python3.12 ...")

# Only now: the modules below may use what an older Python can't read.
import os
import shlex
import shutil
import subprocess

import ready
import serve


def run() -> None:
    """Serve the demo until it is stopped."""
    port = serve.free_port(os.environ.get("PORT") or "5000")
    ready.to_run()
    serve.demo(port, simulate=os.environ.get("SIMULATE", "0") not in {"", "0"})


def test() -> None:
    """The front end's tests, then everything else; pytest's summary is the last line."""
    ready.to_test()
    node = ready.environment_with_node()
    ready.run(["npm", "test", "--silent"], "A front-end test failed.", cwd=ready.FRONTEND, env=node)
    # Side by side, but each file in one process: its tests may share a server. In the order of tests/conftest.py.
    # As many as there are processors: browsers and servers keep those busy, and with more tests at a time each step
    # takes so long that they run out of patience.
    processes = min(4, os.cpu_count() or 1)
    side_by_side = (f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder")
    words = ready.module("pytest", *side_by_side, *shlex.split(os.environ.get("ARGS", "")))
    sys.exit(subprocess.run(words, cwd=ready.ROOT, env=node, check=False).returncode)


def check() -> None:
    """Every linter and type checker, each to its end, so that one run shows all there is to mend."""
    ready.to_check()
    node = ready.environment_with_node()
    checks = {
        "ruff": ready.module("ruff", "check", "--quiet", "--output-format=concise", "."),
        "ruff format": ready.module("ruff", "format", "--check", "--quiet", "--output-format=concise", "."),
        "mypy": ready.module("mypy"),
        "import-linter": [str(ready.VENV / "bin" / "lint-imports"), "--no-logo"],
        "djlint": ready.module("djlint", "templates", "--lint", "--quiet"),
        "eslint and tsc": ["npm", "--prefix", str(ready.FRONTEND), "--silent", "run", "check"],
    }
    failed = []
    for name, words in checks.items():
        print(f"== {name}", flush=True)
        if subprocess.run(words, cwd=ready.ROOT, env=node, check=False).returncode != 0:
            failed.append(name)
    sys.exit(f"To mend: {', '.join(failed)}." if failed else None)


def build() -> None:
    """The front end, even if nothing changed since it was built last."""
    ready.stamp_of_build().unlink(missing_ok=True)
    ready.to_run()


def bench() -> None:
    """Figures on this machine, printed and in build/bench.json."""
    _module("tests.bench")


def soak() -> None:
    """MINUTES of random failures; prints how many and the SEED that repeats them."""
    _module("tests.soak")


def pictures() -> None:
    """The README's pictures, taken from the running product."""
    _module("tests.pictures")


def clean() -> None:
    """All that was made or fetched, so that the next command starts as in a fresh clone; var/ holds data and stays."""
    made = [ready.VENV, ready.FRONTEND / "node_modules", ready.BUILT, ready.ROOT / "build"]
    caches = [ready.ROOT / f".{name}_cache" for name in ("mypy", "ruff", "pytest", "import_linter")]
    for folder in [*made, *caches]:
        shutil.rmtree(folder, ignore_errors=True)


def _module(name: str) -> None:
    ready.to_test()
    node = ready.environment_with_node()
    sys.exit(subprocess.run(ready.module(name), cwd=ready.ROOT, env=node, check=False).returncode)


VERBS = {verb.__name__: verb for verb in (run, test, check, build, bench, soak, pictures, clean)}

if __name__ == "__main__":
    try:
        VERBS[sys.argv[1]]()
    except KeyboardInterrupt:
        sys.exit(130)  # as shells do
