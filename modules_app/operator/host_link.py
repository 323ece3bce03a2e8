"""How the operator learns what the host has loaded."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from modules_app.bridge.connection import HostConnection
from modules_app.bridge.health import ask_health, one_line
from modules_app.bridge.names import REGISTRIES, SOCKETS, registry_sequence, sequence_of
from modules_app.bridge.statement import HEADER, sign
from modules_app.bridge.system import statement_of_system
from modules_app.packages.datadir import DataDir
from modules_app.processes.locks import FileLock
from modules_app.processes.poke import poke

_PAUSE = 0.005
_ENDING_PAUSE = 0.02
_ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """How a module's page answered; ``status`` is 0, and ``problem`` says why, if it did not."""

    status: int
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether a person would have seen the page."""
        return 0 < self.status < 400


@dataclass(slots=True)
class HostLink:
    """Wakes the host after a commit and asks it how the modules fare."""

    data_dir: DataDir

    def is_running(self) -> bool:
        """Tell whether a host process holds its lock."""
        return FileLock(self.data_dir.run / "host.lock").holder() is not None

    def wake(self) -> None:
        """Tell the host, and the supervisor of workers, that the registry sequence has changed."""
        poke(self.data_dir.root, "host")
        poke(self.data_dir.root, "workers")

    def health(self, sequence: int, *, seconds: float) -> dict[str, Any] | None:
        """Return the health of every loaded module at ``sequence``, or None if no host answers.

        A host that serves a later sequence already is as good: it has seen this commit too.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = self._ask(sequence)
            if answer is not None:
                return answer
            if not self.is_running():
                return None
            time.sleep(_PAUSE)
        return None

    def wait_until_ended(
        self,
        sequence: int,
        *,
        seconds: float,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Wait until no host of ``sequence`` or before runs any more; False if one still does.

        A host removes its registry file when its last request has ended.
        """
        deadline = time.monotonic() + seconds
        while self._serves(sequence):
            if time.monotonic() > deadline or should_stop():
                return False
            time.sleep(_ENDING_PAUSE)
        return True

    def page(
        self, module_id: str, page: str, *, language: str, seconds: float
    ) -> PageAnswer | None:
        """Ask the newest host for a page of a module, as the system; None if no host runs."""
        sockets = sorted(self.data_dir.run.glob(SOCKETS), key=sequence_of)
        if not sockets or not self.is_running():
            return None
        said = statement_of_system(module_id, language=language, sequence=sequence_of(sockets[-1]))
        connection = HostConnection(sockets[-1], seconds)
        try:
            key = settings.PBX_STATEMENT_KEY
            connection.request("GET", page.partition("#")[0], headers={HEADER: sign(said, key)})
            return PageAnswer(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return PageAnswer(0, one_line(f"{type(error).__name__}: {error}"))
        finally:
            connection.close()

    def _serves(self, sequence: int) -> bool:
        files = self.data_dir.run.glob(REGISTRIES)
        if all(registry_sequence(path) > sequence for path in files):
            return False
        return self.is_running()

    def _ask(self, sequence: int) -> dict[str, Any] | None:
        for path in sorted(self.data_dir.run.glob(SOCKETS), key=sequence_of, reverse=True):
            if sequence_of(path) < sequence:
                return None
            if (answer := ask_health(path, seconds=_ANSWER_SECONDS)) is not None:
                return answer
        return None


def operator_is_running(data_dir: DataDir) -> bool:
    """Tell whether an operator process holds its lock."""
    return FileLock(data_dir.run / "operator.lock").holder() is not None
