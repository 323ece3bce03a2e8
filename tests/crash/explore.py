"""Records an operation of the real engine and looks at everything a power cut may leave of it."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from unittest import mock

from modules_app.domain.operations import Outcome
from modules_app.models import Operation
from modules_app.operator.recovery import recover
from modules_app.packages.fsops import FsOps
from tests.crash.box import Box, State, settle_threads
from tests.crash.checks import (
    View,
    as_text,
    broken_promises,
    fingerprint,
    progress_of,
    view,
    violations,
)
from tests.crash.disk import Commit, CrashStates, Sync, Tree
from tests.crash.recording import Barriers, Trace, record
from tests.crash.scenarios import Scenario
from tests.lifecycle import Life

# Of every so many recovered states, one must also take the operation again.
AGAIN = 4
# So many random states of each moment join those in which one single change is lost or kept.
RANDOM = 6


@dataclass
class Findings:
    """What an exploration saw. ``states`` are all that the model allows, overlaps counted once
    per moment; ``recovered`` is how many of them the real recovery was run on."""

    moments: int = 0
    states: int = 0
    recovered: int = 0
    inside_recovery: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Take what another exploration saw."""
        self.moments += other.moments
        self.states += other.states
        self.recovered += other.recovered
        self.inside_recovery += other.inside_recovery
        self.violations += other.violations


@dataclass(frozen=True, slots=True)
class Moment:
    """The power goes here: what the disk may hold, and which commits it may hold."""

    number: int
    states: CrashStates
    commits: tuple[tuple[bytes, Tree], ...]


@dataclass
class Recorded:
    """One operation as it really ran, with the views before and after it."""

    scenario: Scenario
    trace: Trace
    operation: int
    before: View
    # Where a committed operation may lead: to the new state, or back if it does not load.
    after: list[View]


def record_scenario(
    box: Box, scenario: Scenario, empty: State, barriers: Barriers | None = None
) -> Recorded:
    """Lead to the scenario's start and record its operation."""
    box.load(empty)
    box.loads = True
    for step in scenario.prepare:
        _run(step, box.life())
    start = box.save()
    before = view(box.tools().data_dir)
    after = []
    if not scenario.loads:
        _run(scenario.act, box.life())
        after.append(view(box.tools().data_dir))
    box.load(start)
    box.loads = scenario.loads
    trace = record(box.root, lambda fsops: _act(box, scenario, fsops), barriers)
    settle_threads()
    operation = Operation.objects.order_by("-pk").values_list("pk", flat=True).first()
    after.append(view(box.tools().data_dir))
    return Recorded(scenario, trace, operation or 0, before, after)


def _act(box: Box, scenario: Scenario, fsops: FsOps) -> None:
    with mock.patch("modules_app.services.uploads.FsOps", lambda: fsops):
        _run(scenario.act, box.life(fsops), Outcome.DONE if scenario.loads else Outcome.FAILED)
        settle_threads()


def _run(step: Callable[[Life], object], life: Life, expected: Outcome = Outcome.DONE) -> None:
    done = step(life)
    if isinstance(done, Operation) and done.outcome != expected:
        raise AssertionError(f"{done} ended {done.outcome}: {done.error}")


def moments(trace: Trace) -> Iterator[Moment]:
    """Yield each moment at which nothing more could be lost by waiting: before each barrier."""
    disk = copy.deepcopy(trace.start)
    commits: list[tuple[bytes, Tree]] = [(trace.image, disk.latest())]
    for number, event in enumerate(trace.events):
        if isinstance(event, Sync) or (isinstance(event, Commit) and event.durable):
            yield Moment(number, CrashStates(copy.deepcopy(disk)), tuple(commits))
        if isinstance(event, Commit):
            if event.durable:
                commits.clear()
            commits.append((event.image, disk.latest()))
        else:
            disk.apply(event)
    yield Moment(len(trace.events), CrashStates(disk), tuple(commits))


