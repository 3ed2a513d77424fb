"""What can happen to two people and their two to four tabs, and what must hold whatever happened."""

from itertools import count
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.histories.proxy import Way
from tests.histories.world import World, logged, words_in
from tests.soak.line import Line
from tests.waiting import until
from tests.writing import Pen

ROLES = ("mentee", "mentor")  # in the order of a pair's places
TYPING = ("type", "type", "type", "add topic", "add note", "add item")
TIDYING = ("delete", "remove topic", "remove note", "remove item", "move topic", "tick item")
numbers = count(1)
numbered = st.integers(0, 10_000)


class History(RuleBasedStateMachine):
    """Words have names of their own: each must be found once, unless somebody took it away, and then never."""

    world: ClassVar[World]
    back: ClassVar[float] = 20.0
    """Seconds after which all must be well again once every line is."""
    found: ClassVar[list[str]] = []
    """What was not as it should be, in words: told again by hypothesis, a history may end otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = self.world.pair()
        self.open: dict[int, str] = {}  # tab by its way to the server; even ones are the mentee's
        self.words: dict[str, list[str]] = {}  # with the ids of what holds them
        self.gone: set[str] = set()
        self.claimed: set[str] = set()
        self.lost: set[str] = set()

    def after(self, session_id: int) -> None:
        """Called after each step: the place for a planted fault."""

    @initialize()
    def both_sit_down(self) -> None:
        for way in (0, 1):
            self._open(way)

    @rule(way=st.integers(0, 3))
    def open_tab(self, way: int) -> None:
        """A second one of the same person, or one that was closed: from what the device keeps."""
        if way not in self.open:
            self._open(way)

    @rule(way=st.integers(0, 3), what=st.sampled_from(TYPING), at=numbered)
    def type(self, way: int, what: str, at: int) -> None:
        self._do(way, what, at)

    @rule(way=st.integers(0, 3), what=st.sampled_from(TIDYING), at=numbered)
    def tidy(self, way: int, what: str, at: int) -> None:
        self._do(way, what, at)

    @rule(way=st.integers(0, 3), become=st.sampled_from(Way), delay=st.sampled_from([0.0, 0.02]))
    def network(self, way: int, become: Way, delay: float) -> None:
        self.world.ways[way].become(become, delay)

    @rule(way=st.integers(0, 3))
    def line_back(self, way: int) -> None:
        self.world.ways[way].become(Way.OPEN)

    @rule(way=st.integers(0, 3))
    def close_tab(self, way: int) -> None:
        if way in self.open:
            self._look(way)
            self.world.devices.close(self.open.pop(way))

    @rule()
    def wake(self) -> None:
        self.world.devices.wake()

    @rule()
    def all_quiet(self) -> None:
        """Time enough for what is on its way over good lines to arrive."""
        good = [way for way in self.open if self.world.ways[way].way is Way.OPEN]
        until(lambda: all(self._look(way) == "saved" for way in good), seconds=self.back)

    @precondition(lambda self: len(self.words) > 2)
    @rule(place=st.integers(0, 1))
    def edit_without_its_predecessor(self, place: int) -> None:
        """Refused as missing, and kept once it comes with what it builds on."""
        word = self._word("stray")
        pen = Pen()
        topic = pen.add_topic(f"{word} ", by=ROLES[place])
        pen.add_note(topic, "builds on it")
        line = Line(self.world.server, self.pair.places[place])
        try:
            line.sync(pen.doc.get_state())
            line.edit(pen.unsent[1])
            until(lambda: _answer(line) == ("refused", "missing"))
            line.edit(pen.doc.get_update())
            until(lambda: _answer(line)[0] == "saved")
        finally:
            line.close()
        self.words[word] = [topic]
        self.claimed.add(word)

    @invariant()
    def what_was_said_to_be_saved_is_in_the_log(self) -> None:
        for way in self.open:
            self._look(way)
        self.after(self.pair.session_id)
        stored = words_in(logged(self.pair.session_id))
        self.lost = {word for word in self.claimed if not self._is_gone(word)} - stored.keys()
        if self.lost:
            self._fail(f"said to be saved, and not in the log: {self.lost}")

    def teardown(self) -> None:
        """All come back; then all see the same, which is every word once."""
        try:
            for network in self.world.ways:
                network.become(Way.OPEN)
            for way in range(2):  # what was left in a closed tab needs its person
                if way not in self.open and way + 2 not in self.open:
                    self._open(way)
            self.world.devices.wake()
            if not self.lost:
                self._until_all_is_well()
        finally:
            for tab in self.open.values():
                self.world.devices.close(tab)

    def _until_all_is_well(self) -> None:
        try:
            until(lambda: not self._trouble(), seconds=self.back)
        except AssertionError as late:
            self._fail(f"not well {self.back} s after every line was: {self._trouble()}; {late}")

    def _fail(self, words: str) -> None:
        self.found.append(words)
        raise AssertionError(words)

    def _trouble(self) -> list[object]:
        """What is not as it should be in the end."""
        if unsure := [said for way in self.open if (said := self._look(way)) != "saved"]:
            return list(unsure)
        log, wanted = logged(self.pair.session_id), {word: 1 for word in self.words if not self._is_gone(word)}
        pages = [self.world.devices.page(tab)["json"] for tab in self.open.values()]
        others = [page for page in pages if page != log]
        return [] if words_in(log) == wanted and not others else [log, wanted, *others]

    def _open(self, way: int) -> None:
        tab = self.open[way] = f"tab {next(numbers)}"
        place = self.pair.places[way % 2]
        url = f"http://127.0.0.1:{self.world.ways[way].port}"
        person = f"{self.pair.session_id}-{way % 2}"
        self.world.devices.open(tab, url, self.world.server.url, person, ROLES[way % 2], place)

    def _do(self, way: int, what: str, at: int) -> None:
        if way not in self.open:
            return
        done = self.world.devices.do(self.open[way], what, self._word(str(way)), at)
        self.words |= done.get("typed", {})
        self.gone |= set(done.get("gone", ()))

    def _word(self, whose: str) -> str:
        return f"#{next(numbers)}-{whose}"

    def _is_gone(self, word: str) -> bool:
        return not self.gone.isdisjoint([word, *self.words[word]])

    def _look(self, way: int) -> str:
        """What a page says of itself; never anything but the truth, and never that it gave up."""
        state = self.world.devices.state(self.open[way])
        self.claimed |= set(state["claimed"])
        assert state["kind"] != "refused", state
        return str(state["kind"])


def _answer(line: Line) -> tuple[str, object]:
    event, said = line.hear(5) or ("silence", {})
    return event, said.get("why") if isinstance(said, dict) else None
