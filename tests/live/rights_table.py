"""Who may say what on the live wire: each event of ours, by everybody. An event that is new fails until it stands here.

`seat` and `answer` are what the sender gets, `heard` what the partner hears of it and then is kept or shown, `closed` a
refusal; `-` is nothing at all, for the sender and for everybody else.
"""

EVENTS = ("connect", "sync", "edit", "presence", "agree", "disconnect")

ROWS = """
mentor      seat  answer  heard   heard  heard   heard
mentee      seat  answer  heard   heard  heard   heard
reader      seat  answer  closed  heard  closed  heard
stranger    -     -       -       -      -       -
nobody      -     -       -       -      -       -
removed     -     -       -       -      -       -
signed-out  -     -       -       -      -       -
barred      -     -       -       -      -       -
"""
"""`reader`: the mentee once the session is closed. The last three held a ticket from before."""

TABLE = {words[0]: dict(zip(EVENTS, words[1:], strict=True)) for words in map(str.split, ROWS.strip().splitlines())}
