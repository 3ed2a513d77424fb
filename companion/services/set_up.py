"""What whoever runs this installation has to know of each provider with accounts: addresses, scopes, settings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from companion import config
from companion.db import reading
from companion.errors import NotYours
from companion.model.connections import Connection
from companion.model.events import ReceivedEvent
from companion.model.people import Person
from companion.services import providers
from integrations.hooks import hooks
from integrations.oauth import OAuth
from integrations.offers import Offer

PANELS = {"zoom": "zoom"}


@dataclass(frozen=True)
class Scope:
    """One right that the app asks for, why, and whether Alongside does without it."""

    name: str
    why: str
    is_optional: bool


@dataclass(frozen=True)
class Setting:
    """One line of the settings file, and whether it says something. Its value is shown to nobody."""

    name: str
    is_set: bool


@dataclass(frozen=True)
class Place:
    """A provider as it is set up here. `webhook_url` is empty where it tells nothing unasked.

    `settings` lists credentials first, then what its webhooks need (`hears`: all of it is there). `heard_at` is when
    it last told us something.
    """

    name: str
    label: str
    is_offered: bool
    redirect_uri: str
    webhook_url: str
    hears: bool
    scopes: tuple[Scope, ...]
    settings: tuple[Setting, ...]
    connected: int
    heard_at: datetime | None

    @property
    def is_begun(self) -> bool:
        """Some of its settings are there, and some of its credentials are not."""
        return not self.is_offered and any(each.is_set for each in self.settings)

    @property
    def credentials(self) -> tuple[Setting, ...]:
        """What makes it offered: the first two settings."""
        return self.settings[:2]

    @property
    def hearing(self) -> tuple[Setting, ...]:
        """What its webhooks need besides."""
        return self.settings[2:]


def unset(settings: tuple[Setting, ...]) -> str:
    """Those that are still to be made, as a sentence says it: "A and B"."""
    return " and ".join(each.name for each in settings if not each.is_set)


def is_admin(person: Person) -> bool:
    """Whether they run this installation: ADMIN_EMAILS names the address they sign in with."""
    return person.email in config.current().admins


def places() -> list[Place]:
    """Every provider that needs an app of one's own."""
    return [_place(each) for each in providers.all_offers().values() if each.provider.oauth is not None]


def place(name: str) -> Place:
    """One of them. Raises NotYours."""
    offer = providers.all_offers().get(name)
    if offer is None or offer.provider.oauth is None:
        raise NotYours
    return _place(offer)


def redirect_uri(name: str) -> str:
    """Where a provider sends people back to, letter by letter as it has to be registered there."""
    return f"{config.current().base_url}/connections/{name}/callback"


def panel_url(name: str) -> str:
    """Where our panel for a call at this provider is, inside the provider's own window."""
    return f"{config.current().base_url}/{PANELS[name]}"


def webhook_url(name: str) -> str:
    """Where a provider tells us of calls."""
    return f"{config.current().base_url}/hooks/{name}"


def _place(offer: Offer) -> Place:
    grant, name = offer.provider.oauth, offer.provider.name
    assert grant is not None
    listening = tuple(hooks()[name].settings) if name in hooks() else ()
    lines = tuple(_setting(name, each) for each in ("CLIENT_ID", "CLIENT_SECRET", *listening))
    with reading() as tx:
        connected = tx.scalar(select(func.count()).where(Connection.provider == name)) or 0
        heard_at = tx.scalar(select(func.max(ReceivedEvent.received_at)).where(ReceivedEvent.provider == name))
    return Place(
        name, offer.provider.label, offer.is_ready, redirect_uri(name), webhook_url(name) if listening else "",
        bool(listening) and not unset(lines[2:]), _scopes(grant), lines, connected, heard_at,
    )  # fmt: skip


def _setting(provider: str, name: str) -> Setting:
    full = f"{provider.upper()}_{name}"
    return Setting(full, bool(config.current().provider_env.get(full)))


def _scopes(grant: OAuth) -> tuple[Scope, ...]:
    """Those we ask for come all together; of those that the app's entry sets instead, some may be left out."""
    wanted = grant.asks or tuple(grant.scopes)
    return tuple(Scope(name, grant.scopes[name], not grant.asks and name not in grant.needs) for name in wanted)
