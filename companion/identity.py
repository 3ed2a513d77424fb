"""Who is asking: the only place that knows the cookie.

One cookie holds a random 256-bit id. A signed-in device's row keeps its SHA-256; a visitor who hasn't signed in has no
row at all. A request asks the database once, when its person is first wanted, and for files not at all.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, abort, g, redirect, request, url_for

from companion import clock, config
from companion.errors import Refusal
from companion.model.people import Person, SignIn
from companion.services import devices
from companion.services.addresses import network
from companion.services.devices import OneSession

HERE = "X-Here"
"""The header in which a frame, that may have no cookie, sends the id it was given. No other site's page can send it."""

ID = re.compile(r"[A-Za-z0-9_-]{43}")
VISIT = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=5)


DEVICE = "X-Device"
"""The header that names the sign-in an answer is for: what the service worker keeps of it is shown to nobody after."""

SIGNED_OUT = "You are not signed in here any more. Sign in, then do it again."
HERE_ONLY = "This device is let in to one session only. Do that where you are signed in."


class SignInFirst(Refusal):
    """A form or script came without a person: a page would have been sent to sign in, this can't be."""

    status = 401


@dataclass(frozen=True)
class Key:
    """What a device that was let in to one session shows: its id, and the token of its forms."""

    id: str
    csrf: str


@dataclass
class Browser:
    """The browser of one request: the id it sent (or was given just now), and what the answer tells it to keep."""

    id: str
    is_new: bool = False
    is_known: bool = False  # whether the database has been asked for its sign-in
    sign_in: SignIn | None = None
    keep_for: timedelta | None = None
    forget: bool = False


def open_identity(app: Flask) -> None:
    """Give templates `me` and `csrf_token()`, and answers their cookie."""
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"me": _known_person()})
    app.after_request(_answer)


def person_here() -> Person | None:
    """Who is signed in on this browser, and may ask for this page: some devices are let in to one session alone."""
    sign_in = sign_in_here()
    return sign_in.person if sign_in and sign_in.lets_into(_asked_of()) else None


def sign_in_here() -> SignIn | None:
    """This browser's device row. One query, once a request."""
    browser = _browser()
    if not browser.is_known:
        browser.is_known, browser.sign_in = True, devices.found(_hash("device", browser.id))
    return browser.sign_in


def require_person() -> Person:
    """Who is signed in; anybody else is sent to sign in (pages) or refused (forms and scripts)."""
    person = person_here()
    asks_for_page = request.method in {"GET", "HEAD"} and not wants_json()
    if person is None:
        if asks_for_page:
            abort(redirect(url_for("sign_in.ask", next=_this_page())))
        raise SignInFirst(HERE_ONLY if sign_in_here() else SIGNED_OUT)
    if person.is_new and asks_for_page and request.endpoint != "people.welcome":
        abort(redirect(url_for("people.welcome", next=_this_page())))
    return person


def wants_json() -> bool:
    """Whether a script asks, not a person."""
    return "X-CSRF" in request.headers or request.accept_mimetypes.best == "application/json"


def sign_in(person: Person, proof: str) -> None:
    """Let this browser in under a new id; whoever was signed in here is signed out.

    `proof` is what allowed it (a link's nonce). The new id follows from it and the old id, so that a button pressed
    twice makes one device, and nobody who knew the old id knows the new one.
    """
    browser, before = _browser(), sign_in_here()
    digest = hmac.digest(_keys()[0], f"sign-in\x1f{proof}\x1f{browser.id}".encode(), "sha256")
    new = urlsafe_b64encode(digest).decode().rstrip("=")
    device = devices.admit(person.id, _hash("device", new), request.headers.get("User-Agent", ""))
    if before is not None and before.id != device.id:
        devices.end(before.id, by=before.person_id)
    g.browser = Browser(new, is_known=True, sign_in=device, keep_for=devices.LONGEST)


def let_in_to(person_id: int, only: OneSession) -> Key:
    """Let a device or frame in to one session. The caller has its person's word for it."""
    key = key_of_nobody()
    devices.admit(person_id, _hash("device", key.id), request.headers.get("User-Agent", ""), only)
    return key


