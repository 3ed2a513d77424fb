"""Why a deed failed, carried over a redirect. Signed, so that no link can put its own sentence on our pages."""

from datetime import timedelta

from flask import request

from companion import links

FRESH = timedelta(minutes=10)


def carry(sentence: str, typed: str = "") -> str:
    """For `url_for(…, failed=carry(sentence))`. `typed` is what was entered, to be mended instead of typed again."""
    return links.sign("failed", sentence, typed[:2000])


def carried() -> str:
    """The sentence that this request brings, or nothing."""
    return _brought()[0]


def typed() -> str:
    """What was entered when it failed, or nothing."""
    return _brought()[1]


def _brought() -> tuple[str, str]:
    try:
        sentence, entered = links.read("failed", request.args.get("failed", ""), FRESH)
    except (links.BadLink, ValueError):
        return "", ""
    return str(sentence), str(entered)
