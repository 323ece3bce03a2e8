"""Break an operation off, recover twice, ask what must hold, then let it succeed (R3.2)."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.torture.counts import Counts
from tests.torture.invariants import (
    Expectation,
    InvariantBroken,
    check_invariants,
    difference,
    has_happened,
)
from tests.torture.operations import OPERATIONS
from tests.torture.packages import PACKAGES, VICTIM, package
from tests.torture.sites import Site, state_of
from tests.torture.warm import Ended, Warm, environment, kill_later

ASK, OPERATE = "tests.torture.inside:ask", "tests.torture.inside:operate"
GROWTH = 3 * 1024 * 1024


class Harness:
    """Installations to break, made once for each operation. Use `harness()`."""

    def __init__(self, folder: Path, warm: Warm) -> None:
        self.folder = folder
        self.warm = warm
        self._bases: dict[str, tuple[Site, Expectation, float]] = {}
        for name, (module_id, version) in PACKAGES.items():
            self.package_file(name).write_bytes(package(module_id, version))

    def package_file(self, name: str) -> Path:
        return self.folder / f"{name}.zip"

    def prepared(self, name: str) -> tuple[Site, Expectation, float]:
        """Return the state before operation ``name``, what may follow, and how long it takes."""
        if name not in self._bases:
            self._bases[name] = self._prepare(name)
        return self._bases[name]

    def took(self, name: str, seconds: float) -> None:
        """Remember that operation ``name`` ran to its end in so few seconds."""
        base, expectation, known = self.prepared(name)
        self._bases[name] = (base, expectation, min(known, seconds))

    def fresh(self, name: str) -> Site:
        """Return a copy of the state before operation ``name``."""
        return self.prepared(name)[0].copy(self.folder / "case")

    def ask(self, site: Site, name: str, **variables: str) -> Ended:
        """Ask for operation ``name``, as web does it."""
        operation = OPERATIONS[name]
        payload: dict[str, Any] = {
            "service": operation.service,
            "arguments": dict(operation.arguments),
        }
        if operation.package:
            payload["package"] = str(self.package_file(operation.package))
        if operation.packages:
            payload["packages"] = [str(self.package_file(one)) for one in operation.packages]
        return self.warm.run(site.root, ASK, payload, **variables)

    def operate(
        self, site: Site, meddle: Callable[[int], None] | None = None, **variables: str
    ) -> Ended:
        """Be the operator until nothing is open; ``meddle`` may kill it."""
        return self.warm.run(site.root, OPERATE, meddle=meddle, **variables)

    def do(self, site: Site, name: str) -> None:
        """Ask for operation ``name`` and see it through."""
        asked = self.ask(site, name)
        ended = self.operate(site)
        if _outcome(site, asked) != OPERATIONS[name].outcome:
            errors = [row["error"] for row in site.rows("operation")][-1:]
            told = f"{asked.answer or asked.output} {errors} {ended.output[-600:]}"
            raise InvariantBroken(f"{name} does not end as it should: {told}")

    def expectation(self, name: str, asked: Ended) -> Expectation:
        """Return what may be after this very operation."""
        _site, known, _seconds = self.prepared(name)
        operation = (asked.answer or {}).get("operation")
        return Expectation(
            known.module_id, known.old, known.new, operation, known.top, known.size_limit
        )

    def recover_and_check(
        self, site: Site, name: str, expectation: Expectation, *, again: bool = True
    ) -> None:
        """Recover, check, recover again, check again; then the operation must succeed."""
        self._recover(site)
        check_invariants(site, expectation)
        first = (state_of(site), site.names())
        self._recover(site)
        check_invariants(site, expectation)
        second = (state_of(site), site.names())
        if first != second:
            told = difference(first[0], second[0]) or set(first[1]) ^ set(second[1])
            raise InvariantBroken(f"I9 the second recovery changed something: {told}")
        if again:
            self._must_succeed(site, name, expectation)

    def _recover(self, site: Site) -> None:
        ended = self.operate(site)
        if ended.status != 0:
            raise InvariantBroken(f"recovery ends with {ended.status}: {ended.output[-1500:]}")

    def _must_succeed(self, site: Site, name: str, expectation: Expectation) -> None:
        """Whatever happened, the same request leads to the new state, and removal works (I7)."""
        rows = site.rows("operation", "id = ?", expectation.operation or -1)
        if not has_happened(rows[0] if rows else None):
            self.do(site, name)
            (row,) = site.rows("operation", "id = (SELECT max(id) FROM modules_app_operation)")
            again = Expectation(
                expectation.module_id,
                expectation.old,
                expectation.new,
                row["id"],
                expectation.top,
                expectation.size_limit,
            )
            check_invariants(site, again)

    def _prepare(self, name: str) -> tuple[Site, Expectation, float]:
        base = Site(self.folder / f"base-{len(self._bases)}")
        self._populated().copy(base.root)
        for step in OPERATIONS[name].before:
            self._step(base, step)
        old = state_of(base)
        trial = base.copy(self.folder / "trial")
        asked = self.ask(trial, name)
        seconds = self.operate(trial).seconds
        new = state_of(trial)
        expectation = Expectation(VICTIM, old, new, None, _top(base) | _top(trial))
        expectation.size_limit = max(base.size(), trial.size()) + GROWTH
        expectation.operation = (asked.answer or {}).get("operation")
        outcome = _outcome(trial, asked)
        assert outcome == OPERATIONS[name].outcome, f"{asked} {trial.rows('operation')[-1:]}"
        check_invariants(trial, expectation)
        return base, expectation, seconds

    def _populated(self) -> Site:
        """Return an installation with a neighbour that works and one whose data is kept."""
        site = Site(self.folder / "populated")
        if not site.root.exists():
            site.root.mkdir()
            self._must(self.warm.run(site.root, "tests.torture.inside:build"))
            for step in ("bystander+", "gone", "remove:ModuleGone"):
                self._step(site, step)
            site.write_rows("ModuleBystander", ["1", "2", "3"])
        return site

    def _step(self, site: Site, step: str) -> None:
        word, _, rest = step.partition(":")
        if word == "rows":
            site.write_rows(VICTIM, [str(number) for number in range(int(rest))])
            return
        if word == "damage":
            damage(site)
            self._must(self.warm.run(site.root, "tests.torture.inside:verify"))
            return
        if word == "remove":
            payload = {"service": "remove_module", "arguments": {"module_id": rest or VICTIM}}
        else:
            payload = {
                "service": "install_module",
                "arguments": {"enable": word.endswith("+")},
                "package": str(self.package_file(word.rstrip("+"))),
            }
        self._must(self.warm.run(site.root, ASK, payload))
        self._must(self.operate(site))
        bad = [row for row in site.rows("operation") if row["outcome"] != "done"]
        assert not bad, bad

    def _must(self, ended: Ended) -> None:
        assert ended.status == 0, ended.output


def _outcome(site: Site, asked: Ended) -> str:
    """Return how the operation ended that was asked for, "" if nobody could ask."""
    operation = (asked.answer or {}).get("operation")
    rows = site.rows("operation", "id = ?", operation or -1)
    return str(rows[0]["outcome"]) if rows else ""


def damage(site: Site) -> Path:
    """Alter a file of the victim behind the back of everybody and return its path."""
    (row,) = site.rows("module", "id = ?", VICTIM)
    path = site.root / "store" / VICTIM / row["generation"] / "code" / "main.py"
    path.write_text("VERSION = 'altered'\n")
    return path


def _top(site: Site) -> set[str]:
    names = {path.name for path in site.root.iterdir()}
    return names | {"core.sqlite3", "secret.key"}


@contextmanager
def harness() -> Iterator[Harness]:
    """Yield a harness in a folder of its own, which is deleted afterwards."""
    where = os.environ.get("PBX_TORTURE_DIR") or ("/dev/shm" if Path("/dev/shm").is_dir() else None)
    folder = Path(tempfile.mkdtemp(prefix="pbx-torture-", dir=where))
    try:
        with Warm(folder) as warm:
            yield Harness(folder, warm)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replay_one(spec: str, attempt: Callable[[Harness, str, Counts], object]) -> Counts:
    """Run one case that needs nothing before it."""
    counts = Counts()
    with harness() as home:
        attempt(home, spec, counts)
    return counts


__all__ = ["Harness", "environment", "harness", "kill_later", "replay_one"]
