"""Private notes, as a script or a form saves them."""

from typing import Any

from companion import db
from companion.model.agendas import PrivateNote
from companion.model.sessions import Session
from tests.conftest import BASE_URL, Browser


def save(browser: Browser, session: Session, text: str, version: object) -> dict[str, Any]:
    answer = browser.post(
        f"/sessions/{session.id}/note",
        data={"text": text, "version": version},
        headers={"Origin": BASE_URL, "X-CSRF": browser.csrf},
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.get_json()
    return said


def test_each_save_is_a_version(as_ruth: Browser, session: Session) -> None:
    assert save(as_ruth, session, "Ask more", 0) == {"text": "Ask more", "version": 1}
    assert save(as_ruth, session, "Ask more, tell less", 1) == {"text": "Ask more, tell less", "version": 2}
    assert save(as_ruth, session, "Ask more, tell less", 2)["version"] == 2


def test_where_two_tabs_wrote_both_texts_stay(as_ruth: Browser, session: Session) -> None:
    save(as_ruth, session, "From the laptop", 0)
    both = save(as_ruth, session, "From the phone", 0)
    assert "From the laptop" in both["text"] and "From the phone" in both["text"]
    assert save(as_ruth, session, "Tidied up", both["version"])["text"] == "Tidied up"


def test_a_version_that_is_none_counts_as_never_read(as_ruth: Browser, session: Session) -> None:
    save(as_ruth, session, "First", 0)
    for nonsense in ("", "²", "-1", "one"):
        said = save(as_ruth, session, f"Then {nonsense}", nonsense)["text"]
        assert "First" in said


def test_a_note_too_long_to_keep_is_refused_and_what_was_there_stays(as_ruth: Browser, session: Session) -> None:
    save(as_ruth, session, "Short", 0)
    headers = {"Origin": BASE_URL, "X-CSRF": as_ruth.csrf}
    answer = as_ruth.post(f"/sessions/{session.id}/note", data={"text": "x" * 20_001, "version": 1}, headers=headers)
    assert answer.status_code == 422 and "Your words stay here" in answer.get_json()["sentence"]
    with db.reading() as tx:
        assert tx.query(PrivateNote).one().text == "Short"


def test_each_has_their_own(as_ruth: Browser, as_mateo: Browser, session: Session) -> None:
    save(as_ruth, session, "Hers", 0)
    assert save(as_mateo, session, "His", 0) == {"text": "His", "version": 1}


def test_a_stranger_has_none(as_stranger: Browser, session: Session) -> None:
    assert as_stranger.submit(f"/sessions/{session.id}/note", text="Mine", version=0).status_code == 404
    with db.reading() as tx:
        assert tx.query(PrivateNote).count() == 0


def test_without_a_script_the_form_leads_back(as_ruth: Browser, session: Session) -> None:
    answer = as_ruth.submit(f"/sessions/{session.id}/note", text="Kept", version=0)
    assert answer.headers["Location"] == f"/sessions/{session.id}"
