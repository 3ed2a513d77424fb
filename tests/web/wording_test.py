"""What pages offer next, and that they call people by their names."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from companion import db
from companion.errors import NotYours
from companion.model.action_items import ActionItem
from companion.model.mentorships import Invitation, Mentorship, Role
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import invite, pair, schedule, talk
from companion.web.dev_mail import height
from tests.conftest import NOON, Browser, Clock

Browse = Callable[[Person | None], Browser]


@pytest.fixture
def sent(ruth: Person) -> Invitation:
    return invite.invite(ruth.id, "ana@example.org", Role.MENTEE, "Speak at one conference")


def test_a_pair_without_a_session_is_led_to_one(as_mateo: Browser, mentorship: Mentorship) -> None:
    assert f'href="/mentorships/{mentorship.id}/plan">Find a time with Ruth' in as_mateo.get("/").text


def test_a_pair_with_a_session_isn_t(as_mateo: Browser, session: Session) -> None:
    assert "Find a time" not in as_mateo.get("/").text


def test_an_ended_pair_isn_t_either(as_mateo: Browser, mentorship: Mentorship, ruth: Person) -> None:
    pair.close(mentorship.id, by=ruth.id)
    page = as_mateo.get("/").text
    assert "Find a time" not in page and "Ended" in page


def test_an_over_session_says_what_is_next(as_ruth: Browser, live_session: Session, ruth: Person) -> None:
    talk.end(live_session.id, by=ruth.id)
    page = as_ruth.get("/").text
    assert '<span class="chip" data-tone="plum">Wrap up</span>' in page and "Wrap up together" in page


def test_the_day_begins_with_what_is_due(as_ruth: Browser, session: Session) -> None:
    assert "due today" not in as_ruth.get("/").text
    with db.transaction() as tx:
        for number in range(2):
            tx.add(
                ActionItem(
                    mentorship_id=session.mentorship_id, session_id=session.id, key=str(number), text="Call Paula",
                    owner=Role.MENTOR, due=NOON.date(), position=number,
                )
            )  # fmt: skip
    assert "Two things are due today." in as_ruth.get("/").text


@pytest.mark.parametrize(("days", "said"), [(-5, 'data-tone="honey">5 days late'), (1, 'class="chip">Tomorrow')])
def test_a_partner_s_item_shows_its_day_as_one_s_own_does(
    as_ruth: Browser, session: Session, days: int, said: str
) -> None:
    with db.transaction() as tx:
        tx.add(
            ActionItem(
                mentorship_id=session.mentorship_id, session_id=session.id, key="k", text="Call Paula",
                owner=Role.MENTEE, due=NOON.date() + timedelta(days=days), position=0,
            )
        )  # fmt: skip
    assert said in as_ruth.get(f"/mentorships/{session.mentorship_id}").text


def test_planning_belongs_to_people(as_ruth: Browser, session: Session) -> None:
    for page in (f"/mentorships/{session.mentorship_id}/plan", f"/sessions/{session.id}/move"):
        assert 'href="/people" aria-current="page"' in as_ruth.get(page).text


def test_a_record_leads_to_the_next_talk_where_none_is_planned(
    as_ruth: Browser, session: Session, ruth: Person, clock: Clock
) -> None:
    schedule.cancel(session.id, by=ruth.id)
    assert "Find a time with Mateo" in as_ruth.get(f"/sessions/{session.id}").text
    later = schedule.Slot(session.wall + timedelta(days=7), session.zone, 60)
    schedule.plan(session.mentorship_id, ruth.id, later)
    assert "Find a time" not in as_ruth.get(f"/sessions/{session.id}").text


def test_people_are_called_by_their_names(as_ruth: Browser, as_mateo: Browser, mentorship: Mentorship) -> None:
    assert "You mentor Mateo" in as_ruth.get("/people").text
    assert "Ruth mentors you" in as_mateo.get("/people").text


def test_who_sent_an_invitation_is_not_asked_to_answer_it(as_ruth: Browser, sent: Invitation, ruth: Person) -> None:
    address = f"/invitations/{pair.token_of(sent)}"
    page = as_ruth.get(address).text
    assert "You sent this" in page and "Accept" not in page and "Decline" not in page
    assert as_ruth.submit(f"/invitations/{sent.id}/withdraw").headers["Location"] == "/people"
    assert pair.invitations_of(ruth.id) == []


def test_a_no_can_be_put_away(as_ruth: Browser, sent: Invitation, ruth: Person) -> None:
    pair.decline(pair.token_of(sent))
    assert "Said no to being your mentee" in as_ruth.get("/people").text
    as_ruth.submit(f"/invitations/{sent.id}/put-away")
    assert "ana@example.org" not in as_ruth.get("/people").text


def test_a_no_can_be_asked_again(as_ruth: Browser, sent: Invitation, ruth: Person) -> None:
    pair.decline(pair.token_of(sent))
    page = as_ruth.get(f"/invitations/new?again={sent.id}").text
    assert 'value="ana@example.org"' in page and "Speak at one conference" in page
    as_ruth.submit("/invitations/new", role="mentee", email="ana@example.org", purpose="")
    assert "Said no" not in as_ruth.get("/people").text
    assert [each.email for each in pair.invitations_of(ruth.id)] == ["ana@example.org"]


def test_nobody_reads_or_puts_away_what_somebody_else_sent(
    as_stranger: Browser, linh: Person, sent: Invitation
) -> None:
    assert as_stranger.get(f"/invitations/new?again={sent.id}").status_code == 404
    assert as_stranger.submit(f"/invitations/{sent.id}/put-away").status_code == 404
    with pytest.raises(NotYours):
        invite.find(sent.id, by=linh.id)


def test_an_open_invitation_isn_t_put_away(as_ruth: Browser, sent: Invitation, ruth: Person) -> None:
    as_ruth.submit(f"/invitations/{sent.id}/put-away")
    assert [each.id for each in pair.invitations_of(ruth.id)] == [sent.id]


def test_a_letter_s_frame_grows_with_the_letter() -> None:
    assert height("Hello") < height("Hello\n\n" + "x" * 400) < 600
