"""Agendas to measure with, each as Yjs updates."""

from datetime import date

from pycrdt import Doc, Map, Text

from tests.writing import Pen

WORDS = "what we agreed upon last time, and what came of it since then; a thing to try before we talk again. "


def usual() -> bytes:
    """A well-filled agenda of 20 KB: ten talking points with eight notes each, and ten action items."""
    pen = Pen()
    for number in range(10):
        topic = pen.add_topic(f"{number}: {WORDS[:50]}", minutes=10)
        for _ in range(8):
            pen.add_note(topic, WORDS, by="mentor" if number % 2 else "mentee")
        pen.add_item(f"{number}: {WORDS[:70]}", due=date(2026, 12, 1))
    return pen.doc.get_update()


def long_past(edits: int, letters: int) -> list[bytes]:
    """As many edits as given, each adding so many letters to one of a hundred notes, by both partners in turns."""
    first = Pen()
    topic = first.add_topic("Everything we ever said", minutes=60)
    notes = [first.add_note(topic, "-") for _ in range(100)]
    updates = list(first.unsent)
    devices = [Device(updates, topic, notes) for _ in range(2)]
    for number in range(edits - len(updates)):
        mine, other = devices[number % 2], devices[1 - number % 2]
        updates.append(mine.write(number // 2 % len(notes), WORDS[:letters]))
        other.doc.apply_update(updates[-1])
    return updates


def letters_in(edits: list[bytes]) -> int:
    """How many characters the notes of an agenda with these edits have, as UTF-16 counts them."""
    doc: Doc = Doc()
    for edit in edits:
        doc.apply_update(edit)
    topics = doc.get("talking_points", type=Map).values()
    return sum(len(str(note["text"])) for topic in topics for note in topic["notes"].values())


def letters_of_usual() -> int:
    """Those of `usual`."""
    return letters_in([usual()])


class Device:
    """One partner's copy of an agenda, and the texts of its notes."""

    def __init__(self, updates: list[bytes], topic: str, notes: list[str]) -> None:
        self.doc: Doc = Doc()
        for update in updates:
            self.doc.apply_update(update)
        written = self.doc.get("talking_points", type=Map)[topic]["notes"]
        self.texts: list[Text] = [written[note]["text"] for note in notes]

    def write(self, note: int, words: str) -> bytes:
        """The edit that puts these words at the end of that note."""
        before = self.doc.get_state()
        self.texts[note] += words
        return self.doc.get_update(before)
