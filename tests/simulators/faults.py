"""Every way in which a provider is known to fail, by name, in that provider's own words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from tests.simulators import clock

Kind = Literal["slow", "lost", "reset", "instead", "garbled", "drip", "trickle", "huge", "altered"]
Parts = Mapping[str, Any]
JSON = {"Content-Type": "application/json"}


@dataclass
class Fault:
    """What goes wrong at `operation` ("POST /oauth/token"; a path may be a prefix), for the next `times` calls.

    slow     the work begins after `seconds`           lost     the work is done, the line drops before the answer
    reset    the line drops before any work            instead  `status` and `body` are answered, no work is done
    garbled  the work is done, `status` and `body` are answered
    drip     the work is done, the answer's headers come a byte at a time, `seconds` apart, without end
    trickle  the same, but the body                    huge     the work is done, ten megabytes are answered
    altered  the work is done in another way; `body` says which
    """

    operation: str
    kind: Kind
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def named(vendor: str, name: str, at: str = "", times: int = 1, **more: Any) -> Fault:
    """The fault of that name as this vendor has it, at `at` or where it is at home. `more` overrides its parts."""
    parts = {**_ways(vendor)[name], **({"operation": at} if at else {}), **more}
    return Fault(**{"operation": "", **parts, "times": times})


def names(vendor: str) -> list[str]:
    """What `named` takes for this vendor."""
    return sorted(_ways(vendor))


def _ways(vendor: str) -> Mapping[str, Parts]:
    return {**FAULTS, **WORDS.get(vendor, dict)()}


def _said(status: int, body: Parts, **headers: str) -> Parts:
    headers = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {"kind": "instead", "status": status, "body": json.dumps(body), "headers": headers}


def _at(operation: str, parts: Parts) -> Parts:
    return {"operation": operation, **parts}


# Of any machine at the other end of a line. Zoom is known to answer in XML at times.
FAULTS: Mapping[str, Parts] = {
    "slow": {"kind": "slow", "seconds": 20.0},
    "reset": {"kind": "reset"},
    "lost answer": {"kind": "lost"},
    "drip": {"kind": "drip", "seconds": 0.05},
    "trickle": {"kind": "trickle", "seconds": 0.05},
    "huge": {"kind": "huge"},
    "server error": {"kind": "instead", "status": 503, "body": "<html>Service Unavailable</html>"},
    "bad gateway": {"kind": "garbled", "status": 502, "body": "<html>Bad Gateway</html>"},
    "xml": {"kind": "garbled", "status": 200, "body": "<?xml version='1.0'?><result><code>200</code></result>"},
    "garbage": {"kind": "garbled", "status": 200, "body": '{"id": \x00\ufffd'},
    "empty": {"kind": "garbled", "status": 200},
    "a list": {"kind": "garbled", "status": 200, "body": "[]"},
    "redirect": {"kind": "instead", "status": 307, "headers": {"Location": "http://127.0.0.1:9/"}},
}


def _zoom() -> Mapping[str, Parts]:
    midnight = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
    by_second = {"code": 429, "message": "You have reached the maximum per-second rate limit for this API."}
    by_day = {"code": 429, "message": "You have exceeded the daily rate limit for this API."}
    at_once = {"code": 429, "message": "Too many concurrent requests."}
    used = {"reason": "Invalid Token!", "error": "invalid_grant"}
    return {
        "rate by second": _said(429, by_second, X_RateLimit_Type="QPS", X_RateLimit_Remaining="0"),
        "rate by day": _said(429, by_day, X_RateLimit_Type="Daily-limit", Retry_After=midnight),
        "too many at once": _said(429, at_once),
        "scope missing": _said(400, {"code": 4711, "message": "Invalid access token, does not contain scopes:[x]."}),
        "token dead": _said(401, {"code": 124, "message": "Access token is expired."}),
        "token reused": _at("POST /oauth/token", _said(400, used)),
        "unknown client": _at("POST /oauth/token", _said(401, {"reason": "Invalid", "error": "invalid_client"})),
        "error of the other form": _at("POST /oauth/token", _said(400, by_second)),  # no key `error`
        "deleted meeting": _said(404, {"code": 3001, "message": "Meeting does not exist."}),
        "may not host": _said(400, {"code": 3161, "message": "User is not allowed to host or schedule meetings."}),
    }


def _google() -> Mapping[str, Parts]:
    dead = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    poor = "Request had insufficient authentication scopes."
    lies = ("audience", "issuer", "nonce", "unsigned", "secret", "key", "expired", "unverified", "missing", "nobody")
    return {
        "rate by second": _said(429, google_error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric.")),
        "rate by day": _said(403, google_error(403, "", "Quota exceeded.", errors="quotaExceeded")),
        "rate as refusal": _said(403, google_error(403, "", "Rate Limit Exceeded", errors="rateLimitExceeded")),
        "scope missing": _said(
            403, google_error(403, "PERMISSION_DENIED", poor, reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        ),
        "token dead": _said(401, google_error(401, "UNAUTHENTICATED", "Invalid authentication credentials.")),
        "token reused": _at("POST /token", _said(400, dead)),
        "unknown client": _at("POST /token", _said(401, {"error": "invalid_client"})),
        "error of the other form": _at("POST /token", _said(429, google_error(429, "RESOURCE_EXHAUSTED", "Quota."))),
        "deleted meeting": _said(404, google_error(404, "NOT_FOUND", "Requested entity was not found.")),
        "may not host": _said(403, google_error(403, "PERMISSION_DENIED", "The caller does not have permission")),
        "partial consent": {"operation": "POST /token", "kind": "altered", "body": "partial consent"},
        "no refresh token": {"operation": "POST /token", "kind": "altered", "body": "no refresh token"},
        **{f"id_token {lie}": {"operation": "POST /token", "kind": "altered", "body": lie} for lie in lies},
    }


def google_error(code: int, status: str, message: str, *, reason: str = "", errors: str = "") -> dict[str, Any]:
    """An error body: `status` and a `reason` in the newer form, a reason in `errors` in the Calendar's."""
    error: dict[str, Any] = {"code": code, "message": message}
    if status:
        error["status"] = status
    if reason:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": reason, "domain": "googleapis.com"}]
    if errors:
        error["errors"] = [{"domain": "global", "reason": errors, "message": message}]
    return {"error": error}


def _microsoft() -> Mapping[str, Parts]:
    def error(code: str, message: str) -> Parts:
        return {"error": {"code": code, "message": message}}

    dead = {"error": "invalid_grant", "error_description": "AADSTS70008: The refresh token has expired."}
    token = "POST /organizations/oauth2/v2.0/token"
    return {
        "rate by second": _said(429, error("TooManyRequests", "Too many requests"), Retry_After="10"),
        "rate by day": _said(429, error("TooManyRequests", "Too many requests"), Retry_After="3600"),
        "scope missing": _said(403, error("Forbidden", "Missing scope permissions on the request.")),
        "token dead": _said(401, error("InvalidAuthenticationToken", "Access token has expired.")),
        "token reused": _at(token, _said(400, dead)),
        "unknown client": _at(token, _said(401, {"error": "invalid_client"})),
        "deleted meeting": _said(404, error("NotFound", "Meeting not found.")),
        "may not host": _said(403, error("Forbidden", "Not allowed to create meetings.")),
    }


WORDS: Mapping[str, Callable[[], Mapping[str, Parts]]] = {"zoom": _zoom, "google": _google, "microsoft": _microsoft}
