"""The keeper process ends when it should, and holds nothing that it should not."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.keeper.conftest import Logs
from tests.waiting import until

PARENT = """
import os, sys
from companion.keeper import Keeper
keeper = Keeper(lambda doc: [])
keeper.start()
print(keeper._supervisor._child.pid, flush=True)
sys.stdin.read()
"""
# Python's lock is held as long as the C code runs, as it is when yrs hangs: no Python thread could end this process.
HANGING_CHILD = """
import os, re, sys
from companion.keeper.boot import die_with
die_with(os.getppid())
print(os.getpid(), flush=True)
re.match("(a*)*b", "a" * 40)
"""
PARENT_OF_HANGING = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {HANGING_CHILD!r}])
sys.stdin.read()
"""


@pytest.fixture(params=[PARENT, PARENT_OF_HANGING], ids=["keeper", "hanging"])
def family(request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A web process and the pid of its child."""
    parent = subprocess.Popen([sys.executable, "-c", request.param], stdin=-1, stdout=-1, text=True)
    assert parent.stdout
    yield parent, int(parent.stdout.readline())
    parent.kill()
    parent.communicate()


def test_it_ends_with_its_parent_even_when_it_hangs(family: tuple[subprocess.Popen[str], int]) -> None:
    parent, child = family
    parent.kill()
    until(lambda: has_ended(child))


def test_a_stopped_keeper_ends_with_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdin=-1, stdout=-1, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    os.kill(child, signal.SIGSTOP)
    parent.kill()
    parent.communicate()
    until(lambda: has_ended(child))


def test_it_holds_its_socket_and_its_progress_and_no_other_file(logs: Logs) -> None:
    with Path(__file__).open():
        assert logs.keeper.alive()
        held = sorted(str(each.readlink()).split(":")[0] for each in Path(f"/proc/{logs.pid}/fd").iterdir())
    assert held == ["/dev/null"] * 3 + ["/memfd", "socket"]


def test_it_knows_none_of_our_settings(logs: Logs) -> None:
    assert Path(f"/proc/{logs.pid}/environ").read_bytes() == b""


def test_its_memory_is_limited_and_it_leaves_no_core(logs: Logs) -> None:
    limits = Path(f"/proc/{logs.pid}/limits").read_text()
    assert [line.split()[-3] for line in limits.splitlines() if "address space" in line] == [str(1536 << 20)]
    assert [line.split()[-3] for line in limits.splitlines() if "core file" in line] == ["0"]


def test_it_is_small(logs: Logs) -> None:
    os.kill(logs.pid, signal.SIGKILL)
    assert logs.keeper.alive()
    assert resident(logs.pid) < 20 << 20


def test_the_web_process_never_imports_pycrdt() -> None:
    script = PARENT.replace("sys.stdin.read()", "keeper.fold([]); keeper.stop(); assert 'pycrdt' not in sys.modules")
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)


def has_ended(pid: int) -> bool:
    """Gone, or waiting for its new parent to collect it."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def resident(pid: int) -> int:
    """Bytes in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
