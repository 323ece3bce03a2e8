"""Trying module code before the commit, and its page after it (reference R0.5, R4.9).

Both trials run in children without a network, on a copy of the module's data.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias

from django.conf import settings
from django.utils import timezone

from modules_app.bridge.registry import RegistryModule
from modules_app.bridge.system import first_page
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import MenuItem
from modules_app.operator import data
from modules_app.operator.tools import ChildFailed, Tools
from modules_app.operator.work import Work
from modules_app.selectors.settings import all_settings

PREFLIGHT = "modules_app.host.preflight:preflight"
PROBE = "modules_app.host.probe:probe"
SCRATCH = "trial-"
"""How the folders below ``run`` begin that hold the copies."""
LARGEST_COPY = 32 * 1024 * 1024
_BEAT_SECONDS = 3.0
_POLL_SECONDS = 0.1

Findings: TypeAlias = Callable[[], dict[str, Any]]
Answer: TypeAlias = tuple[dict[str, Any], list[str]]

_SENTENCES = {
    "compile": _("“{id}” holds Python that cannot be compiled: {cause}"),
    "import": _("“{id}” fails while its code is loaded: {cause}"),
    "installer": _("The installer of “{id}” cannot be used: {cause}"),
    "conf": _("The hooks of “{id}” cannot be used: {cause}"),
    "database": _("“{id}” cannot open its data: {cause}"),
    "self-test": _("“{id}” says that it is not well: {cause}"),
    "page": _("The page of “{id}” does not work: {cause}"),
}
_HINT = _("Nothing was changed. Tell the module's author; the details show where it happened.")


def run_preflight(
    work: Work, seen: RegistryModule, *, manifest: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Compile, import and instantiate the code of ``seen``; return what was found.

    ``{"at", "generation", "weak": names of `ChildResult.weak`, "seconds"}`` belongs into
    ``Module.checks["preflight"]``. ``manifest`` defaults to that of the installed module. Modules
    without Python are not tried. Raises ``ModuleError`` ("preflight-failed", or "module-code-…"
    when the child hung or died) if the code does not pass, ``Cancelled`` if that was asked for.
    """
    with _trying(work, seen, "preflight", PREFLIGHT, manifest=manifest) as found:
        return found()


