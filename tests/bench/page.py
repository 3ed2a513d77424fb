"""What a browser loads for the session page before anything is clicked."""

import gzip
import re
from urllib.parse import urljoin

import requests

from tests.bench.figures import Figures
from tests.bench.people import Pair
from tests.server import Server

NAMED = re.compile(r'<(?:script|link rel="stylesheet")[^>]+(?:src|href)="([^"]+\.(?:js|css))"')
# Static imports only: what is imported later ("import(…)") comes when it is wanted.
IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"(\./[^"]+\.js)"')


def measure(server: Server, room: Pair) -> Figures:
    """Kilobytes (1024), gzip level 9: what a proxy that compresses sends."""
    mentee = room.places[0]
    address = f"{server.url}/sessions/{room.session_id}"
    answer = requests.get(address, headers={"Cookie": mentee.cookie}, timeout=10)
    answer.raise_for_status()
    loaded: dict[str, bytes] = {}
    wanted = [urljoin(address, path) for path in NAMED.findall(answer.text)]
    while wanted:
        file = wanted.pop()
        if file not in loaded:
            loaded[file] = requests.get(file, timeout=10).content
            wanted += [urljoin(file, path) for path in IMPORTED.findall(loaded[file].decode()) if file.endswith(".js")]
    return {
        "js_gzip_kb": _kilobytes(loaded, ".js"),
        "css_gzip_kb": _kilobytes(loaded, ".css"),
        "html_gzip_kb": len(gzip.compress(answer.content, 9)) / 1024,
    }


def _kilobytes(loaded: dict[str, bytes], ending: str) -> float:
    sizes = [len(gzip.compress(content, 9)) for file, content in loaded.items() if file.endswith(ending)]
    assert sizes, f"the session page names no {ending} at all"
    return round(sum(sizes) / 1024, 1)
