"""HTTP in a person's name: sessions that sign what they send, and refresh the grant behind it."""

from types import TracebackType
from typing import Any

import requests
from sqlalchemy import select

from companion.db import reading, refuse_in_transaction
from companion.errors import Refusal
from companion.model.connections import Connection, ConnectionState
from companion.services import renew
from companion.services.renew import Held
from integrations import bounded
from integrations.errors import GrantRevoked
from integrations.offers import Offer


class NotConnected(Refusal):
    """The person's next step is the provider's consent page."""

    status = 409


class Authorised(bounded.Session):
    """A session that signs each request in one person's name and refreshes their grant when it has to.

    A GrantRevoked that leaves its `with` ends the grant that the last request was signed with, and no newer one.
    """

    def __init__(self, person_id: int, offer: Offer) -> None:
        super().__init__()
        self.person_id, self.offer = person_id, offer
        self.used: tuple[int, int] | None = None  # the connection's id, and its version

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, GrantRevoked) and self.used is not None:
            renew.lost(*self.used)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """As requests'. A 401 is tried once more with a newer token. Raises GrantRevoked, Unavailable too."""
        refuse_in_transaction()
        connection = find(self.person_id, self.offer.provider.name)
        if connection is None:
            raise GrantRevoked(f"{self.offer.provider.label} is no longer connected.")
        held = renew.held(connection.id)
        response = self._signed(request, connection.id, held, **kwargs)
        if response.status_code != 401:
            return response
        response.close()
        return self._signed(request, connection.id, renew.after(connection.id, held.version), **kwargs)

    def _signed(
        self, request: requests.PreparedRequest, connection_id: int, held: Held, **kwargs: Any
    ) -> requests.Response:
        self.used = connection_id, held.version
        request.headers["Authorization"] = f"Bearer {held.access}"
        return super().send(request, **kwargs)


class Unsigned(bounded.Session):
    """For providers that want no account."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """As requests'."""
        refuse_in_transaction()
        return super().send(request, **kwargs)


def authorised(person_id: int, offer: Offer) -> requests.Session:
    """A session that speaks to the provider in this person's name; calls raise GrantRevoked when they can't."""
    return Authorised(person_id, offer) if offer.provider.oauth else Unsigned()


def expect(person_id: int, offer: Offer) -> None:
    """Raises NotConnected unless this person can use the provider without going through its consent page first."""
    if offer.provider.oauth is None:
        return
    connection = find(person_id, offer.provider.name)
    if connection is None or connection.state is not ConnectionState.OK:
        raise NotConnected(f"Connect {offer.provider.label} first.")


def find(person_id: int, provider: str) -> Connection | None:
    """This person's connection to the provider."""
    with reading() as tx:
        return tx.scalars(
            select(Connection).where(Connection.person_id == person_id, Connection.provider == provider)
        ).first()
