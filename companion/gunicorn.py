"""The one way to serve: `gunicorn -c companion/gunicorn.py wsgi:app`.

One gevent worker, because rooms, tickets and the keeper live in one process; more capacity is more such services
behind a proxy that hashes the session id. HOST and PORT say where to listen (127.0.0.1:5000).

Imports of ours stand inside the worker's hooks: what the master has imported before it forks (ssl, above all) would
stay unpatched in the worker, and a slow provider would stop everybody.
"""

import gc
import os
import sys

import gevent
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

ONE_WORKER = (
    "Alongside is served by one worker: both partners of a session must meet in the same process. "
    "Leave --workers away; for more capacity run more such services behind a proxy that hashes the session id."
)

COLLECT_AFTER = (20_000, 50, 100)
"""Objects until cycles are looked for. What an edit makes is gone without that, and looking takes a tenth of its time
when done as often as Python would by itself (700)."""

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '5000')}"
worker_class = "gevent"
workers = 1  # said here, so that WEB_CONCURRENCY does not say otherwise
worker_connections = 10_000
max_requests = 0  # a worker that renews itself would drop every open agenda
graceful_timeout = 8  # seconds; sockets are told to reconnect at once, so this is for requests
timeout = 60  # seconds without a sign of life from the worker's hub
keepalive = 8  # seconds; a request's head may take no longer either, so nobody holds a line open by being slow
control_socket_disable = True


def on_starting(server: Arbiter) -> None:
    """In the master, before anything listens."""
    if server.cfg.workers != 1:
        raise SystemExit(ONE_WORKER)


def nworkers_changed(server: Arbiter, new_value: int, _old_value: int | None) -> None:
    """A second worker asked for while we run (TTIN) is refused as well."""
    if new_value > 1:
        server.log.error(ONE_WORKER)
        server.num_workers = 1


def post_worker_init(worker: Worker) -> None:
    """In the worker, the app just made: everything that runs beside requests begins here."""
    from companion import background, live, schema  # noqa: PLC0415 - see the module's docstring

    if complaint := schema.complaint():
        raise SystemExit(complaint)
    speak_as_we_do(worker)
    live.begin(worker.wsgi)
    background.start()

    def farewell() -> None:
        while worker.alive:
            gevent.sleep(0.2)
        background.stop()
        live.end(worker.wsgi)

    worker.farewell = gevent.spawn(farewell)
    gc.freeze()  # what is here now stays: no later collection needs to look through it while everybody waits
    gc.set_threshold(*COLLECT_AFTER)


def worker_exit(_server: Arbiter, worker: Worker) -> None:
    """The worker's last act."""
    reason = sys.exception()
    if not worker.booted and isinstance(reason, SystemExit) and isinstance(reason.code, str):
        sys.stderr.write(f"{reason.code}\n")
        reason.code = Arbiter.WORKER_BOOT_ERROR  # with any other code the master would try again for ever
    worker.alive = False
    if hasattr(worker, "farewell"):
        worker.farewell.join()


def speak_as_we_do(worker: Worker) -> None:
    """Let gunicorn's lines from this process go through the app's own log."""
    for handler in list(worker.log.error_log.handlers):
        worker.log.error_log.removeHandler(handler)
    worker.log.error_log.propagate = True
