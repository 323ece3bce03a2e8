"""What is thrown away by age: forgotten uploads and packages that no module uses."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from modules_app.models import Module, StoredPackage, Upload
from modules_app.operator import backups
from modules_app.operator.cleaning import sweep_package
from modules_app.operator.preflight import sweep_scratch
from modules_app.operator.protection import look_after_attack_log
from modules_app.operator.tools import Tools
from modules_app.packages.uploads import reap_uploads
from modules_app.services.uploads import drop_upload

UNDECIDED = timedelta(days=7)
UNUSED = timedelta(days=90)
UNFINISHED_SECONDS = 3600.0
IN_TRASH_SECONDS = 7 * 24 * 3600.0


def keep_house(tools: Tools) -> None:
    """Remove old uploads and unused packages, what was left half done, and ended sessions.

    No operation may be running.
    """
    import_string(f"{settings.SESSION_ENGINE}.SessionStore").clear_expired()
    for upload in Upload.objects.filter(uploaded_at__lt=timezone.now() - UNDECIDED):
        drop_upload(upload)
    _drop_unused_packages(tools)
    _empty_trash(tools)
    look_after_attack_log(tools)
    backups.sweep_drafts(tools.fsops, tools.data_dir)
    sweep_scratch(tools)
    reap_uploads(
        tools.fsops,
        tools.data_dir,
        older_than=time.time() - UNFINISHED_SECONDS,
        keep=set(Upload.objects.values_list("file", flat=True)),
    )


def _drop_unused_packages(tools: Tools) -> None:
    used = set(Module.objects.values_list("package_sha256", flat=True))
    old = StoredPackage.objects.filter(stored_at__lt=timezone.now() - UNUSED)
    for sha256 in old.exclude(sha256__in=used).values_list("sha256", flat=True):
        StoredPackage.objects.filter(sha256=sha256).delete()
        sweep_package(tools, sha256)


def _empty_trash(tools: Tools) -> None:
    """Delete what was put into the trash a week ago; moving a folder there set its time."""
    with tools.fsops.directory(tools.data_dir.trash) as trash_fd:
        for path in tools.data_dir.trash.iterdir():
            if path.stat().st_mtime < time.time() - IN_TRASH_SECONDS:
                tools.fsops.remove_tree(path.name, trash_fd)
