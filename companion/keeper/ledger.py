"""Where each stretch of content in one document sits, and how to forget an edit that was refused halfway."""

from bisect import bisect_right
from collections.abc import Callable
from functools import partial

from companion.keeper.shape import ROOTS, Shared, Spec, Words
from companion.keeper.updates import Id, Malformed


class Missing(Exception):
    """An edit needs what `client` wrote at `clock`, which isn't here."""

    def __init__(self, client: int, clock: int) -> None:
        super().__init__()
        self.client = client
        self.clock = clock


class Place:
    """Where content can sit: the characters of one text, or one key of one map. Two places are never equal.

    `units` are its characters, `begun` counts what was put here as if nothing else had been.
    """

    __slots__ = ("begun", "in_text", "spec", "units")

    def __init__(self, spec: Spec | None, *, in_text: bool) -> None:
        self.spec = spec
        self.in_text = in_text
        self.units = self.begun = 0


GONE = Place(None, in_text=False)  # inside something deleted and collected; yjs and yrs forget what is put there


class Shelf:
    """One shared type of the document: `text` is its characters if it is one, `keys` the places of its map."""

    __slots__ = ("keys", "spec", "text")

    def __init__(self, spec: Shared) -> None:
        self.spec = spec
        self.text = Place(spec, in_text=True) if isinstance(spec, Words) else None
        self.keys: dict[str, Place] = {}


class Runs:
    """What one client wrote, gapless from clock 0 to `end`: from `starts[i]` on it sits in `places[i]`."""

    __slots__ = ("end", "places", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.places: list[Place] = []
        self.end = 0

    def grow(self, place: Place, length: int) -> None:
        if not self.places or self.places[-1] is not place:
            self.starts.append(self.end)
            self.places.append(place)
        self.end += length

    def cut(self, count: int, end: int) -> None:
        del self.starts[count:], self.places[count:]
        self.end = end


class Ledger:
    """All places of one document. Until `keep`, what is written can be taken back with `roll_back`."""

    def __init__(self) -> None:
        self._runs: dict[int, Runs] = {}
        self._roots = {name: Shelf(spec) for name, spec in ROOTS.items()}
        self._shelves: dict[Id, Shelf] = {}
        # Second halves of characters that JavaScript counts as two; yrs miscounts when cut between the halves.
        self._halves: set[Id] = set()
        self._undo: list[Callable[[], object]] = []
        self._grown: set[int] = set()  # clients that wrote since `keep`

    def keep(self) -> None:
        """What was written stays."""
        self._undo.clear()
        self._grown.clear()

    def roll_back(self) -> None:
        while self._undo:
            self._undo.pop()()
        self._grown.clear()

    def end(self, client: int) -> int:
        """The clock that `client` will write next."""
        runs = self._runs.get(client)
        return runs.end if runs else 0

    def place_of(self, at: Id) -> Place:
        """Where the content with this id sits. Raises Missing."""
        client, clock = at
        runs = self._runs.get(client)
        if runs is None or clock >= runs.end:
            raise Missing(client, clock)
        return runs.places[bisect_right(runs.starts, clock) - 1]

    def shelf(self, parent: Id | str) -> Shelf | None:
        """The shared type with this id, or the root with this name."""
        return self._roots.get(parent) if isinstance(parent, str) else self._shelves.get(parent)

    def grow(self, client: int, place: Place, length: int) -> None:
        """`client` wrote `length` units more, in `place`."""
        runs = self._runs.get(client)
        if runs is None:
            runs = self._runs[client] = Runs()
            self._undo.append(partial(self._runs.pop, client))
        elif client not in self._grown:
            self._undo.append(partial(runs.cut, len(runs.starts), runs.end))
        self._grown.add(client)
        runs.grow(place, length)

    def add_key(self, shelf: Shelf, key: str, spec: Spec) -> Place:
        place = shelf.keys[key] = Place(spec, in_text=False)
        self._undo.append(partial(shelf.keys.pop, key))
        return place

    def add_shelf(self, at: Id, spec: Shared) -> None:
        self._shelves[at] = Shelf(spec)
        self._undo.append(partial(self._shelves.pop, at))

    def begin(self, place: Place) -> None:
        """Something more that knows no neighbour here."""
        place.begun += 1
        self._undo.append(partial(setattr, place, "begun", place.begun - 1))

    def write(self, place: Place, at: Id, text: str, length: int, known: int) -> None:
        """Note `text` of `length` units from `at` on, of which the first `known` units were here before."""
        before = place.units
        place.units += length - known
        self._undo.append(partial(setattr, place, "units", before))
        if not text.isascii():
            self._note_halves(at, text, known)

    def _note_halves(self, at: Id, text: str, known: int) -> None:
        client, clock = at
        halves = set()
        offset = 0
        for character in text:
            if character > "\uffff":
                offset += 1
                if offset == known:
                    raise Malformed("cuts a character in two")
                if offset > known:
                    halves.add((client, clock + offset))
            offset += 1
        self._halves |= halves
        self._undo.append(partial(self._halves.difference_update, halves))

    def check_cut(self, client: int, clock: int) -> None:
        """Raise Malformed if a cut before this clock goes through the middle of a character."""
        if (client, clock) in self._halves:
            raise Malformed("cuts a character in two")

    def cuts_nothing(self, state: dict[int, int]) -> bool:
        """Whether a state vector ends between characters, for every client."""
        return self._halves.isdisjoint(state.items())
