"""The product as it is deployed, gunicorn and all, for tests that need a real one: start, stop, kill, start again."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

import requests

from tests.waiting import until

ROOT = Path(__file__).parents[1]
GUNICORN = ("-m", "gunicorn", "-c", "companion/gunicorn.py", "wsgi:app")
LIKE_HERE = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Address(Protocol):
    """Where a tab connects to, and what its browser takes that for."""

    url: str

    @property
    def base_url(self) -> str: ...


class Server:
    """One installation with a port and data of its own. It may be started, ended and started again on the same data."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        """`settings` are environment variables over the demo's; nothing else of this environment is passed on."""
        self.root = ROOT  # where its code lies
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "server.log"
        here = {name: os.environ[name] for name in LIKE_HERE if name in os.environ}
        demo = {"DEMO": "1", "DATA_DIR": str(data_dir), "BASE_URL": self.url, "PORT": str(self.port)}
        self.environment: Mapping[str, str] = here | demo | settings
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        """The address that people open; behind a proxy it isn't `url`."""
        return self.environment["BASE_URL"]

    def flask(self, *words: str) -> str:
        """What `flask …` prints with this server's settings; fails when it fails."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"flask {' '.join(words)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, prepare: str = "migrate") -> None:
        """Bring the database up to date (or `prepare="demo"`: with the demo pair) and serve, until /healthz answers."""
        is_new = "DATABASE_URL" not in self.environment and not (self.data_dir / "alongside.db").exists()
        if is_new and self.root == ROOT:
            shutil.copytree(_prepared(prepare), self.data_dir, dirs_exist_ok=True)
        else:
            self.flask(prepare)
        self.serve()

    def serve(self) -> None:
        """Start on data that is ready, until /healthz answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *GUNICORN],
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.answers, seconds=30)

    def answers(self) -> bool:
        """Whether it serves by now; fails at once when it has ended instead."""
        assert self.process is not None
        assert self.process.poll() is None, f"the server ended by itself:\n{self.log.read_text()[-4000:]}"
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:  # nobody listens yet, or a busy machine is slow to begin
            return False

    def stop(self) -> None:
        """End it as an upgrade does: asked to, then waited for."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=20)

    def kill(self) -> None:
        """End it as a power cut does: no process of it gets a word in."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def processes(self) -> list[int]:
        """The pids of gunicorn's master, the worker, the keeper and its spare, as far as they live."""
        if self.process is None or self.process.poll() is not None:
            return []
        family = [self.process.pid]
        for pid in family:  # keepers lead sessions of their own, so a process group would not show them
            family += _children(pid)
        return family


@cache
def _prepared(how: str) -> Path:
    """Data as `flask migrate` or `flask demo` leaves it, made once in a process: two seconds' work."""
    data_dir = Path(tempfile.mkdtemp(prefix="alongside-prepared-"))
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    Server(data_dir).flask(how)
    return data_dir


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return []


@contextmanager
def serving(data_dir: Path, **settings: str) -> Iterator[Server]:
    """A started server until the block ends, whatever became of it there."""
    server = Server(data_dir, **settings)
    try:
        server.start()
        yield server
    finally:
        if server.processes():
            server.kill()
