"""Flask's `session` for those who insist on one (Authlib): kept in the signed-in device's row, never in the browser."""

from collections.abc import Iterator
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from companion import identity
from companion.services import devices


class Kept(SessionMixin):
    """Flask's `session`, for Authlib alone: what a device's row keeps, read and written only when asked for."""

    def __init__(self) -> None:
        self.changes: dict[str, Any] = {}

    def _all(self) -> dict[str, Any]:
        here = identity.sign_in_here()
        both = {**(here.kept if here else {}), **self.changes}
        return {name: value for name, value in both.items() if value is not None}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - whatever Authlib keeps
        return self._all()[name]

    def __setitem__(self, name: str, value: Any) -> None:  # noqa: ANN401 - whatever Authlib keeps
        if identity.sign_in_here() is None:
            raise RuntimeError("only signed-in devices keep anything: call require_person() first")
        self.changes[name] = value

    def __delitem__(self, name: str) -> None:
        self._all()[name]
        self.changes[name] = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class Keeping(SessionInterface):
    """Keeps Flask's `session` in the row of the signed-in device, never in the browser."""

    def open_session(self, app: Flask, request: Request) -> Kept:  # noqa: ARG002 - Flask's signature
        """Nothing is read yet."""
        return Kept()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002 - Flask's signature
        """Write what this request changed."""
        assert isinstance(session, Kept)
        here = identity.sign_in_here() if session.changes else None
        if here is not None:
            devices.keep(here.id, session.changes)
