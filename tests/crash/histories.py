"""Random histories of two modules, judged by a small model after each step (reference R4.12)."""

from __future__ import annotations

import contextlib
import gc
import io
import sqlite3
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.crash.box import Box, State, open_box, settle_threads
from tests.crash.model import Expected
from tests.crash.worker import in_a_process
from tests.torture.counts import Counts

IDS = ("ModuleTest", "ModuleOther")
VERBS = ("install", "enable", "disable", "remove", "erase", "rollback", "repair")
STEPS = 20
# So many histories share a seed.
BATCH = 50


class PowerGone(BaseException):
    """The process ends here; nothing of the engine catches it."""


class Histories(RuleBasedStateMachine):
    """The services as people use them, with crashes, altered files and a second administrator."""

    box: Box
    empty: State
    counted: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.box.load(self.empty)
        self.box.loads = True
        self.expected = {module_id: Expected() for module_id in IDS}
        self.rows = 0
        type(self).counted["histories"] += 1

    @rule(
        module_id=st.sampled_from(IDS),
        pick=st.integers(0, 99),
        number=st.integers(1, 3),
        column=st.booleans(),
        downgrade=st.booleans(),
        loads=st.sampled_from((True, True, True, False)),
        crash=st.integers(0, 15),
        again=st.booleans(),
    )
    def act(
        self,
        module_id: str,
        pick: int,
        number: int,
        column: bool,
        downgrade: bool,
        loads: bool,
        crash: int,
        again: bool,
    ) -> None:
        """Ask for a verb and carry it out; perhaps the power goes at one of the fault points."""
        before = self.expected[module_id]
        self.box.loads = loads
        allowed = [one for one in VERBS if before.may(one, number=number, downgrade=downgrade)]
        # Mostly what may be done, sometimes anything.
        verb = allowed[pick % len(allowed)] if pick < 85 and allowed else VERBS[pick % len(VERBS)]
        note(f"# {verb} {module_id} {number}")
        operation = self._ask(module_id, verb, number, column, downgrade)
        assert (operation is not None) == before.may(verb, number=number, downgrade=downgrade)
        if operation is None:
            return
        ended = self._carry_out(operation, crash, again)
        if not ended["crashed"]:
            assert (ended["outcome"] == "done") == before.succeeds(verb, loads=loads), ended
        if ended["outcome"] == "done":
            self.expected[module_id] = before.after(verb, number=number)
        elif verb == "enable" and before.now is not None and before.now.altered:
            assert ended["crashed"] or ended["error"]["slug"] == "files-damaged"

    @rule(module_id=st.sampled_from(IDS))
    def write(self, module_id: str) -> None:
        """Let a user write a row into the module's data."""
        if self.expected[module_id].now is None:
            return
        self.rows += 1
        row = str(self.rows)
        with closing(sqlite3.connect(self._life().database(module_id))) as data, data:
            data.execute("INSERT INTO m_Numbers(number) VALUES (?)", [row])
        self.expected[module_id] = self.expected[module_id].with_row(row)

    @rule(module_id=st.sampled_from(IDS))
    def alter(self, module_id: str) -> None:
        """Change a file of the module behind its back."""
        from modules_app.models import Module

        if self.expected[module_id].now is None:
            return
        module = Module.objects.get(pk=module_id)
        folder = self.box.root / "store" / module_id / module.generation / "code"
        (folder / "bin" / "run.sh").write_text("#!/bin/sh\nexit 1\n")
        self.expected[module_id] = self.expected[module_id].with_altered_files()

    @rule()
    def verify(self) -> None:
        """Let the system read all files; it marks what was altered."""
        import dataclasses

        from modules_app.services.verification import verify_modules
        from tests.lifecycle import ACTOR

        verify_modules(actor=ACTOR)
        for module_id, one in self.expected.items():
            if one.now is not None:
                noticed = one.now.altered
                self.expected[module_id] = dataclasses.replace(one, noticed=noticed)

    @rule(
        module_id=st.sampled_from(IDS),
        first=st.sampled_from(VERBS),
        second=st.sampled_from(VERBS),
        number=st.integers(1, 3),
    )
    def two_at_once(self, module_id: str, first: str, second: str, number: int) -> None:
        """Two administrators ask on the same module; the second is refused, the first cancels."""
        from modules_app.exceptions import Busy, ModuleError
        from modules_app.services.lifecycle import cancel_operation
        from tests.lifecycle import ACTOR

        before = self.expected[module_id]
        operation = self._ask(module_id, first, number, False, True)
        if operation is None:
            return
        try:
            self._service(module_id, second, number, False, True)
            raise AssertionError(f"{second} was queued beside {operation}")
        except Busy:
            pass
        except ModuleError:
            assert not before.may(second, number=number, downgrade=True)
        cancel_operation(actor=ACTOR, operation_id=operation.pk)
        operation.refresh_from_db()
        if operation.outcome == "queued":
            operation = self._life().run(operation)
        assert operation.outcome == "cancelled", operation.error

    @rule()
    def start_again(self) -> None:
        """Start the operator again; there is nothing to do."""
        from modules_app.operator.recovery import recover

        assert recover(self.box.tools()) == 0

    @invariant()
    def everything_is_as_expected(self) -> None:
        """Compare rows, files and data with the model."""
        from tests.crash.checks import violations

        data_dir = self.box.tools().data_dir
        altered = [
            module_id
            for module_id, one in self.expected.items()
            if one.now is not None and one.now.altered
        ]
        assert violations(data_dir, altered) == []
        assert self._seen() == self.expected
        type(self).counted["steps"] += 1

    def _seen(self) -> dict[str, Expected]:
        """Return what the system shows, in the words of the model."""
        return {module_id: self._seen_of(module_id) for module_id in IDS}

    def _seen_of(self, module_id: str) -> Expected:
        from modules_app.domain.states import Fault, Wanted
        from modules_app.models import KeptData, Module
        from tests.crash.model import Version

        kept = KeptData.objects.filter(module_id=module_id).first()
        kept_rows = self._rows(module_id, kept.epoch) if kept else None
        row = Module.objects.filter(pk=module_id).first()
        if row is None:
            return Expected(kept=kept_rows)
        expected = self.expected[module_id]
        now = Version(
            int(row.version[0]),
            self._rows(module_id, row.epoch),
            bool(expected.now and expected.now.altered),
        )
        before = None
        if row.previous_generation:
            before = Version(
                int(row.previous["version"][0]),
                self._rows(module_id, row.previous_epoch),
                bool(expected.before and expected.before.altered),
            )
        noticed = row.fault == Fault.DAMAGED
        assert noticed or row.fault == Fault.NONE
        return Expected(now, before, row.wanted == Wanted.ON, noticed, kept_rows)

    def _rows(self, module_id: str, epoch: str) -> tuple[str, ...]:
        path = self.box.root / "data" / module_id / epoch / "module.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as data:
            return tuple(sorted(row[0] for row in data.execute("SELECT number FROM m_Numbers")))

    def _life(self) -> Any:
        return self.box.life()

    def _ask(self, module_id: str, verb: str, number: int, column: bool, downgrade: bool) -> Any:
        from modules_app.exceptions import ModuleError

        with suppress(ModuleError):
            return self._service(module_id, verb, number, column, downgrade)
        return None

    def _service(
        self, module_id: str, verb: str, number: int, column: bool, downgrade: bool
    ) -> Any:
        from modules_app.services import lifecycle
        from tests.lifecycle import ACTOR

        one: dict[str, Any] = {"actor": ACTOR, "module_id": module_id}
        if verb == "install":
            upload = self._life().upload(package(module_id, number, column))
            return lifecycle.install_module(
                actor=ACTOR, upload_id=upload.pk, allow_downgrade=downgrade
            )
        if verb in ("remove", "erase"):
            return lifecycle.remove_module(**one, keep_data=verb == "remove")
        return getattr(lifecycle, f"{verb}_module")(**one)

    def _carry_out(self, operation: Any, crash: int, again: bool) -> dict[str, Any]:
        """Run an operation, with the power gone at the ``crash``-th fault point it passes."""
        from modules_app.operator.recovery import recover

        with _power_until(crash) as gone, suppress(PowerGone):
            self._life().run(operation)
        if gone:
            gc.collect()  # a dead process holds no database open
            self.counted["crashes"] += 1
            operation.refresh_from_db()
            committed = operation.committed
            if again:
                with _power_until(crash % 3 + 1), suppress(PowerGone):
                    recover(self.box.tools())
                gc.collect()
            recover(self.box.tools())
        settle_threads()
        operation.refresh_from_db()
        if gone and committed and self.box.loads and not again:
            assert operation.outcome == "done", operation.error
        return {
            "crashed": bool(gone),
            "outcome": operation.outcome,
            "error": operation.error,
        }


