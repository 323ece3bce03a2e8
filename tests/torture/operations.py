"""The operations that are broken off: what stands before, what is asked, which points they own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.torture.packages import VICTIM


@dataclass(frozen=True, slots=True)
class Operation:
    """``before`` are the steps that lead to the state before; ``service`` is what is asked then.

    A step is a package to install (and to enable with a ``+``), or ``rows:N`` to write N rows.
    ``owns`` are the fault points that this operation must reach.
    """

    service: str
    before: tuple[str, ...]
    owns: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=lambda: {"module_id": VICTIM})
    package: str = ""


COPYING = (
    "upload.synced",
    "store.package-linked",
    "store.files-written",
    "install.copied",
    "install.set-up",
)
AGAIN = tuple(point for point in COPYING if point != "store.package-linked")  # it is kept already
NOTHING: Mapping[str, Any] = {}

OPERATIONS: dict[str, Operation] = {
    "install": Operation(
        "install_module",
        (),
        ("operation.begun", *COPYING, "install.committed"),
        NOTHING,
        "victim-1",
    ),
    "install over kept data": Operation(
        "install_module",
        ("victim-1", "rows:7", "remove"),
        ("operation.begun", *AGAIN, "install.committed"),
        NOTHING,
        "victim-1",
    ),
    "upgrade": Operation(
        "install_module",
        ("victim-1+", "rows:7"),
        ("operation.begun", *COPYING, "install.committed"),
        NOTHING,
        "victim-2",
    ),
    "enable": Operation(
        "enable_module", ("victim-1", "rows:7"), ("operation.begun", "switch.committed")
    ),
    "disable": Operation(
        "disable_module", ("victim-1+", "rows:7"), ("operation.begun", "switch.committed")
    ),
    "remove, keeping data": Operation(
        "remove_module", ("victim-1+", "rows:7"), ("operation.begun", "remove.committed")
    ),
    "remove, deleting data": Operation(
        "remove_module",
        ("victim-1+", "rows:7"),
        ("operation.begun", "remove.committed"),
        {"module_id": VICTIM, "keep_data": False},
    ),
}

# Points that only a recovery, or an operation that fails, reaches.
RECOVERY: tuple[str, ...] = ()
