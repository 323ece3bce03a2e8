"""The operations that are broken off: what stands before, what is asked, which points they own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.torture.packages import MATE, VICTIM


@dataclass(frozen=True, slots=True)
class Operation:
    """``before`` are the steps that lead to the state before; ``service`` is what is asked then.

    A step is a package to install (and to enable with a ``+``), ``rows:N`` to write N rows,
    ``remove`` or ``damage``. Several ``packages`` are given to the service together.
    ``owns`` are the fault points that this operation must reach, ``outcome`` how it ends without
    a fault.
    """

    service: str
    before: tuple[str, ...]
    owns: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=lambda: {"module_id": VICTIM})
    package: str = ""
    packages: tuple[str, ...] = ()
    outcome: str = "done"


BEGUN, COMMITTED = "operation.begun", "operation.committed"
COPYING = ("store.files-written", "install.copied")
INSTALLING = ("upload.synced", BEGUN, "store.package-linked", *COPYING, "install.set-up", COMMITTED,
              "install.committed")  # fmt: skip
AGAIN = tuple(point for point in INSTALLING if point != "store.package-linked")  # it is kept
STANDING_STILL = ("operation.stopped", "upgrade.fenced", "upgrade.data-copied")
STARTING = ("operation.probed", "operation.started", "operation.checked")
SWITCHING = (BEGUN, COMMITTED, "switch.committed")
TOGETHER = ("together.prepared", "together.committing")
REMOVING = (BEGUN, COMMITTED, "remove.committed")
NOTHING: Mapping[str, Any] = {}

# What a recovery reaches; every start of the operator is one.
RECOVERY = ("recovery.begun", "recovery.ended", "recovery.swept")
# What is reached only when an operation fails after its commit (see test_kills).
WAY_BACK = ("operation.reverted",)
# What is reached by whatever changes generated files (tests/surfaces/test_kills.py).
SURFACES = (
    "applier.staged",
    "applier.swapped",
    "applier.installed",
    "surface.installed",
    "surface.reloaded",
)

WISHES = ("wishes.taken",)
"""Points that no operation reaches; tests/workers kills there."""

OPERATIONS: dict[str, Operation] = {
    "install": Operation("install_module", (), INSTALLING, NOTHING, "victim-1"),
    "install over kept data": Operation(
        "install_module", ("victim-1", "rows:7", "remove"), AGAIN, NOTHING, "victim-1"
    ),
    "upgrade": Operation(
        "install_module",
        ("victim-1+", "rows:7"),
        (*INSTALLING, *STANDING_STILL, *STARTING),
        NOTHING,
        "victim-2",
    ),
    "upgrade that fails": Operation(
        "install_module",
        ("victim-1+", "rows:7"),
        (*INSTALLING[:-3], *STANDING_STILL, "operation.undoing"),
        NOTHING,
        "victim-bad",
        outcome="failed",
    ),
    "enable": Operation("enable_module", ("victim-1", "rows:7"), (*SWITCHING, *STARTING)),
    "disable": Operation("disable_module", ("victim-1+", "rows:7"), SWITCHING),
    "remove, keeping data": Operation("remove_module", ("victim-1+", "rows:7"), REMOVING),
    "remove, deleting data": Operation(
        "remove_module",
        ("victim-1+", "rows:7"),
        REMOVING,
        {"module_id": VICTIM, "keep_data": False},
    ),
    "rollback": Operation(
        "rollback_module",
        ("victim-1+", "rows:7", "victim-2"),
        (BEGUN, "operation.stopped", COMMITTED, *STARTING),
    ),
    "repair": Operation(
        "repair_module",
        ("victim-1+", "rows:7", "damage"),
        (BEGUN, *COPYING, COMMITTED, *STARTING),
    ),
    "disable a set": Operation(
        "start_batch",
        ("victim-1+", "rows:7", "mate-1+"),
        (*SWITCHING, *TOGETHER),
        {"verb": "disable", "ids": [VICTIM, MATE], "mode": "together"},
    ),
    "enable a set": Operation(
        "start_batch",
        ("victim-1", "rows:7", "mate-1"),
        (*SWITCHING, *STARTING, *TOGETHER),
        {"verb": "enable", "ids": [VICTIM, MATE], "mode": "together"},
    ),
    "remove a set": Operation(
        "start_batch",
        ("victim-1+", "rows:7", "mate-1"),
        (*REMOVING, *TOGETHER),
        {"verb": "remove", "ids": [VICTIM, MATE], "mode": "together", "keep_data": False},
    ),
    "install a set": Operation(
        "start_batch",
        (),
        (*INSTALLING, *TOGETHER),
        {"verb": "install", "mode": "together"},
        packages=("victim-1", "mate-1"),
    ),
    "install a set that fails": Operation(
        "start_batch",
        (),
        (*INSTALLING[:-2], "together.prepared", "operation.undoing", "together.one-back"),
        {"verb": "install", "mode": "together"},
        packages=("victim-1", "mate-bad"),
        outcome="cancelled",
    ),
}
