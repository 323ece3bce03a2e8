"""Install and upgrade: one order of writes for both (reference R4.4)."""

from __future__ import annotations

import os
from typing import Any

from django.utils import timezone

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.asterisk_files import scripts_of
from modules_app.domain.findings import Finding
from modules_app.domain.gates import closed_gates
from modules_app.domain.ids import fold_id
from modules_app.domain.leftovers import lost_by_models
from modules_app.domain.manifest import Contract
from modules_app.domain.menu_items import declared_menu
from modules_app.domain.operations import Stage
from modules_app.domain.states import Fault, Phase, Wanted, is_loaded
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import KeptData, Module, StoredPackage, Upload
from modules_app.operator import contributions, data, placed_files
from modules_app.operator.callbacks import INSTALL_CHECK, ask_other_modules
from modules_app.operator.cleaning import sweep, sweep_package
from modules_app.operator.faults import INSTALL_COMMITTED, INSTALL_COPIED, INSTALL_SET_UP
from modules_app.operator.preflight import run_preflight
from modules_app.operator.problems import installer_said_no
from modules_app.operator.snapshot import describe_version
from modules_app.operator.table_setup import set_up_tables
from modules_app.operator.web_answers import mark_missing
from modules_app.operator.work import Work
from modules_app.packages.archive import open_archive
from modules_app.packages.faults import fault_point
from modules_app.packages.flush import synced
from modules_app.packages.store import (
    Record,
    generation_name,
    keep_package,
    make_executable,
    write_generation,
)
from modules_app.selectors.packages import get_upload
from modules_app.selectors.registry import registry_module
from modules_app.selectors.settings import read_setting
from modules_app.services.item_rights import write_item_rights
from modules_app.services.registry import raise_sequence
from modules_app.services.uploads import archive_limits

EXECUTABLE = ("agi-bin/", "bin/")
WORTH_AN_EARLY_START = 2 * 1024 * 1024


