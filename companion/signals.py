"""Facts that are told, after the commit that made them true. Services announce, doors listen.

Every fact carries plain ids as keywords, never rows.
"""

from blinker import Namespace

_facts = Namespace()

session_planned = _facts.signal("session-planned")  # session_id
session_moved = _facts.signal("session-moved")  # session_id
session_cancelled = _facts.signal("session-cancelled")  # session_id
session_live = _facts.signal("session-live")  # session_id
session_over = _facts.signal("session-over")  # session_id
session_resumed = _facts.signal("session-resumed")  # session_id
session_closed = _facts.signal("session-closed")  # session_id
wording_agreed = _facts.signal("wording-agreed")  # session_id
dates_changed = _facts.signal("dates-changed")  # mentorship_id; a next session, or a wish for one
meeting_changed = _facts.signal("meeting-changed")  # session_id
item_changed = _facts.signal("item-changed")  # mentorship_id, item_id
mentorship_closed = _facts.signal("mentorship-closed")  # mentorship_id
signed_out = _facts.signal("signed-out")  # sign_in_ids
agenda_mended = _facts.signal("agenda-mended")  # session_id; its log lost an edit that nobody can read
letter_waiting = _facts.signal("letter-waiting")  # nothing
event_received = _facts.signal("event-received")  # nothing
meeting_owed = _facts.signal("meeting-owed")  # nothing
meeting_waiting = _facts.signal("meeting-waiting")  # nothing; a meeting wants to be looked at

# Not facts but a request to a room that may be open in this process: hold edits while the page is sealed, or go on.
session_sealing = _facts.signal("session-sealing")  # session_id
session_unsealed = _facts.signal("session-unsealed")  # session_id

# What concerns open rooms, wherever they are: on PostgreSQL each is a row too, from which other processes hear of it.
FOR_ROOMS = {
    signal.name: signal
    for signal in (
        session_moved, session_cancelled, session_live, session_over, session_resumed, session_closed,
        wording_agreed, dates_changed, meeting_changed, item_changed, mentorship_closed, signed_out, agenda_mended,
    )
}  # fmt: skip
