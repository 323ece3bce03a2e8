"""The reports of the real programs, which the applier runs, in words."""

from __future__ import annotations

from collections.abc import Mapping

from modules_app.applier import client
from modules_app.applier.report import Report
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.surfaces.base import NotChecked, NotReloaded


def tested(surface: str, texts: Mapping[str, str]) -> Report:
    """Let the real program test files (path -> text). Raises `NotChecked` where it cannot."""
    report = client.check(surface, texts)
    if report.skipped:
        raise NotChecked("surface-not-checked", report.skipped, context=report.context)
    return report


def told(surface: str) -> None:
    """Let the real program read the files in use.

    Raises `NotReloaded` where it cannot, another ``ModuleError`` when it refuses.
    """
    report = client.reload(surface)
    if report.skipped:
        raise NotReloaded("surface-not-reloaded", report.skipped, context=report.context)
    if not report.ok:
        raise ModuleError(
            "surface-reload-failed",
            _("The program did not take the new files: {output}"),
            context={"output": report.output.strip()[-2000:] or "—"},
            hint=_("The files before are in use again."),
        )
