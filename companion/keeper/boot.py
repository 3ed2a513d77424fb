"""Start of a keeper process: `python -I -S boot.py SOCKET PROGRESS PARENT PYCRDT` (descriptors, pid, directory).

Run as a file, in a Python without site-packages, and without the __init__ of any package: ours would bring the
parent's side along, pycrdt's asyncio and anyio, neither of which is needed here. 25 ms and 14 MB instead of 90 and 22.
"""

import ctypes
import gc
import os
import resource
import signal
import sys
from pathlib import Path
from types import ModuleType

MOST_MEMORY = 1536 << 20  # bytes of address space
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Limit this process, tie it to its parent's life, and serve."""
    sock, progress, parent = map(int, sys.argv[1:4])
    limit()
    die_with(parent)
    keeper = Path(__file__).resolve().parent
    bare("companion", keeper.parent)
    bare("companion.keeper", keeper)
    bare("pycrdt", Path(sys.argv[4]))
    from companion.keeper.process import serve  # noqa: PLC0415 - only now can it be found

    silence()
    # Nothing here makes reference cycles, and looking for them takes 100 ms when a thousand agendas are open.
    gc.disable()
    try:
        serve(sock, progress)
    except BaseException:  # noqa: BLE001
        # A panic in yrs is a BaseException. No clean-up: it could touch what the panic left behind.
        os._exit(70)


def limit() -> None:
    """No more memory than a keeper can need, and no core files: they would hold people's words."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with(parent: int) -> None:
    """Have the kernel end this process when the parent's thread that started it ends.

    A watchdog thread would not do: yrs holds Python's lock while it hangs, and no thread gets a turn.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # it was gone before we asked


def bare(name: str, directory: Path) -> None:
    """Make a package importable without running its __init__."""
    package = ModuleType(name)
    package.__path__ = [str(directory)]
    sys.modules[name] = package


def silence() -> None:
    """Rust prints the text at hand with a panic, and that belongs in no log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


if __name__ == "__main__":
    main()
