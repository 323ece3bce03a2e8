"""The named moments at which a test may kill an operation (reference R4.4)."""

from __future__ import annotations

from modules_app.packages.faults import declare_fault_point

BEGUN = declare_fault_point("operation.begun", "the operation is recorded as running")
INSTALL_COPIED = declare_fault_point("install.copied", "the files of the new generation lie there")
INSTALL_SET_UP = declare_fault_point("install.set-up", "data migrated and synced, not committed")
INSTALL_COMMITTED = declare_fault_point("install.committed", "the row names the new generation")
SWITCH_COMMITTED = declare_fault_point("switch.committed", "the row says on or off, host not told")
REMOVE_COMMITTED = declare_fault_point("remove.committed", "the row is gone, the files are not")
