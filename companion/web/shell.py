"""What makes Alongside an app on somebody's device: manifest, service worker, the page for when there is no network."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, send_from_directory, url_for

from companion.web import assets

pages = Blueprint("shell", __name__)

GROUND, INK = "#f8f4f2", "#2a1f2f"
"""Two colours of tokens.css, in its light theme: a manifest knows one. base.html names both grounds to open pages."""

ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("maskable-192.png", "192x192", "maskable"),
    ("maskable-512.png", "512x512", "maskable"),
)


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a device needs to know to put Alongside on its home screen."""
    said: dict[str, Any] = {
        "id": "/",
        "name": "Alongside",
        "short_name": "Alongside",
        "description": "Prepare sessions with your mentor or mentee together, and keep to what you agreed.",
        "lang": "en",
        "start_url": url_for("home.show"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {"src": icon(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ]
        + [{"src": icon("alongside.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    answer = jsonify(said)
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/sw.js")
def worker() -> Response:
    """The service worker. It must be at the top to look after all pages, and asked for anew each time."""
    answer = make_response(send_from_directory(assets.BUILD, assets.built("sw.js")["file"], mimetype="text/javascript"))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/offline")
def offline() -> str:
    """What the service worker shows in place of a page that needs the network. The same for everybody."""
    return render_template("pages/offline.html", me=None)


def icon(name: str) -> str:
    """The address of an icon."""
    return url_for("static", filename=f"icons/{name}")
