"""The named moments at which a test may kill an operation (reference R4.4)."""

from __future__ import annotations

from modules_app.packages.faults import declare_fault_point

BEGUN = declare_fault_point("operation.begun", "the operation is recorded as running")
INSTALL_COPIED = declare_fault_point("install.copied", "the files of the new generation lie there")
STOPPED = declare_fault_point("operation.stopped", "the row says maintenance, host not told")
FENCED = declare_fault_point("upgrade.fenced", "the old data is held still, no copy yet")
DATA_COPIED = declare_fault_point("upgrade.data-copied", "the data is copied, not migrated")
INSTALL_SET_UP = declare_fault_point("install.set-up", "data migrated and synced, not committed")
PROBED = declare_fault_point("operation.probed", "the new version was tried, not committed")
SET_PREPARED = declare_fault_point("together.prepared", "one of a set is prepared, none committed")
SET_COMMITTING = declare_fault_point("together.committing", "one of a set is written, not durable")
SET_ONE_BACK = declare_fault_point("together.one-back", "one of a set is put back, not all")
COMMITTED = declare_fault_point("operation.committed", "the commit is done, nothing after it")
STARTED = declare_fault_point("operation.started", "the host answered, the check is not over")
CHECKED = declare_fault_point("operation.checked", "the check passed, the end is not recorded")
INSTALL_COMMITTED = declare_fault_point("install.committed", "the row names the new generation")
SWITCH_COMMITTED = declare_fault_point("switch.committed", "the row says on or off, host not told")
REMOVE_COMMITTED = declare_fault_point("remove.committed", "the row is gone, the files are not")
REVERTED = declare_fault_point("operation.reverted", "the rows are back, the files not yet swept")
UNDOING = declare_fault_point("operation.undoing", "it failed, nothing is cleaned up yet")
RECOVERING = declare_fault_point("recovery.begun", "an interrupted operation was found")
RECOVERED = declare_fault_point("recovery.ended", "all operations are ended, nothing is swept")
SWEPT = declare_fault_point("recovery.swept", "unmentioned files are gone")
WISHES_TAKEN = declare_fault_point("wishes.taken", "wishes are taken, not carried out")
SURFACE_INSTALLED = declare_fault_point("surface.installed", "new files in use, not reloaded")
SURFACE_RELOADED = declare_fault_point("surface.reloaded", "new files in use, not recorded")
