import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from companion import db
from companion.model.agendas import Record
from companion.services import wind_up
from tests.waiting import until


@pytest.fixture
def press(server, as_ruth, session):
    """Press a button of the session's page on the real server, as Ruth."""
    cookies = {"alongside": as_ruth.get_cookie("alongside").value}

    def pressed(button, **fields):
        form, head = {"csrf": as_ruth.csrf, **fields}, {"Origin": server.url}
        address = f"{server.url}/sessions/{session.id}/{button}"
        answer = requests.post(address, form, headers=head, cookies=cookies, timeout=15, allow_redirects=False)
        assert answer.status_code < 400, answer.text
        return answer

    return pressed


@pytest.mark.parametrize(
    ("buttons", "facts"),
    [
        (["link"], ["meeting"]),
        (["cancel"], ["cancelled"]),
        (["start", "end", "resume"], ["live", "over", "resumed"]),
        (["start", "end", "close"], ["live", "over", "closed"]),
    ],
)
def test_both_tabs_hear_what_became_of_the_session(press, ruths, mateos, buttons, facts):
    for button in buttons:
        press(button, link="https://meet.example.org/abc")
    until(lambda: (ruths.facts, mateos.facts) == (facts, facts))


def test_both_tabs_hear_of_a_wish_for_the_next_talk_and_of_its_plan(press, ruths, mateos, session, mateo):
    press("start")
    when = wind_up.next_date(session).offered[0]
    press("next", at=when.isoformat())
    until(lambda: (ruths.facts, mateos.facts) == (["live", "dates"], ["live", "dates"]))
    assert wind_up.want(session.id, mateo.id, when) is not None


def test_after_the_end_of_all_edits_the_page_is_told(press, mateos):
    for button in ("start", "end", "close"):
        press(button)
    mateos.pen.add_item("Too late")
    mateos.send()
    assert until(lambda: mateos.refusals) == ["closed"]
    assert mateos.is_open


def test_whoever_signs_out_is_out_of_their_seat_at_once(server, as_ruth, ruths):
    cookies = {"alongside": as_ruth.get_cookie("alongside").value}
    head = {"Origin": server.url}
    requests.post(f"{server.url}/sign-out", {"csrf": as_ruth.csrf}, headers=head, cookies=cookies, timeout=5)
    until(lambda: not ruths.is_open, seconds=1)
    assert ruths.facts == ["signed_out"]


@pytest.mark.parametrize("_round", range(3))
def test_every_keystroke_said_to_be_saved_is_in_the_record(press, mateos, session, _round):
    press("start")
    press("end")
    item = mateos.pen.add_item("Go")
    mateos.save()
    stop = threading.Event()

    def type_until_told():
        sent = 0
        while not stop.wait(0.006):  # below what one seat may send
            mateos.pen.type(item, str(sent % 10))
            sent += mateos.send()
        return sent

    with ThreadPoolExecutor() as hands:
        typing = hands.submit(type_until_told)
        until(lambda: mateos.saved > 10)
        press("close")
        until(lambda: mateos.refusals)
        stop.set()
        sent = 1 + typing.result()
    until(lambda: mateos.saved + sum(said["n"] for said in mateos.heard["refused"]) == sent)
    with db.reading() as tx:
        page = tx.get_one(Record, session.id).page
    kept = "Go" + "".join(str(number % 10) for number in range(mateos.saved - 1))
    assert [each["text"] for each in page["action_items"]] == [kept]
    assert set(mateos.refusals) == {"closed"}


def test_both_press_close_in_the_same_moment_and_it_is_sealed_once(press, ruths):
    press("start")
    press("end")
    with ThreadPoolExecutor() as hands:
        list(hands.map(press, ["close", "close"]))
    until(lambda: "closed" in ruths.facts)
    ruths.pen.add_item("Too late")
    ruths.send()
    until(lambda: ruths.refusals == ["closed"])