class Install(Work):
    """Bring a new module, or a new version of one, into the store and commit it."""

    record: Record
    upload: Upload
    preflight: dict[str, Any]
    kept: KeptData | None = None
    missing: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Verify, copy, take over the data, run the installer on the new files and data."""
        self.journal.enter(Stage.VERIFY)
        self.upload = get_upload(self.operation.options["upload"]).upload
        self.report: dict[str, Any] = self.upload.report
        self._check()
        ask_other_modules(self, INSTALL_CHECK, self._about())
        self._name_targets()
        with synced(self.tools.fsops, self.tools.data_dir.root) as start_the_disk:
            self._copy()
            if self.record.size >= WORTH_AN_EARLY_START:
                start_the_disk()
            fault_point(INSTALL_COPIED)
            self.journal.enter(Stage.TRY)
            manifest = self.report.get("manifest", {})
            self.preflight = run_preflight(self, self._seen(), manifest=manifest)
            self._take_over_data()
            self.journal.enter(Stage.SET_UP)
            self.answer = self._set_up()
            self._make_executable()
            self._probe()
        fault_point(INSTALL_SET_UP)

    def commit(self) -> None:
        """Write the module's row and all that hangs on it; this is the commit point."""
        previous = describe_version(self.module) if self.module else {}
        module = self.module or Module(
            id=self.upload.module_id,
            id_fold=fold_id(self.upload.module_id),
            wanted=Wanted.OFF,
            phase=Phase.READY,
            fault=Fault.NONE,
            installed_at=timezone.now(),
        )
        contributions.describe(module, self.report, self.answer, self.record)
        module.previous = {**previous, "by": self.operation.verb} if previous else {}
        module.previous_generation = previous.get("generation", "")
        module.previous_epoch = previous.get("epoch", "")
        module.checks = {"preflight": self.preflight}
        module.generation = self.operation.to_generation
        module.epoch = self.operation.to_epoch
        module.package_sha256 = self.operation.package_sha256
        module.highest_version = module.version
        if module.fault in (Fault.DAMAGED, Fault.INCOMPATIBLE):
            module.fault = Fault.NONE
        if is_loaded(wanted=module.wanted, fault=module.fault):
            module.phase = Phase.PROBATION
            raise_sequence()
        module.save()
        contributions.write_menu(module, self._menu_wishes(), self.kept)
        write_item_rights(module)
        mark_missing(module, self.missing)
        self._write_rest(module)
        self.module = module

    def finish(self) -> None:
        """Nothing runs yet: a new module is registered disabled (seed 001 registerNewModule)."""
        fault_point(INSTALL_COMMITTED)
        self._discard_upload()
        module = self.installed()
        if foreign := self.operation.result.get("foreign_settings"):
            self.journal.say(
                _("Settings that do not belong to the module were not written: {keys}."),
                keys=", ".join(foreign),
            )
        placed_files.write(self.tools, module.id, module.facts.get("placed_files", {}))
        sweep(self.tools, module.id)

    def undo(self) -> None:
        """Remove the unreferenced generation and epoch."""
        self.journal.remember(to_generation="", to_epoch="")
        sweep(self.tools, self.operation.module_id)
        sweep_package(self.tools, self.operation.package_sha256)
        if not Upload.objects.filter(pk=self.operation.options["upload"]).exists():
            self._discard_upload()  # the commit that was led back has dropped its row

    def _check(self) -> None:
        if self.module and self.module.id != self.upload.module_id:
            raise Refused(
                "id-differs-in-case",
                _(
                    "“{offered}” and the installed “{installed}” differ only in letter case "
                    "or hyphen."
                ),
                context={"offered": self.upload.module_id, "installed": self.module.id},
            )
        for warning in self.refuse_unfit():
            self.journal.say(warning.message, **warning.context)
        if self.report["language"] == "python" and self.report["contract"] == Contract.MIKOPBX:
            return  # its installer asks by itself (seed 001 checkCompatibility, activateLicense)
        closed = closed_gates(
            self.report,
            pbx_version=read_setting("PBXVersion"),
            licence_key=read_setting("PBXLicense"),
        )
        if closed:
            raise _refusal(closed[0])

    def _about(self) -> dict[str, Any]:
        return {
            "id": self.upload.module_id,
            "name": (self.report.get("titles") or {}).get("en", ""),
            "version": self.report["version"],
            "installed_version": self.module.version if self.module else "",
            "verb": str(self.operation.verb),
        }

    def _name_targets(self) -> None:
        """Choose names that were never used before and write them down first (reference A3)."""
        self.journal.enter(
            Stage.COPY,
            to_generation=generation_name(self.operation.pk, self.upload.sha256),
            to_epoch=str(self.operation.pk),
            options={**self.operation.options, "file": self.upload.file},
        )

    def _copy(self) -> None:
        tools = self.tools
        with tools.fsops.directory(tools.data_dir.uploads) as uploads_fd:
            fd = tools.fsops.open_file(self.upload.file, uploads_fd)
        try:
            keep_package(tools.fsops, tools.data_dir, fd, self.upload.sha256, durable=False)
            archive = open_archive(fd, archive_limits())
            self.record = write_generation(
                tools.fsops,
                tools.data_dir,
                self.upload.module_id,
                self.operation.to_generation,
                archive,
                package_sha256=self.upload.sha256,
                durable=False,
            )
        finally:
            os.close(fd)

    def _take_over_data(self) -> None:
        """Start the new epoch: empty, or from the data that an earlier removal kept."""
        self.kept = KeptData.objects.filter(id_fold=self.operation.id_fold).first()
        self._new_database()
        if self.kept:
            source = data.database_path(self.tools.data_dir, self.kept.module_id, self.kept.epoch)
            data.copy_database(source, self.database)
            self.journal.say(
                _("The data kept from version {old} was taken over."), old=self.kept.version
            )

    def _new_database(self) -> None:
        self.database = data.create_epoch(
            self.tools.fsops,
            self.tools.data_dir,
            self.operation.module_id,
            self.operation.to_epoch,
        )

    def _set_up(self) -> dict[str, Any]:
        tables = set_up_tables(self)
        if self.report["language"] != "python":
            answer: dict[str, Any] = {"ok": True, "tables": tables.changes}
        else:
            answer = self._run_installer()
        lost = data.existing(self.database, lost_by_models(answer.get("tables")))
        answer["left_over"] = {**lost, **tables.left_over}
        data.settle(self.database)
        return answer

    def _probe(self) -> None:
        """A new module is registered disabled; it is tried when it is enabled."""

    def _run_installer(self) -> dict[str, Any]:
        answer = self.ask_child(
            "install",
            self._seen(),
            stage="install",
            manifest=self.report.get("manifest", {}),
            upgrade_from=self.module.version if self.module else "",
        )
        self.journal.say_plain(answer.get("messages", []), self.operation.module_id)
        if not answer.get("ok"):
            raise installer_said_no(self.operation.module_id, answer)
        return answer

    def _make_executable(self) -> None:
        """Let the files run that the installer named; without one, those in agi-bin and bin.

        What Asterisk starts can always run, whatever steps the installer has replaced.
        """
        wished = self.answer.get("executables")
        if wished is None:
            wished = [path for path in self.record.files if path.startswith(EXECUTABLE)]
        named = dict.fromkeys([*scripts_of(self.record.files), *wished])
        known = [path for path in named if path in self.record.files]
        self.answer["executables"] = known
        make_executable(
            self.tools.fsops,
            self.tools.data_dir,
            self.upload.module_id,
            self.operation.to_generation,
            known,
        )
        for kind in self.answer.get("deleted_system_rows") or []:
            self.journal.say(_("There are no core records “{kind}” of this module."), kind=kind)

    def _seen(self) -> RegistryModule:
        stand_in = Module(
            id=self.upload.module_id,
            generation=self.operation.to_generation,
            epoch=self.operation.to_epoch,
            contract=self.report["contract"],
            language=self.report["language"],
            version=self.report["version"],
            titles=self.report.get("titles") or {},
            facts=self.report,
        )
        return registry_module(stand_in)

    def _menu_wishes(self) -> list[dict[str, Any]]:
        declared = self.answer.get("sidebar") or declared_menu(self.report)
        return [*declared, *self.answer.get("menu_items", [])]

    def _write_rest(self, module: Module) -> None:
        foreign = contributions.write_own_settings(
            module, self.answer.get("settings") or {}, self.kept
        )
        StoredPackage.objects.update_or_create(
            sha256=self.operation.package_sha256,
            defaults={
                "module_id": module.id,
                "version": module.version,
                "filename": self.upload.filename,
                "size_bytes": self.upload.size_bytes,
                "stored_at": timezone.now(),
            },
        )
        KeptData.objects.filter(id_fold=module.id_fold).delete()
        Upload.objects.filter(pk=self.upload.pk).delete()
        self.operation.result = {
            "version": module.version,
            "generation": module.generation,
            "foreign_settings": foreign,
        }
        self.operation.save(update_fields=["result"])

    def _discard_upload(self) -> None:
        upload_file = self.operation.options.get("file", "")
        if upload_file:
            with self.tools.fsops.directory(self.tools.data_dir.uploads) as uploads_fd:
                self.tools.fsops.unlink(upload_file, uploads_fd)


def _refusal(finding: Finding) -> Refused:
    return Refused(finding.slug, finding.message, context=finding.context, hint=finding.hint)
