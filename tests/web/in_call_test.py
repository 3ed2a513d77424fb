"""What pages say of the call: who is in it, that it ended, and whether they talked at all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from companion import db
from companion.model.mentorships import Role
from companion.model.people import Person
from companion.model.sessions import Meeting, MeetingState, Session
from companion.services import follow_call, talk
from integrations.meetings import CallRun, Guest
from tests.conftest import Browser, Clock

NUMBER = "86543210987"
LEFT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
GONE = Guest("r", "", "Ruth Wanjiru", left_at=LEFT)
MATEO, SOMEBODY = Guest("m", "", "Mateo"), Guest("s", "", "A phone")
RUTH, ANOTHER = Guest("r", "", "Ruth Wanjiru"), Guest("t", "", "<b>An iPad</b>")
Call = Callable[..., None]


@pytest.fixture
def call(session: Session, ruth: Person, clock: Clock) -> Call:
    """A call at the session's time with these guests, which may have ended after so many minutes."""
    with db.transaction() as tx:
        row = Meeting(
            session_id=session.id, provider="zoom", reference=NUMBER, join_url="https://zoom.example/j/1",
            state=MeetingState.MADE, made_by=ruth.id, marker="m", created_at=clock.now,
        )  # fmt: skip
        tx.add(row)

    def told(*guests: Guest, minutes: int = 0) -> None:
        end = session.starts_at + timedelta(minutes=minutes)
        clock.set(end)
        run = CallRun("a", session.starts_at, end if minutes else None, guests)
        follow_call.keep("zoom", NUMBER, [run])

    return told


@pytest.mark.parametrize("page", ["", "/beside", "/parts/call", "/parts/join"])
@pytest.mark.parametrize(
    ("guests", "ruth_reads", "mateo_reads"),
    [
        ([MATEO], "Mateo is in the call", "You are in the call, Ruth isn’t yet"),
        ([MATEO, RUTH], "You are both in the call", "You are both in the call"),
        ([RUTH, SOMEBODY], "You and somebody else are in the call", "Ruth is in the call"),
        ([MATEO, GONE], "Mateo is in the call", "Only you are in the call now"),
        ([SOMEBODY], "Somebody is in the call", "Somebody is in the call"),
        ([SOMEBODY, ANOTHER], "2 people are in the call", "2 people are in the call"),
    ],
)
def test_both_read_who_is_in_the_call(
    page: str, guests: list[Guest], ruth_reads: str, mateo_reads: str, session: Session, call: Call,
    as_ruth: Browser, as_mateo: Browser,
) -> None:  # fmt: skip
    call(*guests)
    for browser, words in ((as_ruth, ruth_reads), (as_mateo, mateo_reads)):
        read = " ".join(browser.get(f"/sessions/{session.id}{page}").text.split())
        assert f"<span> {words} </span>" in read
        assert "iPad" not in read


def test_nobody_in_it_is_no_news(session: Session, call: Call, as_ruth: Browser) -> None:
    call()
    assert "in-call" not in as_ruth.get(f"/sessions/{session.id}/parts/join").text


def test_the_wrap_up_says_why_it_came(session: Session, call: Call, as_ruth: Browser) -> None:
    call(RUTH, MATEO, minutes=50)
    page = " ".join(as_ruth.get(f"/sessions/{session.id}/wrap-up").text.split())
    assert "Your call has ended. Dropped out? <a" in page and 'href="https://zoom.example/j/1"' in page


def test_whoever_is_in_the_call_is_not_sent_there(session: Session, call: Call, as_ruth: Browser) -> None:
    call(RUTH)
    part = as_ruth.get(f"/sessions/{session.id}/parts/join").text
    assert "btn--quiet" in part and "Join again" in part and "Join the call" not in part


def test_a_wrap_up_that_only_the_clock_began_says_so(session: Session, clock: Clock, as_ruth: Browser) -> None:
    clock.set(session.starts_at)
    talk.someone_sits(session.id, [Role.MENTOR, Role.MENTEE])
    talk.everybody_left(session.id)
    clock.set(session.ends_at + timedelta(minutes=31))
    talk.tick()
    page = as_ruth.get(f"/sessions/{session.id}/wrap-up").text
    assert "Nobody said that your talk is over" in page
    assert "It is sent at 19:31" in page


def test_after_waiting_alone_the_question_says_what_is_known(
    session: Session, call: Call, clock: Clock, as_ruth: Browser
) -> None:
    call(RUTH, minutes=20)
    clock.set(session.ends_at + timedelta(minutes=31))
    assert "only one of you came to the call" in as_ruth.get(f"/sessions/{session.id}").text