@contextmanager
def _power_until(point: int) -> Iterator[list[str]]:
    """Let the power go at the n-th fault point that is passed in the block; 0 for never."""
    from modules_app.packages import faults

    passed: list[str] = []
    gone: list[str] = []

    def reached(name: str) -> bool:
        passed.append(name)
        if len(passed) == point:
            gone.append(name)
        return len(passed) == point

    class Names(dict[str, str]):
        def __contains__(self, name: object) -> bool:
            if reached(str(name)):
                raise PowerGone(str(name))
            return super().__contains__(name)

    with mock.patch.object(faults, "_declared", Names(faults._declared)):
        yield gone


def package(module_id: str, number: int, column: bool) -> bytes:
    """Return a declarative package of one module; some versions bring a column."""
    from tests.builders import PHP_MODEL, mikopbx

    extra = '/**\n * @Column(type="string", nullable=true)\n */\npublic $note;\n'
    files = {
        "Models/Numbers.php": PHP_MODEL % (extra if column else ""),
        "bin/run.sh": f"#!/bin/sh\necho {number}\n",
    }
    return mikopbx(module_id, f"{number}.0.0", files)


def play(box: Box, *, histories: int, seed: int | None, shortest: bool = False) -> dict[str, int]:
    """Play as many histories; without a seed always the same ones. Raises what went wrong.

    ``shortest`` looks for the shortest history that goes wrong, which takes minutes.
    """
    Histories.box = box
    Histories.empty = box.save()
    Histories.counted = {"histories": 0, "steps": 0, "crashes": 0}
    chosen = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        derandomize=seed is None,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if shortest else (Phase.generate,),
        report_multiple_bugs=False,
    )
    machine: Any = Histories
    if seed is not None:
        import hypothesis

        machine = hypothesis.seed(seed)(Histories)
    run_state_machine_as_test(machine, settings=chosen)
    return Histories.counted


