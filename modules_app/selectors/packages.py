"""Uploads that wait and data that was kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.domain.versions import Relation, relation
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import KeptData, Module, Upload


@dataclass(frozen=True, slots=True)
class UploadPage:
    """What the report page shows: the upload, its report, and what is installed already."""

    upload: Upload
    installed_version: str
    relation: Relation | None
    kept: KeptData | None

    @property
    def report(self) -> dict[str, Any]:
        """Return the stored validation report."""
        return self.upload.report

    @property
    def installable(self) -> bool:
        """Tell whether nothing in the report forbids the installation."""
        return not self.upload.report.get("errors")


def get_upload(upload_id: UUID | str) -> UploadPage:
    """Return a waiting upload. Raises ``NotFound``."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise NotFound(
            "upload-not-found",
            _("This upload is gone: it was installed, discarded or cleaned up."),
            hint=_("Upload the package again."),
        )
    module = Module.objects.filter(id_fold=fold_id(upload.module_id)).first()
    return UploadPage(
        upload=upload,
        installed_version=module.version if module else "",
        relation=_relation(module, upload) if module else None,
        kept=KeptData.objects.filter(id_fold=fold_id(upload.module_id)).first(),
    )


def list_uploads() -> QuerySet[Upload]:
    """Return the packages that wait for Install or Discard, newest first."""
    return Upload.objects.order_by("-uploaded_at")


def list_kept() -> QuerySet[KeptData]:
    """Return the data of removed modules."""
    return KeptData.objects.order_by("module_id")


def get_kept(module_id: str) -> KeptData:
    """Return the data that a removed module left behind. Raises ``NotFound``."""
    kept = KeptData.objects.filter(id_fold=fold_id(module_id)).first()
    if kept is None:
        raise NotFound(
            "kept-data-not-found",
            _("No data of a removed module “{id}” is kept here."),
            context={"id": module_id},
        )
    return kept


def _relation(module: Module, upload: Upload) -> Relation:
    return relation(
        module.version, str(upload.report.get("version", "")), Contract(module.contract)
    )
