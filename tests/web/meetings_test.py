"""The call card: what it says of a link and its one way on; and the host's own link, which nobody else may see."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db, mail, signals
from companion.config import Settings
from companion.model.connections import Connection
from companion.model.letters import Letter
from companion.model.mentorships import Role
from companion.model.people import Person
from companion.model.sessions import Finding, Meeting, Session
from companion.services import connect, look, meet, talk, tries
from companion.services.authorised import find
from companion.services.deauthorise import deauthorised
from tests.conftest import NOON, Browser, Clock
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
    checked, room = "it works, at the right time.", "in from Zoom’s waiting room."
    assert f"Checked 13:40: {checked} You let Mateo {room}" in card(as_ruth, session)
    assert f"Checked 07:40: {checked} Ruth lets you {room}" in card(as_mateo, session)


def test_where_nobody_opens_as_host_the_partner_can_come_in(as_ruth: Browser, session: Session, link: Meeting) -> None:
    with db.transaction() as tx:
        tx.get_one(Meeting, link.id).provider = "google_meet"
        tx.add(
            Connection(
                person_id=link.made_by, provider="google_meet", account="g", sealed="-", created_at=link.created_at
            )
        )  # fmt: skip
    assert "it works, at the right time, and Mateo can come in." in card(as_ruth, session)


def test_a_check_of_another_day_names_the_day(as_ruth: Browser, session: Session, link: Meeting, clock: Clock) -> None:
    clock.move(timedelta(days=1))
    assert "Checked yesterday, 13:40: it works" in card(as_ruth, session)


def test_a_room_without_a_time_is_not_said_to_be_at_the_right_one(
    as_ruth: Browser, session: Session, link: Meeting
) -> None:
    with db.transaction() as tx:
        tx.get_one(Meeting, link.id).there_at = None
    assert "Checked 13:40: it works. You let Mateo in" in card(as_ruth, session)


def test_another_time_of_a_talk_that_has_begun_is_told_without_a_way(
    as_ruth: Browser, session: Session, link: Meeting, zoom: Zoom, clock: Clock
) -> None:
    zoom.edit(link.reference, start_time="2026-11-25T18:00:00", timezone="Africa/Nairobi")
    press(as_ruth, session, "check")
    clock.set(session.starts_at)
    talk.someone_sits(session.id, [Role.MENTOR, Role.MENTEE])
    for _ in range(2):
        shown = card(as_ruth, session)
        assert "Zoom has another time for it; the link opens all the same." in shown
        assert "Move our session" not in shown and "Checked" not in shown
        press(as_ruth, session, "check")


def test_a_deleted_link_leaves_the_spare_room_until_there_is_another(
    as_ruth: Browser, session: Session, link: Meeting
) -> None:
    with db.reading() as tx:
        spare = tx.get_one(Meeting, link.id).spare_url
    tries.lost(link)
    for part in ("call", "join"):
        shown = as_ruth.get(f"/sessions/{session.id}/parts/{part}").text
        assert "its link leads nowhere" in shown and "Until there is a new one" in shown and spare in shown


def test_while_a_link_is_being_made_both_parts_say_so(as_mateo: Browser, session: Session, ruth: Person) -> None:
    heard: list[int] = []

    def hear(_sender: object, session_id: int) -> None:
        heard.append(session_id)

    signals.meeting_changed.connect(hear)
    tries.begin(session.id, "zoom", ruth.id, "")
    assert heard == [session.id]
    for part in ("call", "join"):
        assert "Your link is being made" in as_mateo.get(f"/sessions/{session.id}/parts/{part}").text


@pytest.mark.parametrize("page", ["", "/beside"])
def test_a_tab_that_takes_its_seat_looks_once_more(
    as_ruth: Browser, session: Session, link: Meeting, page: str
) -> None:
    assert 'back seated">' in as_ruth.get(f"/sessions/{session.id}{page}").text


def test_what_failed_is_still_said_then(as_ruth: Browser, session: Session, link: Meeting, zoom: Zoom) -> None:
    found(link, Finding.OTHER_HOST)
    zoom.wrong(Fault("POST /v2/users/me/meetings", "instead", status=503))
    answer = as_ruth.submit(f"/sessions/{session.id}/meeting/anew", meeting=str(link.id))
    failed = answer.location.split("failed=")[1]
    assert f"/parts/call?failed={failed}" in as_ruth.get(answer.location).text


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
    shown = press(as_mateo, session, "restore", meeting=str(link.id))
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
    assert (
        "Ruth has to connect Zoom again. The link usually still works." in partners and "/connections/" not in partners
    )
    assert "Check the link" not in shown + partners
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
    assert "Your Zoom room is ready" in press(as_mateo, session, "anew", meeting=str(link.id))


def test_a_link_that_went_with_its_account_is_not_said_to_be_deleted_at_zoom(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting, ruth: Person
) -> None:
    connection = find(ruth.id, "zoom")
    assert connection is not None
    deauthorised("zoom", connection.account, NOON)
    for browser, whose in ((as_ruth, "Your"), (as_mateo, "Ruth’s")):
        shown = card(browser, session)
        assert f"{whose} Zoom was disconnected from Alongside, so this session has no link." in shown
        assert "leads nowhere" not in shown and "Make a new Zoom link" in shown


def test_who_disconnected_the_account_of_a_link_is_said_to_both(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting, ruth: Person
) -> None:
    connection = find(ruth.id, "zoom")
    assert connection is not None
    connect.forget(connection.id, by=ruth.id)
    for browser, who in ((as_ruth, "You"), (as_mateo, "Ruth")):
        assert f"{who} disconnected Zoom. The link usually still works." in card(browser, session)
    assert "Connect Zoom again" in card(as_ruth, session)


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
    assert f'href="{link.join_url}" rel="noreferrer">Join on Zoom</a>' in answer.text


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


def made(session: Session) -> Meeting:
    row = meet.current(session.id)
    assert row is not None
    return row


def test_an_old_page_s_question_puts_no_newer_link_away(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting
) -> None:
    assert f'name="meeting" value="{link.id}"' in card(as_mateo, session)
    press(as_ruth, session, "drop", meeting=str(link.id))
    as_ruth.submit(f"/sessions/{session.id}/meeting", provider="jitsi")
    newer = made(session)
    assert "changed meanwhile" in press(as_mateo, session, "drop", meeting=str(link.id))
    assert made(session).id == newer.id


def test_who_presses_second_is_shown_the_first_one_s_link(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    zoom.remove(link.reference)
    look.soon("zoom", link.reference)
    look.tick()
    for browser in (as_ruth, as_mateo):
        shown = press(browser, session, "anew", meeting=str(link.id))
        assert made(session).join_url in shown and "changed meanwhile" not in shown
    assert [str(each["id"]) for each in zoom.meetings_of(RUTH)] == [made(session).reference]


def test_when_no_new_link_comes_the_page_says_that_the_old_one_stays(
    as_ruth: Browser, session: Session, link: Meeting, zoom: Zoom
) -> None:
    found(link, Finding.OTHER_HOST)
    zoom.wrong(Fault("POST /v2/users/me/meetings", "instead", status=503))
    shown = press(as_ruth, session, "anew", meeting=str(link.id))
    assert "The link you have stays." in shown and link.join_url in shown


@pytest.mark.parametrize("deed", ["drop", "restore", "anew"])
@pytest.mark.parametrize("said", ["", "none", "0"])
def test_a_deed_on_no_link_of_this_page_does_nothing(
    as_ruth: Browser, session: Session, link: Meeting, deed: str, said: str
) -> None:
    press(as_ruth, session, deed, meeting=said)
    assert made(session).id == link.id


def test_another_way_is_chosen_while_the_link_there_is_stays(
    as_ruth: Browser, as_mateo: Browser, session: Session, link: Meeting, outbox: Callable[[], list[Letter]]
) -> None:
    """Which goes only when the new one stands; the partner, whose letters hold the old one, gets the new one."""

    def standing() -> Meeting:
        found = meet.current(session.id)
        assert found is not None
        return found

    as_ruth.submit(f"/sessions/{session.id}/link", link="http://nowhere", meeting=link.id)
    assert standing().id == link.id  # what was pasted is no link
    as_ruth.submit(f"/sessions/{session.id}/link", link="https://whereby.com/us", meeting=link.id)
    assert standing().join_url == "https://whereby.com/us"
    as_mateo.submit(f"/sessions/{session.id}/meeting", provider="jitsi", meeting=link.id)
    assert standing().join_url == "https://whereby.com/us"  # his page showed a link that is no more
    assert [each.to_email for each in outbox() if each.kind == "new_link"] == ["mateo@example.org"]
