"""The providers as this installation offers them."""

from companion import config
from companion.errors import Invalid
from integrations.oauth import OAuth
from integrations.offers import Offer, offers

FIRST = ("zoom", "google_meet", "teams")  # as most pairs know them


def all_offers() -> dict[str, Offer]:
    """Every provider by name, in the order in which people see them on every page.

    Raises ValueError naming hosts that can't be used; the server asks before it starts.
    """
    settings = config.current()
    found = offers(settings.provider_env, loopback=settings.demo or settings.testing)
    return dict(sorted(found.items(), key=lambda each: _rank(each[0], each[1].provider.label)))


def offer(provider: str) -> Offer:
    """One provider that people here can use. Raises Invalid."""
    found = all_offers().get(provider)
    if found is None:
        raise Invalid("provider", "There is no such way to meet here.")
    return found


def grant(provider: str) -> OAuth:
    """How a provider that wants an account grants access."""
    found = offer(provider).provider.oauth
    assert found is not None, f"{provider} needs no account"
    return found


def _rank(name: str, label: str) -> tuple[int, str]:
    return FIRST.index(name) if name in FIRST else len(FIRST), label
