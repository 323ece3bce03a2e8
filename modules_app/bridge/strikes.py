"""The file ``run/strikes.json``: which modules took a worker of the host down (reference R4.8).

The host writes strikes, the operator reads them and draws the consequence. A strike belongs to one
generation of a module; it outlives the host, so that a crash at every start is found, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modules_app.bridge.files import CountedModules
from modules_app.bridge.registry import Registry
from modules_app.domain.strikes import StrikeRule
from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps

HUNG, MEMORY, PROCESSES = "hung", "memory", "processes"
UNKNOWN = ""
"""The key of ends that no module could be blamed for."""

MOST = 20
"""So many strikes of one module are remembered, the newest ones."""

_FILE = "strikes.json"

_ENDED = {
    "import": _("Its code ended the process while it was loaded ({how})."),
    "request": _("Its code ended the process during a request ({how})."),
    "hook": _("Its code ended the process during a hook ({how})."),
}
_HUNG = {
    "import": _("Its code did not come back while it was loaded."),
    "request": _("Its code did not come back from a request in time."),
    "hook": _("Its code did not come back from a hook in time."),
}
_GREEDY = {
    MEMORY: _("Its code took more memory than a process for modules may have."),
    PROCESSES: _("Its code started more processes than a module may have."),
}


@dataclass(frozen=True, slots=True)
class Strike:
    """One end of a worker.

    ``start`` is the number of the host's start, ``doing`` "import", "request" or "hook", ``how``
    "hung", "memory", "processes", "signal SIGSEGV" or "status 1"; ``at`` is the time for people,
    ISO 8601; ``excerpt`` says where the code was, if that is known.
    """

    start: int
    doing: str
    how: str
    at: str = ""
    excerpt: str = ""

    @property
    def sentence(self) -> str:
        """Return an English sentence to be translated and filled with ``how``."""
        if self.how in _GREEDY:
            return _GREEDY[self.how]
        sentences = _HUNG if self.how == HUNG else _ENDED
        return sentences.get(self.doing, sentences["request"])

    @property
    def text(self) -> str:
        """Return the sentence in English."""
        return fill(self.sentence, {"how": self.how})


@dataclass(frozen=True, slots=True)
class ModuleStrikes:
    """The strikes of one generation of a module, oldest first."""

    generation: str
    strikes: tuple[Strike, ...]

    @property
    def last(self) -> Strike:
        """Return the newest; there is always one."""
        return self.strikes[-1]

    def are_too_many(self, rule: StrikeRule, *, now: int) -> bool:
        """Tell whether ``rule`` is broken at the host's start number ``now``."""
        return rule.broken_by([strike.start for strike in self.strikes], now=now)


class Strikes(CountedModules[ModuleStrikes]):
    """The file below ``run_dir``; several processes may use it at once."""

    def __init__(self, run_dir: Path, *, fsops: FsOps | None = None) -> None:
        super().__init__(run_dir, _FILE, _from_dict, fsops)

    def read(self) -> dict[str, ModuleStrikes]:
        """Return all strikes by module id; an unreadable file counts as none."""
        return {name: one for name, one in super().read().items() if one.strikes}

    def left_out(self, registry: Registry, rule: StrikeRule, *, now: int) -> dict[str, str]:
        """Return the modules of ``registry`` that must not be imported, each with the reason."""
        known = self.read()
        return {
            module.id: known[module.id].last.text
            for module in registry.modules
            if module.id in known
            and known[module.id].generation == module.generation
            and known[module.id].are_too_many(rule, now=now)
        }

    def charge(self, module_id: str, generation: str, strike: Strike) -> int:
        """Write one strike down; return how many this generation has now."""
        with self.locked():
            known = self.read()
            before = known.get(module_id)
            same = before.strikes if before and before.generation == generation else ()
            known[module_id] = ModuleStrikes(generation, (*same, strike)[-MOST:])
            self.write(known)
        return len(known[module_id].strikes)

    def keep_only(self, registry: Registry) -> None:
        """Forget modules that the registry does not hold in that generation."""
        current = {module.id: module.generation for module in registry.modules}
        known = self.read()
        gone = [n for n, one in known.items() if n and current.get(n) != one.generation]
        self.forget(gone)


def _from_dict(data: dict[str, object]) -> ModuleStrikes:
    strikes = data["strikes"]
    if not isinstance(strikes, list):
        raise TypeError("strikes are a list")
    return ModuleStrikes(str(data["generation"]), tuple(Strike(**one) for one in strikes))
