"""The keeper as the web process knows it: verdicts, answers and folds, and nothing lost when its process dies."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.keeper import BadState, Keeper, KeeperGone, Poisoned, Verdict
from companion.keeper.progress import Stage
from companion.keeper.updates import Content, Struct, TypeRef
from tests.keeper.conftest import REFUSED, STORIES, Logs, Story
from tests.keeper.craft import CLIENT, edit, text

NOTHING = b"\0"  # the state vector of an empty document
STACK_SMASHER = b"\1\1\1\0\x28\1\3run\3now\1" + b"\x75\1" * 120_000 + b"\x7e\0"  # a list in a list in a list…


def slow(client: int) -> bytes:
    """An edit that takes a while."""
    rest = (text("x", at, origin=(client, at - 2), right=(client, at - 1)) for at in range(2, 8_000))
    return edit(text("ab"), *rest, client=client)


SLOW = slow(CLIENT)


def test_browsers_edits_are_ok_and_read_as_browsers_read_them(logs: Logs, story: Story) -> None:
    assert set(logs.keeper.check([("s", each) for each in story.edits])) == {Verdict.ok}
    assert logs.keeper.fold(story.edits).page == story.page


def test_documents_are_the_same_when_they_are_opened_again_after_each_edit(logs: Logs, story: Story) -> None:
    for each in story.edits[-40:]:
        logs.rows["s"] = logs.rows["s"] or [logs.keeper.fold(story.edits[:-40]).snapshot]
        assert logs.save(("s", each)) == [Verdict.ok]
        logs.rows["s"] = [logs.keeper.fold(logs.rows["s"]).snapshot]
        logs.keeper.drop(["s"])
    assert logs.keeper.fold(logs.rows["s"]).page == story.page


def test_a_snapshot_folds_to_itself(logs: Logs, story: Story) -> None:
    snapshot = logs.keeper.snapshot(story.edits)
    assert snapshot == logs.keeper.fold(story.edits).snapshot
    assert logs.keeper.fold([snapshot]).page == story.page
    assert logs.keeper.fold([snapshot, *story.edits]).page == story.page


def test_an_answer_brings_a_browser_up_to_date(logs: Logs, story: Story) -> None:
    half = len(story.edits) // 2
    logs.save(*(("s", each) for each in story.edits[:half]))
    before = logs.keeper.answer("s", NOTHING)
    logs.save(*(("s", each) for each in story.edits[half:]))
    lacking = logs.keeper.answer("s", before.state)
    assert logs.keeper.fold([before.update, lacking.update]).page == story.page


@pytest.mark.parametrize("state", [b"", b"\1", b"\0\0", b"\1" + b"\xff" * 12])
def test_garbage_gets_no_answer(logs: Logs, state: bytes) -> None:
    with pytest.raises(BadState):
        logs.keeper.answer("s", state)


def test_one_bad_edit_does_not_hold_up_the_others(logs: Logs) -> None:
    good = edit(text("good"))
    pid = logs.pid
    verdicts = logs.keeper.check([("a", good), *(("b", bad) for bad in REFUSED.values()), ("b", good), ("c", good)])
    assert verdicts == [Verdict.ok, *[Verdict.bad] * len(REFUSED), Verdict.ok, Verdict.ok]
    assert logs.pid == pid


def test_an_edit_that_came_too_early_is_ok_when_the_rest_is_here(logs: Logs) -> None:
    early = edit(text("!", 5, origin=(CLIENT, 4)))
    assert logs.save(("s", early), ("s", edit(text("hello"))), ("s", early)) == ["missing", "ok", "ok"]
    assert logs.keeper.fold(logs.rows["s"]).page["takeaway_mentor"] == "hello!"


def test_an_edit_of_more_than_256_kilobytes_is_too_big(logs: Logs) -> None:
    parts = [text("x" * 90_000, parent=f"takeaway_{who}") for who in ("mentor", "mentee")]
    assert logs.save(("s", edit(*(parts[0], parts[1]._replace(clock=90_000))))) == [Verdict.ok]
    assert logs.save(("t", edit(text("x" * 300_000)))) == [Verdict.too_big]


def test_a_full_document_takes_deletions_only(logs: Logs) -> None:
    fields = [Struct(Content.type, 0, 1, key="text", value=TypeRef.text)]
    clock = 0
    verdicts = []
    while Verdict.too_big not in verdicts:
        item = Struct(Content.type, clock, 1, parent="action_items", key=f"item{clock:08}", value=TypeRef.map)
        words = fields[0]._replace(clock=clock + 1, parent=(CLIENT, clock))
        verdicts += logs.save(("s", edit(item, words, text("x" * 9_998, clock + 2, parent=(CLIENT, clock + 1)))))
        clock += 10_000
    assert verdicts.index(Verdict.too_big) == (2 << 20) // 10_080
    assert logs.save(("s", edit(deletions=[(0, clock - 10_000)]))) == [Verdict.ok]
    assert logs.save(("s", edit(text("room again", clock - 10_000)))) == [Verdict.ok]


def test_dropped_documents_are_opened_from_their_rows(logs: Logs) -> None:
    logs.keeper.check([("s", edit(text("lost with a failed commit")))])
    logs.keeper.drop(["s"])
    assert logs.keeper.answer("s", NOTHING).update == b"\0\0"


def test_a_killed_keeper_loses_nothing(logs: Logs, story: Story) -> None:
    for at, each in enumerate(story.edits):
        if at % 20 == 10:
            os.kill(logs.pid, signal.SIGKILL)
        assert logs.save(("s", each)) == [Verdict.ok]
    assert logs.keeper.fold(logs.rows["s"]).page == story.page
    assert not logs.poisoned


def test_a_hung_keeper_is_replaced(logs: Logs) -> None:
    logs.save(("s", edit(text("before"))))
    os.kill(logs.pid, signal.SIGSTOP)
    assert logs.save(("s", edit(text("!", 6, origin=(CLIENT, 5))))) == [Verdict.ok]
    assert logs.keeper.fold(logs.rows["s"]).page["takeaway_mentor"] == "before!"


def test_an_edit_that_a_keeper_died_over_by_chance_is_ok(logs: Logs) -> None:
    with killing(logs, Stage.edit, 1, times=1):
        assert logs.save(("a", edit(text("a"))), ("b", SLOW), ("c", edit(text("c")))) == ["ok", "ok", "ok"]


def test_an_edit_that_two_keepers_die_over_is_bad_and_the_rest_is_not(logs: Logs) -> None:
    with killing(logs, Stage.edit, 1, times=2):
        assert logs.save(("a", edit(text("a"))), ("b", SLOW), ("c", edit(text("c")))) == ["ok", "bad", "ok"]
    assert logs.keeper.answer("b", NOTHING).update == b"\0\0"


def test_a_document_that_a_keeper_died_over_while_reading_it_gets_another_chance(logs: Logs) -> None:
    logs.save(("s", edit(text("a"))))
    child = logs.child
    os.kill(child.pid, signal.SIGKILL)
    child._progress.step(Stage.read, child.numbers["s"])
    assert logs.save(("t", edit(text("a"))), ("s", edit(text("b", 1, origin=(CLIENT, 0))))) == ["ok", "ok"]
    assert not logs.poisoned


def test_rows_that_crash_their_readers_poison_only_themselves(logs: Logs) -> None:
    with pytest.raises(Poisoned):
        logs.keeper.fold([STACK_SMASHER])
    assert logs.save(("s", edit(text("still here")))) == [Verdict.ok]


def test_a_document_whose_rows_are_unreadable_is_closed_until_they_are_in_order(logs: Logs) -> None:
    logs.rows["s"] = [edit(text("good")), b"garbage"]
    assert logs.save(("s", edit(text("x"))), ("t", edit(text("x")))) == [Verdict.missing, Verdict.ok]
    assert logs.poisoned == ["s"]
    with pytest.raises(Poisoned):
        logs.keeper.answer("s", NOTHING)
    logs.rows["s"].pop()
    logs.keeper.drop(["s"])
    assert logs.save(("s", edit(text("!", 4, origin=(CLIENT, 3))))) == [Verdict.ok]


def test_a_document_that_two_keepers_die_over_while_opening_it_is_poisoned(logs: Logs) -> None:
    logs.rows["s"] = [slow(client) for client in range(CLIENT, CLIENT + 20)]  # time enough to be killed in
    os.kill(logs.pid, signal.SIGKILL)  # the next one starts to number its documents from 1
    with killing(logs, Stage.open, 1, times=2):
        assert logs.save(("s", edit(text("x"))), ("t", edit(text("x")))) == [Verdict.missing, Verdict.ok]
    assert logs.poisoned == ["s"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda keeper: keeper.check([("s", b"\0\0")]),
        lambda keeper: keeper.answer("s", NOTHING),
        lambda keeper: keeper.fold([]),
        lambda keeper: keeper.drop(["s"]),
        lambda keeper: keeper.alive(),
    ],
    ids=["check", "answer", "fold", "drop", "alive"],
)
def test_nothing_is_asked_at_a_forbidden_moment(ask: Callable[[Keeper], object]) -> None:
    class Forbidden(Exception):
        pass

    def forbid() -> None:
        raise Forbidden

    with pytest.raises(Forbidden):
        ask(Keeper(lambda _: [], forbid))


def test_a_keeper_is_alive_from_start_to_stop() -> None:
    keeper = Keeper(lambda _: [])
    assert not keeper.alive()
    keeper.start()
    assert keeper.alive()
    keeper.stop()
    assert not keeper.alive()
    with pytest.raises(KeeperGone):
        keeper.fold([])


def test_many_threads_may_ask_at_once(logs: Logs) -> None:
    stories = list(STORIES.items())
    threads = [
        threading.Thread(target=lambda n, s: logs.save(*((n, e) for e in s.edits)), args=each) for each in stories
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, told in stories:
        assert logs.keeper.fold(logs.rows[name]).page == told.page


def test_it_works_under_gevent() -> None:
    script = """
