"""An imitation of Zoom's web client: a page of zoom.us with our panel in a frame, and the bridge that its SDK speaks.

The bridge is that of @zoom/appssdk 0.16.41: the frame posts JSON with `jsCallId`, `apiName` and `data` to its parent,
which posts back `{type: "apiResponse", data}` and `{type: "event", name, data}`. As in Zoom, nothing is answered that
`config` did not name. Only a real client shows what a real client does.
"""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.simulators.zoom import Zoom

ORIGIN = "https://app.zoom.us"
HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>SIMULATED Zoom</title>
<style>body{margin:0;display:grid;grid-template-columns:1fr 24rem;height:100vh;background:#222}
iframe{border:0;width:100%;height:100%;background:#fff}</style>
<p></p><iframe id="app" title="Alongside" src="HOME"></iframe>
<script>
const app = document.getElementById("app");
let allowed = ["config"];
const answer = (data) => app.contentWindow.postMessage({ type: "apiResponse", data }, "*");
window.tell = (name, data) => {
  if (allowed.includes(name)) app.contentWindow.postMessage({ type: "event", name, data }, "*");
};
addEventListener("message", async ({ data, source }) => {
  if (source !== app.contentWindow) return;
  const { jsCallId, apiName, data: said } = JSON.parse(data);
  if (apiName === "config") allowed = ["config", ...said.js_api_lists];
  if (!allowed.includes(apiName)) return answer({ jsCallId, errorCode: 80004, errorMessage: "not in config" });
  const [result, event] = await window.asked(apiName, said ?? {});
  if (result === null) return answer({ jsCallId, errorCode: 10026, errorMessage: "Failed" });
  answer({ jsCallId, result });
  if (event) window.tell(...event);
});
</script></html>"""


def host_page(home: str) -> str:
    """What zoom.us shows: `home` is the app's Home URL, as registered there."""
    return HOST.replace("HOME", home)


class ZoomClient:
    """Somebody's Zoom with our panel open. `status` is who they are to Zoom, `asked` what we asked of it."""

    def __init__(self, page: Page, zoom: Zoom, home: str, email: str, number: str = "") -> None:
        """`home` is the app's Home URL, as registered at Zoom."""
        self.page, self.zoom, self.home, self.email, self.number = page, zoom, home, email, number
        self.status = "authorized" if email else "unauthenticated"
        self.asked: list[tuple[str, Any]] = []
        self.refuses: set[str] = set()
        page.expose_function("asked", self._answer)
        page.route(re.compile(f"^{re.escape(home)}$"), self._with_context)

    @property
    def panel(self) -> FrameLocator:
        """What the frame shows."""
        return self.page.frame_locator("#app")

    def open(self) -> None:
        """They open our app under Apps."""
        self.page.goto(f"{ORIGIN}/wc/call")

    def tell(self, name: str, **data: Any) -> None:
        """The client tells our page of an event."""
        self.page.evaluate("([name, data]) => window.tell(name, data)", [name, data])

    def becomes(self, email: str) -> None:
        """They sign in to Zoom and let our app in, as its prompt asked them to."""
        self.email, self.status = email, "authorized"
        self.tell("onMyUserContextChange", status=self.status, role="attendee", screenName="Somebody")

    def was_asked(self, name: str) -> Callable[[], bool]:
        """For waiting until our page has asked the client for this."""
        return lambda: any(asked == name for asked, _ in self.asked)

    def _with_context(self, route: Route) -> None:
        headers = route.request.headers | {"x-zoom-app-context": self.zoom.context(self.email, self.number)}
        route.continue_(headers=headers)

    def _answer(self, name: str, said: Any) -> list[Any]:
        self.asked.append((name, said))
        if name in self.refuses:
            return [None, None]
        done = {"message": "success"}
        answers: dict[str, Callable[[], Any]] = {
            "config": lambda: {
                "runningContext": "inMeeting" if self.number else "inMainClient",
                "clientVersion": "6.6.0",
                "unsupportedApis": [],
                "auth": {"status": "authorized" if self.email else "unauthorized"},
            },
            "getAppContext": lambda: {"context": self.zoom.context(self.email, self.number)},
            "getUserContext": lambda: {"status": self.status, "role": "attendee", "screenName": "Somebody"},
        }
        return [answers.get(name, lambda: done)(), self._event(name, said)]

    def _event(self, name: str, said: Any) -> list[Any] | None:
        if name != "authorize":
            return None
        event = self.zoom.authorised_in_client(self.email, said["state"], said["codeChallenge"], self.home)
        return ["onAuthorized", event]


def is_open(client: ZoomClient) -> None:
    """The companion has taken the panel's place, and is live."""
    expect(client.panel.locator("save-status[data-state=saved]")).to_be_attached()
    frame, board = client.page.locator("#app").bounding_box(), client.panel.locator("agenda-board").bounding_box()
    assert frame and board and board["width"] == frame["width"]
