"""Asking for generated configuration, and the administrator's own parts of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from modules_app import audit
from modules_app.applier.places import NAMES, OF_LINKS
from modules_app.exceptions import NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import CustomFile, CustomMode, SurfaceState
from modules_app.permissions import Actor, Right, require
from modules_app.processes.poke import poke
from modules_app.selectors.custom_files import find_custom_file

LONGEST = 256 * 1024
"""Characters of a custom file."""


def ask_refresh(names: Iterable[str] = (), *, again: bool = False) -> None:
    """Ask the operator to look at surfaces after the present transaction; all without ``names``.

    Call it whenever rows changed that a surface reads. ``again`` tests, swaps and reloads even
    what did not change.
    """
    for name in sorted(set(names) or set(NAMES)):
        values = {"asked": True, "again": True} if again else {"asked": True}
        SurfaceState.objects.update_or_create(name=name, defaults=values)
    transaction.on_commit(lambda: poke(settings.PBX_DATA_DIR, "operator"))


def apply_again(*, actor: Actor, names: Iterable[str] = ()) -> None:
    """Ask the operator to test, swap and reload surfaces now, also what did not change."""
    require(actor, Right.INSTALL)
    named = sorted(set(names) or set(NAMES))
    with transaction.atomic():
        ask_refresh(named, again=True)
        audit.record(actor=actor, action="surfaces-apply", target=", ".join(named), outcome="done")


def write_custom_file(*, actor: Actor, path: str, mode: str, text: str) -> CustomFile:
    """Store the administrator's own part of a generated file; it is tested when it is applied.

    Raises ``Refused`` for a wrong mode or text, ``NotFound`` for a file that is not generated.
    """
    require(actor, Right.INSTALL)
    if mode not in CustomMode.values:
        raise Refused("custom-mode", _("“{mode}” is no mode."), context={"mode": mode[:40]})
    if path.split("/")[0] in OF_LINKS:
        raise Refused(
            "custom-of-link",
            _("“{path}” is a link to a file of a module, which takes no text of your own."),
            context={"path": path[:200]},
        )
    _refuse_text(text)
    with transaction.atomic():
        if not _is_generated(path) and not CustomFile.objects.filter(pk=path).exists():
            raise NotFound(
                "generated-file-unknown",
                _("PBX Admin generates no file “{path}”."),
                context={"path": path[:200]},
            )
        row, _made = CustomFile.objects.update_or_create(
            path=path,
            defaults={
                "mode": mode,
                "text": text.replace("\r\n", "\n"),
                "changed_by": actor.name,
            },
        )
        _note(actor, "custom-file-write", path, mode)
    return row


def delete_custom_file(*, actor: Actor, path: str) -> None:
    """Take the administrator's own part of a file away. Raises ``NotFound``."""
    require(actor, Right.INSTALL)
    with transaction.atomic():
        find_custom_file(path).delete()
        _note(actor, "custom-file-delete", path, "")


def _note(actor: Actor, action: str, path: str, mode: str) -> None:
    ask_refresh([path.split("/")[0]])
    detail = {"mode": mode} if mode else {}
    audit.record(actor=actor, action=action, target=path, outcome="done", detail=detail)


def _is_generated(path: str) -> bool:
    state = SurfaceState.objects.filter(name=path.split("/")[0]).first()
    return state is not None and any(file["path"] == path for file in state.files)


def _refuse_text(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused(
            "custom-too-long",
            _("The text has {count} characters; at most {limit} can be kept."),
            context={"count": len(text), "limit": LONGEST},
        )
    if "\0" in text or not _is_text(text):
        raise Refused("custom-no-text", _("The text holds signs that no file can hold."))


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
