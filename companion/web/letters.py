"""Where the buttons in letters lead. GET only shows, so scanners may fetch freely; one press does it. No sign-in."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.services import one_tap

pages = Blueprint("letters", __name__, url_prefix="/d")


@pages.get("/<token>")
def show(token: str) -> str:
    """The one sentence and the one button; once pressed, what came of it and the way back."""
    return render_template("pages/letters/done.html", tap=one_tap.find(token), token=token)


@pages.post("/<token>")
def done(token: str) -> Response:
    """Press it."""
    one_tap.done(token)
    return redirect(url_for("letters.show", token=token), 303)


@pages.post("/<token>/undo")
def undo(token: str) -> Response:
    """Take it back."""
    one_tap.undo(token)
    return redirect(url_for("letters.show", token=token), 303)
