"""The zygote itself: ``python -m modules_app.processes.warm LABEL FD OWNER [MODULE...]``.

It sets Django up, imports the modules it is told to, and forks a minder for every connection
that its owner hands over. It never runs module code and never starts a thread.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys

import django

from modules_app.processes import kernel, minder


def main(arguments: list[str]) -> None:
    """Warm up, then serve until the owner closes the connection or dies."""
    fd, preload = int(arguments[1]), arguments[3:]
    control = socket.socket(fileno=fd)
    os.set_inheritable(fd, False)
    django.setup()
    for name in preload:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(control)


def serve(control: socket.socket) -> None:
    """Fork one minder per handed over connection."""
    me = os.getpid()
    while True:
        message, fds, _flags, _address = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            kernel.die_with_parent(me, signal.SIGTERM)
            control.close()
            minder.main(socket.socket(fileno=fds[0]))
        for received in fds:
            os.close(received)


if __name__ == "__main__":
    main(sys.argv[1:])
