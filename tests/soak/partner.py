"""Somebody who types words in their session's agenda, and comes back whenever the line breaks."""

import random
import threading
from collections import deque

from tests.bench.people import Place
from tests.server import Address
from tests.soak.line import BROKEN, Line
from tests.writing import Pen

PAUSE = 0.02  # seconds between two words, on average
NEW_NOTE = 0.02  # the share of words that begin a note
LONGEST = 2_000  # characters of a note, after which another one is begun
NOTHING = b"\0\0"  # an update without content


class Partner(threading.Thread):
    """`saved` and `seen` are the words that the server said it keeps, and those of the partner that it showed."""

    def __init__(self, name: str, server: Address, place: Place, agenda: bytes, seed: str) -> None:
        super().__init__(name=name, daemon=True)
        self.server, self.place = server, place
        self.hands = random.Random(f"{seed} {name}")
        self.pen = Pen()
        self._read(agenda)
        self.typed = 0
        self.unsaved: deque[list[str]] = deque()  # the words of each edit that has no answer yet
        self.saved: set[str] = set()
        self.refusals: list[str] = []
        self.is_away = threading.Event()
        self.ending = threading.Event()

    @property
    def seen(self) -> set[str]:
        """The partner's words, as this tab has them. Only while it is away."""
        return {word for word in self._words() if not word.startswith(f"{self.name}-")}

    def run(self) -> None:
        while not self.ending.is_set():
            try:
                self._sit()
            except BROKEN:
                self.is_away.set()
                self.ending.wait(0.02)

    def _sit(self) -> None:
        line = Line(self.server, self.place)
        try:
            self._catch_up(line)
            self.is_away.clear()
            while not self.ending.is_set():
                self._listen(line, self.hands.expovariate(1 / PAUSE))
                line.edit(self._write())
        finally:
            line.close()

    def _catch_up(self, line: Line) -> None:
        """Compare states, as a page does that comes back: nothing is known of what was on its way."""
        welcome = line.sync(self.pen.doc.get_state())
        self._read(welcome["update"])
        left = [word for edit in self.unsaved for word in edit]
        self.unsaved = deque([left])
        lacking = self.pen.doc.get_update(welcome["state"])
        if lacking == NOTHING:
            self._answered(1)
        else:
            line.edit(lacking)

    def _listen(self, line: Line, seconds: float) -> None:
        while heard := line.hear(seconds):
            event, said = heard
            if event == "edit":
                self._read(said)
            elif event == "saved":
                self._answered(said["n"])
            elif event == "refused":
                # Its words can come back with the next edit only: an honest page would compare states anew.
                self.refusals.append(said["why"])
                raise ConnectionAbortedError(said["why"])

    def _answered(self, edits: int) -> None:
        for _ in range(edits):
            self.saved.update(self.unsaved.popleft())

    def _read(self, update: bytes) -> None:
        self.pen.doc.apply_update(update)
        self.pen.unsent.clear()

    def _write(self) -> bytes:
        word = f"{self.name}-{self.typed}"
        self.typed += 1
        ((topic, point),) = self.pen.roots["talking_points"].items()
        notes = point["notes"]
        where = self.hands.choice(sorted(notes.keys())) if len(notes) else None
        if where is None or self.hands.random() < NEW_NOTE or len(notes[where]["text"]) > LONGEST:
            self.pen.add_note(topic, f"{word} ")
        else:
            text = notes[where]["text"]
            text += f"{word} "
        self.unsaved.append([word])
        (edit,) = self.pen.unsent
        self.pen.unsent.clear()
        return edit

    def _words(self) -> list[str]:
        (topic,) = self.pen.roots["talking_points"].values()
        return [word for note in topic["notes"].values() for word in str(note["text"]).split()]
