"""Calls that end: connected within 5 s, answered and read whole within 15 s, 1 MB at most; or given up.

requests bounds the wait for each byte only, so a server that sends one now and then would hold us for ever, and so
would a name that is slow to look up. Each call therefore runs beside its caller, who leaves when the time is up.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse, ProxyManager
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from integrations import circuits
from integrations.lines import Call, telling

A_PART = 65_536  # bytes
# What no longer holds of an answer that was read whole; and as no API of ours redirects, and one to http would carry
# the token along in the open, nobody is shown the way on.
UNTOLD = frozenset({"connection", "content-encoding", "content-length", "location", "set-cookie", "transfer-encoding"})


@dataclass(frozen=True)
class Limits:
    """Seconds until there is a line, seconds for all of it, and the most bytes in an answer."""

    connect: float = 5.0
    total: float = 15.0
    most_bytes: int = 1_000_000


USUAL = Limits()


class Endless(requests.RequestException):
    """The answer is longer than any that we have a use for."""


class Session(requests.Session):
    """requests' session, bound."""

    def __init__(self, limits: Limits = USUAL) -> None:
        super().__init__()
        bind(self, limits)


def bind(http: requests.Session, limits: Limits = USUAL) -> None:
    """Let every call of this session be bounded, whatever timeout it names, and spare hosts that are in trouble."""
    for scheme in ("https://", "http://"):
        http.mount(scheme, Bounded(limits))


class Bounded(HTTPAdapter):
    """Where a bound session's calls go through."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        telling(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(*args, **kwargs)
        telling(manager)
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The answer, read. Raises circuits.Open, Unreached, Endless, or another exception of requests'."""
        host, is_good = urlsplit(request.url or "").netloc, False
        circuits.admit(host)
        request.headers["Accept-Encoding"] = "identity"  # unpacked, a small answer may be a huge one
        how = {**kwargs, "stream": True, "timeout": (self.limits.connect, self.limits.total)}
        call = Call(lambda: self._answered(request, *args, **how))
        try:
            response = call.within(self.limits.connect, self.limits.total)
            is_good = _is_of_use(response)
        finally:
            circuits.note(host, is_good=is_good)
        return response

    def _answered(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            with super().send(request, *args, **kwargs) as response:
                return self.build_response(request, self._whole(response.raw))
        except HTTPError as error:
            raise requests.ConnectionError(error, request=request) from error
        finally:
            self.close()  # each call has a line of its own, which is how it can be ended

    def _whole(self, raw: BaseHTTPResponse) -> HTTPResponse:
        gathered = bytearray()
        while part := raw.read1(A_PART):
            gathered += part
            if len(gathered) > self.limits.most_bytes:
                raise Endless
        headers = {name: value for name, value in raw.headers.items() if name.lower() not in UNTOLD}
        return HTTPResponse(BytesIO(gathered), headers, raw.status, reason=raw.reason, preload_content=False)


def _is_of_use(response: requests.Response) -> bool:
    """Whether the host does its work, be it by saying no. A page for people instead of an object isn't that."""
    if not response.ok:
        return 400 <= response.status_code < 500
    return response.status_code < 300 and response.content.lstrip()[:1] in {b"", b"{", b"["}
