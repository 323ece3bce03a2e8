"""Export as an operation: a module's data becomes a file that a person can download."""

from __future__ import annotations

from modules_app.domain.operations import Stage
from modules_app.operator.exporting import write_out
from modules_app.operator.work import Work
from modules_app.packages.uploads import discard, new_name


class Export(Work):
    """Write the file among the uploads, where it is deleted after an hour like what nobody wants.

    The module goes on serving, and nothing of it changes.
    """

    name = ""

    def prepare(self) -> None:
        """Copy the data and let the module add its own."""
        module = self.installed()
        self.journal.enter(Stage.BACK_UP)
        self.name = new_name()
        target = self.tools.data_dir.uploads / self.name
        about = write_out(self.tools, module, target, self.should_stop)
        self.operation.result = {"file": self.name, "version": about.version}

    def commit(self) -> None:
        """Say where the file is."""
        self.operation.save(update_fields=["result"])

    def undo(self) -> None:
        """Delete the file; one of an operator that died goes with old uploads."""
        if self.name:
            discard(self.tools.fsops, self.tools.data_dir, self.name)
