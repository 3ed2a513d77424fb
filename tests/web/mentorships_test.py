"""A mentorship's page, for its two people and nobody else."""

from collections.abc import Callable
from datetime import datetime, timedelta

from companion import db
from companion.model.action_items import ActionItem
from companion.model.mentorships import Mentorship, Role
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import invite, schedule
from companion.services.schedule import Slot
from companion.web.mentorships import Path
from tests.conftest import Browser, Clock

Browse = Callable[[Person | None], Browser]


def test_both_see_it_each_from_their_side(as_ruth: Browser, as_mateo: Browser, session: Session) -> None:
    address = f"/mentorships/{session.mentorship_id}"
    assert "You and Mateo" in as_ruth.get(address).text
    assert "You and Ruth" in as_mateo.get(address).text


def test_a_stranger_can_t_tell_it_from_a_page_that_never_was(as_stranger: Browser, mentorship: Mentorship) -> None:
    for page in ("", "/end", "/plan"):
        there = as_stranger.get(f"/mentorships/{mentorship.id}{page}")
        nowhere = as_stranger.get(f"/mentorships/999{page}")
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text) and there.status_code == 404
    assert as_stranger.submit(f"/mentorships/{mentorship.id}/end").status_code == 404
    assert "Mateo" not in as_stranger.get("/people").text


def test_a_visitor_is_asked_to_sign_in(browse: Browse, mentorship: Mentorship) -> None:
    for page in ("/people", f"/mentorships/{mentorship.id}", f"/mentorships/{mentorship.id}/end"):
        assert browse(None).get(page).headers["Location"] == f"/sign-in?next={page}"


def test_the_path_knows_past_next_and_ahead(session: Session, ruth: Person, clock: Clock) -> None:
    plan = [Slot(datetime(2026, 12, day, 17, 0), "Africa/Nairobi", 60) for day in (1, 8)]
    later, _latest = (schedule.plan(session.mentorship_id, ruth.id, slot) for slot in plan)
    clock.set(session.ends_at + timedelta(hours=1))
    path = Path.of(schedule.of_mentorship(session.mentorship_id), ruth)
    assert [step.place for step in path.steps] == ["past", "next", "ahead"]
    assert [step.when for step in path.steps] == ["Did you talk?", "Tue 1 Dec", "Tue 8 Dec"]
    assert path.next is not None and path.next.id == later.id
    assert path.closed == ()


def test_cancelled_sessions_leave_the_path(session: Session, ruth: Person) -> None:
    schedule.cancel(session.id, by=ruth.id)
    assert Path.of(schedule.of_mentorship(session.mentorship_id), ruth).steps == ()


def test_open_items_of_both_are_shown_and_one_s_own_can_be_ticked(as_ruth: Browser, session: Session) -> None:
    with db.transaction() as tx:
        for position, (text, owner) in enumerate([("Read the write-up", Role.MENTOR), ("Call Paula", Role.MENTEE)]):
            tx.add(
                ActionItem(
                    mentorship_id=session.mentorship_id, session_id=session.id, key=f"k{position}", text=text,
                    owner=owner, position=position,
                )
            )  # fmt: skip
    page = as_ruth.get(f"/mentorships/{session.mentorship_id}").text
    assert "Read the write-up" in page and "Call Paula" in page
    assert page.count('class="tick"') == 1


def test_parting_asks_first_then_calls_off_what_was_planned(as_mateo: Browser, session: Session, ruth: Person) -> None:
    address = f"/mentorships/{session.mentorship_id}"
    assert "End your mentorship with Ruth?" in as_mateo.get(f"{address}/end").text
    assert as_mateo.submit(f"{address}/end").headers["Location"] == address
    assert schedule.find(session.id, by=ruth.id).state is SessionState.CANCELLED
    page = as_mateo.get(address).text
    assert "This mentorship ended" in page and "Find a time" not in page
    assert "It has ended" in as_mateo.get(f"{address}/end").text


def test_people_lists_pairs_and_who_was_asked(
    as_ruth: Browser, mentorship: Mentorship, ruth: Person, linh: Person
) -> None:
    invite.invite(ruth.id, "ana@example.org", Role.MENTEE)
    invite.invite(linh.id, ruth.email, Role.MENTOR)
    page = as_ruth.get("/people").text
    assert "Mateo Fuentes" in page and "ana@example.org" in page and "Linh would like you as a mentor" in page


def test_an_empty_list_says_how_to_begin(as_stranger: Browser) -> None:
    assert "It takes two" in as_stranger.get("/people").text
