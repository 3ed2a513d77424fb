"""Built files by the names their sources have: asset("session.js") → /static/build/session-4GZQ.js."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

BUILD = Path(__file__).parent.parent / "static" / "build"


def show(app: Flask) -> None:
    """Give the templates `asset`."""
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of a built file. Hashed names are immutable, so browsers may keep them for a year."""
    return url_for("static", filename=f"build/{_manifest((BUILD / 'manifest.json').stat().st_mtime_ns)[name]}")


@lru_cache(maxsize=1)
def _manifest(_made: int) -> dict[str, str]:
    manifest: dict[str, str] = json.loads((BUILD / "manifest.json").read_text())
    return manifest
