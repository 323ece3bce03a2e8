"""What other people's code writes to a terminal, without what would steer it."""

from __future__ import annotations

import codecs
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from modules_app.cli.output import harmless

_SECONDS_TO_END = 2.0
_BLOCK = 65536


@contextmanager
def harmless_terminal() -> Iterator[None]:
    """Make visible what this process and its children write to a terminal meanwhile.

    Works on the descriptors of stdout and stderr, so nothing that a child does gets around it. One
    that is no terminal is left alone: what is read by a program arrives as it was written.
    """
    terminals: dict[int, list[int]] = {}
    for stream in (sys.stdout, sys.stderr):
        if os.isatty(stream.fileno()):
            terminals.setdefault(os.fstat(stream.fileno()).st_rdev, []).append(stream.fileno())
    with ExitStack() as stack:
        for descriptors in terminals.values():
            stack.enter_context(_filtered(descriptors))
        yield


@contextmanager
def _filtered(descriptors: list[int]) -> Iterator[None]:
    """Filter what goes to one terminal; through one pipe, so that its order stays."""
    terminal = os.dup(descriptors[0])
    reading, writing = os.pipe()
    for fd in descriptors:
        os.dup2(writing, fd)
    os.close(writing)
    passing = threading.Thread(target=_pass_on, args=(reading, terminal), daemon=True)
    passing.start()
    try:
        yield
    finally:
        sys.stdout.flush()
        for fd in descriptors:
            os.dup2(terminal, fd)
        passing.join(_SECONDS_TO_END)  # what a child left running keeps the pipe open


def _pass_on(reading: int, terminal: int) -> None:
    """Copy until all writers are gone; a letter that comes in pieces is waited for."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    try:
        while block := os.read(reading, _BLOCK):
            _write(terminal, decoder.decode(block))
        _write(terminal, decoder.decode(b"", final=True))
    finally:
        os.close(reading)
        os.close(terminal)


def _write(terminal: int, text: str) -> None:
    left = harmless(text).encode()
    while left:
        left = left[os.write(terminal, left) :]
