"""One worker of a module, in a process of its own that the supervisor started (reference M13)."""

from __future__ import annotations

import fcntl
import os
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from django.utils import translation

from modules_app.ami import AmiAccount
from modules_app.bridge.registry import RegistryModule
from modules_app.bridge.safe_mode import SAFE_MODE_FILE
from modules_app.bridge.workers import (
    lock_name,
    log_name,
    module_lock_name,
    take_lock,
    worker_key,
)
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.domain.workers import NOT_WANTED
from modules_app.host.databases import prepare_scratch, wait_for_locks
from modules_app.host.guard import protect
from modules_app.host.line import SupervisedLine
from modules_app.host.loader import LoadedModule, describe, facts_of, load_code
from modules_app.host.outside import Files
from modules_app.host.remote import RemoteSystem, log_line
from modules_app.models import Module
from modules_app.packages.fsops import FsOps
from modules_app.processes.task import set_limits
from modules_app.sdk.ami import use_account
from modules_app.sdk.context import running
from modules_app.sdk.outside import provide
from modules_app.sdk.pbx import use_system
from modules_app.sdk.workers import Worker

LOCK_SECONDS = 20.0
_DATABASE_SECONDS = 10.0


def run(payload: dict[str, Any]) -> None:
    """Be the worker ``payload`` describes until it is asked to end; leaves with an exit status.

    0 for an end in peace, 1 for an exception, `NOT_WANTED` when the rows say that the module must
    not run (any more), or its predecessor does not go away.
    """
    data_dir = Path(payload["data_dir"])
    module = RegistryModule.from_dict(payload["module"])
    name, instance = payload["worker"], int(payload["instance"])
    key = worker_key(module.id, name, instance)
    _log_into(data_dir / "log", module.id, log_name(name, instance))
    if not _alone(data_dir / "run", module.id, key) or not _is_wanted(module, data_dir):
        sys.exit(NOT_WANTED)
    _limit(payload["limits"])
    line = SupervisedLine(data_dir / "run", key)
    try:
        _work(module, name, instance, line, payload)
    # Foreign code: whatever ends it, SystemExit too, is told to the supervisor and the log.
    except BaseException as error:
        if not (isinstance(error, SystemExit) and error.code in (None, 0)):
            _crash(line, error)


def _work(
    module: RegistryModule,
    name: str,
    instance: int,
    line: SupervisedLine,
    payload: Mapping[str, Any],
) -> None:
    data_dir = Path(payload["data_dir"])
    protect(data_dir / "store")
    provide(Files(data_dir))
    use_account(AmiAccount(**payload["ami"]) if payload.get("ami") else None)
    wait_for_locks(_DATABASE_SECONDS)
    prepare_scratch()
    with translation.override(payload.get("language") or "en"):
        own = LoadedModule(module, load_code(module))
        use_system(RemoteSystem(data_dir, module.id, log_line, own))
        facts = facts_of(module)
        with running(facts):
            worker = find_worker(module, name)(facts, instance, line)
            line.listen_to_signals()
            line.ready()
            worker.run()


def find_worker(module: RegistryModule, name: str) -> type[Worker]:
    """Return a class of the module by its name in ``workers.py``, or by its path.

    Raises `ImportError`, `AttributeError` or `TypeError` when there is no such worker.
    """
    path, _dot, cls = name.rpartition(".")
    file = import_module(f"{module.import_name}.{path or 'workers'}")
    kind = getattr(file, cls)
    if not (isinstance(kind, type) and issubclass(kind, Worker)):
        raise TypeError(f"{name} is no class that extends LoopWorker, QueueWorker or Worker")
    return kind


def _alone(run_dir: Path, module_id: str, key: str) -> bool:
    """Wait until a predecessor is gone; from now on others see that a worker of ours lives.

    The descriptors stay open on purpose: the locks end with this process.
    """
    own = take_lock(run_dir, lock_name(key), fcntl.LOCK_EX, seconds=LOCK_SECONDS)
    if own is None:
        print(f"another process is {key} and does not end", file=sys.stderr)
        return False
    shared = take_lock(run_dir, module_lock_name(module_id), fcntl.LOCK_SH, seconds=LOCK_SECONDS)
    return shared is not None


def _is_wanted(module: RegistryModule, data_dir: Path) -> bool:
    """Look at the rows after taking the lock: whoever moves data writes the row first (R4.4 U5)."""
    if (data_dir / SAFE_MODE_FILE).exists():
        return False
    rows = Module.objects.filter(
        pk=module.id,
        generation=module.generation,
        epoch=module.epoch,
        wanted=Wanted.ON,
        fault=Fault.NONE,
    )
    return rows.exclude(phase=Phase.MAINTENANCE).exists()


def _log_into(parent: Path, module_id: str, name: str) -> None:
    """Let everything that is printed and logged go to the end of the worker's own file."""
    fsops = FsOps()
    with fsops.directory(parent) as parent_fd:
        fsops.ensure_dir(module_id, parent_fd, mode=0o750)
    with fsops.directory(parent, module_id) as dir_fd:
        fd = fsops.open_log(name, dir_fd)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nothing, 0), (fd, 1), (fd, 2)):
        os.dup2(old, new)
    os.close(nothing)
    os.close(fd)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _limit(limits: Mapping[str, int]) -> None:
    set_limits(
        cpu_seconds=0,
        memory_bytes=limits["hard_memory_bytes"],
        file_bytes=limits["file_bytes"],
        open_files=limits["open_files"],
        processes=0,
        network=True,
        isolated=False,
    )


def _crash(line: SupervisedLine, error: BaseException) -> NoReturn:
    traceback.print_exception(error)
    line.crashed(describe(error).error)
    sys.exit(1)
