"""An application of this process at a real port of loopback, for machines that post to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.serving import make_server

from tests.simulators.server import QuietHandler


@contextmanager
def listening(app: Flask, base_url: str) -> Iterator[None]:
    """The application answers at its own BASE_URL, whose port must be free, until the block ends."""
    port = urlsplit(base_url).port
    assert port is not None
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined] # of the threaded kind
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
