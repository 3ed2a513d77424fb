"""The page of a call in Google Meet, as far as an add-on's side panel sees it.

It speaks the other side of `@googleworkspace/meet-addons` 1.2.0: the frame's address carries `meet_sdk`, the frame
sends one message with a port, and asks over that. Read from that package's code, not from Meet's own page.
"""

import base64
import json

ORIGIN = "https://meet.google.com"
SIDE_PANEL, OPENED_BY_HAND, CHANNEL = "1", 1, "imitated-control-channel"

PAGE = """<!doctype html>
<html lang="en">
<title>Imitated call</title>
<style>body { margin: 0; background: #202124 } iframe { border: 0; width: 360px; height: 100vh; float: right }</style>
<iframe title="Side panel" src="PANEL"></iframe>
<script>
  const frame = document.querySelector("iframe");
  window.asked = [];
  window.loaded = 0;
  frame.addEventListener("load", () => window.loaded++);
  addEventListener("message", ({ data, origin, source, ports }) => {
    if (source !== frame.contentWindow || origin !== new URL(frame.src).origin || data !== "CHANNEL") return;
    ports[0].onmessage = ({ data: { content }, ports: [answer] }) => {
      window.asked.push(JSON.parse(content));
      const info = [null, null, ["imitated-meeting-id", location.pathname.slice(1)]];
      answer.postMessage({ content: JSON.stringify([null, [...Array(8).fill(null), info]]) });
    };
  });
</script>
"""


def page(panel: str, project: str) -> str:
    """Any call, with an add-on's panel open. Its code is the path of its address."""
    said = base64.b64encode(json.dumps([SIDE_PANEL, CHANNEL, ORIGIN, project, OPENED_BY_HAND]).encode()).decode()
    address = f"{panel}?meet_sdk={said.replace('+', '%2B').replace('=', '%3D')}"
    return PAGE.replace("PANEL", address).replace("CHANNEL", CHANNEL)
