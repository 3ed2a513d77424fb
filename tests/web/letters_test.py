from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from companion import db, links, signals
from companion.config import Settings
from companion.model.action_items import ActionItem
from companion.model.letters import Letter, LetterLink, LetterState
from companion.model.mentorships import MentorshipState, Role
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import deliver, promises
from tests.conftest import NOON, Browser, Clock


@pytest.fixture
def item(session: Session) -> ActionItem:
    """Mateo's, and open."""
    with db.transaction() as tx:
        row = ActionItem(
            mentorship_id=session.mentorship_id, session_id=session.id, key="k", position=0, text="Send CV to Ana",
            owner=Role.MENTEE,
        )  # fmt: skip
        tx.add(row)
    return row


@pytest.fixture
def address(item: ActionItem, mateo: Person) -> str:
    """Where the Done button in Mateo's letter leads."""
    with db.transaction() as tx:
        link = LetterLink(item_id=item.id, person_id=mateo.id, verb="done", expires_at=NOON + timedelta(days=60))
        tx.add(link)
    return f"/d/{links.sign('done', link.id)}"


@pytest.fixture
def reader(browse: Callable[[Person | None], Browser]) -> Browser:
    """Whoever opens the letter: not signed in anywhere."""
    return browse(None)


def is_done(item: ActionItem) -> bool:
    with db.reading() as tx:
        return tx.get_one(ActionItem, item.id).done_at is not None


def test_fetching_the_link_shows_the_item_and_changes_nothing(reader: Browser, address: str, item: ActionItem) -> None:
    for _ in range(3):
        page = reader.get(address)
        assert page.status_code == 200
        assert "Send CV to Ana" in page.text
        assert page.text.count("<button") == 1
    assert reader.head(address).status_code == 200
    assert not is_done(item)


def test_one_press_does_it_and_the_partner_is_told(
    reader: Browser, address: str, item: ActionItem, mateo: Person
) -> None:
    told: list[dict[str, Any]] = []

    def hear(_sender: object, **facts: object) -> None:
        told.append(facts)

    with signals.item_changed.connected_to(hear):
        page = reader.post(address, follow_redirects=True)
    assert "Done. Ruth will see it." in page.text
    assert told == [{"mentorship_id": item.mentorship_id, "item_id": item.id}]
    with db.reading() as tx:
        assert tx.get_one(ActionItem, item.id).done_by == mateo.id


def test_a_second_press_changes_nothing(reader: Browser, address: str, item: ActionItem, clock: Clock) -> None:
    reader.post(address)
    clock.move(timedelta(hours=1))
    reader.post(address)
    with db.reading() as tx:
        assert tx.get_one(ActionItem, item.id).done_at == NOON


def test_undo_opens_it_again(reader: Browser, address: str, item: ActionItem) -> None:
    reader.post(address)
    page = reader.post(f"{address}/undo", follow_redirects=True)
    assert not is_done(item)
    assert "Done. Ruth will see it." not in page.text


def test_a_link_takes_back_only_what_it_did(reader: Browser, address: str, item: ActionItem, ruth: Person) -> None:
    promises.mark_done(item.id, by=ruth.id)
    assert "This one is done already." in reader.get(address).text
    reader.post(f"{address}/undo")
    assert is_done(item)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_we_never_made_is_nobodys(reader: Browser, address: str, item: ActionItem, method: str) -> None:
    forged = [address[:-2], address + "x", "/d/x", f"/d/{links.sign('sign-in', 1)}", f"/d/{links.sign('done', 4711)}"]
    assert {getattr(reader, method)(each).status_code for each in forged} == {404}
    assert not is_done(item)


def test_a_link_past_its_time_says_so(reader: Browser, address: str, item: ActionItem, clock: Clock) -> None:
    clock.move(timedelta(days=61))
    page = reader.post(address)
    assert page.status_code == 410
    assert "60 days" in page.text
    assert not is_done(item)


def test_a_link_of_a_mentorship_that_ended_changes_nothing(
    reader: Browser, address: str, item: ActionItem, session: Session
) -> None:
    with db.transaction() as tx:
        tx.merge(session.mentorship).state = MentorshipState.CLOSED
    assert reader.post(address).status_code == 410
    assert not is_done(item)


def test_the_link_works_whoever_is_signed_in_and_acts_for_its_own_reader(
    as_stranger: Browser, address: str, item: ActionItem, mateo: Person
) -> None:
    as_stranger.post(address)
    with db.reading() as tx:
        assert tx.get_one(ActionItem, item.id).done_by == mateo.id


def test_a_letters_page_is_kept_nowhere(reader: Browser, address: str) -> None:
    assert reader.get(address).headers["Cache-Control"] == "no-store"


@pytest.fixture
def kept(session: Session, settings: Settings) -> str:
    """Where /dev/mail shows the letter that tells Mateo of the session."""
    deliver.run_once(deliver.mailer(settings))
    (letter,) = deliver.local_mailer(settings).letters()
    return f"/dev/mail/{letter.name}"


def test_kept_letters_are_listed_and_shown(reader: Browser, kept: str) -> None:
    assert f'href="{kept}"' in reader.get("/dev/mail").text
    assert "Ruth planned a talk" in reader.get(kept).text


def test_a_kept_letter_is_framed_where_it_can_run_nothing(reader: Browser, kept: str) -> None:
    page = reader.get(f"{kept}/page")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy + reader.get(kept).text
    assert '<base target="_top">' in page.text


def test_no_other_file_can_be_read_there(reader: Browser, kept: str) -> None:
    assert kept
    for name in ("nothing", "..", "%2e%2e%2fsecrets"):
        assert reader.get(f"/dev/mail/{name}").status_code == 404


def test_letters_that_will_never_arrive_are_shown_with_the_reason(reader: Browser, kept: str) -> None:
    assert kept
    with db.transaction() as tx:
        letter = tx.query(Letter).one()
        letter.state, letter.last_error = LetterState.DEAD, "The mail server answered 550: No such mailbox"
    assert "550: No such mailbox" in reader.get("/dev/mail").text
