"""What a worker and everything below it take of the machine, read from /proc (R3.4 B06, B07).

The kernel limits one process; a cgroup, where systemd makes one, limits the host as a whole. This
is the limit between them, and it knows which module was being served. Processes that a module
turned into daemons stay below their worker, because it adopts them.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modules_app.bridge.strikes import MEMORY, PROCESSES

_PAGE = resource.getpagesize()
_KILL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one worker may take together with all processes below it; 0 means no limit.

    ``memory_bytes`` counts memory that processes share once; ``processes`` are those below it.
    """

    memory_bytes: int = 0
    processes: int = 0

    def broken_by(self, pid: int) -> str:
        """Return "memory" or "processes" if the worker takes more, else ""."""
        below = descendants(pid)
        if self.processes and len(below) > self.processes:
            return PROCESSES
        everyone = [pid, *below]
        if self.memory_bytes and sum(map(_resident, everyone)) > self.memory_bytes:
            # What forked processes share was counted several times; look closer.
            return MEMORY if sum(map(_own_share, everyone)) > self.memory_bytes else ""
        return ""

    def bind(self) -> None:
        """Let the kernel refuse this process what alone would be far too much."""
        if self.memory_bytes:
            most = 2 * self.memory_bytes
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def descendants(pid: int) -> list[int]:
    """Return all living processes below ``pid``, as far as they can be seen at one moment."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for child in _children(waiting.pop()):
            waiting.append(child)
            if _lives(child):
                found.append(child)
    return found


def kill_descendants(pid: int) -> None:
    """Stop ``pid`` and kill everything below it until nothing is left; then let ``pid`` go on.

    Gives up after some seconds: a process in an uninterruptible wait cannot be killed.
    """
    deadline = time.monotonic() + _KILL_SECONDS
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        while (below := descendants(pid)) and time.monotonic() < deadline:
            for number in (signal.SIGSTOP, signal.SIGKILL):  # first nobody forks any more
                for child in below:
                    with suppress(ProcessLookupError):
                        os.kill(child, number)
        os.kill(pid, signal.SIGCONT)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in _text(task / "children").split()]
    return []


def _lives(pid: int) -> bool:
    """Tell whether a process is more than an entry that nobody has fetched."""
    state = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return bool(state) and state[0] not in "ZX"


def _resident(pid: int) -> int:
    numbers = _text(Path(f"/proc/{pid}/statm")).split()
    return int(numbers[1]) * _PAGE if numbers else 0


def _own_share(pid: int) -> int:
    """Return the bytes of a process, of shared memory only its share."""
    for line in _text(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return _resident(pid)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile
        return ""
