"""What runs inside a case: asking for an operation, being the operator, both as in real life."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from modules_app.domain.operations import OPEN
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError
from modules_app.models import Operation
from modules_app.operator import loop
from modules_app.operator.loop import Operator
from modules_app.operator.tools import CHILDREN
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.permissions import Actor
from modules_app.processes.zygote import Zygote
from modules_app.services import batches, lifecycle, uploads, verification
from tests.torture import tracing
from tests.torture.packages import BYSTANDER, package

ACTOR = Actor.system(channel="cli", name="torture")


class _Inherited(Zygote):
    """The parent of children that was started before the case; it cannot be waited for here."""

    def close(self) -> None:
        """Leave it to the process that started it."""

    def _ensure_started(self) -> Any:
        if self._control is None:
            return super()._ensure_started()
        return self._control


_zygote: list[_Inherited] = []


def warm_up(folder: Path) -> None:
    """Start what all cases share, and run everything once in ``folder`` so that it is loaded."""
    _zygote.append(
        _Inherited(
            settings_module="pbxadmin.settings.host",
            label="torture",
            preload=CHILDREN,
        )
    )
    _zygote[0].start()
    loop.Zygote = lambda **_options: _zygote[0]  # type: ignore[misc,assignment]
    move_to(folder)
    build({})
    path = folder / "package.zip"
    path.write_bytes(package(BYSTANDER, "1.0.0"))
    ask_and_operate(
        {"service": "install_module", "arguments": {"enable": True}, "package": str(path)}
    )
    connections.close_all()
    gc.collect()
    gc.freeze()


def cool_down() -> None:
    """End what all cases shared."""
    Zygote.close(_zygote[0])


def move_to(site: Path) -> None:
    """Make ``site`` the installation of this process."""
    settings.PBX_DATA_DIR = site
    settings.PBX_ETC_DIR = str(site / "etc")
    settings.SESSION_FILE_PATH = str(site / "run" / "sessions")
    settings.FILE_UPLOAD_TEMP_DIR = str(site / "uploads")
    name = str(site / "core.sqlite3")
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def build(_payload: dict[str, Any]) -> None:
    """Make a new installation."""
    (settings.PBX_DATA_DIR / "run" / "sessions").mkdir(parents=True, exist_ok=True)
    DataDir(settings.PBX_DATA_DIR).prepare(FsOps())
    call_command("migrate", verbosity=0)


def upload(payload: dict[str, Any]) -> str:
    """Upload a package file and return the upload's id."""
    chunks = uploads.file_chunks(payload["package"])
    return str(uploads.receive_upload(actor=ACTOR, chunks=chunks, filename="package.zip").pk)


def ask(payload: dict[str, Any]) -> dict[str, Any]:
    """Call a service by its name; return the operation's id or the refusal's slug.

    Of several that are asked for at once it is the id of the first.
    """
    arguments = dict(payload["arguments"])
    if package := payload.get("package"):
        arguments["upload_id"] = upload({"package": package})
    if several := payload.get("packages"):
        arguments["upload_ids"] = [upload({"package": one}) for one in several]
    try:
        if payload["service"] == "start_batch":
            verb = Verb(arguments.pop("verb"))
            batch = batches.start_batch(actor=ACTOR, verb=verb, **arguments)
            return {"operation": batch.operations.earliest("position").pk, "refused": ""}
        operation = getattr(lifecycle, payload["service"])(actor=ACTOR, **arguments)
    except ModuleError as error:
        return {"operation": None, "refused": error.slug}
    return {"operation": operation.pk, "refused": ""}


def verify(_payload: dict[str, Any]) -> list[str]:
    """Compare all modules with their records, as the operator and a person do."""
    found = verification.verify_modules(actor=ACTOR)
    return [one.module_id for one in found if not one.sound]


def operate(_payload: dict[str, Any]) -> None:
    """Be the operator, recovery included, until no operation is open."""
    if patience := os.environ.get("PBX_TORTURE_PATIENCE"):
        connections["default"].settings_dict["OPTIONS"]["timeout"] = float(patience)
    if uid := os.environ.get("PBX_TORTURE_UID"):
        os.setgroups([])
        os.setresgid(int(uid), int(uid), int(uid))
        os.setresuid(int(uid), int(uid), int(uid))
    if os.environ.get(tracing.WAIT):
        tracing.wait_for_tracer()
    with Operator(DataDir(settings.PBX_DATA_DIR)) as operator:
        signal.signal(signal.SIGTERM, lambda *_: operator.stop())
        operator.serve(until=_nothing_open)


def ask_and_operate(payload: dict[str, Any]) -> dict[str, Any]:
    """Do both in one process, as a command does where no operator runs."""
    answer = ask(payload)
    operate({})
    return answer


def _nothing_open() -> bool:
    return not Operation.objects.filter(outcome__in=OPEN).exists()
