"""Errors that operations end with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.selectors.languages import language_taken


def installer_said_no(module_id: str, answer: dict[str, Any]) -> ModuleError:
    """Return the error for an installer that returned false or raised."""
    said = " ".join(str(text) for text in answer.get("messages", []))
    return ModuleError(
        "installer-failed",
        _("The installer of “{id}” stopped at {step}: {said}"),
        context={
            "id": module_id,
            "step": answer.get("failed_step") or "install_module",
            "said": said[:2000] or "—",
            "details": str(answer.get("error", ""))[-8000:],
        },
        hint=_("Read what the installer says, mend the cause and install again."),
    )


def restore_said_no(module_id: str, answer: dict[str, Any]) -> ModuleError:
    """Return the error for a ``restore()`` that returned false or raised."""
    return ModuleError(
        "restore-failed",
        _("“{id}” could not take the imported data over: {said}"),
        context=_said(module_id, answer),
        hint=_("Its data is what it was before."),
    )


def backup_said_no(module_id: str, answer: dict[str, Any]) -> ModuleError:
    """Return the error for a ``backup()`` that raised."""
    return ModuleError(
        "backup-failed",
        _("The backup() method of “{id}” failed: {said}"),
        context=_said(module_id, answer),
        hint=_("Tell the module's author; the details below show where it happened."),
    )


def _said(module_id: str, answer: dict[str, Any]) -> dict[str, Any]:
    said = " ".join(str(text) for text in answer.get("messages", []))
    details = str(answer.get("error", ""))[-8000:]
    return {"id": module_id, "said": said[:2000] or "—", "details": details}


def vetoed(module_id: str, verb: str, answer: dict[str, Any]) -> Refused:
    """Return the refusal for a before-hook that returned false."""
    said = " ".join(str(text) for text in answer.get("messages", []))
    return Refused(
        "module-vetoed",
        _("“{id}” does not agree to {verb}: {said}"),
        context={"id": module_id, "verb": verb, "said": said[:2000] or "—"},
        hint=_("Do what the module asks for. Disabling can be forced."),
    )


def refuse_second_pack(module: Module) -> None:
    """Raise ``Refused`` if another enabled pack brings the same language (reference M3.4)."""
    language, owner = language_taken(module)
    if owner:
        raise Refused(
            "language-taken",
            _("“{id}” brings the language {language}, which “{owner}” brings already."),
            context={"id": module.id, "language": language, "owner": owner},
            hint=_("Disable the other language pack first."),
        )


def does_not_load(module_id: str, verdict: dict[str, Any]) -> ModuleError:
    """Return the error for a module that the host could not load."""
    return ModuleError(
        "module-does-not-load",
        _("“{id}” could not be loaded: {cause}"),
        context={
            "id": module_id,
            "cause": str(verdict.get("error", ""))[:500] or "—",
            "details": str(verdict.get("traceback", ""))[-8000:],
        },
        hint=_("Tell the module's author; the details below show where it happened."),
    )


def unexpected(error: BaseException, details: str) -> ModuleError:
    """Return the error for a fault of our own, so that an operation never stays open."""
    return ModuleError(
        "unexpected-error",
        _("An unexpected error stopped the operation: {cause}"),
        context={"cause": f"{type(error).__name__}: {error}"[:500], "details": details[-8000:]},
        hint=_("Please report it with the details below; the module was put back."),
    )


def refuse_damaged(module: Module, problems: Sequence[str]) -> None:
    """Raise ``ModuleError`` if the files of a module are not those that were installed."""
    if problems:
        raise ModuleError(
            "files-damaged",
            _("The files of “{id}” {version} are not those that were installed: {problems}."),
            context={
                "id": module.id,
                "version": module.version,
                "problems": "; ".join(problems[:10]),
            },
            hint=_("Repair the module, or install its package again."),
        )
