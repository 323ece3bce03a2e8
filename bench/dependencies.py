"""Plans over many modules, beside the plain topological sort of the same graph by graphlib."""

from __future__ import annotations

import random
from graphlib import TopologicalSorter

from bench.figures import Figures
from modules_app.domain.dependencies.grammar import Kind, Op, Requirement
from modules_app.domain.dependencies.plan import Goal, Plan
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.dependencies.world import UPLOAD, Candidate, World
from modules_app.domain.states import Verb

MODULES, EDGES, VERSIONS = 1000, 5000, 3
FEW, FEW_EDGES = 200, 1000

_ALL = f"plan {MODULES} modules, {EDGES} requirements"
_ORDER = f"install order of {FEW} modules"
_CLASH = f"why there is no plan, among {MODULES} modules"
_BACK = f"plan that must go back over a choice, among {MODULES} modules"


def dependencies(figures: Figures) -> None:
    """Measure one round."""
    for name, modules, edges, versions in (
        (_ALL, MODULES, EDGES, VERSIONS),
        (_ORDER, FEW, FEW_EDGES, 1),
    ):
        graph = _graph(modules, edges)
        with figures.timed(f"graphlib: {name}"):
            ordered = list(TopologicalSorter(graph).static_order())
        world = World(available=tuple(_candidates(graph, versions)))
        goals = [Goal(Verb.INSTALL, f"m{number}", enable=True) for number in graph]
        with figures.timed(name):
            plan = resolve(world, goals)
        _check(plan, possible=True, steps=len(ordered))
    _hard(figures)


def ratios(figures: Figures) -> None:
    """Name the pairs and the aim."""
    figures.difference(_ALL, _ALL, (), "aim 1000 ms")
    for name in (_ALL, _ORDER):
        figures.ratio(name, f"graphlib: {name}", "no aim: it knows no versions and no reasons")


def _hard(figures: Figures) -> None:
    """Ask for what takes a second thought, and for what cannot be."""
    top = MODULES - 1
    extra = [
        _candidate("top", "1.0", _needs(f"m{top}"), _needs("pick")),
        _candidate("pick", "2.0", _needs("nowhere")),
        _candidate("pick", "1.0", _needs(f"m{top - 1}")),
        _candidate("other", "1.0", _needs("pick", "2.0")),
    ]
    world = World(available=(*_candidates(_graph(MODULES, EDGES), VERSIONS), *extra))
    with figures.timed(_BACK):
        plan = resolve(world, [Goal(Verb.INSTALL, "top")])
    _check(plan, possible=True)
    goals = [Goal(Verb.INSTALL, name) for name in ("top", "other", "m1", "m2", "m3")]
    with figures.timed(_CLASH):
        plan = resolve(world, goals)
    _check(plan, possible=False)


def _check(plan: Plan, *, possible: bool, steps: int | None = None) -> None:
    if plan.is_possible != possible or (steps is not None and len(plan.steps) != steps):
        raise RuntimeError(f"a wrong plan: {plan.problems[:1]}, {len(plan.steps)} steps")


def _graph(modules: int, edges: int) -> dict[int, set[int]]:
    """Return what each module needs; the same graph each time, and without a circle."""
    chance = random.Random(5)  # noqa: S311 - no secret
    graph: dict[int, set[int]] = {number: set() for number in range(modules)}
    left = edges
    while left:
        low, high = sorted(chance.sample(range(modules), 2))
        if low not in graph[high]:
            graph[high].add(low)
            left -= 1
    return graph


def _candidates(graph: dict[int, set[int]], versions: int) -> list[Candidate]:
    return [
        _candidate(f"m{number}", f"{version}.0", *(_needs(f"m{one}") for one in sorted(needs)))
        for number, needs in graph.items()
        for version in range(1, versions + 1)
    ]


def _candidate(module_id: str, version: str, *needs: Requirement) -> Candidate:
    reference = f"{module_id}-{version}"
    return Candidate(
        module_id, module_id, version, source=UPLOAD, reference=reference, requirements=needs
    )


def _needs(module_id: str, version: str = "1.0") -> Requirement:
    return Requirement(Kind.MODULE, module_id, Op.GE, version)
