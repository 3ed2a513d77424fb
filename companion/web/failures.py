"""Why a deed failed, carried over a redirect. Signed, so that no link can put its own sentence on our pages."""

from datetime import timedelta

from flask import request

from companion import links

FRESH = timedelta(minutes=10)


def carry(sentence: str) -> str:
    """For `url_for(…, failed=carry(sentence))`."""
    return links.sign("failed", sentence)


def carried() -> str:
    """The sentence that this request brings, or nothing."""
    try:
        (sentence,) = links.read("failed", request.args.get("failed", ""), FRESH)
    except (links.BadLink, ValueError):
        return ""
    return str(sentence)
