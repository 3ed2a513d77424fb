"""The call card: what it says of a link and its one way on; and the host's own link, which nobody else may see."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db, mail
from companion.config import Settings
from companion.model.letters import Letter
from companion.model.people import Person
from companion.model.sessions import Finding, Meeting, Session
from companion.services import connect, look, meet
from tests.conftest import Browser, Clock
from tests.simulators.faults import Fault
from tests.simulators.zoom import Zoom

RUTH = "ruth@zoom.example"


@pytest.fixture
def settings(settings: Settings, zoom: Zoom) -> Settings:
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def link(session: Session, ruth: Person, zoom: Zoom) -> Meeting:
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    made = meet.make_link(session.id, "zoom", by=ruth.id)
    look.tick()
    return made


def card(browser: Browser, session: Session) -> str:
    return browser.get(f"/sessions/{session.id}/parts/call").text


def press(browser: Browser, session: Session, deed: str, **fields: str) -> str:
    """The card after this deed, with what it says about a failure."""
    answer = browser.submit(f"/sessions/{session.id}/meeting/{deed}", **fields)
    return browser.get(answer.location).text


def found(link: Meeting, finding: Finding) -> None:
    with db.transaction() as tx:
        tx.get_one(Meeting, link.id).finding = finding


def test_a_link_that_was_looked_at_says_so_to_both(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting
) -> None:
    assert "Checked 13:40: it works, at the right time, and Mateo can come in." in card(as_ruth, session)
    assert "Checked 07:40: it works, at the right time, and you can come in." in card(as_mateo, session)


def test_a_check_of_another_day_names_the_day(as_ruth: Browser, session: Session, link: Meeting, clock: Clock) -> None:
    clock.move(timedelta(days=1))
    assert "Checked yesterday, 13:40: it works" in card(as_ruth, session)


def test_a_room_without_a_time_is_not_said_to_be_at_the_right_one(
    as_ruth: Browser, session: Session, link: Meeting
) -> None:
    with db.transaction() as tx:
        tx.get_one(Meeting, link.id).there_at = None
    assert "Checked 13:40: it works and Mateo can come in." in card(as_ruth, session)


def test_a_spare_room_is_there_for_both(as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting) -> None:
    with db.reading() as tx:
        spare = tx.get_one(Meeting, link.id).spare_url
    for browser in (as_ruth, as_mateo):
        assert spare in card(browser, session) and "If it fails" in card(browser, session)


@pytest.mark.parametrize(
    ("finding", "words", "way"),
    [
        (Finding.OTHER_HOST, "in another Zoom account", "Make a new Zoom link"),
        (Finding.SIGN_IN, "lets only people in who are signed in", "Choose another way"),
        (Finding.KNOCK, "Mateo has to knock", "Choose another way"),
        (Finding.UNREACHABLE, "didn’t answer when we looked", "Look again"),
    ],
)
def test_what_was_found_is_one_sentence_and_one_way_on(
    as_ruth: Browser, session: Session, link: Meeting, finding: Finding, words: str, way: str
) -> None:
    found(link, finding)
    shown = card(as_ruth, session)
    assert words in shown and way in shown and "Checked" not in shown


def test_a_meeting_moved_at_zoom_can_be_followed_or_put_back(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    zoom.edit(link.reference, start_time="2026-11-25T18:00:00", timezone="Africa/Nairobi")
    shown = press(as_ruth, session, "check")
    assert "Move our session to Wed 18:00" in shown and "Put Zoom back to Tue 17:00" in shown
    assert "Move our session to Wed 12:00" in card(as_mateo, session)
    shown = press(as_mateo, session, "adopt", at="2026-11-25T15:00:00+00:00")
    assert "Wednesday 25 November, 12:00" in shown and "Move our session" not in shown


def test_and_putting_it_back_leaves_the_session_where_it_was(
    as_mateo: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    zoom.edit(link.reference, start_time="2026-11-25T18:00:00", timezone="Africa/Nairobi")
    press(as_mateo, session, "check")
    shown = press(as_mateo, session, "restore")
    assert "Tuesday 24 November, 11:00" in shown and "Move our session" not in shown
    assert zoom.meetings_of(RUTH)[0]["start_time"] == "2026-11-24T14:00:00Z"


@pytest.mark.parametrize("at", ["", "soon", "2026-11-25T15:00:00", "2026-11-25T16:00:00+00:00"])
def test_a_time_that_no_page_showed_moves_nothing(
    as_ruth: Browser, session: Session, link: Meeting, zoom: Zoom, at: str
) -> None:
    zoom.edit(link.reference, start_time="2026-11-25T18:00:00", timezone="Africa/Nairobi")
    press(as_ruth, session, "check")
    assert "changed meanwhile" in press(as_ruth, session, "adopt", at=at)


def test_a_dead_grant_sends_its_maker_to_connect_and_tells_the_partner_who_must(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting, ruth: Person, zoom: Zoom
) -> None:
    zoom.grants.clear()
    shown = press(as_ruth, session, "check")
    assert f"/connections/zoom?session_id={session.id}" in shown and "Connect Zoom again" in shown
    partners = card(as_mateo, session)
    assert "Ruth has to connect Zoom again. The link still works." in partners and "/connections/" not in partners
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert "again" not in card(as_ruth, session).split("If it fails")[0].replace("Check again", "")


def test_a_deleted_meeting_offers_a_new_one_first(
    as_mateo: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    zoom.remove(link.reference)
    look.soon("zoom", link.reference)
    look.tick()
    shown = card(as_mateo, session)
    assert "no longer at Zoom, so its link leads nowhere" in shown and "Make a new Zoom link" in shown
    assert "Your Zoom room is ready" in press(as_mateo, session, "anew")


def test_while_zoom_hasn_t_heard_of_the_new_time_the_card_says_so(
    as_ruth: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    zoom.wrong(Fault("PATCH /v2/meetings/", "instead", status=503))
    form = {"day": "2026-12-01", "time": "17:00", "minutes": "60"}
    answer = as_ruth.submit(f"/sessions/{session.id}/move", **form)
    assert "We keep trying" in as_ruth.get(answer.location).text
    assert "Zoom hasn’t heard of the new time yet" in card(as_ruth, session)


def test_its_maker_starts_as_host_by_a_fresh_link(
    as_ruth: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    starts = [as_ruth.submit(f"/sessions/{session.id}/meeting/host") for _ in range(2)]
    for answer in starts:
        assert answer.status_code == 303 and answer.location.startswith(f"{zoom.url}/s/{link.reference}?zak=")
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.data == b""
    assert starts[0].location != starts[1].location


def test_the_partner_is_offered_the_plain_link_only(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting
) -> None:
    assert "Start as host" in card(as_ruth, session)
    assert "Start as host" not in card(as_mateo, session)
    answer = as_mateo.submit(f"/sessions/{session.id}/meeting/host")
    assert answer.status_code == 409 and "zak" not in answer.text and "Location" not in answer.headers


def test_nor_does_an_account_of_the_partner_s_own_open_it(
    as_mateo: Browser, mateo: Person, session: Session, link: Meeting, zoom: Zoom
) -> None:
    connect.remember(mateo.id, "zoom", zoom.granted("mateo@zoom.example"))
    asked = zoom.calls.total()
    answer = as_mateo.submit(f"/sessions/{session.id}/meeting/host")
    assert answer.status_code == 409 and "Only whoever made the link" in answer.text
    assert zoom.calls.total() == asked
    assert meet.current(session.id)


def test_when_zoom_gives_no_host_link_the_plain_one_is_named(
    as_ruth: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    zoom.wrong(Fault("GET /v2/meetings/", "instead", status=503))
    answer = as_ruth.submit(f"/sessions/{session.id}/meeting/host")
    assert answer.status_code == 409 and "You can still join as usual." in answer.text


def test_a_room_without_hosts_starts_none(as_ruth: Browser, session: Session) -> None:
    as_ruth.submit(f"/sessions/{session.id}/meeting", provider="jitsi")
    assert "Start as host" not in card(as_ruth, session)
    assert as_ruth.submit(f"/sessions/{session.id}/meeting/host").status_code == 409


def test_the_host_s_link_is_kept_logged_mailed_and_shown_nowhere(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting, zoom: Zoom, settings: Settings,
    outbox: Callable[[], list[Letter]], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    started = as_ruth.submit(f"/sessions/{session.id}/meeting/host").location
    as_ruth.submit(f"/sessions/{session.id}/meeting/check")
    as_ruth.submit(f"/sessions/{session.id}/move", day="2026-12-01", time="17:00", minutes="60")
    secret = started.split("zak=")[1]
    seen = [caplog.text, card(as_ruth, session), card(as_mateo, session), *everything_stored()]
    seen += [str(mail.compose(letter)) for letter in outbox()]
    assert len(seen) > 20
    for text in seen:
        assert secret not in text and "zak=" not in text and f"/s/{link.reference}" not in text


def everything_stored() -> list[str]:
    with db.reading() as tx:
        tables = db.Model.metadata.sorted_tables
        return [str(list(tx.execute(table.select()).all())) for table in tables]
