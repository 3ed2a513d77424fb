"""Flask's `session` for those who insist on one (Authlib): kept in a row on our side, never in the browser.

A signed-in device has its own row; a browser that nobody is signed in on has a visit, for an hour.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, Request, Response, session  # noqa: TID251 - what this module keeps
from flask.sessions import SessionInterface, SessionMixin

from companion import identity
from companion.services import devices, visits


@dataclass(frozen=True)
class Row:
    """Where one browser's things are kept."""

    kept: Callable[[], dict[str, Any]]
    keep: Callable[[dict[str, Any]], None]
    take: Callable[[str], Any]


def here() -> "Kept":
    """What is kept for the browser of this request."""
    kept = session._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - werkzeug's documented way
    assert isinstance(kept, Kept)
    return kept


class Kept(SessionMixin):
    """What one browser's row keeps, read when first asked for, written at once.

    The row is settled at the first look: who signs in during a request gets a new browser id, and a new row.
    """

    def __init__(self) -> None:
        self.row: Row | None = None
        self.known: dict[str, Any] = {}

    def take(self, name: str) -> Any:  # noqa: ANN401 - whatever was kept
        """What is kept by this name. It is out of the row now and stays readable here, for this request alone."""
        found = self._settled().take(name)
        self.known[name] = found
        if found is None:
            del self.known[name]
        return found

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - whatever Authlib keeps
        self._settled()
        return self.known[name]

    def __setitem__(self, name: str, value: Any) -> None:  # noqa: ANN401 - whatever Authlib keeps
        self._settled().keep({name: value})
        self.known[name] = value

    def __delitem__(self, name: str) -> None:
        row = self._settled()
        del self.known[name]
        row.take(name)

    def __iter__(self) -> Iterator[str]:
        self._settled()
        return iter(list(self.known))

    def __len__(self) -> int:
        self._settled()
        return len(self.known)

    def _settled(self) -> Row:
        if self.row is None:
            self.row = _row()
            self.known = dict(self.row.kept())
        return self.row


class Keeping(SessionInterface):
    """Keeps Flask's `session` in this browser's row, never in the browser."""

    def open_session(self, app: Flask, request: Request) -> Kept:  # noqa: ARG002 - Flask's signature
        """Nothing is read yet."""
        return Kept()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """It has been written already."""


def _row() -> Row:
    device = identity.sign_in_here()
    if device is not None:
        return Row(lambda: device.kept, partial(devices.keep, device.id), partial(devices.take, device.id))
    visitor, network = identity.visitor_hash(), identity.asked_from()
    return Row(partial(visits.kept, visitor), partial(visits.keep, visitor, network), partial(visits.take, visitor))
