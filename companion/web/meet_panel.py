"""The companion inside Google Meet: the panel's page, and the window that lets it in.

Meet shows `/meet` in a frame, where our cookie doesn't come along. So the frame opens a window of our own, in which its
person is signed in or signs in; there one button gives the frame a token that lets it in to one session.
"""

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from companion import config, identity
from companion.services import hand_over, meet_panel, schedule
from companion.web import security

pages = Blueprint("meet_panel", __name__, url_prefix="/meet")
pages.after_request(security.keeping_opener)  # its redirect to sign in, too

GOOGLE_MEET = "https://meet.google.com"
Answer = Response | str


@pages.get("")
def panel() -> Answer:
    """What Meet frames; also opened by itself. It never redirects: Meet's SDK reads the query of this address."""
    settings = config.current()
    me = identity.person_here()
    answer = make_response(
        render_template(
            "pages/meet/panel.html",
            project=settings.meet_project,
            sessions=meet_panel.sessions_for(me.id, "").sessions if me else [],
        )
    )
    answer.headers["Content-Security-Policy"] = security.policy(settings, framed_by=GOOGLE_MEET)
    # Should Meet's page ever ask its frames for it: this page holds nothing that is anybody's.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@pages.get("/sign-in")
def sign_in() -> Answer:
    """In a window of its own: who is signed in, and which session it is. Changes nothing."""
    me = identity.require_person()
    fitting = meet_panel.sessions_for(me.id, request.args.get("code", ""))
    return render_template("pages/meet/sign_in.html", fitting=fitting)


@pages.post("/sign-in")
def let_in() -> Answer:
    """The button: a token for the frame, and letters to type should the frame not hear of it."""
    me, here = identity.require_person(), identity.sign_in_here()
    assert here is not None
    session = schedule.find(request.form.get("session", 0, type=int), by=me.id)
    token = hand_over.offer(session.id, me.id, here.id)
    return render_template("pages/meet/hand_over.html", given=hand_over.both_ways(token))
