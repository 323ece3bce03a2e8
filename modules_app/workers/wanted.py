"""Which workers must run, from rows (reference M13.1)."""

from __future__ import annotations

from dataclasses import dataclass

from modules_app.bridge.ami import AmiAccess, modules_access
from modules_app.bridge.registry import RegistryModule
from modules_app.bridge.workers import worker_key
from modules_app.domain.workers import Check, WorkerComplaint, WorkerSpec, read_workers
from modules_app.selectors.answers import answers_to
from modules_app.selectors.registry import RegistryReader, data_dir
from modules_app.selectors.safe_mode import safe_mode
from modules_app.selectors.settings import read_setting

HOOK = "get_module_workers"
PORT_SETTING, DEFAULT_PORT = "AMIPort", 5038


@dataclass(frozen=True, slots=True)
class Place:
    """One process that must run: which worker, of which files and data, the how manieth."""

    spec: WorkerSpec
    module: RegistryModule
    instance: int

    @property
    def key(self) -> str:
        """Return what the process is called everywhere."""
        return worker_key(self.module.id, self.spec.name, self.instance)

    def same_code(self, other: Place) -> bool:
        """Tell whether both run the same files on the same data."""
        mine, theirs = self.module, other.module
        return (mine.generation, mine.epoch) == (theirs.generation, theirs.epoch)


@dataclass(frozen=True, slots=True)
class Wanted:
    """All processes that must run, by key, and what is wrong with what modules asked for."""

    places: dict[str, Place]
    complaints: tuple[WorkerComplaint, ...] = ()
    safe_mode: bool = False
    ami: AmiAccess | None = None


class WantedReader:
    """Reads rows; the same for the whole life of the supervisor, so that little is read twice."""

    def __init__(self) -> None:
        self._registry = RegistryReader()

    def read(self) -> Wanted:
        """Return what must run now: nothing in safe mode, nothing of a module in maintenance."""
        if safe_mode():
            return Wanted({}, safe_mode=True)
        answers = answers_to(HOOK)
        modules = {one.id: one for one in self._registry.read().modules} if answers else {}
        places: dict[str, Place] = {}
        complaints: list[WorkerComplaint] = []
        for answer in answers:
            if answer.module_id not in modules:
                continue
            specs, wrong = read_workers(answer.module_id, answer.value)
            complaints += wrong
            for spec in specs:
                for instance in range(1, spec.instances + 1):
                    place = Place(spec, modules[answer.module_id], instance)
                    places[place.key] = place
        return Wanted(places, tuple(complaints), ami=_access(places))


def _access(places: dict[str, Place]) -> AmiAccess | None:
    """Return the account for Asterisk, if there is a worker that needs it."""
    if not any(place.spec.check is Check.AMI for place in places.values()):
        return None
    port = read_setting(PORT_SETTING)
    return modules_access(data_dir().root, int(port) if port.isdecimal() else DEFAULT_PORT)
