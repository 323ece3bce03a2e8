"""What modules ask to have running in the background: `get_module_workers` as values (M13.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from modules_app.exceptions import gettext_noop as _


class Check(StrEnum):
    """How the supervisor finds out whether a worker is alive."""

    QUEUE = "check_worker_queue"  # a ping is answered in time
    HEARTBEAT = "check_worker_heartbeat"  # the last sign of life is young
    AMI = "check_worker_ami"  # a ping is answered, and Asterisk hears the worker
    PROCESS = "check_pid_not_alert"  # the process exists


PINGED = (Check.QUEUE, Check.AMI)
"""The checks by which a worker is asked and must answer."""

_SEEDS = {
    "checkWorkerBeanstalk": Check.QUEUE,
    "check_worker_beanstalk": Check.QUEUE,
    "checkWorkerQueue": Check.QUEUE,
    "checkWorkerRedis": Check.HEARTBEAT,
    "check_worker_redis": Check.HEARTBEAT,
    "checkWorkerHeartbeat": Check.HEARTBEAT,
    "checkPidNotAlert": Check.PROCESS,
    "checkWorkerAMI": Check.AMI,
}
_NAME = re.compile(r"[A-Za-z_]\w{0,63}(\.[A-Za-z_]\w{0,63}){0,5}")
_ALLOWED = ("type", "worker", "interval", "alive_seconds", "instances")

NOT_WANTED = 75
"""The exit status of a worker that found, before it ran, that it must not."""

MOST_INSTANCES = 16
MOST_WORKERS = 32
PING_INTERVAL = 60.0
HEARTBEAT_SECONDS = 10.0
PING_SECONDS = 5.0
"""The numbers of M13.1: a ping each minute, answered in 5 s; a heartbeat younger than 10 s."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """One worker that a module asked for; times in seconds.

    ``name`` is a class of the module's ``workers.py``, or a dotted path below the module.
    ``interval`` lies between two checks; ``alive_seconds`` is how old a heartbeat may be, or how
    long an answer to a ping may take. ``instances`` processes run at once.
    """

    module_id: str
    name: str
    check: Check
    interval: float = PING_INTERVAL
    alive_seconds: float = HEARTBEAT_SECONDS
    instances: int = 1


@dataclass(frozen=True, slots=True)
class WorkerComplaint:
    """Why a worker is not started; ``message`` is an English sentence filled from ``context``."""

    module_id: str
    worker: str
    slug: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)


def read_workers(
    module_id: str, answer: Any
) -> tuple[tuple[WorkerSpec, ...], tuple[WorkerComplaint, ...]]:
    """Read what `get_module_workers` returned: the workers to run, and what is wrong with others.

    Nothing is left out silently (reference M13.1 does that with types it does not know).
    """
    if not isinstance(answer, list | tuple):
        wrong = _("What get_module_workers returned is not a list.")
        return (), (WorkerComplaint(module_id, "", "workers-not-a-list", wrong),)
    specs: dict[str, WorkerSpec] = {}
    complaints = []
    for entry in answer:
        found = _read_one(module_id, entry)
        if isinstance(found, WorkerSpec) and found.name in specs:
            found = _complain(module_id, found.name, *_PROBLEMS["twice"])
        elif isinstance(found, WorkerSpec) and len(specs) >= MOST_WORKERS:
            found = _complain(module_id, found.name, *_PROBLEMS["many"], most=MOST_WORKERS)
        if isinstance(found, WorkerSpec):
            specs[found.name] = found
        else:
            complaints.append(found)
    return tuple(specs.values()), tuple(complaints)


_PROBLEMS = {
    "entry": ("worker-not-a-map", _("An entry of get_module_workers is not a map.")),
    "name": (
        "worker-name-invalid",
        _("“{worker}” is neither the name of a class in workers.py nor a dotted path to one."),
    ),
    "type": (
        "worker-type-unknown",
        _("The check type “{type}” of the worker “{worker}” is unknown. There are: {known}."),
    ),
    "number": (
        "worker-number-invalid",
        _("“{key}” of the worker “{worker}” must be a number from {low} to {high}."),
    ),
    "key": ("worker-key-unknown", _("“{key}” of the worker “{worker}” is unknown.")),
    "twice": ("worker-twice", _("The worker “{worker}” is asked for twice.")),
    "many": ("workers-too-many", _("“{worker}” is one more than the {most} workers a module has.")),
}


def _read_one(module_id: str, entry: Any) -> WorkerSpec | WorkerComplaint:
    if not isinstance(entry, Mapping):
        return _complain(module_id, "", *_PROBLEMS["entry"])
    name, kind = str(entry.get("worker", "")), str(entry.get("type", ""))
    if not _NAME.fullmatch(name):
        return _complain(module_id, name, *_PROBLEMS["name"])
    check = _SEEDS.get(kind) or (Check(kind) if kind in set(Check) else None)
    if check is None:
        known = ", ".join(Check)
        return _complain(module_id, name, *_PROBLEMS["type"], type=kind, known=known)
    for key in entry:
        if key not in _ALLOWED:
            return _complain(module_id, name, *_PROBLEMS["key"], key=str(key))
    return _with_numbers(WorkerSpec(module_id, name, check), entry)


def _with_numbers(spec: WorkerSpec, entry: Mapping[str, Any]) -> WorkerSpec | WorkerComplaint:
    alive = PING_SECONDS if spec.check in PINGED else HEARTBEAT_SECONDS
    limits: dict[str, tuple[float, float, float]] = {
        "interval": (PING_INTERVAL, 1, 3600),
        "alive_seconds": (alive, 1, 3600),
        "instances": (1, 1, MOST_INSTANCES),
    }
    numbers = {}
    for key, (default, low, high) in limits.items():
        value = entry.get(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:
            problem = _PROBLEMS["number"]
            return _complain(spec.module_id, spec.name, *problem, key=key, low=low, high=high)
        numbers[key] = value
    return WorkerSpec(
        spec.module_id,
        spec.name,
        spec.check,
        interval=float(numbers["interval"]),
        alive_seconds=float(numbers["alive_seconds"]),
        instances=int(numbers["instances"]),
    )


def _complain(
    module_id: str, worker: str, slug: str, message: str, **context: Any
) -> WorkerComplaint:
    return WorkerComplaint(module_id, worker, slug, message, {"worker": worker, **context})


@dataclass(frozen=True, slots=True)
class CrashRule:
    """``crashes`` of one module within one window of ``seconds`` are too many; 0 for never.

    The window is fixed: it begins with the first crash and another one begins with the first crash
    after it. (MikoPBX lets each crash move it, so that a rare crash counts for ever; M3.6, M17.)
    """

    crashes: int = 100
    seconds: float = 1800.0

    def broken_by(self, count: int) -> bool:
        """Tell whether so many crashes within the window are too many."""
        return bool(self.crashes) and count >= self.crashes


_LONGEST_PAUSE = 15.0


def pause_after(failures: int) -> float:
    """Return the seconds to wait before a worker that failed so often in a row starts again.

    They double up to 15: a worker that always crashes then reaches the 100 of `CrashRule` within
    the half hour, and costs little until then.
    """
    return min(_LONGEST_PAUSE, 1.0 * 2 ** min(max(failures - 1, 0), 10)) if failures else 0.0
