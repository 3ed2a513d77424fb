"""What every provider keeps, whichever file it is in: found, made, moved, cancelled, and understood when it fails."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from urllib.parse import urlsplit

import pytest
import requests

from integrations.errors import GrantRevoked, IntegrationError
from integrations.meetings import MeetingPlan, Status, providers
from integrations.offers import Offer, offers
from tests.simulators.server import Fault, Simulator

WHO = "ruth@provider.example"
PLAN = MeetingPlan(
    "The portfolio", datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", timedelta(minutes=45), "0123456789abcdef",
    "https://whereby.com/ours",
)  # fmt: skip
STATUSES = (200, 201, 204, 302, 400, 401, 403, 404, 409, 410, 418, 429, 500, 503)
BODIES = ("", "<Error/>", "[]", '{"id": null, "code": "x", "error": [], "meetings": {}, "name": 7}')
LATER = replace(PLAN, starts_at=datetime(2026, 11, 25, 9, 30), zone="America/Santiago")


@dataclass
class Bench:
    """One provider, ready to be used, and its simulator where it needs one."""

    offer: Offer
    http: requests.Session
    simulator: Simulator | None

    def create(self):
        return self.offer.provider.create(self.http, self.offer.hosts, PLAN)


@pytest.fixture(params=sorted(providers()))
def bench(request, zoom, google):
    simulators = {"zoom": zoom, "google_meet": google}
    found = offers({**zoom.settings(), **google.settings()}, loopback=True)[request.param]
    simulator = simulators.get(request.param)
    assert (simulator is not None) == (found.provider.oauth is not None), "a provider with accounts needs a simulator"
    with requests.Session() as http:
        if simulator is not None:
            http.headers["Authorization"] = f"Bearer {simulator.granted(WHO)['access_token']}"
        yield Bench(found, http, simulator)


def test_it_is_found_under_the_name_of_its_file(bench):
    module = type(bench.offer.provider).__module__
    assert module == f"integrations.meetings.{bench.offer.provider.name}"
    assert bench.offer.provider.label


def test_its_own_hosts_are_https(bench):
    assert all(urlsplit(url).scheme == "https" and not url.endswith("/") for url in bench.offer.provider.hosts.values())


def test_its_addresses_lie_on_its_hosts(bench):
    grant = bench.offer.provider.oauth
    if grant is not None:
        for address in (grant.authorize, grant.token, grant.revoke, grant.keys or grant.token):
            assert address.format_map(bench.offer.hosts).startswith("http")
        assert grant.needs


def test_it_makes_a_link_and_a_lasting_name(bench):
    made = bench.create()
    assert made.join_url.startswith(("https://", "http://127.0.0.1:"))
    assert isinstance(made.reference, str)
    assert 0 < len(made.reference) <= 200
    assert len(made.join_url) <= 2000


def test_two_meetings_are_two(bench):
    first, second = bench.create(), bench.create()
    assert first != second or bench.offer.provider.name == "pasted"


def test_moving_keeps_the_link(bench):
    made = bench.create()
    assert bench.offer.provider.move(bench.http, bench.offer.hosts, made, LATER) == made


def test_cancelling_twice_is_fine(bench):
    made = bench.create()
    for _ in range(2):
        bench.offer.provider.cancel(bench.http, bench.offer.hosts, made)


def test_a_marker_that_was_never_used_finds_nothing(bench):
    bench.create()
    assert bench.offer.provider.find(bench.http, bench.offer.hosts, replace(PLAN, marker="never")) is None


def test_a_status_is_always_one_of_ours(bench):
    made = bench.create()
    assert isinstance(bench.offer.provider.status(bench.http, bench.offer.hosts, made, ""), Status)


def test_a_dead_token_means_connect_again(bench):
    if bench.simulator is not None:
        bench.http.headers["Authorization"] = "Bearer dead"
        with pytest.raises(GrantRevoked):
            bench.create()


@pytest.mark.parametrize("kind", ["lost", "reset", "instead", "garbled"])
def test_no_answer_breaks_it(bench, kind):
    """Whatever comes, at whichever verb: a value or an IntegrationError."""
    if bench.simulator is None:
        return
    provider, http, hosts = bench.offer.provider, bench.http, bench.offer.hosts
    made = bench.create()
    verbs = {
        "create": lambda: provider.create(http, hosts, PLAN),
        "find": lambda: provider.find(http, hosts, PLAN),
        "move": lambda: provider.move(http, hosts, made, LATER),
        "status": lambda: provider.status(http, hosts, made, ""),
        "cancel": lambda: provider.cancel(http, hosts, made),
    }
    answers = [(500, "")] if kind in {"lost", "reset"} else product(STATUSES, BODIES)
    for status, body in answers:
        for verb in verbs.values():
            bench.simulator.faults[:] = [Fault("", kind, status=status, body=body)]
            with suppress(IntegrationError):
                verb()
