"""Mutants of the order of writes: each must leave a crash state that the explorer calls wrong.

Two kinds. Every place that asks for a barrier is left out in turn; the places are found by
running, so a new one is a new mutant. And a table of engines with neighbouring steps swapped or a
step of recovery missing (reference R3.2, R0.2).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from tests.crash.box import Box, State, open_box

Patch = Callable[[], AbstractContextManager[Any]]

ENGINE = "modules_app.operator"

_REBUILT = "every start brings the placed files into line with the rows"

# Barriers that may be missing without harm, and why.
REDUNDANT = {
    "sync_tree in store.py:_write_new": "only without an operation; those sync once, at the end",
    "sync_dir in store.py:keep_package": "only without an operation; those sync once, at the end",
    "sync_file in fsops.py:_write_new": _REBUILT,
    "sync_dir in placed_files.py:_remove_others": _REBUILT,
    "sync_dir in placed_files.py:write": _REBUILT,
    "sync_dir in placed_files.py:remove": _REBUILT,
    "sync_dir in fsops.py:write_file_atomically": "what places files syncs the folder at its end",
    "sync_dir in datadir.py:prepare": "every start makes the folders again",
}


@dataclass(frozen=True, slots=True)
class DiskMutant:
    """``breaks`` says what is wrong with it, ``scenario`` where that must show."""

    name: str
    breaks: str
    scenario: str
    patch: Patch
    shows: str = ""


@contextlib.contextmanager
def _unsynced(*_arguments: Any) -> Iterator[Callable[[], None]]:
    yield lambda: None


@contextlib.contextmanager
def _synced_too_early(fsops: Any, path: Path) -> Iterator[Callable[[], None]]:
    with fsops.directory(path) as fd:
        fsops.sync_tree(fd)
        yield lambda: None


@contextlib.contextmanager
def _before(target: str, first: Callable[[Any], None]) -> Iterator[None]:
    """Let ``first`` happen before a method of the engine."""
    original = _attribute(target)

    def both(self: Any, *arguments: Any, **options: Any) -> Any:
        first(self)
        return original(self, *arguments, **options)

    with mock.patch(target, both):
        yield


@contextlib.contextmanager
def _after(target: str, then: Callable[[Any], None]) -> Iterator[None]:
    original = _attribute(target)

    def both(self: Any, *arguments: Any, **options: Any) -> Any:
        result = original(self, *arguments, **options)
        then(self)
        return result

    with mock.patch(target, both):
        yield


def _attribute(target: str) -> Any:
    import pkgutil

    return pkgutil.resolve_name(target)


def _replaced(target: str, new: Any) -> Patch:
    return lambda: mock.patch(target, new)


def _nothing(*_arguments: Any, **_options: Any) -> None:
    return None


def _sync_all(work: Any) -> None:
    with work.tools.fsops.directory(work.tools.data_dir.root) as fd:
        work.tools.fsops.sync_tree(fd)


def _drop_folder(kind: str, name: str) -> Callable[[Any], None]:
    def drop(work: Any) -> None:
        if work.module is None:
            return
        root = getattr(work.tools.data_dir, kind)
        with work.tools.fsops.directory(root, work.module.id) as fd:
            work.tools.fsops.remove_tree(getattr(work.module, name), fd)

    return drop


def _drop_upload(work: Any) -> None:
    with work.tools.fsops.directory(work.tools.data_dir.uploads) as fd:
        work.tools.fsops.unlink(work.upload.file, fd)


@contextlib.contextmanager
def _files_synced_but_not_data() -> Iterator[None]:
    with (
        mock.patch(f"{ENGINE}.install.synced", _unsynced),
        _after(f"{ENGINE}.install.Install._copy", _sync_all),
    ):
        yield


@contextlib.contextmanager
def _committed_before_synced() -> Iterator[None]:
    with (
        mock.patch(f"{ENGINE}.install.synced", _unsynced),
        _before(f"{ENGINE}.install.Install.finish", _sync_all),
    ):
        yield


@contextlib.contextmanager
def _without_mention(*fields: str) -> Iterator[None]:
    """Let the sweep overlook what these fields of a module, or kept data, name."""
    from modules_app.models import KeptData, Module

    class Blind:
        def __init__(self, rows: Any) -> None:
            self._rows = rows

        def filter(self, **conditions: Any) -> Any:
            rows = list(self._rows.filter(**conditions))
            for row in rows:
                for name in fields:
                    setattr(row, name, "")
            return rows

    class NoKept:
        @staticmethod
        def filter(**_conditions: Any) -> Any:
            return KeptData.objects.none()

    blind = mock.Mock(objects=Blind(Module.objects))
    kept = KeptData if fields else mock.Mock(objects=NoKept)
    with (
        mock.patch(f"{ENGINE}.cleaning.Module", blind),
        mock.patch(f"{ENGINE}.cleaning.KeptData", kept),
    ):
        yield


@contextlib.contextmanager
def _commit_as_progress() -> Iterator[None]:
    from modules_app.operator.journal import progress

    original = _attribute(f"{ENGINE}.run._up_to_commit")

    def lazily(work: Any) -> None:
        with progress(), mock.patch(f"{ENGINE}.journal.progress", nullcontext):
            original(work)

    with mock.patch(f"{ENGINE}.run._up_to_commit", lazily):
        yield


@contextlib.contextmanager
def _recovery(committed: bool) -> Iterator[None]:
    original = _attribute(f"{ENGINE}.together.resume")

    def resume(operation: Any, tools: Any) -> None:
        operation.committed = committed
        original(operation, tools)

    with mock.patch(f"{ENGINE}.together.resume", resume):
        yield


def _close_only(operation: Any, tools: Any) -> None:
    from modules_app.domain.operations import Outcome
    from modules_app.operator.journal import Journal

    Journal(operation).finish(Outcome.DONE if operation.committed else Outcome.ABORTED)


@contextlib.contextmanager
def _names_again() -> Iterator[None]:
    def name_targets(work: Any) -> None:
        from modules_app.domain.operations import Stage

        work.journal.enter(
            Stage.COPY,
            to_generation="1-00000000",
            to_epoch="1",
            options={**work.operation.options, "file": work.upload.file},
        )

    with mock.patch(f"{ENGINE}.install.Install._name_targets", name_targets):
        yield


class _NoTransactions:
    @staticmethod
    def atomic(**_options: Any) -> AbstractContextManager[None]:
        return nullcontext()


@contextlib.contextmanager
def _end_in_pieces() -> Iterator[None]:
    """Let what leads back close the operation and write its audit row one after the other."""
    original = _attribute(f"{ENGINE}.run.lead_back")

    def lead_back(*arguments: Any) -> None:
        with (
            mock.patch(f"{ENGINE}.run.transaction", _NoTransactions),
            mock.patch(f"{ENGINE}.journal.transaction", _NoTransactions),
        ):
            original(*arguments)

    with mock.patch(f"{ENGINE}.run.lead_back", lead_back):
        yield


ENGINE_MUTANTS: tuple[DiskMutant, ...] = (
    DiskMutant(
        "no-sync",
        "nothing is synced before the commit",
        "install",
        _replaced(f"{ENGINE}.install.synced", _unsynced),
    ),
    DiskMutant(
        "sync-first",
        "the sync comes before what it should cover",
        "install",
        _replaced(f"{ENGINE}.install.synced", _synced_too_early),
    ),
    DiskMutant(
        "sync-without-data",
        "files are synced, then the data is migrated, then the commit",
        "upgrade-while-off",
        _files_synced_but_not_data,
    ),
    DiskMutant(
        "commit-before-sync",
        "commit and sync are swapped",
        "upgrade-while-off",
        _committed_before_synced,
    ),
    DiskMutant(
        "repair-without-sync",
        "the repaired files are not synced",
        "repair",
        _replaced(f"{ENGINE}.repair.synced", _unsynced),
    ),
    DiskMutant(
        "commit-is-progress",
        "the commit itself may be lost after files were deleted",
        "remove-with-data",
        _commit_as_progress,
    ),
    DiskMutant(
        "old-files-deleted-before-commit",
        "the old generation goes before the row names the new one",
        "upgrade-while-off",
        lambda: _before(f"{ENGINE}.install.Install.commit", _drop_folder("store", "generation")),
    ),
    DiskMutant(
        "old-data-deleted-before-commit",
        "the old epoch goes before the row names the new one",
        "upgrade-while-off",
        lambda: _before(f"{ENGINE}.install.Install.commit", _drop_folder("data", "epoch")),
    ),
    DiskMutant(
        "removed-files-before-rows",
        "a removal deletes the files before the row",
        "remove-with-data",
        lambda: _before(f"{ENGINE}.remove.Remove.commit", _drop_folder("store", "generation")),
    ),
    DiskMutant(
        "damaged-files-deleted-before-commit",
        "a repair deletes the damaged files before the row names the new ones",
        "repair",
        lambda: _before(f"{ENGINE}.repair.Repair.commit", _drop_folder("store", "generation")),
    ),
    DiskMutant(
        "upload-deleted-before-commit",
        "the upload goes although its row is still there",
        "install",
        lambda: _before(f"{ENGINE}.install.Install.commit", _drop_upload),
    ),
    DiskMutant(
        "kept-data-swept",
        "the sweep does not know kept data",
        "remove-and-keep",
        lambda: _without_mention(),
    ),
    DiskMutant(
        "previous-files-swept",
        "the sweep does not know the generation before",
        "upgrade-while-off",
        lambda: _without_mention("previous_generation"),
    ),
    DiskMutant(
        "previous-data-swept",
        "the sweep does not know the epoch before",
        "upgrade-while-off",
        lambda: _without_mention("previous_epoch"),
    ),
    DiskMutant(
        "names-come-again",
        "generation and epoch get a name that was used",
        "upgrade-while-off",
        _names_again,
    ),
    DiskMutant(
        "recovery-only-forward",
        "what was not committed is finished",
        "install",
        lambda: _recovery(committed=True),
    ),
    DiskMutant(
        "recovery-only-back",
        "what was committed is undone",
        "upgrade-while-on",
        lambda: _recovery(committed=False),
    ),
    DiskMutant(
        "recovery-only-closes",
        "recovery writes an end and does nothing",
        "upgrade-while-on",
        _replaced(f"{ENGINE}.together.resume", _close_only),
    ),
    DiskMutant(
        "recovery-ends-nothing",
        "interrupted operations stay open",
        "enable",
        _replaced(f"{ENGINE}.together.resume", _nothing),
    ),
    DiskMutant(
        "recovery-sweeps-nothing",
        "what no row mentions stays for ever",
        "upgrade-again",
        _replaced(f"{ENGINE}.recovery.sweep_all", _nothing),
    ),
    DiskMutant(
        "configuration-stays-torn",
        "no start brings generated files into line with the rows",
        "enable-python",
        _replaced(f"{ENGINE}.recovery.refresh", _nothing),
    ),
    DiskMutant(
        "maintenance-for-ever",
        "an undone upgrade does not let the old version serve again",
        "upgrade-while-on",
        _replaced(f"{ENGINE}.upgrade.bring_back", _nothing),
    ),
    DiskMutant(
        "judged-twice",
        "recovery judges again what had passed, and leads back what was swept",
        "upgrade-that-stops-loading",
        _replaced(f"{ENGINE}.work.Work.is_checked", False),
    ),
    DiskMutant(
        "commit-in-pieces",
        "row and committed mark are two commits",
        "install",
        _replaced(f"{ENGINE}.run.transaction", _NoTransactions),
    ),
    DiskMutant(
        "audit-apart",
        "the end and its audit row are two commits",
        "upgrade-that-does-not-load",
        _end_in_pieces,
        shows="I10",
    ),
)


def run_all(only: list[str], *, in_short: bool = False) -> dict[str, Any]:
    """Run every mutant and return, by name, whether it was caught and by what.

    ``in_short`` leaves out barriers only on operations whose modules run code.
    """
    with open_box() as box:
        empty = box.save()
        found = {} if only else _without_mutants(box, empty)
        for mutant in ENGINE_MUTANTS:
            if not only or mutant.name in only:
                found[mutant.name] = _engine_mutant(box, empty, mutant)
        if not only:
            found |= _missing_barriers(box, empty, _FOR_BARRIERS[:1] if in_short else _FOR_BARRIERS)
        return found


def _without_mutants(box: Box, empty: State) -> dict[str, Any]:
    """Make sure that the scenarios are sound by themselves: else anything would be caught."""
    from tests.crash.scenarios import SCENARIOS

    found: dict[str, Any] = {}
    for name in sorted({mutant.scenario for mutant in ENGINE_MUTANTS}):
        seen = _what_is_seen(box, empty, SCENARIOS[name], nullcontext, sample=3)
        if seen:
            found[f"the sound {name}"] = {"breaks": f"nothing, but: {seen}", "caught": ""}
    return found


def _engine_mutant(box: Box, empty: State, mutant: DiskMutant) -> dict[str, Any]:
    from tests.crash.scenarios import SCENARIOS

    started = time.monotonic()
    caught = _what_is_seen(box, empty, SCENARIOS[mutant.scenario], mutant.patch, shows=mutant.shows)
    return {
        "breaks": mutant.breaks,
        "by": mutant.scenario,
        "caught": caught,
        "seconds": round(time.monotonic() - started, 2),
    }


def _what_is_seen(
    box: Box,
    empty: State,
    scenario: Any,
    patch: Patch,
    barriers: Any = None,
    shows: str = "",
    sample: int = 60,
) -> str:
    """Return the first violation with a mutant in place, or nothing if there is none."""
    from tests.crash.explore import explore, record_scenario

    with patch():
        try:
            recorded = record_scenario(box, scenario, empty, barriers)
            findings = explore(
                box, recorded, sample=sample, deadline=float("inf"), seed=1, until_first=not shows
            )
        except Exception as error:  # a mutant may break anything, and that is being caught, too
            return f"{type(error).__name__}: {error}"[:300]
    return next((one[:300] for one in findings.violations if shows in one), "")


# One scenario for each way to write; together they ask for every barrier of the engine.
_FOR_BARRIERS = ("install", "install-python", "upgrade-python", "remove-python-with-data")


def _missing_barriers(box: Box, empty: State, scenarios: Iterable[str]) -> dict[str, Any]:
    """Leave out each barrier that an operation asks for, with and without syncfs."""
    from tests.crash.explore import record_scenario
    from tests.crash.recording import Barriers, Site
    from tests.crash.scenarios import SCENARIOS

    found: dict[str, Any] = {}
    for name in scenarios:
        for syncfs in (True, False):
            asked: set[Site] = set()
            record_scenario(box, SCENARIOS[name], empty, Barriers(asked, syncfs=syncfs))
            for site in sorted(asked):
                if found.get(str(site), {}).get("caught") or str(site) in REDUNDANT:
                    continue
                without = Barriers(removed=frozenset([site]), syncfs=syncfs)
                found[str(site)] = {
                    "breaks": f"no {site}",
                    "by": f"{name}{'' if syncfs else ' (no syncfs)'}",
                    "caught": _what_is_seen(box, empty, SCENARIOS[name], nullcontext, without),
                }
    return found