from gevent import monkey; monkey.patch_all()
import gevent, os, signal
from companion.keeper import Keeper, Verdict
from tests.keeper.craft import CLIENT, edit, text
keeper = Keeper(lambda doc: [])
keeper.start()
turns = 0
def tick():
    global turns
    while True: gevent.sleep(0.005); turns += 1
gevent.spawn(tick)
asks = [gevent.spawn(keeper.check, [(str(n), edit(text("hello")))]) for n in range(20)]
assert all(ask.get() == [Verdict.ok] for ask in asks)
os.kill(keeper._supervisor._child.pid, signal.SIGSTOP)
before = turns
assert keeper.check([("x", edit(text("hello")))]) == [Verdict.ok]
assert turns - before > 5, "others waited with us"
keeper.stop()
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(STORIES)),
    cut=st.integers(1, 40),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255), st.sampled_from("=+-")), max_size=4),
)
def test_what_is_accepted_can_always_be_folded_and_opened_again(
    all_logs: Logs, name: str, cut: int, changes: list[tuple[int, int, str]]
) -> None:
    edits = STORIES[name].edits
    cut = cut % len(edits)
    mutant = bytearray(edits[cut])
    for where, byte, how in changes:
        at = where % (len(mutant) + 1)
        mutant[at : at + (how != "+")] = b"" if how == "-" else bytes((byte,))
    all_logs.rows["m"] = list(edits[:cut])
    all_logs.keeper.drop(["m"])
    all_logs.save(("m", bytes(mutant)), *(("m", each) for each in edits[cut:]))
    fold = all_logs.keeper.fold(all_logs.rows["m"])
    all_logs.rows["m"] = [fold.snapshot]
    all_logs.keeper.drop(["m"])
    assert all_logs.keeper.answer("m", NOTHING).update
    assert not all_logs.poisoned


