"""A few pieces of work side by side, whatever becomes of each."""

import threading

from companion.services import lanes

PATIENCE = 5  # seconds


def test_each_is_done_once():
    done: list[int] = []

    def deed(number: int) -> bool:
        done.append(number)
        return True

    lanes.go(range(50), deed)
    assert sorted(done) == list(range(50))


def test_nothing_to_do_is_done_at_once():
    lanes.go([], lambda _: False)


def test_one_that_waits_holds_up_no_other():
    """The first waits until all others are done."""
    others, over = list(range(1, 20)), threading.Event()
    left = set(others)

    def deed(number: int) -> bool:
        if number == 0:
            return over.wait(PATIENCE)
        left.discard(number)
        if not left:
            over.set()
        return True

    lanes.go([0, *others], deed)
    assert over.is_set()


def test_so_many_are_on_their_way_at_once():
    together = threading.Barrier(lanes.LANES)
    came: list[int] = []

    def deed(_number: int) -> bool:
        came.append(together.wait(PATIENCE))
        return True

    lanes.go(range(2 * lanes.LANES), deed)
    assert sorted(came) == sorted(2 * list(range(lanes.LANES)))


def test_whoever_is_silent_is_asked_a_few_times_and_the_rest_waits():
    asked: list[int] = []

    def silence(number: int) -> bool:
        asked.append(number)
        return False

    lanes.go(range(100), silence)
    assert len(asked) == lanes.LANES


def test_what_nobody_foresaw_is_logged_and_the_others_go_on(caplog):
    done: list[float] = []

    def deed(number: int) -> bool:
        done.append(1 / number)
        return True

    lanes.go(range(10), deed)
    assert len(done) == 9
    assert "meeting 0 stumbled" in caplog.text
