"""HTTP in a person's name: sessions that sign what they send, and refresh the grant behind it."""

from typing import Any

import requests
from sqlalchemy import select

from companion.db import reading, refuse_in_transaction
from companion.errors import Refusal
from companion.model.connections import Connection, ConnectionState
from companion.services import renew
from integrations import bounded
from integrations.errors import GrantRevoked
from integrations.offers import Offer


class NotConnected(Refusal):
    """The person's next step is the provider's consent page."""

    status = 409


class Authorised(bounded.Session):
    """A session that signs each request in one person's name and refreshes their grant when it has to."""

    def __init__(self, person_id: int, offer: Offer) -> None:
        super().__init__()
        self.person_id, self.offer = person_id, offer

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """As requests'. A 401 is tried once more with a newer token. Raises GrantRevoked, Unavailable too."""
        refuse_in_transaction()
        connection = find(self.person_id, self.offer.provider.name)
        if connection is None:
            raise GrantRevoked(f"{self.offer.provider.label} is no longer connected.")
        held = renew.held(connection.id)
        request.headers["Authorization"] = f"Bearer {held.access}"
        response = super().send(request, **kwargs)
        if response.status_code != 401:
            return response
        response.close()
        request.headers["Authorization"] = f"Bearer {renew.after(connection.id, held.version).access}"
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
