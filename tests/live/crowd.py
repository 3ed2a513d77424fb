"""People who mean no good, by the dozen or the thousand: each a line that is held open and misused in its own way."""

import os
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)
PAUSE = 0.05  # seconds between two rounds: as often somebody real writes a word
BOMB = b"\xc2\xff" + (1 << 20).to_bytes(8) + bytes(4) + b"\xaa" * 4096  # "compressed", a megabyte to come
LARGE = b"\x82\xff" + (1 << 40).to_bytes(8) + bytes(4)
ATTACHED = bytes.fromhex("828b00000000") + b'51-["edit"]'  # an event whose attachment never comes
TEXT = b"\x81\x86" + bytes(4) + b"4hello"
BAD_TEXT = b"\x81\x83" + bytes(4) + b"4\xff\xfe"
DEEP = b"\x82\xfe\x10\x00" + bytes(4) + b"\x91" * 4096
MANY = (b"\x82\x81" + bytes(4) + b"\xc0") * 40

WAYS: dict[str, Sequence[bytes]] = {
    "says nothing": [],
    "half a request line": [b"GET / HT"],
    "head without an end": [b"GET / HTTP/1.1\r\nHost: x\r\n"],
    "body that never comes": [b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nemail="],
    "a line without a seat": [UPGRADE],
    "pongs only": [UPGRADE, b"\x8a\x80" + bytes(4)],
    "half a frame": [UPGRADE, b"\x82\xfe\x40"],
    "a bomb": [UPGRADE, BOMB],
    "a large frame": [UPGRADE, LARGE],
    "withheld attachment": [UPGRADE, ATTACHED],
    "text": [UPGRADE, TEXT],
    "text that is none": [UPGRADE, BAD_TEXT],
    "deep packet": [UPGRADE, DEEP],
    "many packets": [UPGRADE, MANY],
}


class Line:
    """One of them. Sends a byte more now and then where its way is to be slow."""

    def __init__(self, port: int, way: str) -> None:
        self.way, self.began, self.lasted = way, time.monotonic(), 0.0
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.sock.setblocking(False)
        self.left = list(WAYS[way])
        self.go_on()

    def go_on(self) -> None:
        """Send the next part; look whether the server has ended it."""
        try:
            if self.left:
                self.sock.send(self.left.pop(0))
            elif self.way == "head without an end":
                self.sock.send(b"X-Slow: 1\r\n")
            elif self.way == "body that never comes":
                self.sock.send(b"x")
            while self.sock.recv(65536):
                pass
        except BlockingIOError:
            return
        except OSError:
            pass
        self.lasted = time.monotonic() - self.began
        self.sock.close()

    @property
    def is_open(self) -> bool:
        return not self.lasted


class Crowd:
    """So many of them, of each kind alike."""

    def __init__(self, port: int, count: int) -> None:
        ways = list(WAYS)
        self.lines = [Line(port, ways[number % len(ways)]) for number in range(count)]

    def hold_on(self, seconds: float, meanwhile: Callable[[], object]) -> dict[str, float]:
        """Be there so long. Gives each kind's longest life in seconds, the whole time where it was not ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and any(line.is_open for line in self.lines):
            for line in self.lines:
                if line.is_open:
                    line.go_on()
            time.sleep(PAUSE)
            meanwhile()
        lives = dict.fromkeys(WAYS, 0.0)
        for line in self.lines:
            lives[line.way] = max(lives[line.way], line.lasted or time.monotonic() - line.began)
        return lives

    def leave(self) -> None:
        for line in self.lines:
            line.sock.close()


def memory(pids: Sequence[int]) -> int:
    """Kilobytes that these processes hold for themselves and their share of the rest."""
    total = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        if rollup.exists() and os.access(rollup, os.R_OK):
            total += next(int(row.split()[1]) for row in rollup.read_text().splitlines() if row.startswith("Pss:"))
    return total
