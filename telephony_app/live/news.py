"""Telling modules, and the operator, what happened to Asterisk (reference M6.3)."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from modules_app.exceptions import ModuleError
from modules_app.packages.fsops import FsOps
from telephony_app.domain.live import changes

log = logging.getLogger("pbxadmin.telephony")

STARTED = "on_after_pbx_started"
EXTENSIONS = "on_extension_status_change"
PROVIDERS = "on_provider_status_change"

FILE = "asterisk-told.json"
PAUSE_SECONDS = 2.0
"""Changes are told together, so long after the first of them."""

Ask = Callable[[str, Mapping[str, Any]], object]


class Seen(Protocol):
    """What of a `Picture` is told."""

    booted: bool
    started: str

    @property
    def phones(self) -> dict[str, str]: ...

    @property
    def providers(self) -> dict[str, str]: ...


class News:
    """Remembers what modules were told, over restarts of its own process.

    ``ask`` calls a hook of all modules with its arguments; ``on_connected`` hears of each
    new connection.
    """

    def __init__(
        self,
        run_dir: Path,
        *,
        ask: Ask,
        on_connected: Callable[[], None],
        fsops: FsOps | None = None,
    ) -> None:
        self._path = run_dir / FILE
        self._ask = ask
        self._on_connected = on_connected
        self._fsops = fsops or FsOps()
        self._told = self._read()
        self._connected = False
        self._due = 0.0

    def lost(self) -> None:
        """The connection is gone: what telephones do now nobody knows."""
        self._connected = False

    def look(self, seen: Seen) -> None:
        """Tell what is new, a moment after the first change."""
        if not seen.booted:
            return
        if not self._connected:
            self._connected = True
            self._on_connected()
        if self._told.get("started") != seen.started:
            self._tell_start(seen)
        self._tell_changes(seen)

    def _tell_start(self, seen: Seen) -> None:
        """Tell of a start that nobody was told of; written down first: never twice."""
        self._remember(started=seen.started)
        self._ask(STARTED, {})

    def _tell_changes(self, seen: Seen) -> None:
        now = {"extensions": seen.phones, "providers": seen.providers}
        if all(self._told.get(kind) == words for kind, words in now.items()):
            self._due = 0.0
            return
        if "extensions" not in self._told:
            self._remember(**now)
            return
        self._due = self._due or time.monotonic() + PAUSE_SECONDS
        if time.monotonic() < self._due:
            return
        at, before = time.time(), self._told
        self._remember(**now)
        self._due = 0.0
        for hook, kind, name in (
            (EXTENSIONS, "extensions", "extension"),
            (PROVIDERS, "providers", "provider"),
        ):
            found: Sequence[Mapping[str, Any]] = changes(
                before.get(kind, {}), now[kind], kind=name, at=at
            )
            if found:
                self._ask(hook, {"changes": list(found)})

    def _remember(self, **values: Any) -> None:
        self._told = {**self._told, **values}
        data = json.dumps(self._told).encode()
        try:
            self._fsops.write_file_atomically(
                self._path.parent, self._path.name, data, mode=0o640, durable=False
            )
        except (OSError, ModuleError) as error:
            log.error("what modules were told could not be written: %s", error)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
