"""What a person expects of one module: thirty lines, against which the engine is held."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Version:
    """A version with the data that belongs to it; ``altered`` if its files were changed."""

    number: int
    rows: tuple[str, ...] = ()
    altered: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """One module: what is installed, what was before, what a removal kept.

    ``noticed`` says that the system knows of altered files.
    """

    now: Version | None = None
    before: Version | None = None
    on: bool = False
    noticed: bool = False
    kept: tuple[str, ...] | None = field(default=None)

    def may(self, verb: str, *, number: int = 0, downgrade: bool = False) -> bool:
        """Tell whether the verb may be asked for."""
        if verb == "install":
            return self.now is None or number >= self.now.number or downgrade
        if self.now is None:
            return verb == "erase" and self.kept is not None
        if verb == "enable":
            return not self.on and not self.noticed
        if verb == "disable":
            return self.on or self.noticed
        if verb == "rollback":
            return self.before is not None
        return verb != "repair" or self.noticed

    def succeeds(self, verb: str, *, loads: bool) -> bool:
        """Tell whether it is carried out, on a host on which everything loads or nothing."""
        assert self.now is not None or verb in ("install", "erase")
        runs = verb == "enable" or (self.on and (verb == "repair" or not self.noticed))
        if verb == "rollback":
            runs = self.on
        if verb in ("install", "enable", "rollback", "repair") and runs and not loads:
            return self.now is None
        if verb == "enable":
            return self.now is not None and not self.now.altered
        return verb != "rollback" or (self.before is not None and not self.before.altered)

    def after(self, verb: str, *, number: int = 0) -> Expected:
        """Return what is expected once the verb was carried out."""
        change = dataclasses.replace
        if verb == "install":
            rows = self.now.rows if self.now else self.kept or ()
            now = Version(number, rows)
            return Expected(now, self.now, on=self.on and self.now is not None)
        if verb in ("remove", "erase"):
            rows_kept = self.now.rows if self.now and verb == "remove" else None
            return Expected(kept=rows_kept)
        assert self.now is not None
        if verb == "rollback":
            return Expected(self.before, self.now, on=self.on)
        if verb == "repair":
            return change(self, now=change(self.now, altered=False), noticed=False)
        return change(self, on=verb == "enable", noticed=False)

    def with_row(self, row: str) -> Expected:
        """Return what is expected once a person wrote a row."""
        assert self.now is not None
        now = dataclasses.replace(self.now, rows=tuple(sorted((*self.now.rows, row))))
        return dataclasses.replace(self, now=now)

    def with_altered_files(self) -> Expected:
        """Return what is once somebody has changed a file."""
        assert self.now is not None
        return dataclasses.replace(self, now=dataclasses.replace(self.now, altered=True))
