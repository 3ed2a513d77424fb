import pytest
from socketio.exceptions import ConnectionError as Refused
from socketio.exceptions import SocketIOError

from companion import db
from companion.model.agendas import AgendaUpdate
from companion.model.mentorships import Role
from companion.model.sessions import Session
from companion.services import keep_agenda, wind_up
from tests.waiting import until


def test_the_partner_sees_what_is_written_once_it_is_stored(ruths, mateos, session):
    mateos.pen.add_item("Send CV to Ana")
    mateos.send()
    edit = until(lambda: ruths.heard["edit"])[0]
    assert edit in keep_agenda.rows_of(session.id)


def test_saved_is_said_once_for_edits_that_came_together(ruths):
    item = ruths.pen.add_item("Send CV")
    ruths.save()
    for letter in " to Ana Ruiz":
        ruths.pen.type(item, letter)
    ruths.save()
    assert ruths.saved == 1 + len(" to Ana Ruiz")
    assert [said["seq"] for said in ruths.heard["saved"]] == sorted(said["seq"] for said in ruths.heard["saved"])


def test_nobody_hears_their_own_edits(ruths, mateos):
    ruths.pen.add_item("Send CV")
    ruths.save()
    until(lambda: mateos.heard["edit"])
    assert ruths.heard["edit"] == []


def test_both_writing_in_one_line_at_once_end_with_the_same_words(ruths, mateos):
    item = ruths.pen.add_item("Send CV")
    ruths.save()
    mateos.read(*until(lambda: mateos.heard["edit"]))
    ruths.pen.type(item, " to Ana")
    mateos.pen.type(item, " by Friday")
    ruths.send()
    mateos.send()
    ruths.read(*until(lambda: ruths.heard["edit"]))
    until(lambda: len(mateos.heard["edit"]) == 2)
    mateos.read(*mateos.heard["edit"])
    words = {str(each.pen.roots["action_items"][item]["text"]) for each in (ruths, mateos)}
    assert len(words) == 1
    assert len(words.pop()) == len("Send CV to Ana by Friday")


def test_sync_gives_what_a_tab_lacks_and_who_it_is(ruths, tab, as_mateo):
    ruths.pen.add_item("Send CV")
    ruths.save()
    late = tab(as_mateo).open()
    assert list(late.pen.roots["action_items"].keys()) == list(ruths.pen.roots["action_items"].keys())
    assert late.welcome["role"] == "mentee"
    assert late.welcome["session_state"] == "planned"
    assert late.welcome["state"] == ruths.pen.doc.get_state()
    assert [seen["seat"] for seen in late.welcome["here"]] == [ruths.welcome["seat"]]
    assert late.welcome["epoch"] == ruths.welcome["epoch"]


def test_an_offline_edit_arrives_by_the_state_that_sync_tells(mateos, ruths, tab, as_mateo):
    mateos.close()
    mateos.pen.add_item("Written on a train")
    back = tab(as_mateo)
    back.pen = mateos.pen
    back.open()
    back.say("edit", back.pen.doc.get_update(back.welcome["state"]))
    until(lambda: back.saved == 1)
    assert ruths.read(*until(lambda: ruths.heard["edit"])).pen.roots["action_items"]


def test_an_edit_that_builds_on_something_unknown_is_answered_with_missing(ruths, mateos):
    item = ruths.pen.add_item("Send CV")
    ruths.pen.unsent.clear()  # lost on its way
    ruths.pen.type(item, " to Ana")
    ruths.send()
    assert until(lambda: ruths.refusals) == ["missing"]
    assert mateos.heard["edit"] == []


@pytest.mark.parametrize("bad", [b"garbage", b"", "words", 7, None, [b"in a list"]])
def test_what_no_page_of_ours_sends_ends_the_line_and_the_partner_never_notices(ruths, mateos, bad):
    ruths.say("edit", bad)
    assert until(lambda: ruths.refusals) == ["bad"]
    until(lambda: not ruths.is_open)
    mateos.pen.add_item("Still here")
    mateos.save()
    assert mateos.heard["edit"] == []


def test_who_sent_something_bad_gets_no_ticket_for_a_while(ruths):
    ruths.say("edit", b"garbage")
    until(lambda: not ruths.is_open)
    answer = ruths.ask_for_ticket()
    assert answer.status_code == 429


def test_an_edit_over_256_kb_is_refused_and_the_line_stays(ruths):
    ruths.say("edit", bytes(256 * 1024 + 1))
    assert until(lambda: ruths.refusals) == ["too_big"]
    assert ruths.is_open


def test_a_flood_is_told_to_slow_down_and_what_was_let_in_is_answered(ruths):
    item = ruths.pen.add_item("Go")
    for _ in range(1500):
        ruths.pen.type(item, "!")
    sent = ruths.send()
    until(lambda: ruths.saved + sum(said["n"] for said in ruths.heard["refused"]) == sent, seconds=15)
    assert "busy" in ruths.refusals
    assert ruths.is_open


