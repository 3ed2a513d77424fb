"""Built files by the names their sources have: asset("session.js") → /static/build/session-4GZQ.js."""

import json
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from flask import Flask, Response, request, url_for

BUILD = Path(__file__).parent.parent / "static" / "build"
EVERYWHERE = "site.js"
"""The script that base.html brings to every page."""


class Built(TypedDict):
    """One source file as it was built: its hashed name, what its page loads at once, and what may come later."""

    file: str
    first: list[str]
    later: list[str]


def show(app: Flask) -> None:
    """Give the templates `asset` and `first_scripts`, and browsers the compressed files."""
    app.jinja_env.globals.update(asset=asset, first_scripts=first_scripts)
    app.after_request(_pack)


def asset(name: str) -> str:
    """The address of a built file. Hashed names are immutable, so browsers may keep them for a year."""
    return address(built(name)["file"])


def first_scripts(name: str) -> list[str]:
    """Addresses of the scripts it needs at once, beyond those of every page: named early, they come side by side."""
    everywhere = [] if name == EVERYWHERE else built(EVERYWHERE)["first"]
    return [address(file) for file in built(name)["first"] if file.endswith(".js") and file not in everywhere]


def built(name: str) -> Built:
    """What was built from this source."""
    return _manifest((BUILD / "manifest.json").stat().st_mtime_ns)[name]


def address(file: str) -> str:
    """Where browsers find a built file."""
    return url_for("static", filename=f"build/{file}")


@lru_cache(maxsize=1)
def _manifest(_made: int) -> dict[str, Built]:
    manifest: dict[str, Built] = json.loads((BUILD / "manifest.json").read_text())
    return manifest


def _pack(response: Response) -> Response:
    """A built file goes out as its compressed twin, made by the build. Pages don't: secrets stand beside words."""
    if request.endpoint != "static" or response.status_code != 200 or not request.path.startswith("/static/build/"):
        return response
    packed = BUILD / f"{Path(request.path).name}.gz"
    response.vary.add("Accept-Encoding")
    if "gzip" in request.accept_encodings and packed.is_file() and not request.headers.get("Range"):
        response.close()
        response.direct_passthrough = False
        response.set_data(packed.read_bytes())
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)
    return response
