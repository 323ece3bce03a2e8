"""How the last starts of the host went: ``run/boots.json`` (reference R4.8).

A start is bad until it has been healthy for some time; it is nobody's fault when somebody stops
the host before. The file is written durably, because the machine itself may go down.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from modules_app.exceptions import ModuleError
from modules_app.packages.fsops import FsOps

_FILE = "boots.json"


@dataclass(frozen=True, slots=True)
class BootRecord:
    """``starts`` so far, ``bad`` ones in a row, and what was ``healthy`` last: generation by id."""

    starts: int = 0
    bad: int = 0
    healthy: dict[str, str] = field(default_factory=dict)


class Boots:
    """The record of one installation; only the host's parent writes it."""

    def __init__(self, run_dir: Path, *, fsops: FsOps | None = None) -> None:
        self._run_dir = run_dir
        self._fsops = fsops or FsOps()
        self.record = self.read()

    def read(self) -> BootRecord:
        """Return what the file says; an unreadable one says nothing."""
        try:
            found = json.loads((self._run_dir / _FILE).read_text())
            healthy = {str(name): str(one) for name, one in found["healthy"].items()}
            return BootRecord(int(found["starts"]), int(found["bad"]), healthy)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return BootRecord()

    def begin(self) -> bool:
        """Count a start that is bad until it proves good; False if that cannot be written."""
        return self._write(
            replace(self.record, starts=self.record.starts + 1, bad=self.record.bad + 1)
        )

    def died(self) -> bool:
        """Count that the server died by itself and is started again."""
        return self._write(replace(self.record, bad=self.record.bad + 1))

    def stopped(self) -> bool:
        """Take back the count of this start: somebody ended it before it proved anything."""
        return self._write(replace(self.record, bad=max(0, self.record.bad - 1)))

    def good(self, healthy: dict[str, str] | None = None) -> bool:
        """Forget the bad starts; ``healthy`` are the modules that ran, None if none was tried."""
        known = self.record.healthy if healthy is None else healthy
        return self._write(replace(self.record, bad=0, healthy=known))

    def _write(self, record: BootRecord) -> bool:
        data = json.dumps(asdict(record)).encode()
        try:
            self._fsops.write_file_atomically(self._run_dir, _FILE, data)
        except (OSError, ModuleError):
            return False
        self.record = record
        return True
