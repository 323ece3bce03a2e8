"""``module watch DIR``: a module in development is installed anew whenever its files change."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.db import close_old_connections
from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.follow import follow, tell_end
from modules_app.cli.module_test import VERSION
from modules_app.cli.output import print_error, print_findings, say, sentence
from modules_app.domain.operations import OUTCOME_LABELS, Outcome
from modules_app.exceptions import ModuleError
from modules_app.models import Module, Operation
from modules_app.packages.pack import build_package, contents_of
from modules_app.services import lifecycle
from modules_app.services.uploads import PackageInvalid, receive_upload
from modules_app.services.watched import forget_watched, tell_watched

_LOOK_SECONDS = 0.3
_CALM_SECONDS = 0.2
"""An editor that saves writes several files; what it left half-way is not packed."""

State = tuple[tuple[str, int, int], ...]


def watch(folder: Path, *, once: bool = False) -> int:
    """Install ``folder`` now and after each change, until Ctrl-C; data is kept.

    With ``once`` it ends after the first time, with 1 when that failed.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    watcher = Watcher(folder)
    try:
        while True:
            well = watcher.look()
            if once:
                return 0 if well else 1
            time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        return 0
    finally:
        forget_watched(folder)


@dataclass
class Watcher:
    """One folder and how it looked when it was last installed."""

    folder: Path
    _last: State = field(default=())

    def look(self) -> bool:
        """Install the module if a file changed; tell whether that went well."""
        now = self._calm_state()
        if now == self._last:
            return True
        self._last = now
        begun = time.monotonic()
        try:
            close_old_connections()
            well = self._install()
            forget_watched(self.folder)
        except ModuleError as error:
            well = False
            self._refused(error)
        self._tell(well, time.monotonic() - begun)
        return well

    def _refused(self, error: ModuleError) -> None:
        report = error.report if isinstance(error, PackageInvalid) else {}
        print_findings(report)
        print_error(error)
        details = "\n".join(
            f"{one['location']}: {sentence(one, 'message')}" for one in report.get("errors", [])
        )
        tell_watched(self.folder, error, details)

    def _calm_state(self) -> State:
        """Return names, sizes and times of the files, once they have stopped changing."""
        state = self._state()
        while state != self._last:
            time.sleep(_CALM_SECONDS)
            again = self._state()
            if again == state:
                break
            state = again
        return state

    def _state(self) -> State:
        try:
            files = [(str(path), path.stat()) for path in contents_of(self.folder)]
        except OSError:  # a file went while we looked
            return (("", 0, time.monotonic_ns()),)
        except ModuleError:  # packing says what is wrong
            return (("", 0, 0),)
        return tuple((name, found.st_size, found.st_mtime_ns) for name, found in files)

    def _install(self) -> bool:
        package = build_package(self.folder, version=VERSION)
        upload = receive_upload(actor=actor(), chunks=[package], filename=f"{self.folder.name}.zip")
        is_new = not Module.objects.filter(pk=upload.module_id).exists()
        operation = lifecycle.install_module(
            actor=actor(), upload_id=upload.pk, enable=is_new, allow_downgrade=True
        )
        return self._follow(operation)

    def _follow(self, operation: Operation) -> bool:
        operation = follow(operation, quiet=True)
        tell_end(operation)
        if operation.outcome != Outcome.DONE:
            say(gettext(OUTCOME_LABELS[Outcome(operation.outcome)]))
            return False
        following = (operation.result or {}).get("next_operation")
        return self._follow(Operation.objects.get(pk=following)) if following else True

    def _tell(self, well: bool, seconds: float) -> None:
        said = gettext("installed anew") if well else gettext("not installed; change a file")
        clock = time.strftime("%H:%M:%S")
        sys.stdout.write(f"{clock}  {self.folder.name}: {said} ({seconds:.1f} s)\n")
        sys.stdout.flush()
