"""Providers as one installation uses them: their hosts, and who we are there."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from integrations.meetings import MeetingProvider, providers
from integrations.oauth import Client

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Offer:
    """A provider with the hosts to use. `client` is None where the provider asks for one and the settings name none."""

    provider: MeetingProvider
    hosts: Mapping[str, str]
    client: Client | None

    @property
    def is_ready(self) -> bool:
        """People here can use it."""
        return self.provider.oauth is None or self.client is not None


def offers(environ: Mapping[str, str], *, loopback: bool) -> dict[str, Offer]:
    """Every provider by name, with `<PROVIDER>_<HOST>_URL`, `_CLIENT_ID` and `_CLIENT_SECRET` taken from `environ`.

    A host that isn't https raises ValueError naming all of them; http on loopback passes where `loopback` allows it.
    """
    made = {name: _offer(provider, environ) for name, provider in providers().items()}
    wrong = [
        f"{name.upper()}_{host.upper()}_URL must be https, not {url!r}."
        for name, offer in made.items()
        for host, url in offer.hosts.items()
        if not _is_fit(url, loopback)
    ]
    if wrong:
        raise ValueError(" ".join(wrong))
    return made


def _offer(provider: MeetingProvider, environ: Mapping[str, str]) -> Offer:
    prefix = provider.name.upper()
    hosts = {host: environ.get(f"{prefix}_{host.upper()}_URL", usual) for host, usual in provider.hosts.items()}
    return Offer(provider, {host: url.rstrip("/") for host, url in hosts.items()}, _client(environ, prefix))


def _client(environ: Mapping[str, str], prefix: str) -> Client | None:
    client_id, secret = (environ.get(f"{prefix}_CLIENT_{part}", "") for part in ("ID", "SECRET"))
    return Client(client_id, secret) if client_id and secret else None


def _is_fit(url: str, loopback: bool) -> bool:
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (loopback and parts.scheme == "http" and parts.hostname in LOOPBACK)