def explore(
    box: Box,
    recorded: Recorded,
    *,
    sample: int,
    deadline: float,
    seed: int,
    deep: int = 0,
    until_first: bool = False,
) -> Findings:
    """Check every crash state by reasoning and ``sample`` of them by the real recovery.

    The sample holds the states in which one single change was lost or survived, as many as fit,
    and random ones. In ``deep`` of them the power goes a second time, inside the recovery.
    """
    findings = Findings()
    chosen = random.Random(seed)  # noqa: S311 - a sample, no secret
    candidates: list[tuple[Moment, Tree, bytes]] = []
    for moment in moments(recorded.trace):
        findings.moments += 1
        findings.states += moment.states.count * len(moment.commits)
        for image, seen in moment.commits:
            for broken in broken_promises(moment.states, image, seen):
                findings.violations.append(f"{recorded.scenario.name}@{moment.number}: {broken}")
        candidates += _candidates(moment, chosen, RANDOM if sample < 1000 else 20 * RANDOM)
    chosen.shuffle(candidates)
    for moment, tree, image in _distinct(candidates, sample):
        if time.monotonic() > deadline or (until_first and findings.violations):
            break
        every = recorded.scenario.changes
        box.loads = recorded.scenario.loads ^ bool(every and findings.recovered % every == 0)
        label = f"{recorded.scenario.name}@{moment.number}"
        findings.recovered += 1
        box.load(State(tree, image))
        problems = _recover_and_check(box, recorded, image)
        if findings.recovered % AGAIN == 0:
            problems += _again(box, recorded)
        findings.violations += [f"{label}: {problem}" for problem in problems]
        if findings.inside_recovery < deep:
            findings.inside_recovery += 1
            findings.add(_explore_recovery(box, recorded, State(tree, image), chosen))
    return findings


def _candidates(
    moment: Moment, chosen: random.Random, count: int
) -> Iterator[tuple[Moment, Tree, bytes]]:
    trees = [*moment.states.extremes()]
    trees += [moment.states.tree(chosen.randrange(moment.states.count)) for _ in range(count)]
    for tree in trees:
        yield moment, tree, chosen.choice(moment.commits)[0]
    for image, _seen in moment.commits:
        yield moment, trees[0], image


def _distinct(
    candidates: Iterable[tuple[Moment, Tree, bytes]], sample: int
) -> Iterator[tuple[Moment, Tree, bytes]]:
    known = set()
    for moment, tree, image in candidates:
        key = hash((repr(tree), image))
        if key not in known:
            known.add(key)
            yield moment, tree, image
        if len(known) == sample:
            return


def _again(box: Box, recorded: Recorded) -> list[str]:
    """Ask for the operation again, if recovery led back; now it must succeed."""
    if not box.loads or view(box.tools().data_dir) != recorded.before:
        return []
    waiting = Operation.objects.filter(outcome=Outcome.QUEUED).first()
    done = box.life().run(waiting) if waiting else recorded.scenario.act(box.life())
    settle_threads()
    if not isinstance(done, Operation) or done.outcome != Outcome.DONE:
        return [f"a second try does not succeed: {done}"]
    if view(box.tools().data_dir) not in recorded.after:
        return ["a second try leads elsewhere"]
    return violations(box.tools().data_dir)


def _recover_and_check(box: Box, recorded: Recorded, image: bytes) -> list[str]:
    tools = box.tools()
    recover(tools)
    found = violations(tools.data_dir)
    found += _old_or_new(recorded, image, view(tools.data_dir))
    once = fingerprint(tools.data_dir)
    recover(box.tools())
    if fingerprint(tools.data_dir) != once:
        found.append("I9 a second recovery changed something")
    return found


def _old_or_new(recorded: Recorded, image: bytes, found: View) -> list[str]:
    """Compare what there is with what the operation's row says, and the row with what must be."""
    committed, attempts = progress_of(image, recorded.operation)
    row = Operation.objects.filter(pk=recorded.operation).first()
    done = row is not None and row.outcome == Outcome.DONE
    problems = []
    # A second start that ends the operator leads back instead of forward (reference R4.6).
    may_return = attempts or recorded.scenario.changes
    if done != committed and not (committed and may_return):
        problems.append(f"I5 committed: {committed}, but the operation ended {row and row.outcome}")
    returned = recorded.after[1:] if committed else []
    allowed = recorded.after[:1] if done else [recorded.before, *returned]
    if found not in allowed:
        problems.append(
            f"I1 neither old nor new ({row and row.outcome}): {as_text(found)} "
            f"is not {' or '.join(as_text(one) for one in allowed)}"
        )
    return problems


def _explore_recovery(
    box: Box, recorded: Recorded, state: State, chosen: random.Random
) -> Findings:
    """Let the power go a second time while the recovery of a crash state runs."""
    box.load(state)
    trace = record(box.root, lambda fsops: _recover(box, fsops))
    findings = Findings()
    candidates: list[tuple[Moment, Tree, bytes]] = []
    for moment in moments(trace):
        findings.moments += 1
        findings.states += moment.states.count * len(moment.commits)
        candidates += _candidates(moment, chosen, RANDOM)
    chosen.shuffle(candidates)
    for moment, tree, image in _distinct(candidates, 4):
        findings.recovered += 1
        box.load(State(tree, image))
        findings.violations += [
            f"{recorded.scenario.name}, recovery@{moment.number}: {problem}"
            for problem in _recover_and_check(box, recorded, image)
        ]
    return findings


def _recover(box: Box, fsops: FsOps) -> None:
    with mock.patch("modules_app.services.uploads.FsOps", lambda: fsops):
        recover(box.tools(fsops))
        settle_threads()