def key_of_nobody() -> Key:
    """For a frame that may have no cookie: what makes it one visitor while it is open, before it is let in anywhere."""
    new = secrets.token_urlsafe(32)
    return Key(new, _seal("csrf", new, _keys()[0]))


def keep_key(key: Key, lasts: timedelta) -> None:
    """Make this browser the device that the key stands for: a phone has its cookie as any browser has."""
    g.browser = Browser(key.id, is_known=True, keep_for=lasts)


def once() -> str:
    """A proof for letting somebody in that came from no letter: never the same."""
    return secrets.token_urlsafe(32)


def sign_out() -> None:
    """Sign this device out."""
    here = sign_in_here()
    if here is not None:
        devices.end(here.id, by=here.person_id)
    forget_here()


def forget_here() -> None:
    """This browser is nobody's from here on, and forgets what it was."""
    g.browser = Browser(secrets.token_urlsafe(32), is_new=True, is_known=True, forget=True)


def visitor_hash() -> str:
    """This browser, signed in or not, for rows that remember who asked."""
    return _hash("visitor", _used().id)


def asked_from() -> str:
    """The network this request comes from, hashed, for counting."""
    return _seal("network", network(request.remote_addr or ""), _keys()[0])


def csrf_token() -> str:
    """What a form of this browser carries, to show that our page made it."""
    return _seal("csrf", _used().id, _keys()[0])


def is_our_form(token: str) -> bool:
    """Whether a form or script carries this browser's token."""
    browser = _browser()
    said = token.encode()
    fits = [hmac.compare_digest(_seal("csrf", browser.id, key).encode(), said) for key in _keys()]
    return any(fits) and not browser.is_new


def _answer(response: Response) -> Response:
    """Give, renew or take away the cookie, and note now and then that the device is in use."""
    browser: Browser | None = g.get("browser")
    if browser is None:
        return response
    name, https = _cookie_name()
    if browser.keep_for is not None:
        response.set_cookie(
            name, browser.id, max_age=browser.keep_for, path="/", secure=https, httponly=True, samesite="Lax"
        )
    elif browser.forget:
        response.delete_cookie(name, path="/", secure=https, httponly=True, samesite="Lax")
    if browser.forget:
        # Kept pages, words and settings of whoever was here. Ends the service worker too; the next page brings it back.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    if browser.sign_in is not None:
        response.headers[DEVICE] = str(browser.sign_in.id)
    if browser.sign_in is not None and clock.now() - browser.sign_in.seen_at > SEEN_EVERY:
        devices.seen(browser.sign_in.id)
    return response


def _browser() -> Browser:
    if "browser" not in g:
        sent = request.headers.get(HERE, "") or request.cookies.get(_cookie_name()[0], "")
        if ID.fullmatch(sent):
            g.browser = Browser(sent)
        else:
            g.browser = Browser(secrets.token_urlsafe(32), is_new=True, is_known=True)
    browser: Browser = g.browser
    return browser


def _used() -> Browser:
    """The browser, once something it is sent depends on its id: a new one is then told to keep it."""
    browser = _browser()
    if browser.is_new and browser.keep_for is None:
        browser.keep_for = VISIT
    return browser


def _known_person() -> Person | None:
    """Whoever this request has already found: a page that explains a broken database must not ask it."""
    browser: Browser | None = g.get("browser")
    sign_in = browser.sign_in if browser else None
    return sign_in.person if sign_in and sign_in.lets_into(_asked_of()) else None


def _asked_of() -> object:
    """The session that this request is about, if any."""
    return (request.view_args or {}).get("session_id")


def _this_page() -> str:
    return request.full_path.rstrip("?")


def _cookie_name() -> tuple[str, bool]:
    https = config.current().https
    return ("__Host-alongside" if https else "alongside"), https


def _keys() -> list[bytes]:
    return [key.encode() for key in config.current().secret_keys]


def _seal(purpose: str, value: str, key: bytes) -> str:
    return hmac.new(key, f"{purpose}\x1f{value}".encode(), hashlib.sha256).hexdigest()


def _hash(purpose: str, browser_id: str) -> str:
    return hashlib.sha256(f"{purpose}\x1f{browser_id}".encode()).hexdigest()