def test_the_partner_sees_where_the_caret_is_and_that_somebody_left(ruths, mateos):
    mateos.say("presence", {"field": "item:k3jf", "caret": 4, "typing": True})
    until(
        lambda: (
            {"field": "item:k3jf", "caret": 4, "typing": True} in [said["state"] for said in ruths.heard["presence"]]
        )
    )
    mateos.close()
    until(lambda: ruths.heard["presence"][-1]["state"] is None)
    assert ruths.heard["presence"][-1]["seat"] == mateos.welcome["seat"]


@pytest.mark.parametrize("state", [{"field": "x" * 500}, {"caret": "4"}, {"caret": -1}, {"typing": 1}, "here", None])
def test_presence_that_means_nothing_ends_the_line(ruths, state):
    ruths.say("presence", state)
    until(lambda: not ruths.is_open)


def test_an_agreement_is_answered_and_told_to_both_with_nothing_but_its_kind(ruths, mateos, session):
    said = {"itemofmateos": "0" * 64}
    assert ruths.line.call("agree", said, namespace="/agenda", timeout=5) is True
    until(lambda: ruths.heard["fact"] and mateos.heard["fact"])
    assert ruths.heard["fact"] == mateos.heard["fact"] == [{"kind": "agreed"}]
    assert wind_up.agreed(session) == [wind_up.Agreed("itemofmateos", Role.MENTOR, "0" * 64)]


@pytest.mark.parametrize(
    "said", [None, "all", {"../x": "0" * 64}, {"itemofmateos": "agreed"}, {"itemofmateos": None}, {3: "0" * 64},
             {f"itemofmateos{n}": "0" * 64 for n in range(501)}],
)  # fmt: skip
def test_an_agreement_that_means_nothing_ends_the_line(ruths, session, said):
    ruths.say("agree", said)
    until(lambda: not ruths.is_open)
    assert wind_up.agreed(session) == []


def test_nobody_is_asked_for_a_room_so_none_can_be_named(ruths, mateos, session):
    ruths.say("edit", b"\x00\x00", session.id + 1)
    assert until(lambda: ruths.saved) == 1
    assert len(keep_agenda.rows_of(session.id)) == 1


@pytest.mark.parametrize("event", ["connect", "disconnect", "message", "agree"])
def test_an_event_that_is_none_of_ours_ends_the_line(ruths, event):
    ruths.say(event, {"ticket": "x"})
    until(lambda: not ruths.is_open)


def test_polling_works_with_the_same_ticket(tab, as_ruth, mateos):
    ruths = tab(as_ruth).open("polling")
    assert ruths.line.transport() == "polling"
    mateos.pen.add_item("Send CV")
    mateos.save()
    ruths.read(*until(lambda: ruths.heard["edit"]))
    ruths.pen.add_item("Intro e-mail to Paula")
    ruths.save()
    until(lambda: mateos.heard["edit"])


def test_seats_are_counted_to_zero_however_tabs_go(session, ruths, mateos, tab, as_ruth):
    third = tab(as_ruth).open("polling")
    ruths.close()
    mateos.line.eio.ws.sock.close()  # no goodbye
    third.say("disconnect", "an event of that name")

    def empty_since():
        with db.reading() as tx:
            return tx.get_one(Session, session.id).empty_since

    until(empty_since, seconds=10)


def test_the_log_is_folded_when_the_last_leaves(session, ruths):
    item = ruths.pen.add_item("Send CV")
    for letter in " to Ana":
        ruths.pen.type(item, letter)
    ruths.save()
    assert len(keep_agenda.rows_of(session.id)) == 1 + len(" to Ana")
    ruths.close()
    until(lambda: len(keep_agenda.rows_of(session.id)) == 1)


def test_opening_the_agenda_near_its_time_makes_the_session_live(clock, session, ruths, tab, as_mateo):
    clock.set(session.starts_at)
    tab(as_mateo).open()
    until(lambda: "live" in ruths.facts)


def test_a_browser_of_another_origin_gets_no_line(tab, as_ruth):
    mine = tab(as_ruth)
    with pytest.raises(Refused):
        mine.connect({"ticket": mine.ticket()}, Origin="https://evil.example")


def test_an_agenda_that_an_older_version_broke_opens_by_itself_without_what_broke_it(
    session, ruths, tab, as_mateo, ruth
):
    ruths.pen.add_item("Send CV")
    ruths.save()
    ruths.close()
    until(lambda: ruths.welcome["epoch"] and len(keep_agenda.rows_of(session.id)) == 1)
    with db.transaction() as tx:
        tx.add(AgendaUpdate(session_id=session.id, person_id=ruth.id, data=b"\xff broken"))
    first = tab(as_mateo)
    first.connect({"ticket": first.ticket()})
    first.say("sync", first.pen.doc.get_state())
    until(lambda: keep_agenda.epoch(session.id) != ruths.welcome["epoch"])
    mateos = until(lambda: opened(tab(as_mateo)), seconds=20)
    assert list(mateos.pen.roots["action_items"].keys()) == list(ruths.pen.roots["action_items"].keys())
    mateos.pen.add_item("Goes on")
    mateos.save()


def opened(tab):
    """As a page does: whoever comes while the agenda is being mended is hung up on, and comes again."""
    try:
        return tab.open()
    except SocketIOError:
        return None
