"""What every provider keeps, whichever file it is in: found, made, moved, cancelled, and understood when it fails."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import urlsplit

import pytest
import requests

from integrations.errors import Gone, GrantRevoked, IntegrationError, LostAnswer, Refused, Unavailable
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
NEXT_STEPS = {
    "rate by second": Unavailable,
    "rate by day": Unavailable,
    "scope missing": GrantRevoked,
    "token dead": GrantRevoked,
    "deleted meeting": Gone,
    "may not host": Refused,
    **dict.fromkeys(["server error", "bad gateway", "xml", "garbage", "empty", "a list", "redirect"], LostAnswer),
    **dict.fromkeys(["lost answer", "reset"], LostAnswer),
}
LATER = replace(PLAN, starts_at=datetime(2026, 11, 25, 9, 30), zone="America/Santiago")


@dataclass
class Bench:
    """One provider, ready to be used, and its simulator where it needs one."""

    offer: Offer
    http: requests.Session
    simulator: Simulator | None

    def create(self, plan=PLAN):
        return self.offer.provider.create(self.http, self.offer.hosts, plan)

    def status(self, meeting):
        return self.offer.provider.status(self.http, self.offer.hosts, meeting, "")


@pytest.fixture(params=sorted(providers()))
def bench(request, zoom, google, microsoft):
    simulators = {"zoom": zoom, "google_meet": google, "teams": microsoft}
    settings = {**zoom.settings(), **google.settings(), **microsoft.settings()}
    found = offers(settings, loopback=True)[request.param]
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
    grant, hosts = bench.offer.provider.oauth, bench.offer.hosts
    if grant is not None:
        used = (grant.authorize, grant.token, *filter(None, (grant.revoke, grant.keys, grant.issuer)))
        assert all(address.format_map(hosts).startswith(tuple(hosts.values())) for address in used)


def test_each_scope_it_asks_for_has_a_reason_that_people_can_read(bench):
    grant = bench.offer.provider.oauth
    if grant is not None:
        assert grant.scopes
        assert all(reason.startswith("to ") for reason in grant.scopes.values())
        assert {*grant.needs, *grant.asks, *grant.asks_who} <= set(grant.scopes)


def test_it_makes_a_link_and_a_lasting_name(bench):
    made = bench.create()
    assert made.join_url.startswith(("https://", "http://127.0.0.1:"))
    assert isinstance(made.reference, str)
    assert 0 < len(made.reference) <= 200
    assert len(made.join_url) <= 2000


def test_two_meetings_are_two(bench):
    first, second = bench.create(), bench.create(replace(PLAN, marker="another"))
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
    assert isinstance(bench.status(bench.create()), Status)


def test_nothing_is_in_the_way_of_the_partner_at_a_fresh_link(bench):
    assert bench.status(bench.create()).obstacles == frozenset()


def test_the_time_it_tells_is_the_plans_and_follows_a_move(bench):
    made = bench.create()
    if bench.status(made).starts_at is not None:
        assert bench.status(made).starts_at == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
        assert bench.status(made).length == PLAN.length
        bench.offer.provider.move(bench.http, bench.offer.hosts, made, LATER)
        assert bench.status(made).starts_at == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def test_the_link_that_partners_share_is_not_the_hosts(bench):
    made, provider = bench.create(), bench.offer.provider
    for_host = provider.host_url(bench.http, bench.offer.hosts, made)
    assert (for_host != "") == provider.has_host_link
    assert for_host not in {made.join_url, made.reference}


def test_a_dead_token_means_connect_again(bench):
    if bench.simulator is not None:
        bench.http.headers["Authorization"] = "Bearer dead"
        with pytest.raises(GrantRevoked):
            bench.create()


@pytest.mark.parametrize(("name", "error"), NEXT_STEPS.items())
def test_each_vendors_words_lead_to_the_same_next_step(bench, name, error):
    if bench.simulator is not None:
        bench.simulator.goes_wrong(name, at="POST ")
        with pytest.raises(error):
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
        "host_url": lambda: provider.host_url(http, hosts, made),
        "cancel": lambda: provider.cancel(http, hosts, made),
    }
    answers = [(500, "")] if kind in {"lost", "reset"} else product(STATUSES, BODIES)
    for status, body in answers:
        for verb in verbs.values():
            bench.simulator.faults[:] = [Fault("", kind, status=status, body=body)]
            with suppress(IntegrationError):
                verb()
