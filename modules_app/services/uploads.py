"""Receiving packages: nothing of them runs, and one that is refused leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.gates import closed_gates, licence_unverified, product_of
from modules_app.domain.ids import fold_id
from modules_app.domain.offers import is_sold, remarks_on
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import ArchiveFiles
from modules_app.inspection.report import inspect_package
from modules_app.manifests.reader import read_manifest
from modules_app.models import Module, Upload
from modules_app.packages.archive import open_archive
from modules_app.packages.fsops import FsOps
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.uploads import Received, discard, open_upload, receive
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.packages import get_upload
from modules_app.selectors.registry import data_dir
from modules_app.selectors.settings import read_setting

_MANIFEST_BYTES = 64 * 1024


class PackageInvalid(Refused):
    """The package can be read but its report holds errors; ``report`` is what a person reads."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__(
            "package-invalid",
            _("Errors in the package: {count}. It cannot be installed."),
            context={"count": len(report["errors"])},
            hint=_("Read the report below, mend the package and upload it again."),
        )
        self.report = report


def receive_upload(*, actor: Actor, chunks: Iterable[bytes], filename: str) -> Upload:
    """Store an upload with its report and return it.

    Raises ``NotAllowed``, ``ArchiveRefused`` (rules A01-A30) or ``PackageInvalid``; then no row
    and no file is left, only an audit event with the slug.
    """
    try:
        require(actor, Right.INSTALL)
        return _receive(actor, chunks, filename)
    except ModuleError as error:
        _record_refusal(actor, filename, error)
        raise


def check_package(chunks: Iterable[bytes]) -> dict[str, Any]:
    """Return the report of a package, errors included, and keep nothing of it.

    Raises ``ArchiveRefused`` when the archive itself cannot be read.
    """
    fsops = FsOps()
    received = receive(fsops, data_dir(), chunks, archive_limits().packed_bytes)
    try:
        return _report(received)
    finally:
        discard(fsops, data_dir(), received.name)


def discard_upload(*, actor: Actor, upload_id: UUID | str) -> None:
    """Forget an upload. Raises ``NotAllowed`` or ``NotFound``."""
    require(actor, Right.INSTALL)
    upload = get_upload(upload_id).upload
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).delete()
        audit.record(
            actor=actor,
            action="package-discard",
            target=upload.module_id,
            outcome="done",
            package_sha256=upload.sha256,
            detail={"file": upload.filename},
        )
    discard(FsOps(), data_dir(), upload.file)


def drop_upload(upload: Upload) -> None:
    """Remove the row and the file of an upload."""
    Upload.objects.filter(pk=upload.pk).delete()
    discard(FsOps(), data_dir(), upload.file)


def archive_limits() -> ArchiveLimits:
    """Return the limits on packages that the settings give."""
    return ArchiveLimits(**settings.PBX_ARCHIVE_LIMITS)


def file_chunks(path: str, size: int = 1024 * 1024) -> Iterator[bytes]:
    """Yield the content of a file for the command line. Raises ``Refused`` if it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path is the person's, as typed
            while chunk := file.read(size):
                yield chunk
    except OSError as error:
        raise Refused(
            "package-unreadable",
            _("The file “{path}” cannot be read: {cause}."),
            context={"path": path, "cause": error.strerror or str(error)},
            hint=_("Give the path of a .zip or .tar.gz package."),
        ) from error


def _receive(actor: Actor, chunks: Iterable[bytes], filename: str) -> Upload:
    fsops = FsOps()
    received = receive(fsops, data_dir(), chunks, archive_limits().packed_bytes)
    try:
        report = _report(received)
        if report["errors"]:
            raise PackageInvalid(report)
        return _store(actor, received, report, filename)
    except BaseException:
        discard(fsops, data_dir(), received.name)
        raise


def _report(received: Received) -> dict[str, Any]:
    fd = open_upload(data_dir(), received.name)
    try:
        archive = open_archive(fd, archive_limits())
        archive.verify()
        reading = read_manifest(
            archive.manifest_name, archive.read(archive.manifest_name, _MANIFEST_BYTES)
        )
        report = inspect_package(ArchiveFiles(archive), reading).as_dict()
        report["manifest"] = asdict(reading.manifest) if reading.manifest else {}
    finally:
        os.close(fd)
    _compare_with_installed(report)
    _announce_gates(report)
    return report


def _compare_with_installed(report: dict[str, Any]) -> None:
    """Refuse an id that differs from an installed one only in case or hyphen (M12)."""
    module_id = str(report.get("id") or "")
    twin = Module.objects.filter(id_fold=fold_id(module_id)).values_list("id", flat=True).first()
    if twin and twin != module_id:
        finding = Finding(
            Severity.ERROR,
            "id-differs-in-case",
            _("“{offered}” and the installed “{installed}” differ only in letter case or hyphen."),
            {"offered": module_id, "installed": twin, "rule": "M12"},
            hint=_("Remove the installed module first, or rename this one."),
        )
        report["errors"].append(finding.as_dict())


def _announce_gates(report: dict[str, Any]) -> None:
    """Say before the installation what would refuse it here today."""
    key = read_setting("PBXLicense")
    closed = closed_gates(report, pbx_version=read_setting("PBXVersion"), licence_key=key)
    report["warnings"] += [{**finding.as_dict(), "severity": "warning"} for finding in closed]
    for finding in remarks_on(report, read_setting("FrameworkVersion")):
        report[f"{finding.severity}s"].append(finding.as_dict())
    product = product_of(report)
    if (product > 0 or is_sold(report)) and key:
        report["notes"].append(licence_unverified(product).as_dict())


def _store(actor: Actor, received: Received, report: dict[str, Any], filename: str) -> Upload:
    with transaction.atomic():
        upload = Upload.objects.create(
            file=received.name,
            filename=_display_name(filename),
            sha256=received.sha256,
            size_bytes=received.size,
            module_id=report["id"],
            report=report,
            actor=actor.name,
            uploaded_at=timezone.now(),
        )
        audit.record(
            actor=actor,
            action="package-upload",
            target=report["id"],
            outcome="done",
            package_sha256=received.sha256,
            detail={"file": upload.filename, "version": report["version"]},
        )
    return upload


def _record_refusal(actor: Actor, filename: str, error: ModuleError) -> None:
    audit.record_refusal(
        actor=actor,
        action="package-upload",
        target=_display_name(filename),
        error=error,
        detail={"rule": str(error.context.get("rule", ""))},
    )


def _display_name(filename: str) -> str:
    """Return a stranger's file name as display text only (W07)."""
    shown = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in filename
    )
    return shown.replace("\\", "/").rpartition("/")[2][:200] or "package"
