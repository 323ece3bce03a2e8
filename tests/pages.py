"""Records for tests of pages: modules in every state, operations, uploads, people with rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from modules_app.domain.ids import fold_id
from modules_app.domain.operations import STAGES, Outcome
from modules_app.domain.states import Verb
from modules_app.models import (
    HookResult,
    KeptData,
    MenuItem,
    Module,
    Operation,
    OperationStep,
    Upload,
)
from modules_app.permissions import Right

FORM = "application/x-www-form-urlencoded"
PASSWORD = "correct horse battery staple"


class Browser(Client):
    """A test client that sends forms the way browsers do: URL-encoded unless a file goes along."""

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Send a form."""
        values = data or {}
        if any(hasattr(value, "read") for value in values.values()):
            return super().post(path, values, *args, **kwargs)
        body = urlencode(values, doseq=True)
        return super().post(path, body, FORM, *args, **kwargs)


def person(*rights: Right, name: str = "anna") -> User:
    """Return a user with exactly these rights."""
    user: User = get_user_model().objects.create_user(name, password=PASSWORD)
    names = [right.permission.partition(".")[2] for right in rights]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def administrator(name: str = "root") -> User:
    """Return a superuser."""
    user: User = get_user_model().objects.create_superuser(name, password=PASSWORD)
    return user


def report(module_id: str = "ModuleBlackList", **changes: Any) -> dict[str, Any]:
    """Return a validation report as the store keeps it."""
    return {
        "id": module_id,
        "name": "Black list",
        "version": "1.2.0",
        "contract": "mikopbx",
        "publisher": "MIKO",
        "license": "GPL-3.0",
        "language": "python",
        "titles": {"en": "Black list", "ru": "Чёрный список"},
        "descriptions": {"en": "Blocks <b>unwanted</b> numbers"},
        "tables": [{"name": "m_BlackListNumbers", "columns": [{"name": "id"}, {"name": "number"}]}],
        "models": [{"name": "Log", "table": "m_BlackListLog"}],
        "menu": [{"key": "main", "caption": "BreadcrumbModuleBlackList"}],
        "hooks": ["onBeforeHeaderMenuShow"],
        "languages": ["en", "ru"],
        "files": 23,
        "size": 48211,
        "works": [finding("note", "Pages work.")],
        "does_not": [finding("note", "Asterisk hooks are not called.")],
        "errors": [],
        "warnings": [finding("warning", "The field “{field}” is unknown.", field="release")],
        "notes": [finding("note", "Columns are known after install.")],
        "translations": {"en": {"BreadcrumbModuleBlackList": "Black list"}},
        **changes,
    }


def finding(severity: str, message: str, **context: Any) -> dict[str, Any]:
    """Return one finding in its stored form."""
    return {
        "severity": severity,
        "slug": "test-finding",
        "message": message,
        "context": context,
        "location": "module.json:3",
        "hint": "",
    }


def module(module_id: str = "ModuleBlackList", **fields: Any) -> Module:
    """Return an installed module, disabled unless ``wanted`` says otherwise."""
    now = timezone.now()
    values: dict[str, Any] = {
        "id_fold": fold_id(module_id),
        "contract": "mikopbx",
        "language": "python",
        "version": "1.2.0",
        "publisher": "MIKO",
        "titles": {"en": f"Title of {module_id}"},
        "descriptions": {"en": "What it is for"},
        "facts": report(module_id),
        "generation": "g1",
        "epoch": "e1",
        "digest": "a" * 64,
        "package_sha256": "b" * 64,
        "wanted": "off",
        "phase": "ready",
        "fault": "none",
        "installed_at": now,
        "changed_at": now,
    }
    return Module.objects.create(id=module_id, **{**values, **fields})


def menu_item(owner: Module, **fields: Any) -> MenuItem:
    """Return a sidebar entry of ``owner``."""
    values = {"key": "main", "group": "security", "caption": "Black list", "icon": "ban"}
    return MenuItem.objects.create(module=owner, **{**values, **fields})


def operation(
    module_id: str = "ModuleBlackList",
    verb: Verb = Verb.ENABLE,
    outcome: Outcome = Outcome.DONE,
    *,
    quiet_for: int = 0,
    **fields: Any,
) -> Operation:
    """Return an operation with its stages, all in the operation's own outcome."""
    now = timezone.now()
    made = Operation.objects.create(
        module_id=module_id,
        id_fold=fold_id(module_id),
        verb=verb,
        outcome=outcome,
        actor="anna",
        channel="web",
        queued_at=now,
        beat_at=now - timedelta(seconds=quiet_for),
        **fields,
    )
    OperationStep.objects.bulk_create(
        OperationStep(operation=made, position=position, stage=stage, outcome=outcome)
        for position, stage in enumerate(STAGES[verb], start=1)
    )
    return made


def upload(module_id: str = "ModuleBlackList", **changes: Any) -> Upload:
    """Return a package that waits for a decision; ``changes`` go into its report."""
    return Upload.objects.create(
        file="test.part",
        filename=f"{module_id}.zip",
        sha256="c" * 64,
        size_bytes=61234,
        module_id=module_id,
        report=report(module_id, **changes),
        actor="anna",
        uploaded_at=timezone.now(),
    )


def kept_data(module_id: str) -> KeptData:
    """Return the data that a removed module left."""
    return KeptData.objects.create(
        id_fold=fold_id(module_id),
        module_id=module_id,
        epoch="e1",
        version="1.0",
        size_bytes=120_000,
        kept_at=timezone.now(),
    )


def age_proof(client: Client, seconds: float = 3600) -> None:
    """Make it ``seconds`` ago that the password was typed in the client's session."""
    session = client.session
    boot, running, clock = session["proof"]
    session["proof"] = [boot, running - seconds, clock - seconds]
    session.save()


def hook_result(owner: Module, **fields: Any) -> HookResult:
    """Return the last run of a hook of ``owner``."""
    now = timezone.now()
    values: dict[str, Any] = {"hook": "on_after_module_enable", "at": now, "seconds": 0.5}
    if fields.get("ok") is False:
        values |= {"failed_at": now, "error": "ValueError: no", "traceback": "Traceback …"}
    return HookResult.objects.create(
        module_id=owner.id, id_fold=owner.id_fold, **{**values, **fields}
    )
