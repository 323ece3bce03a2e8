"""The zygote: ``python -m modules_app.processes.warm LABEL FD ISOLATED WAITING [PRELOAD...]``.

It sets Django up, imports the modules (and calls the functions) it is told to, and always keeps
so many forked pairs of minder and child waiting, because forking a warm process takes some
milliseconds. A pair takes the next order directly off the owner's socket, one and no more. This
process never runs module code and never starts a thread.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys

import django

from modules_app.processes import isolation, kernel, minder


def main(arguments: list[str]) -> None:
    """Warm up, then serve until the owner closes the connection or dies."""
    fd, isolated, waiting = int(arguments[1]), arguments[2] == "isolated", int(arguments[3])
    control = socket.socket(fileno=fd)
    os.set_inheritable(fd, False)
    django.setup()
    for name in arguments[4:]:
        _warm(name)
    gc.collect()
    gc.freeze()
    grants = isolation.granted()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(control, minder.Rooms(grants, isolated), waiting)


def _warm(name: str) -> None:
    module, _, function = name.partition(":")
    loaded = importlib.import_module(module)
    if function:
        getattr(loaded, function)()


def serve(control: socket.socket, rooms: minder.Rooms, waiting: int = 1) -> None:
    """Keep ``waiting`` minders, each with its child, ready to take the next orders."""
    free: list[int] = []
    while True:
        while len(free) < waiting:
            free.append(_fork_minder(control, rooms, free))
        for taken in select.select(free, [], [])[0]:
            was_taken = bool(os.read(taken, 1))
            os.close(taken)
            free.remove(taken)
            if not was_taken and _owner_is_gone(control):
                return


def _fork_minder(control: socket.socket, rooms: minder.Rooms, others: list[int]) -> int:
    """Fork one and return what can be read as soon as it has taken an order, or ended."""
    me = os.getpid()
    taken, taken_end = os.pipe()
    if os.fork() == 0:
        kernel.die_with_parent(me, signal.SIGTERM)
        for fd in (taken, *others):
            os.close(fd)
        minder.main(control, taken_end, rooms)
    os.close(taken_end)
    return taken


def _owner_is_gone(control: socket.socket) -> bool:
    try:
        return not control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