def run_probe(
    work: Work,
    seen: RegistryModule,
    *,
    hrefs: list[str] | None = None,
    manifest: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Load ``seen`` in a private host, open its data, ask it whether it is well, draw its page.

    ``hrefs`` are the addresses of its menu items, by default those of the rows if ``seen`` is the
    installed version. Returns and raises what `run_preflight` does (slug "probe-failed"), and
    under "missing" the addresses that lead to no page.
    """
    with probing(work, seen, hrefs=hrefs, manifest=manifest) as found:
        return found()


@contextmanager
def probing(
    work: Work,
    seen: RegistryModule,
    *,
    hrefs: list[str] | None = None,
    manifest: dict[str, Any] | None = None,
) -> Iterator[Findings]:
    """Begin what `run_probe` does; yields a function that waits for it and returns or raises that.

    What is not asked for is stopped at the end of the block.
    """
    if hrefs is None:
        known = work.module is not None and work.module.generation == seen.generation
        hrefs = _hrefs(work) if known else []
    more = {"page": first_page(seen.id, hrefs), "hrefs": hrefs}
    with _trying(work, seen, "probe", PROBE, manifest=manifest, **more) as found:
        yield lambda: {"missing": (), **found()}


def check_page(work: Work) -> None:
    """Ask the running host for the module's menu page; nothing without a running host.

    Raises ``ModuleError`` ("page-failed") when it answers 400 or more, or not in time.
    """
    module = work.installed()
    page = first_page(module.id, _hrefs(work, missing=False))
    seconds = settings.PBX_STAGE_SECONDS["check"]
    answer = work.tools.host.page(
        module.id, page, language=all_settings().get("WebAdminLanguage", "en"), seconds=seconds
    )
    if answer is None or answer.ok:
        return
    if answer.status:
        raise ModuleError(
            "page-failed",
            _("The page {page} of “{id}” answers with the status {status}."),
            context={"id": module.id, "page": page, "status": answer.status},
            hint=_("The host's log says what the module's code raised."),
        )
    raise ModuleError(
        "page-failed",
        _("The page {page} of “{id}” did not answer within {seconds} seconds: {cause}"),
        context={"id": module.id, "page": page, "seconds": seconds, "cause": answer.problem},
        hint=_("The host's log says what the module's code did."),
    )


def sweep_scratch(tools: Tools) -> None:
    """Remove copies that a killed operator left; no operation may be running."""
    with tools.fsops.directory(tools.data_dir.run) as run_fd:
        for path in tools.data_dir.run.glob(f"{SCRATCH}*"):
            tools.fsops.remove_tree(path.name, run_fd)


@contextmanager
def _trying(
    work: Work,
    seen: RegistryModule,
    kind: str,
    target: str,
    *,
    manifest: dict[str, Any] | None,
    **more: Any,
) -> Iterator[Findings]:
    """Run a trial beside the block; the files and rows that it needs are touched here only."""
    begun = time.monotonic()
    at = {"at": timezone.now().isoformat(), "generation": seen.generation}
    if not seen.is_python:
        yield lambda: {**at, "weak": [], "seconds": 0.0}
        return
    stop = Event()
    with (
        _scratch(work, seen, kind) as (copy, read_only),
        ThreadPoolExecutor(1, thread_name_prefix=kind) as pool,
    ):
        payload = _payload(work, copy, kind, manifest, read_only=read_only, **more)
        running = pool.submit(
            work.tools.run_target, target, payload, stage=kind, should_stop=stop.is_set
        )

        def found() -> dict[str, Any]:
            answer, weak = _answer(work, running, stop)
            if not answer.get("ok"):
                raise _failed(kind, seen.id, answer)
            said = {**at, "weak": [str(name) for name in weak]}
            if kind == "probe":
                said["missing"] = tuple(str(href) for href in answer.get("missing", ()))
            return {**said, "seconds": round(time.monotonic() - begun, 3)}

        try:
            yield found
        finally:
            stop.set()


def _answer(work: Work, running: Future[Answer], stop: Event) -> Answer:
    """Wait for a child's answer; stop the child when somebody cancels."""
    patience = _Patience(work)
    while wait((running,), _POLL_SECONDS).not_done:
        if not stop.is_set() and patience():
            stop.set()
    try:
        return running.result()
    except ChildFailed:
        work.journal.stop_if_asked()
        raise


class _Patience:
    """Keeps the operation's beat going while a child runs, and sees that somebody cancels."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._last = time.monotonic()

    def __call__(self) -> bool:
        if time.monotonic() - self._last > _BEAT_SECONDS:
            self._last = time.monotonic()
            self._work.journal.beat()
        return self._work.journal.asked_to_stop()


def _payload(
    work: Work,
    module: RegistryModule,
    task: str,
    manifest: dict[str, Any] | None,
    **more: Any,
) -> dict[str, Any]:
    values = all_settings()
    if manifest is None:
        manifest = work.module.facts.get("manifest", {}) if work.module else {}
    return {
        "task": task,
        "module": module.as_dict(),
        "manifest": manifest,
        "settings": values,
        "language": values.get("WebAdminLanguage", "en"),
        "pbx_version": values.get("PBXVersion", ""),
        "log_dir": str(work.tools.data_dir.log),
        "data_dir": str(work.tools.data_dir.root),
        **more,
    }


@contextmanager
def _scratch(work: Work, seen: RegistryModule, kind: str) -> Iterator[tuple[RegistryModule, bool]]:
    """Yield the module with data that may be spoilt, or as it is when that is too large to copy.

    The second value tells whether the data must only be read.
    """
    source = Path(seen.database)
    if source.is_file() and source.stat().st_size > LARGEST_COPY:
        yield seen, True
        return
    fsops, run = work.tools.fsops, work.tools.data_dir.run
    name = f"{SCRATCH}{work.operation.pk}-{kind}"
    with fsops.directory(run) as run_fd:
        fsops.remove_tree(name, run_fd)
        fsops.make_dir(name, run_fd, mode=0o700)
        try:
            copy = run / name / "module.db"
            if source.is_file():
                data.copy_database(source, copy)
            else:
                with fsops.directory(run, name) as dir_fd:
                    os.close(fsops.create_file("module.db", dir_fd, mode=0o600))
            yield replace(seen, database=str(copy)), False
        finally:
            fsops.remove_tree(name, run_fd)


def _failed(kind: str, module_id: str, answer: dict[str, Any]) -> ModuleError:
    stage = str(answer.get("stage", ""))
    return ModuleError(
        f"{kind}-failed",
        _SENTENCES.get(stage, _SENTENCES["import"]),
        context={
            "id": module_id,
            "stage": stage,
            "cause": str(answer.get("error", ""))[:2000] or "—",
            "details": str(answer.get("traceback", ""))[-8000:],
        },
        hint=_HINT,
    )


def _hrefs(work: Work, **wanted: bool) -> list[str]:
    """Return the addresses of the module's menu, those that are shown first."""
    rows = MenuItem.objects.filter(module__id_fold=work.operation.id_fold, **wanted)
    return list(rows.order_by("-shown", "order", "pk").values_list("href", flat=True))
