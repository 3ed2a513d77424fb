"""gunicorn around something smaller than the whole product."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.server import ROOT, free_port
from tests.waiting import until


@contextmanager
def gunicorn(application: str) -> Iterator[int]:
    """Serve this WSGI application with a gevent worker until the block ends; gives its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-k", "gevent", "-b", f"127.0.0.1:{port}", application], cwd=ROOT
    )

    def answers() -> bool:
        assert process.poll() is None, "gunicorn ended by itself"
        try:
            return requests.get(f"http://127.0.0.1:{port}/", timeout=2).status_code > 0
        except (requests.ConnectionError, requests.Timeout):
            return False

    try:
        until(answers, seconds=15)
        yield port
    finally:
        process.terminate()
        process.wait(10)
