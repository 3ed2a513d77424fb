import os
import signal
from pathlib import Path

from companion.services import keep_agenda
from tests.waiting import until


def reopened(tab, browser, pen):
    """A tab that comes back with the document it had and asks what it missed."""
    back = tab(browser)
    back.pen = pen
    return back.open()


def kill_keepers(server):
    for pid in server.processes():
        if b"keeper" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)


def test_what_was_said_to_be_saved_survives_a_power_cut(server, tab, as_ruth, as_mateo, session):
    ruths, mateos = tab(as_ruth).open(), tab(as_mateo).open()
    item = ruths.pen.add_item("Go")
    for number in range(60):
        ruths.pen.type(item, str(number % 10))
    ruths.send()
    until(lambda: ruths.saved >= 5)
    server.kill()
    saved, seen = ruths.saved, list(mateos.heard["edit"])
    server.start()
    rows = keep_agenda.rows_of(session.id)
    assert len(rows) >= saved
    assert set(seen) <= set(rows)
    back = reopened(tab, as_ruth, ruths.pen)
    back.say("edit", back.pen.doc.get_update(back.welcome["state"]))
    until(lambda: back.saved == 1)
    late = tab(as_mateo).open()
    assert str(late.pen.roots["action_items"][item]["text"]) == "Go" + "".join(str(n % 10) for n in range(60))


def test_a_stop_tells_tabs_to_come_back_and_commits_what_it_has(server, tab, as_ruth, session):
    ruths = tab(as_ruth).open()
    ruths.pen.add_item("Just before the upgrade")
    ruths.save()
    server.stop()
    assert server.process.returncode == 0
    assert not ruths.is_open
    server.start()
    assert [str(each["text"]) for each in tab(as_ruth).open().pen.roots["action_items"].values()] == [
        "Just before the upgrade"
    ]


def test_a_keeper_that_dies_takes_nothing_with_it(server, tab, as_ruth, session):
    ruths = tab(as_ruth).open()
    item = ruths.pen.add_item("Go")
    ruths.save()
    kill_keepers(server)
    ruths.pen.type(item, " on")
    ruths.save()
    assert len(keep_agenda.rows_of(session.id)) == 2
    assert ruths.refusals == []


def test_a_long_tail_is_folded_while_people_write(tab, as_ruth, session):
    ruths = tab(as_ruth).open()
    topic = ruths.pen.add_topic("Go")
    ruths.save()
    for _ in range(keep_agenda.TAIL_BYTES // 1_000):
        ruths.pen.add_note(topic, "!" * 1_000)
    edits = ruths.send()
    until(lambda: ruths.saved > edits)
    until(lambda: len(keep_agenda.rows_of(session.id)) < edits)
    assert ruths.is_open


def test_a_shorter_tail_is_folded_when_nobody_writes(tab, as_ruth, as_mateo, session):
    both = [tab(who).open() for who in (as_ruth, as_mateo)]  # one alone may not write so much at once
    for each in both:
        item = each.pen.add_item("G")
        for _ in range(keep_agenda.TAIL_AT_REST // 2):
            each.pen.type(item, "o")
        each.save()
    until(lambda: len(keep_agenda.rows_of(session.id)) == 1, seconds=20)
    assert all(each.is_open for each in both)
