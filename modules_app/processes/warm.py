"""The zygote: ``python -m modules_app.processes.warm LABEL FD ISOLATED [MODULE[:FUNCTION]...]``.

It sets Django up, imports the modules (and calls the functions) it is told to, and always keeps
one forked pair of minder and child waiting, because forking a warm process takes some
milliseconds. The pair takes the next order directly off the owner's socket. This process never
runs module code and never starts a thread.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys

import django

from modules_app.processes import isolation, kernel, minder


def main(arguments: list[str]) -> None:
    """Warm up, then serve until the owner closes the connection or dies."""
    fd, isolated, preload = int(arguments[1]), arguments[2] == "isolated", arguments[3:]
    control = socket.socket(fileno=fd)
    os.set_inheritable(fd, False)
    django.setup()
    for name in preload:
        _warm(name)
    gc.collect()
    gc.freeze()
    grants = isolation.granted()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(control, minder.Rooms(grants, isolated))


def _warm(name: str) -> None:
    module, _, function = name.partition(":")
    loaded = importlib.import_module(module)
    if function:
        getattr(loaded, function)()


def serve(control: socket.socket, rooms: minder.Rooms) -> None:
    """Keep one minder with its child ready to take the next order off ``control``."""
    me = os.getpid()
    while True:
        taken, taken_end = os.pipe()
        if os.fork() == 0:
            kernel.die_with_parent(me, signal.SIGTERM)
            os.close(taken)
            minder.main(control, taken_end, rooms)
        os.close(taken_end)
        was_taken = bool(os.read(taken, 1))
        os.close(taken)
        if not was_taken and _owner_is_gone(control):
            return


def _owner_is_gone(control: socket.socket) -> bool:
    try:
        return not control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
