"""A partner who writes in an agenda without a browser: a Yjs document, saved the way the product saves it."""

import secrets
from collections.abc import Callable
from datetime import date

from pycrdt import Doc, Map, Text

from companion.services import keep_agenda
from companion.services.agenda_log import Edit

ROOTS = {"talking_points": Map, "action_items": Map, "run": Map, "takeaway_mentor": Text, "takeaway_mentee": Text}


class Pen:
    """One partner's document. Each method returns the id of what it wrote; `unsent` holds the edits not saved yet."""

    def __init__(self) -> None:
        self.doc: Doc = Doc()
        self.roots = {name: self.doc.get(name, type=kind) for name, kind in ROOTS.items()}
        self.unsent: list[bytes] = []
        self._watch = self.doc.observe(lambda event: self.unsent.append(event.update))

    def add_topic(self, title: str, by: str = "mentee", minutes: int | None = None, **more: object) -> str:
        values = {"rank": _rank(), "raised_by": by, "minutes": minutes, "state": "open", "from": None, **more}
        return self._add("talking_points", {**values, "title": Text(title), "notes": Map({})})

    def add_note(self, topic: str, text: str, by: str = "mentee") -> str:
        key = _key()
        notes = self.roots["talking_points"][topic]["notes"]
        self._once(lambda: notes.__setitem__(key, Map({"rank": _rank(), "by": by, "text": Text(text)})))
        return key

    def add_item(self, text: str, owner: str = "mentee", due: date | None = None) -> str:
        values = {"rank": _rank(), "owner": owner, "due": due.isoformat() if due else None, "done_at": None}
        return self._add("action_items", {**values, "talking_point": None, "text": Text(text)})

    def take_away(self, role: str, text: str) -> None:
        self._once(lambda: self.roots[f"takeaway_{role}"].__iadd__(text))

    def type(self, item: str, text: str) -> None:
        """Keystrokes at the end of an action item."""
        self._once(lambda: self.roots["action_items"][item]["text"].__iadd__(text))

    def save(self, session_id: int, person_id: int) -> list[int | None]:
        """Send what is unsent, past the keeper into the log."""
        edits, self.unsent = self.unsent, []
        verdicts = keep_agenda.keeper().check([(str(session_id), edit) for edit in edits])
        assert {str(verdict) for verdict in verdicts} <= {"ok"}, verdicts
        return keep_agenda.record([Edit(session_id, person_id, edit) for edit in edits])

    def _add(self, root: str, values: dict[str, object]) -> str:
        key = _key()
        self._once(lambda: self.roots[root].__setitem__(key, Map(values)))
        return key

    def _once(self, write: Callable[[], object]) -> None:
        with self.doc.transaction():
            write()


def _key() -> str:
    return secrets.token_hex(6)


_count = 0


def _rank() -> str:
    global _count  # noqa: PLW0603 - ranks only have to grow
    _count += 1
    return f"a{_count:06d}"
