"""``module test DIR``: a temporary PBX in which a module lives from its check to its removal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import (
    print_findings,
    print_json,
    readable,
    say,
    sentence,
    show_error,
)
from modules_app.domain.operations import OPEN, Outcome
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module, Operation, SurfaceState
from modules_app.operator import data
from modules_app.operator.loop import Operator
from modules_app.packages.fsops import FsOps
from modules_app.packages.pack import build_package
from modules_app.processes.zygote import ChildLimits
from modules_app.selectors.hook_results import list_hook_results
from modules_app.selectors.registry import data_dir, registry_module
from modules_app.selectors.settings import read_setting
from modules_app.services import lifecycle
from modules_app.services.uploads import check_package, receive_upload

TARGET = "modules_app.host.testing:run_tests"
VERSION = "0.0.1"
"""Stands for %ModuleVersion% in a package that is not released."""
APART = {
    "PBX_ETC_DIR": "",
    "PBX_CRON_DIR": "",
    "PBX_NGINX_DIR": "",
    "PBX_SOUNDS_DIR": "",
    "PBX_AGI_DIR": "",
    "PBX_NGINX_PORT": "0",
    "PBX_FIREWALL_LOAD": "0",
    "PBX_NETNS": "",
    "PBX_FAIL2BAN_RUN_DIR": "",
}
"""Keeps a temporary PBX away from the machine's own crontab, nginx, firewall and fail2ban."""
_SECONDS = 600.0
_REFUSED = 4


def test(args: Any) -> int:
    """Run the whole in a process of its own, whose data folder is temporary."""
    folder = Path(args.folder).resolve()
    home = Path(tempfile.mkdtemp(prefix="pbx-module-test-"))
    environment = {
        **os.environ,
        "PBX_DATA_DIR": str(home / "var"),
        **APART,
        "PBX_LOG_LEVEL": os.environ.get("PBX_LOG_LEVEL", "ERROR"),
        "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web",
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "module", "test", str(folder)]
    command += ["--inside", *(["--json"] if args.json else [])]
    command += ["--strict"] if args.strict else []
    for other in args.others:
        command += ["--with", str(Path(other).resolve())]
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    finally:
        if args.keep:
            say(gettext("Kept: {path}").format(path=home / "var"))
        else:
            shutil.rmtree(home, ignore_errors=True)


def test_inside(args: Any) -> int:
    """Do what `test` promises, in the data folder of this process."""
    folder = Path(args.folder)
    course = _Course(quiet=args.json)
    data_dir().prepare(FsOps())
    call_command("migrate", verbosity=0)
    try:
        others = [Path(other) for other in args.others]
        code = _lead_through(folder, others, course, strict=args.strict)
    except _Failed:
        code = 1
    if args.json:
        print_json({"ok": code == 0, "steps": course.steps})
    elif code == 0:
        sys.stdout.write(gettext("Everything went well.") + "\n")
    return code


class _Failed(Exception):
    """A step failed; the course has its reason."""


@dataclass
class _Course:
    """The steps so far, told as they happen."""

    quiet: bool
    steps: list[dict[str, Any]] = field(default_factory=list)

    def step(self, name: str, action: Callable[[], str]) -> None:
        """Do one step; raises `_Failed` after telling why it failed."""
        begun = time.monotonic()
        error: dict[str, Any] = {}
        said = ""
        try:
            said = action()
        except ModuleError as problem:
            error = problem.as_dict()
        seconds = round(time.monotonic() - begun, 2)
        record = {"name": name, "ok": not error, "seconds": seconds, "said": said, "error": error}
        self.steps.append(readable(record) if error else record)
        if not self.quiet:
            mark = "!!" if error else "ok"
            sys.stdout.write(f"{mark}  {name:10} {seconds:6.2f} s  {said}\n".rstrip() + "\n")
            sys.stdout.flush()
            if error:
                show_error(error)
        if error:
            raise _Failed


