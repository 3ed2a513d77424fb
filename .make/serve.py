"""The demo, served by the same server as in production and, if wished, beside simulated providers."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from ready import ROOT, module, run

HOST = "127.0.0.1"
START_WITHIN = 30  # seconds until the server must answer
STOP_WITHIN = 15  # seconds until it must have stopped; it gives open rooms ten of them
WELCOME = """
Alongside is open at {address}

  Sign in   with one click on the first page, as Ruth (mentor, Nairobi) or as Mateo (mentee, Santiago).
            To be both at once, open a second browser or a private window.
  Letters   are not sent; every one is shown at {address}/dev/mail
  Stop      with Ctrl-C. What you wrote stays in {data}/
"""


def free_port(text: str) -> int:
    """PORT as a number, or a sentence when it can't be served on."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT must be a number such as 5001, not {text!r}.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that has just stopped is no obstacle
        try:
            probe.bind((HOST, port))
        except OSError as error:
            sys.exit(f"Port {port} can't be used ({error.strerror}). Choose another one: make run PORT={port + 1}")
    return port


def demo(port: int, *, simulate: bool) -> None:
    """Bring the demo's data up to date and serve it until someone stops it or it ends by itself."""
    address = f"http://localhost:{port}"
    settings = {**os.environ, "DEMO": "1", "PORT": str(port), "BASE_URL": address}
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _leave)
    with _simulators(settings) if simulate else _nobody() as simulated:
        settings |= simulated
        run(module("flask", "--app", "wsgi", "demo"), "`flask demo` failed.", env=settings)
        with _child(module("gunicorn", "-c", "companion/gunicorn.py", "wsgi:app"), settings) as server:
            _wait_until_it_answers(server, port)
            print(WELCOME.format(address=address, data=settings.get("DATA_DIR", "var")), flush=True)
            sys.exit(server.wait())


@contextmanager
def _nobody() -> Iterator[Mapping[str, str]]:
    yield {}


@contextmanager
def _simulators(settings: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Simulated providers beside us, which tell us what happens; gives the settings that point the product at them."""
    told = {**settings, "WEBHOOKS_TO": settings["BASE_URL"]}
    with _child(module("tests.simulators"), told, subprocess.PIPE) as process:
        printed = _printed_settings(process)
        print("Simulated providers:", *(f"  {name}={value}" for name, value in printed.items()), sep="\n")
        print("  A link made at them opens a page where people come and go; Alongside hears of it.", flush=True)
        yield printed


def _printed_settings(process: subprocess.Popen[bytes]) -> dict[str, str]:
    """The NAME=value lines up to the first empty one."""
    printed: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        name, equals, value = line.decode().strip().partition("=")
        if not equals:
            return printed
        printed[name] = value
    sys.exit("The simulated providers did not start; they say why above.")


@contextmanager
def _child(words: list[str], settings: Mapping[str, str], pipe: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when we do, however we do."""
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        env=settings,
        stdin=pipe,
        stdout=pipe,
        start_new_session=True,  # Ctrl-C is ours: we then ask the child to stop, once
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - unsafe beside threads, of which this tool has none
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    """Called in the child: on Linux the kernel ends it should we be killed outright."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not _answers(port):
        if server.poll() is not None:
            sys.exit("The server did not start; it says why above.")
        if time.monotonic() > deadline:
            sys.exit(f"The server did not answer within {START_WITHIN} s.")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("localhost", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _leave(_signum: int, _frame: FrameType | None) -> None:
    sys.exit(0)  # being asked to stop is no error
