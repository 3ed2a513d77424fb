"""The letters of a demo or a developer, as their readers would see them. Does not exist anywhere else."""

from math import ceil

from flask import Blueprint, Flask, make_response, render_template
from werkzeug.wrappers import Response

from companion import config
from companion.errors import NotYours
from companion.services import deliver
from integrations.mail.local import KeptLetter, LocalMailer

pages = Blueprint("dev_mail", __name__, url_prefix="/dev/mail")

# A letter's look is inline CSS, so this one frame may have it; sandboxed, it runs nothing and reads nothing of ours.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


def open_in_demo(app: Flask) -> None:
    """Show kept letters, where letters are kept."""
    if config.current().local_letters:
        app.register_blueprint(pages)


@pages.get("")
def index() -> str:
    """All letters, the newest first, and those that will never arrive."""
    return render_template("pages/dev/mail.html", letters=list(_kept().letters()), dead=deliver.dead_letters())


@pages.get("/<name>")
def show(name: str) -> str:
    """One letter: its headers, its page in a frame of its own, its plain text."""
    letter = _letter(name)
    return render_template("pages/dev/letter.html", letter=letter, height=height(letter.text))


@pages.get("/<name>/page")
def page(name: str) -> Response:
    """The HTML part, as it was sent but for where its links open."""
    html = _letter(name).html.replace("<head>", '<head><base target="_top">', 1)
    response = make_response(html)
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def height(text: str) -> int:
    """About how many pixels a letter with this plain text takes on a phone. Nobody may look into its frame to ask."""
    lines = sum(max(1, ceil(len(line) / 45)) for line in text.splitlines())
    return 240 + 22 * lines


def _kept() -> LocalMailer:
    return deliver.local_mailer(config.current())


def _letter(name: str) -> KeptLetter:
    letter = _kept().letter(name)
    if letter is None:
        raise NotYours
    return letter
