"""What opens anything never reaches a log: not at DEBUG, and not when something goes wrong."""

import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from companion import db
from companion.errors import Refusal
from companion.model.connections import Connection
from companion.services import connect, meet, providers, renew, sealed
from companion.services.authorised import authorised
from companion.services.connect import ProviderFailed
from integrations import meetings
from integrations.errors import IntegrationError
from tests.simulators.server import Fault

RUTH = "ruth@zoom.example"
TOKEN, MAKE = "POST /oauth/token", "POST /v2/users/me/meetings"
KINDS: list[dict[str, Any]] = [
    {"kind": "lost"},
    {"kind": "reset"},
    {"kind": "instead", "status": 401, "body": '{"code": 124, "message": "Access token is expired."}'},
    {"kind": "instead", "status": 500, "headers": {"x-zm-trackingid": "v=2.0;clid=aw1;rid=WEB_7f3a"}},
    {"kind": "garbled", "status": 200, "body": "<html>"},
]


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def log(caplog):
    """Everything that anybody says, however loud the product's own log is."""
    caplog.set_level(logging.DEBUG)
    for each in ("authlib", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=each)
    return caplog


def secrets_of(zoom, connection):
    """Every token there has been by now, our own secret, and the links that make somebody the host."""
    with db.reading() as tx:
        row = tx.get_one(Connection, connection.id)
    kept = sealed.unseal(row)
    assert kept is not None
    hosts = [meeting["start_url"] for meeting in zoom.meetings_of(RUTH)]
    return {*zoom.grants, kept.access, kept.refresh, zoom.settings()["ZOOM_CLIENT_SECRET"], *hosts}


def said(log):
    return log.text + "\n".join(str(each.__dict__) for each in log.records)


@pytest.mark.parametrize("fault", KINDS, ids=[f"{each['kind']} {each.get('status', '')}" for each in KINDS])
@pytest.mark.parametrize("operation", [TOKEN, MAKE])
def test_no_secret_is_logged_whatever_goes_wrong(zoom, ruth, session, log, operation, fault):
    connection = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    known = secrets_of(zoom, connection)
    zoom.wrong(Fault(operation, **fault))
    with suppress(Refusal, IntegrationError):
        renew.after(connection.id, connection.version)
        meet.make_link(session.id, "zoom", by=ruth.id)
    known |= secrets_of(zoom, connection)
    with suppress(Refusal, IntegrationError):
        start_as_host(session, ruth)
    connect.forget(connection.id, by=ruth.id)
    words = said(log)
    assert "/oauth/token" in words  # so it was heard
    assert not [secret for secret in {*known, "zak="} if secret in words]


def start_as_host(session, person):
    offer, made = providers.offer("zoom"), meet.current(session.id)
    assert made is None or made.reference
    with authorised(person.id, offer) as http:
        if made is not None:
            assert offer.provider.host_url(http, offer.hosts, meetings.Meeting(made.reference, made.join_url))


def test_a_failure_at_zoom_can_be_traced_there(zoom, ruth, session, log):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    zoom.wrong(Fault(MAKE, "instead", status=400, body='{"code": 3000}', headers={"x-zm-trackingid": "rid=WEB_7f3a"}))
    with pytest.raises(ProviderFailed):
        meet.make_link(session.id, "zoom", by=ruth.id)
    (line,) = [each for each in log.records if each.name == "integrations.answers"]
    assert (line.asked, line.tracking, line.code) == (MAKE, "rid=WEB_7f3a", 3000)
