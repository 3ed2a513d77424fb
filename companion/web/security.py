"""What every request must show and every answer says: our host, our forms, our headers.

A deed (POST and the like) needs the browser's word that one of our pages sent it, and that page's token. Socket.IO
stands outside of Flask's requests and looks at origin and ticket itself.
"""

from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from companion import config, identity
from companion.config import Settings
from companion.services import providers
from companion.web.kept import Keeping
from integrations.offers import Offer

SAFE = {"GET", "HEAD", "OPTIONS"}
FIELD, HEADER = "csrf", "X-CSRF"
# Deeds that come without our page: their own signed link guards them, or a provider's signature.
GUARDED_BY_THEIR_LINK = ("/d/", "/hooks/")
# A frame has no cookie, so no token either, before it shows what lets it in once. It must be our own page all the same.
WITHOUT_TOKEN = {"/hand-over"}
# Machines that watch us ask by address, not by name.
WITHOUT_HOST = {"/healthz", "/readyz"}
YEAR = 365 * 24 * 3600


def guard(app: Flask) -> None:
    """Look at every request first and at every answer last, files and refusals too."""
    settings = config.current()
    identity.open_identity(app)
    app.session_interface = Keeping()
    app.before_request(_refuse_other_hosts)
    app.before_request(_refuse_forged_deeds)
    # At the first answer, not now: unfit hosts of providers are named together with other bad settings, after this.
    headers = cache(lambda: headers_for(settings))

    @app.after_request
    def protect(response: Response) -> Response:
        """A view's own word wins: a letter shown in its frame has another policy."""
        for name, value in headers().items():
            response.headers.setdefault(name, value)
        _say_how_long_it_keeps(response)
        return response


def headers_for(settings: Settings) -> dict[str, str]:
    """What every answer says to the browser."""
    said = {
        "Content-Security-Policy": policy(settings),
        "Referrer-Policy": "same-origin",  # no-referrer would make our own forms say "Origin: null"
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    }
    if settings.https:
        said["Strict-Transport-Security"] = f"max-age={YEAR}"
    return said


def policy(settings: Settings, framed_by: str = "'none'") -> str:
    """Scripts and styles from our own files; a route may say who frames us; forms go to us or on to consent."""
    socket = settings.base_url.replace("http", "ws", 1)
    consent = consent_origins(providers.all_offers().values())
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "frame-src": "'self'",
        "connect-src": f"'self' {socket}",
        "object-src": "'none'",
        "base-uri": "'none'",
        # Chromium holds redirects after a form to this too, and connecting is a form that leads to the provider.
        "form-action": " ".join(["'self'", *consent]),
        "frame-ancestors": framed_by,
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def keeping_opener(answer: Response) -> Response:
    """For a window that another site's page opened: with "same-origin" it would lose that, and what it may tell it.

    The opener can close such a window, lead it elsewhere or write messages to it, which our pages don't hear.
    """
    answer.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return answer


def consent_origins(usable: Iterable[Offer]) -> list[str]:
    """Where the providers in use ask for consent, with the hosts below theirs that they lead people on to."""
    found: set[str] = set()
    for offer in usable:
        if offer.client is None or offer.provider.oauth is None:
            continue
        where = urlsplit(offer.provider.oauth.authorize.format_map(offer.hosts))
        found.add(f"{where.scheme}://{where.netloc}")
        if where.scheme == "https":
            found.add(f"https://*.{where.netloc}")
    return sorted(found)


def own_page(address: str) -> str:
    """`address` if it is a path on this site that a redirect may lead to, else nothing.

    Browsers read a backslash as a slash, drop tabs and line breaks, and take // for another host.
    """
    fits = address.startswith("/") and address[1:2] not in {"/", "\\"} and len(address) <= 500
    return address if fits and address.isascii() and address.isprintable() and not set(address) & set("\\ ") else ""


def _refuse_other_hosts() -> None:
    scheme, _, ours = config.current().base_url.partition("://")
    if _host(request.host, scheme) != _host(ours, scheme) and request.path not in WITHOUT_HOST:
        abort(400)


def _refuse_forged_deeds() -> None:
    if request.method in SAFE or request.path.startswith(GUARDED_BY_THEIR_LINK):
        return
    origin = request.headers.get("Origin")
    if origin is None:
        is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    else:
        is_ours = origin == config.current().base_url
    if not is_ours:
        abort(403)
    if request.path in WITHOUT_TOKEN:
        return
    if not identity.is_our_form(request.headers.get(HEADER) or request.form.get(FIELD, "")):
        abort(403)


def _host(address: str, scheme: str) -> tuple[str | None, int]:
    """Name and port; no name where it is none."""
    try:
        parts = urlsplit(f"//{address}")
        port = parts.port
    except ValueError:
        return None, 0
    return parts.hostname, port or (443 if scheme == "https" else 80)


def _say_how_long_it_keeps(response: Response) -> None:
    """Built files carry a hash in their name; everything else but files may be somebody's own."""
    if request.endpoint == "static":
        if request.path.startswith("/static/build/") and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.add("Cookie")