def run_for(seconds: float, seed: int, histories: int = 0) -> dict[str, Any]:
    """Play histories in this process, 50 at a time until the time is over, or a fixed number."""
    total: dict[str, Any] = {"histories": 0, "steps": 0, "crashes": 0, "failure": ""}
    with open_box() as box:
        empty = box.save()
        end = time.monotonic() + seconds
        while not total["failure"] and (time.monotonic() < end or not total["histories"]):
            box.load(empty)
            chosen = {"histories": histories or BATCH, "seed": None if histories else seed}
            total["failure"] = _failure(box, shortest=seconds == 0 and not histories, **chosen)
            for name, count in Histories.counted.items():
                total[name] += count
            seed += 1
            if histories:
                break
    return total


def _failure(box: Box, *, seed: int | None, **options: Any) -> str:
    """Play and return what went wrong with the history that led to it, or nothing."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            play(box, seed=seed, **options)
    except Exception as error:  # whatever it is, the report names the history
        trace = "".join(traceback.format_tb(error.__traceback__)[-4:])
        notes = "\n".join(getattr(error, "__notes__", []))
        return f"seed {seed}: {error!r}\n{trace}\n{notes}\n{said.getvalue()}"
    return ""


def run(budget_seconds: float, seed: int) -> Counts:
    """Play random histories for as long."""
    return _counts(in_a_process("histories", seed=seed, seconds=budget_seconds)["histories"], seed)


def replay(spec: str) -> Counts:
    """Play the fifty histories of one seed again."""
    return _counts(in_a_process("histories", seed=int(spec), seconds=0)["histories"], int(spec))


def _counts(found: dict[str, Any], seed: int) -> Counts:
    counts = Counts(histories=found["histories"])
    counts.kills["random history / power gone at a fault point"] = found["crashes"]
    if found["failure"]:
        failed = found["failure"].partition(":")[0].removeprefix("seed ")
        counts.fail(f"histories:{failed or seed}", found["failure"])
    return counts
