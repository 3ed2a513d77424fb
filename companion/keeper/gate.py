"""The gate: which edits may touch a document.

yrs trusts what it is given. Crafted edits make it panic, hang, exhaust the stack, or read a document differently from
the browsers. So the gate lets in only what our pages could have made: each item lands in a place that the shape names,
beside neighbours in that same place, on top of content that is already here. Nothing is ever left pending inside yrs.
"""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from heapq import heappop, heappush

from companion.keeper.ledger import GONE, Ledger, Missing, Place, Shelf
from companion.keeper.shape import Entries, Fields, Spec, Value, Words, is_id
from companion.keeper.updates import PART, Content, Id, Malformed, Section, Struct, Update, finish, reading

MOST_BEGUN = 250  # tabs that wrote the first word in one place before they knew of each other; yrs takes time squared


class TooBig(Exception):
    """A text or a list is full."""


class Gate:
    """The gate of one document; remembers where everything in it sits. Calls `step` now and then."""

    def __init__(self, step: Callable[[], None] = lambda: None) -> None:
        self._step = step
        self._ledger = Ledger()
        self._full = False

    def admit(self, update: Update) -> None:
        """Make room for `update`. Raises Malformed, Missing or TooBig, and then nothing has changed."""
        finish(self._putting_whole(update), self._step)
        if self._full:
            self._ledger.roll_back()
            raise TooBig
        self._ledger.keep()

    def restoring(self, rows: Iterable[bytes]) -> Generator[None, None, None]:
        """Like `admit` for what is stored already: without limits of size, pausing after PART rows or structs."""
        for number, row in enumerate(rows):
            update = yield from reading(row)
            yield from self._putting_whole(update)
            self._ledger.keep()
            if number % PART == PART - 1:
                yield

    def _putting_whole(self, update: Update) -> Generator[None, None, None]:
        self._full = False
        try:
            yield from self._putting_all(update.sections)
            for client, clock, end in update.deletions:
                self._ledger.place_of((client, end - 1))
                self._ledger.check_cut(client, clock)
                self._ledger.check_cut(client, end)
        except (Malformed, Missing):
            self._ledger.roll_back()
            raise

    def knows(self, state: dict[int, int]) -> bool:
        """Whether a browser of this document can be in `state`, as far as we can tell."""
        return self._ledger.cuts_nothing(state)

    def _putting_all(self, sections: list[Section]) -> Generator[None, None, None]:
        """Put each struct as soon as those it builds on are here, as yrs does; order between clients is free."""
        left = [iter(section.structs) for section in sections]
        ready: list[tuple[int, Struct | None]] = [(at, None) for at in range(len(sections))]
        waiting: dict[int, list[tuple[int, int, Struct]]] = defaultdict(list)  # by the client waited for
        done = 0
        while ready:
            at, struct = ready.pop()
            client = sections[at].client
            try:
                while struct := struct or next(left[at], None):
                    self._put(client, struct)
                    struct = None
                    done += 1
                    if not done % PART:
                        yield
            except Missing as lack:
                assert struct
                heappush(waiting[lack.client], (lack.clock, at, struct))
            queue = waiting[client]
            while queue and queue[0][0] < self._ledger.end(client):
                _, at, struct = heappop(queue)
                ready.append((at, struct))
        for client, queue in waiting.items():
            if queue:
                raise Missing(client, queue[0][0])

    def _put(self, client: int, struct: Struct) -> None:
        end = self._ledger.end(client)
        if struct.clock > end or struct.content == Content.skip:
            # Never for a clock that is here: `_put_all` would try again at once, and for ever.
            raise Missing(client, max(struct.clock, end))
        place = self._place(client, struct)
        known = end - struct.clock
        if known >= struct.length:
            return  # resent; yrs skips it too
        if known and struct.content != Content.gc and self._ledger.place_of((client, end - 1)) is not place:
            raise Malformed("goes on elsewhere than it began")
        if struct.parent is not None and place is not GONE:
            self._ledger.begin(place)
            self._full |= place.begun > MOST_BEGUN
        self._fill(place, (client, struct.clock), struct, known)
        self._ledger.grow(client, place, struct.length - known)

    def _place(self, client: int, struct: Struct) -> Place:
        """Where `struct` says that it belongs."""
        left, right, clock = struct.origin, struct.right, struct.clock
        if struct.parent is not None:
            return self._place_under(struct.parent, struct.key)
        if (left and left[0] == client and left[1] >= clock) or (right and right[0] == client and right[1] >= clock):
            raise Malformed("builds on itself")
        return self._place_beside(struct)

    def _place_beside(self, struct: Struct) -> Place:
        """Where the neighbours of `struct` are."""
        if struct.content == Content.gc:
            return GONE
        places = []
        if (left := struct.origin) is not None:
            places.append(self._ledger.place_of(left))
            self._ledger.check_cut(left[0], left[1] + 1)
        if (right := struct.right) is not None:
            places.append(self._ledger.place_of(right))
            self._ledger.check_cut(*right)
            if not (places[0].in_text or places[0] is GONE):
                raise Malformed("only characters have a right neighbour")
        if places[-1] is not places[0] or left == right:
            raise Malformed("neighbours live apart")
        return places[0]

    def _place_under(self, parent: Id | str, key: str | None) -> Place:
        shelf = self._ledger.shelf(parent)
        if shelf is None:
            return self._forgotten(parent)
        if shelf.text:
            if key is not None:
                raise Malformed("a key in a text")
            return shelf.text
        if key is None:
            raise Malformed("a map's content without a key")
        return shelf.keys.get(key) or self._new_key(shelf, key)

    def _forgotten(self, parent: Id | str) -> Place:
        """GONE, if `parent` was a shared type that is deleted and collected: then its content is forgotten."""
        if isinstance(parent, str):
            raise Malformed("unknown root")
        place = self._ledger.place_of(parent)
        if place is GONE or not (place.in_text or isinstance(place.spec, Value)):
            return GONE
        raise Malformed("content inside of what holds none")

    def _new_key(self, shelf: Shelf, key: str) -> Place:
        spec: Spec | None = None
        if isinstance(shelf.spec, Fields):
            spec = shelf.spec.fields.get(key)
        elif isinstance(shelf.spec, Entries) and is_id(key):
            spec = shelf.spec.each
            self._full |= len(shelf.keys) >= shelf.spec.most
        if spec is None:
            raise Malformed("unknown name")
        return self._ledger.add_key(shelf, key, spec)

    def _fill(self, place: Place, at: Id, struct: Struct, known: int) -> None:
        """Check what `struct` brings to `place`, the first `known` units of which are there already, and note it."""
        spec, value = place.spec, struct.value
        if place is GONE or struct.content == Content.deleted:
            return
        if isinstance(spec, Words) and place.in_text and isinstance(value, str):
            self._ledger.write(place, at, value, struct.length, known)
            self._full |= place.units > spec.most
        elif isinstance(spec, Value) and isinstance(value, list) and all(map(spec.fits, value)):
            return
        elif isinstance(spec, Words | Fields | Entries) and not place.in_text and value == spec.type_ref:
            self._ledger.add_shelf(at, spec)
        else:
            raise Malformed("content that does not belong here")
