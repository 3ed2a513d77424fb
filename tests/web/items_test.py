"""Action items after their session, on the pages of their two people."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from companion import clock, db, identity
from companion.model.action_items import ActionItem
from companion.model.mentorships import Mentorship, MentorshipState, Role
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import pair, schedule
from companion.services.devices import OneSession
from companion.services.schedule import Slot
from tests.conftest import BASE_URL, NOON, Browser


@pytest.fixture
def item(session: Session) -> ActionItem:
    """Mateo's, and open."""
    with db.transaction() as tx:
        made = ActionItem(
            mentorship_id=session.mentorship_id, session_id=session.id, key="k", position=0, text="Send CV to Ana",
            owner=Role.MENTEE,
        )  # fmt: skip
        tx.add(made)
    return made


def now(item: ActionItem) -> ActionItem:
    with db.reading() as tx:
        return tx.get_one(ActionItem, item.id)


def test_either_can_tick_it_and_take_that_back(
    as_ruth: Browser, as_mateo: Browser, item: ActionItem, ruth: Person
) -> None:
    as_ruth.submit(f"/items/{item.id}/done")
    assert now(item).done_by == ruth.id
    as_mateo.submit(f"/items/{item.id}/done", open="1")
    assert now(item).done_at is None


def test_a_script_is_told_what_became_of_it(as_mateo: Browser, item: ActionItem) -> None:
    answer = as_mateo.post(f"/items/{item.id}/done", headers={"Origin": BASE_URL, "X-CSRF": as_mateo.csrf})
    assert answer.json == {"done": True}


def test_a_device_that_is_let_in_to_one_session_ticks_what_is_still_open_between_its_two_people(
    app: Flask, session: Session, item: ActionItem, mateo: Person
) -> None:
    with app.test_request_context(base_url=BASE_URL):
        key = identity.let_in_to(mateo.id, OneSession(session.id, clock.now() + timedelta(hours=1)))
    headers = {"Origin": BASE_URL, "X-Here": key.id, "X-CSRF": key.csrf}
    at = f"/sessions/{session.id}/items/{item.id}/done"
    assert app.test_client().post(at, base_url=BASE_URL, headers=headers).json == {"done": True}
    elsewhere = app.test_client().post(f"/items/{item.id}/done", base_url=BASE_URL, headers=headers)
    assert elsewhere.status_code == 401


def test_an_item_is_not_found_beside_a_session_of_others(
    as_stranger: Browser, as_mateo: Browser, item: ActionItem, ruth: Person, linh: Person
) -> None:
    with db.transaction() as tx:
        theirs = Mentorship(
            mentor=tx.merge(ruth), mentee=tx.merge(linh), purpose="", state=MentorshipState.ACTIVE, started_at=NOON
        )
        tx.add(theirs)
    others = schedule.plan(theirs.id, ruth.id, Slot(datetime(2026, 11, 25, 17, 0), "Africa/Nairobi", 60))
    at = f"/sessions/{others.id}/items/{item.id}/done"
    assert as_mateo.submit(at).status_code == as_stranger.submit(at).status_code == 404
    assert now(item).done_at is None


def test_words_owner_and_date_can_change(as_ruth: Browser, item: ActionItem) -> None:
    as_ruth.submit(f"/items/{item.id}", text=" Send  both CVs ", owner="mentor", due="2026-12-01")
    changed = now(item)
    assert (changed.text, changed.owner, str(changed.due)) == ("Send both CVs", Role.MENTOR, "2026-12-01")


@pytest.mark.parametrize(
    ("field", "said", "sentence"),
    [
        ("text", "", "Say it in 1 to 500 characters."),
        ("text", "x" * 501, "Say it in 1 to 500 characters."),
        ("due", "soon", "Pick a day, or leave it empty."),
        ("owner", "nobody", "Choose who does it."),
    ],
)
def test_what_doesn_t_fit_is_said_and_what_was_typed_stays(
    as_mateo: Browser, item: ActionItem, field: str, said: str, sentence: str
) -> None:
    typed = {"text": "Call Paula", "owner": "mentor", "due": "2026-12-24", field: said}
    answer = as_mateo.submit(f"/items/{item.id}", **typed)
    assert answer.status_code == 422 and sentence in answer.text
    assert f'value="{typed["text"]}"' in answer.text and f'value="{typed["due"]}"' in answer.text
    assert now(item).text == "Send CV to Ana"


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("home", "/"), ("mentorship", "/mentorships/{}"), ("session:7", "/sessions/7"), ("session:²", "/"),
        ("https://evil.example", "/"), ("//evil.example", "/"), ("session:7/../../x", "/"), ("", "/"),
    ],
)  # fmt: skip
def test_the_way_back_is_one_of_our_own(as_mateo: Browser, item: ActionItem, back: str, leads_to: str) -> None:
    answer = as_mateo.submit(f"/items/{item.id}/done", back=back)
    assert answer.headers["Location"] == leads_to.format(item.mentorship_id)


def test_what_is_let_go_leaves_the_lists(as_mateo: Browser, item: ActionItem) -> None:
    assert "Send CV to Ana" in as_mateo.get("/").text
    as_mateo.submit(f"/items/{item.id}/drop")
    assert "Send CV to Ana" not in as_mateo.get("/").text


@pytest.mark.parametrize("deed", ["", "/done", "/drop"])
def test_after_parting_items_can_only_be_read(as_mateo: Browser, item: ActionItem, ruth: Person, deed: str) -> None:
    pair.close(item.mentorship_id, by=ruth.id)
    answer = as_mateo.submit(f"/items/{item.id}{deed}", text="Other words", owner="mentor")
    assert answer.status_code == 409 and "can only be read" in answer.text
    assert (now(item).text, now(item).done_at, now(item).dropped_at) == ("Send CV to Ana", None, None)


def test_a_stranger_can_t_tell_it_from_an_item_that_never_was(
    as_stranger: Browser, item: ActionItem, browse: Callable[[Person | None], Browser]
) -> None:
    there, nowhere = as_stranger.get(f"/items/{item.id}"), as_stranger.get("/items/999")
    assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text) and there.status_code == 404
    for deed in ("", "/done", "/drop"):
        assert as_stranger.submit(f"/items/{item.id}{deed}", text="Other words", owner="mentor").status_code == 404
        assert browse(None).submit(f"/items/{item.id}{deed}").status_code == 401
    assert now(item).text == "Send CV to Ana"
