"""Import: data of an export becomes the module's data, on a copy that is tried (reference R4.4)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from modules_app.domain.operations import Stage
from modules_app.domain.tables import tables_of_report
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.operator import data
from modules_app.operator.contributions import write_own_settings
from modules_app.operator.faults import DATA_COPIED
from modules_app.operator.problems import restore_said_no
from modules_app.operator.purge import Purge
from modules_app.packages.exports import DATABASE, read_about, unpack_export
from modules_app.packages.faults import fault_point
from modules_app.packages.uploads import discard, open_upload
from modules_app.selectors.registry import registry_module

_UNPACKED = "import"


class Import(Purge):
    """Stop the module, build new data from the export, let the module restore, switch over.

    The files stay the same. The data of before becomes what a rollback returns to.
    """

    answer: dict[str, Any]

    def fill(self, source: Path, target: Path) -> None:
        """Unpack the export beside the new database and bring its tables up to this version."""
        module = self.installed()
        folder = self._unpack(target.parent)
        data.copy_database(folder / DATABASE, target)
        fault_point(DATA_COPIED)
        self.journal.enter(Stage.SET_UP)
        tables = tables_of_report(module.facts)
        if tables:
            data.apply_declared(target, tables)
        self.answer = self._restore(module, folder)
        with self.tools.fsops.directory(target.parent) as epoch_fd:
            self.tools.fsops.remove_tree(_UNPACKED, epoch_fd)

    def describe(self, module: Module) -> None:
        """Write the settings that ``restore()`` set, as far as they are the module's own."""
        foreign = write_own_settings(module, self.answer.get("settings") or {}, None)
        if foreign:
            self.journal.say(
                _("Settings that do not belong to the module were not written: {keys}."),
                keys=", ".join(foreign),
            )

    def finish(self) -> None:
        """Start it on the imported data and delete the export."""
        super().finish()
        self._discard()

    def undo(self) -> None:
        """Delete the copy and the export, and let the module serve again."""
        super().undo()
        self._discard()

    def revert(self, error: ModuleError) -> None:
        """Return to the data of before; the imported data did not start."""
        super().revert(error)
        self._discard()

    def _unpack(self, epoch: Path) -> Path:
        fsops = self.tools.fsops
        with fsops.directory(epoch) as epoch_fd:
            fsops.make_dir(_UNPACKED, epoch_fd, mode=0o700)
        fd = open_upload(self.tools.data_dir, self.operation.options["file"])
        try:
            archive, about = read_about(fd)
            with fsops.directory(epoch, _UNPACKED) as dir_fd:
                unpack_export(fsops, archive, about, dir_fd)
        finally:
            os.close(fd)
        return epoch / _UNPACKED

    def _restore(self, module: Module, folder: Path) -> dict[str, Any]:
        if module.language != "python":
            return {}
        seen = registry_module(module, epoch=self.operation.to_epoch)
        answer = self.ask_child("restore", seen, stage="install", folder=str(folder))
        self.journal.say_plain(answer.get("messages", []), self.operation.module_id)
        if not answer.get("ok"):
            raise restore_said_no(module.id, answer)
        return answer

    def _discard(self) -> None:
        discard(self.tools.fsops, self.tools.data_dir, self.operation.options["file"])
