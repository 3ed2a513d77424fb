"""Today: what is next, what I promised, what I wait for."""

from collections.abc import Callable
from datetime import date, timedelta

from companion import db
from companion.model.action_items import ActionItem
from companion.model.mentorships import Mentorship, Role
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import pair, promises
from tests.conftest import NOON, Browser, Clock

Browse = Callable[[Person | None], Browser]


def promise(session: Session, text: str, owner: Role, due: date | None = None) -> ActionItem:
    with db.transaction() as tx:
        item = ActionItem(
            mentorship_id=session.mentorship_id, session_id=session.id, key=text[:60], position=0, text=text,
            owner=owner, due=due,
        )  # fmt: skip
        tx.add(item)
    return item


def test_the_next_session_is_there_in_one_s_own_time(as_ruth: Browser, as_mateo: Browser, session: Session) -> None:
    assert f"/sessions/{session.id}" in as_ruth.get("/").text and "17:00" in as_ruth.get("/").text
    assert "11:00" in as_mateo.get("/").text


def test_the_greeting_follows_one_s_own_clock(as_ruth: Browser, as_mateo: Browser) -> None:
    assert "Good afternoon, Ruth" in as_ruth.get("/").text
    assert "Good morning, Mateo" in as_mateo.get("/").text


def test_what_i_promised_and_what_i_wait_for_are_apart(as_ruth: Browser, as_mateo: Browser, session: Session) -> None:
    promise(session, "Read the write-up", Role.MENTOR, NOON.date() - timedelta(days=2))
    promise(session, "Call Paula", Role.MENTEE, NOON.date() + timedelta(days=1))
    hers, his = as_ruth.get("/").text, as_mateo.get("/").text
    assert hers.index("Read the write-up") < hers.index("Waiting on Mateo") < hers.index("Call Paula")
    assert his.index("Call Paula") < his.index("Waiting on Ruth") < his.index("Read the write-up")
    assert "2 days late" in hers and "Tomorrow" in his


def test_somebody_without_a_mentorship_is_shown_the_way(browse: Browse, linh: Person) -> None:
    page = browse(linh).get("/").text
    assert "It takes two" in page and "/invitations/new" in page


def test_with_nothing_promised_it_says_so(as_ruth: Browser, session: Session) -> None:
    assert "All clear" in as_ruth.get("/").text


def test_a_session_that_nobody_opened_is_asked_about_and_is_not_next(
    as_ruth: Browser, session: Session, clock: Clock
) -> None:
    clock.set(session.ends_at + timedelta(hours=1))
    assert "Did you talk?" in as_ruth.get("/").text


def test_after_parting_nothing_of_it_is_on_the_page(
    as_ruth: Browser, mentorship: Mentorship, session: Session, mateo: Person
) -> None:
    promise(session, "Read the write-up", Role.MENTOR)
    pair.close(mentorship.id, by=mateo.id)
    page = as_ruth.get("/").text
    assert "Read the write-up" not in page and f"/sessions/{session.id}" not in page


def test_what_is_finished_is_listed_newest_first(
    as_mateo: Browser, session: Session, mateo: Person, clock: Clock
) -> None:
    for text in ("First thing", "Second thing"):
        promises.mark_done(promise(session, text, Role.MENTEE).id, by=mateo.id)
        clock.move(timedelta(hours=1))
    page = as_mateo.get("/finished").text
    assert page.index("Second thing") < page.index("First thing")


def test_other_pairs_stay_walled_off(as_stranger: Browser, session: Session) -> None:
    promise(session, "Call Paula", Role.MENTEE)
    assert all("Paula" not in as_stranger.get(page).text for page in ("/", "/finished", "/people"))


def test_a_visitor_is_asked_to_sign_in(browse: Browse) -> None:
    for page in ("/", "/finished"):
        assert browse(None).get(page).headers["Location"].startswith("/sign-in")
