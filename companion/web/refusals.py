"""Every refusal as a page (or JSON for a script): what happened, what is safe, one way on. Never a traceback."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import InternalError, OperationalError
from werkzeug.exceptions import HTTPException

from companion import config, identity
from companion.errors import Refusal
from companion.keeper import KeeperGone, Poisoned
from companion.web.security import SAFE, own_page

log = logging.getLogger(__name__)

SENTENCES = {
    400: ("That didn’t reach us whole", "Something in this request was missing. Go back and try again."),
    401: ("Sign in first", "You are not signed in here any more. Sign in, then do it again."),
    403: (
        "This needs a fresh page",
        "The page was open for long, or came from somewhere else. Nothing was changed. Open it again and repeat.",
    ),
    404: (
        "We lost the thread",
        "There is no page at this address. It may have moved, or the link was cut short on its way to you.",
    ),
    405: ("That can’t be opened here", "Go back and use the button on the page."),
    413: ("That is too much at once", "Shorten it, then try again."),
    429: ("Give it a moment", "You asked several times in a short while. Wait a little, then try again."),
    500: ("Something broke on our side", "It isn’t your doing. Try again in a minute."),
    503: ("Back in a moment", "Alongside is catching its breath. Try again in a minute."),
}  # fmt: skip

WORDS = ("text", "title", "purpose", "name", "email", "link")
"""Fields that people write into, in any of our forms. Codes and choices are quicker entered again."""


@dataclass(frozen=True)
class Way:
    """A way on that is better than the way back."""

    words: str
    address: str


def answer(app: Flask) -> None:
    """Answer refusals and faults in our own words."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, failed)
    for trouble in (OperationalError, InternalError, KeeperGone, Poisoned):
        app.register_error_handler(trouble, unwell)


def refused(refusal: Refusal, way: Way | None = None) -> Response:
    """A verb said no."""
    title = SENTENCES.get(refusal.status, ("That didn’t work", ""))[0]
    return page(refusal.status, title, refusal.sentence, way)


def failed(error: HTTPException) -> Response:
    """Flask said no, or something of ours broke."""
    code = error.code or 500
    if code < 400:
        return error.get_response()  # type: ignore[return-value] # werkzeug's own redirect
    title, sentence = SENTENCES.get(code, SENTENCES[400 if code < 500 else 500])
    return page(code, title, sentence)


def unwell(error: Exception) -> Response:
    """The database or the keeper does not answer, or takes nothing: it is full, or may only be read."""
    log.error("%s was not possible: %s", request.endpoint, getattr(error, "orig", None) or repr(error))
    return page(503, *SENTENCES[503])


def page(status: int, title: str, sentence: str, way: Way | None = None) -> Response:
    """The refusal as whoever asked can read it."""
    if request.headers.get("X-CSRF") or request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(sentence=sentence), status)
    is_deed = request.method not in SAFE
    shown = render_template(
        "pages/error.html", title=title, sentence=sentence, is_deed=is_deed, back=came_from() if is_deed else "",
        typed=words_typed() if is_deed and status != 413 else [],
        signed_out=status in {401, 403} and identity.person_here() is None, way=way,
    )  # fmt: skip
    return make_response(shown, status)


def came_from() -> str:
    """The page of ours whose form was refused, as its address on this site; nothing where the browser doesn't say."""
    parts = urlsplit(request.referrer or "")
    if f"{parts.scheme}://{parts.netloc}" != config.current().base_url:
        return ""
    return own_page(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def words_typed() -> list[str]:
    """What a refused form of ours held in people's words. Browsers may forget it on the way back."""
    if request.headers.get("Origin") != config.current().base_url:
        return []
    said = (request.form.get(name, "").strip() for name in WORDS)
    return [words for words in said if words]
