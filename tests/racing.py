"""Processes that all want a token of one grant at the same moment, again and again."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event

from companion import config, db
from companion.config import Settings
from companion.services import renew
from integrations.errors import IntegrationError

PATIENCE = 60  # seconds

Race = Callable[[Callable[[], None]], list[str]]


@contextmanager
def racers(count: int, settings: Settings, connection_id: int) -> Iterator[Race]:
    """`race(prepare)` lets them all go once `prepare` is done, and gives what each got: a token, or what was raised."""
    spawn = multiprocessing.get_context("spawn")
    ready, go, said, over = spawn.Barrier(count + 1), spawn.Barrier(count + 1), spawn.Queue(), spawn.Event()
    running = [
        spawn.Process(target=_run, args=(settings, connection_id, ready, go, said, over), daemon=True)
        for _ in range(count)
    ]
    for each in running:
        each.start()

    def race(prepare: Callable[[], None]) -> list[str]:
        ready.wait(PATIENCE)
        prepare()
        go.wait(PATIENCE)
        return [said.get(timeout=PATIENCE) for _ in running]

    yield race
    over.set()
    ready.wait(PATIENCE)
    for each in running:
        each.join(PATIENCE)


def _run(settings: Settings, connection_id: int, ready: Barrier, go: Barrier, said: "Queue[str]", over: Event) -> None:
    config.use(settings)
    db.use(settings.database_url)
    while True:
        ready.wait(PATIENCE)
        if over.is_set():
            return
        go.wait(PATIENCE)
        try:
            said.put(renew.held(connection_id).access)
        except IntegrationError as error:
            said.put(repr(error))
