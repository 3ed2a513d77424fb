"""Private notes: one text per person and session, never in the shared document, never shown to the partner."""

from companion.db import reading, transaction
from companion.errors import Invalid, NotYours
from companion.model.agendas import PrivateNote
from companion.model.sessions import Session

LONGEST = 20_000  # characters


def find(session_id: int, person_id: int) -> PrivateNote:
    """This person's own note; an empty one where they wrote none. The caller has asked who is asking."""
    with reading() as tx:
        note = tx.get(PrivateNote, (session_id, person_id))
        return note or PrivateNote(session_id=session_id, person_id=person_id, text="", version=0)


def save(session_id: int, by: int, text: str, version: int) -> PrivateNote:
    """Keep this text, written over `version`. If another tab has saved meanwhile, both stay, one under the other."""
    if len(text) > LONGEST:
        raise Invalid("text", "This note has grown past 20,000 characters. Your words stay here; shorten them to save.")
    with transaction() as tx:
        session = tx.get(Session, session_id, with_for_update={"of": Session})
        if session is None:
            raise NotYours
        session.for_partner(by)
        note = tx.get(PrivateNote, (session_id, by))
        if note is None:
            note = PrivateNote(session_id=session_id, person_id=by, text="", version=0)
            tx.add(note)
        if note.text != text:
            kept_too = note.version != version and note.text not in text
            note.text = f"{text}\n\n— also written elsewhere —\n{note.text}" if kept_too and note.text else text
            note.version += 1
        return note
