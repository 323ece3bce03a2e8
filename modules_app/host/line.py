"""A worker's connection to the supervisor: signs of life, pings, and being asked to end."""

from __future__ import annotations

import os
import select
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

from modules_app.bridge.workers import FOLDER, MAILBOX, mailbox_name
from modules_app.processes.mailbox import Mailbox, post

BEAT_SECONDS = 2.0
INSIST_SECONDS = 3.0
"""The kernel keeps as few as ten messages in a box; many workers that start at once fill it."""

_PAUSE = 0.02
_ENDINGS = (signal.SIGUSR1, signal.SIGTERM, signal.SIGINT)


class SupervisedLine:
    """See `modules_app.sdk.workers.Line`. Used by the main thread of one worker."""

    def __init__(self, run_dir: Path, key: str) -> None:
        self._to = run_dir / MAILBOX
        self._key = key
        self._box = Mailbox(run_dir / FOLDER / mailbox_name(key))
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._woken, False)
        self._beaten = float("-inf")
        self._asked = False

    @property
    def stopping(self) -> bool:
        """Whether a signal asked the worker to end."""
        return self._asked

    def listen_to_signals(self) -> None:
        """Let SIGUSR1 and SIGTERM ask for the end instead of ending the process at once."""
        for number in _ENDINGS:
            signal.signal(number, self._ask)

    def ready(self) -> None:
        """Say that the worker's class is made and its work begins."""
        self._insist("ready")

    def crashed(self, text: str) -> None:
        """Say what ends the worker."""
        self._insist("crash", text=text[-500:])

    def busy(self, seconds: float) -> None:
        """Say that no sign of life will come for so long; 0 ends that."""
        self._insist("busy", seconds=float(seconds))

    def beat(self) -> None:
        """Give a sign of life, not more often than makes sense, and answer pings."""
        self._answer_pings()
        if time.monotonic() - self._beaten >= BEAT_SECONDS / 2:
            self._beaten = time.monotonic()
            self._say("beat")

    def wait(self, seconds: float) -> None:
        """Wait, giving signs of life; ends early for a job and for a request to end."""
        deadline = time.monotonic() + max(seconds, 0.0)
        while not self._asked:
            self.beat()
            left = deadline - time.monotonic()
            if left <= 0:
                return
            descriptors = [self._box.fileno(), self._woken]
            ready, _, _ = select.select(descriptors, [], [], min(left, BEAT_SECONDS))
            if self._box.fileno() in ready and self._answer_pings():
                return

    def _answer_pings(self) -> bool:
        """Answer what asks whether we live; True if a job was announced."""
        job = False
        for message in self._box.read():
            if message.get("what") == "ping":
                self._say("pong")
            job = job or message.get("what") == "job"
        return job

    def _insist(self, what: str, **more: Any) -> None:
        """Say what is said once only: a box that is full now is emptied soon."""
        until = time.monotonic() + INSIST_SECONDS
        while not self._say(what, **more) and time.monotonic() < until:
            time.sleep(_PAUSE)

    def _say(self, what: str, **more: Any) -> bool:
        return post(self._to, {"what": what, "worker": self._key, "pid": os.getpid(), **more})

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        try:
            os.write(self._waker, b".")
        except BlockingIOError:
            return