def _lead_through(folder: Path, others: list[Path], course: _Course, *, strict: bool) -> int:
    package = build_package(folder, version=VERSION)
    report = check_package([package])
    if not course.quiet:
        print_findings({**report, "notes": []})
    if report["errors"] or (strict and report["warnings"]):
        course.steps.append({"name": "check", "ok": False, "report": readable(report)})
        return _REFUSED
    module_id = str(report["id"])
    with Operator(data_dir()) as operator:
        for other in others:
            _bring(operator, course, other)
        live = _Life(operator, module_id, package)
        course.step("install", live.install)
        course.step("enable", live.enable)
        course.step("answers", live.look_at_answers)
        course.step("tests", lambda: live.run_tests(folder / "tests"))
        course.step("disable", live.disable)
        course.step("remove", live.remove)
    return 0


def _bring(operator: Operator, course: _Course, folder: Path) -> None:
    """Install and enable a module that the one under test needs."""
    package = build_package(folder, version=VERSION)
    needed = _Life(operator, str(check_package([package])["id"]), package)
    course.step("needed", lambda: needed.install() or needed.enable() or needed.module_id)


@dataclass(frozen=True, slots=True)
class _Life:
    """The verbs on one module; each waits for its end and raises what went wrong."""

    operator: Operator
    module_id: str
    package: bytes

    def install(self) -> str:
        upload = receive_upload(actor=actor(), chunks=[self.package], filename="package.zip")
        return self._follow(lifecycle.install_module(actor=actor(), upload_id=upload.pk))

    def enable(self) -> str:
        return self._follow(lifecycle.enable_module(actor=actor(), module_id=self.module_id))

    def disable(self) -> str:
        return self._follow(lifecycle.disable_module(actor=actor(), module_id=self.module_id))

    def remove(self) -> str:
        return self._follow(
            lifecycle.remove_module(actor=actor(), module_id=self.module_id, keep_data=False)
        )

    def look_at_answers(self) -> str:
        """Say what the hooks answered; raises `ModuleError` when an answer cannot be used."""
        results = list(list_hook_results(self.module_id))
        wrong = [f"{one.hook}: {one.error}" for one in results if not one.ok]
        for state in SurfaceState.objects.all():
            own = (one for one in state.complaints if one["owner"] == self.module_id)
            wrong += [f"{one['path']}:{one['line']}: {sentence(one, 'message')}" for one in own]
        if wrong:
            raise ModuleError(
                "module-answers-refused",
                _("Answers of the module that cannot be used: {count}. The first: {first}"),
                context={"count": len(wrong), "first": wrong[0], "details": "\n".join(wrong)},
            )
        return gettext("{count} hooks answered").format(count=len(results))

    def run_tests(self, folder: Path) -> str:
        """Run the module's own tests on a copy of its data; raises `ModuleError` if one fails."""
        if not any(folder.glob("test*.py")):
            return gettext("The folder tests/ holds none.")
        answer = self._in_child(folder)
        if answer["error"] or answer["failed"]:
            raise ModuleError(
                "module-tests-failed",
                _("Of {ran} tests, {failed} failed. {error}"),
                context={**answer, "details": answer["output"]},
            )
        return gettext("{count} tests").format(count=answer["ran"])

    def _in_child(self, folder: Path) -> dict[str, Any]:
        seen = registry_module(Module.objects.get(pk=self.module_id))
        copy = data_dir().run / "tests.db"
        data.copy_database(Path(seen.database), copy)
        payload = {
            "module": {**seen.as_dict(), "database": str(copy)},
            "tests": str(folder),
            "data_dir": str(data_dir().root),
            "pbx_version": read_setting("PBXVersion"),
        }
        limits = ChildLimits(**settings.PBX_CHILD_LIMITS["install"])
        result = self.operator.tools.zygote.run(TARGET, payload, seconds=_SECONDS, limits=limits)
        if result.ok and result.value is not None:
            return result.value
        said = "\n".join(part for part in (result.traceback, result.output) if part)
        return {"ran": 0, "failed": 0, "error": result.problem, "output": said}

    def _follow(self, operation: Operation) -> str:
        def ended() -> bool:
            return not Operation.objects.filter(pk=operation.pk, outcome__in=OPEN).exists()

        self.operator.serve(until=ended)
        operation.refresh_from_db()
        if operation.outcome != Outcome.DONE:
            raise ModuleError(**(operation.error or _unexplained(operation)))
        return ""


def _unexplained(operation: Operation) -> dict[str, Any]:
    return {
        "slug": "operation-not-done",
        "message": _("The operation ended as “{outcome}”."),
        "context": {"outcome": operation.outcome},
    }
