"""The named moments of a swap at which a test may kill the applier."""

from __future__ import annotations

from modules_app.packages.faults import declare_fault_point

STAGED = declare_fault_point("applier.staged", "the new files lie there, the old ones are in use")
SWAPPED = declare_fault_point("applier.swapped", "the new files are in use, links are not checked")
INSTALLED = declare_fault_point("applier.installed", "the new files are in use, not reloaded")