@contextmanager
def killing(logs: Logs, stage: Stage, number: int, times: int) -> Iterator[None]:
    """Kill the process at work whenever it is at this stage of this thing."""
    done = threading.Event()
    killed: list[int] = []

    def watch() -> None:
        while not done.is_set() and len(killed) < times:
            child = logs.keeper._supervisor._child
            with suppress(ValueError):  # it is gone already, and its memory with it
                if child and child.pid not in killed and child._progress.mark()[1:] == (stage, number):
                    os.kill(child.pid, signal.SIGKILL)
                    killed.append(child.pid)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    done.set()
    watcher.join()
    assert len(killed) == times


def test_who_sends_several_that_end_keepers_is_found_out_over_the_first(logs: Logs) -> None:
    with killing(logs, Stage.edit, 1, times=2):
        sent = [("a", edit(text("a"))), ("b", SLOW), ("b", SLOW), ("b", SLOW), ("c", edit(text("c")))]
        assert logs.save(*sent) == ["ok", "bad", "missing", "missing", "ok"]


def test_an_edit_of_too_many_parts_is_refused_before_it_takes_long(logs: Logs) -> None:
    greedy = edit(*(Struct(Content.string, at, 1, right=(CLIENT, at - 1), value="x") for at in range(1, 9_000)))
    assert logs.save(("s", greedy)) == [Verdict.too_big]


def test_a_place_in_which_hundreds_write_as_if_it_were_empty_is_full(logs: Logs) -> None:
    same = [Struct(Content.any, at, 1, parent="run", key="now", value=["a"]) for at in range(300)]
    assert logs.save(("s", edit(*same[:200]))) == [Verdict.ok]
    assert logs.save(("s", edit(*same))) == [Verdict.too_big]
    assert logs.save(("s", edit(text("goes on"), client=5))) == [Verdict.ok]
