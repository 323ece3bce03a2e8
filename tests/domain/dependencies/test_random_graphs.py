"""Random small worlds, judged by trying everything (issue: plans are right, reasons are true)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from modules_app.domain.dependencies.choices import Choices
from modules_app.domain.dependencies.conflicts import Conflict
from modules_app.domain.dependencies.demands import Demand, Kept, Left, Wished
from modules_app.domain.dependencies.dependents import find_dependents
from modules_app.domain.dependencies.explain import clashing_demands
from modules_app.domain.dependencies.grammar import Kind, Op, Requirement
from modules_app.domain.dependencies.plan import Goal, Plan
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.dependencies.search import search
from modules_app.domain.dependencies.world import INSTALLED, UPLOAD, Candidate, World
from modules_app.domain.states import ModuleState, Verb
from tests.domain.dependencies.brute_force import Ending, Puzzle, has_solution, solutions

IDS = ("aa", "bb", "cc", "dd")
VERSIONS = ("1.0", "2.0", "3.0")
OFF = (Verb.DISABLE, Verb.REMOVE)


@st.composite
def requirements(draw: st.DrawFn) -> Requirement:
    op, version = draw(st.sampled_from(Op)), draw(st.sampled_from(("", *VERSIONS)))
    return Requirement(Kind.MODULE, draw(st.sampled_from(IDS)), op, version)


@st.composite
def conflicts(draw: st.DrawFn, declarer: str) -> Conflict:
    named = draw(st.sampled_from([one for one in IDS if one != declarer]))
    op, version = draw(st.sampled_from(Op)), draw(st.sampled_from(("", *VERSIONS)))
    return Conflict(declarer, named, op=op, version=version)


@st.composite
def versions(draw: st.DrawFn, module_id: str, version: str, source: str) -> Candidate:
    on = source == INSTALLED and draw(st.booleans())
    return Candidate(
        id=module_id,
        name=module_id,
        version=version,
        language=draw(st.sampled_from(("python", "python", "php"))),
        source=source,
        reference=f"{module_id}-{version}",
        requirements=tuple(draw(st.lists(requirements(), max_size=2))),
        conflicts=tuple(draw(st.lists(conflicts(module_id), max_size=1)))
        if draw(st.booleans())
        else (),
        enabled=on,
        state=ModuleState.ENABLED if on else ModuleState.DISABLED,
    )


@st.composite
def puzzles(draw: st.DrawFn) -> Puzzle:
    """A world of up to four modules in up to three versions, and goals that make sense in it."""
    installed, available, goals = {}, [], []
    for module_id in IDS[: draw(st.integers(2, 4))]:
        chosen = draw(st.lists(st.sampled_from(VERSIONS), unique=True, max_size=3))
        here = chosen and draw(st.booleans())
        if here:
            installed[module_id] = draw(versions(module_id, chosen[0], INSTALLED))
        offered = [draw(versions(module_id, one, UPLOAD)) for one in chosen[1 if here else 0 :]]
        available += offered
        verbs = list(_sensible(installed.get(module_id), offered))
        if verbs and draw(st.booleans()):
            goals.append(Goal(draw(st.sampled_from(verbs)), module_id, enable=draw(st.booleans())))
    left = draw(st.sets(st.sampled_from(IDS), max_size=1)) - {goal.id for goal in goals}
    return Puzzle(World(installed, tuple(available), {}), tuple(goals), frozenset(left))


def _sensible(here: Candidate | None, offered: list[Candidate]) -> list[Verb]:
    newer = [one for one in offered if here is None or one.version > here.version]
    verbs = [Verb.INSTALL if here is None else Verb.UPGRADE] if newer else []
    if here is not None:
        verbs += [Verb.REMOVE, Verb.DISABLE if here.works else Verb.ENABLE]
    return verbs


def cascaded(puzzle: Puzzle) -> Puzzle:
    """Return the puzzle in which those who need what goes are switched off too."""
    goals = list(puzzle.goals)
    for goal in goals:  # grows while it is read
        for key, one in puzzle.world.installed.items():
            needs = [need.name for need in one.requirements]
            named = {other.id for other in goals}
            if goal.verb in OFF and one.works and goal.id in needs and key not in named:
                goals.append(Goal(Verb.DISABLE, key))
    return replace(puzzle, goals=tuple(goals))


def after(puzzle: Puzzle, plan: Plan) -> Ending:
    """Return what has become of each module when every step was taken."""
    end = {key: puzzle.now(key) for key in puzzle.keys}
    for step in plan.steps:
        _take(puzzle, end, step)
    return end


def _take(puzzle, end, step) -> None:
    here, on = end[step.id]
    chosen = [one for one in puzzle.world.available if one.reference == step.reference]
    match step.verb:
        case Verb.REMOVE:
            end[step.id] = None, False
        case Verb.DISABLE | Verb.ENABLE:
            end[step.id] = here, step.verb is Verb.ENABLE
        case _:
            end[step.id] = chosen[0], on or step.enable


def origin_of(demand: Demand) -> object:
    """Return what the brute force calls the origin of a demand."""
    match demand:
        case Wished(goal=goal):
            return goal
        case Kept():
            return "kept", demand.target
        case Left():
            return "left", demand.target
    own = getattr(demand, "requirement", None) or getattr(demand, "conflict", None)
    return id(demand.by), id(own)  # type: ignore[attr-defined]


@settings(max_examples=400, deadline=None)
@given(puzzles())
def test_a_plan_keeps_every_rule_and_there_is_one_whenever_there_can_be(puzzle: Puzzle) -> None:
    plan = resolve(puzzle.world, puzzle.goals, cascade=True, without=puzzle.left)
    puzzle = cascaded(puzzle)
    possible = next(solutions(puzzle), None) is not None

    assert plan.is_possible == possible
    if possible:
        end = after(puzzle, plan)
        assert [origin for origin, rule in puzzle.rules() if not rule(end)] == []
        assert len({step.id for step in plan.steps}) == len(plan.steps)


@settings(max_examples=400, deadline=None)
@given(puzzles())
def test_an_explanation_is_true_and_nothing_in_it_could_be_left_out(puzzle: Puzzle) -> None:
    puzzle = cascaded(puzzle)
    choices = Choices(puzzle.world, puzzle.goals, puzzle.left)
    if search(choices, choices.roots) is not None:
        return

    clash = [origin_of(demand) for demand in clashing_demands(choices)]

    assert not has_solution(puzzle, clash)
    for one in clash:
        assert has_solution(puzzle, [other for other in clash if other != one])


@settings(max_examples=200, deadline=None)
@given(puzzles())
def test_in_its_order_every_step_finds_what_it_needs_unless_there_is_a_circle(
    puzzle: Puzzle,
) -> None:
    plan = resolve(puzzle.world, puzzle.goals, cascade=True, without=puzzle.left)
    if not plan.is_possible or any(one.slug == "requirement-cycle" for one in plan.warnings):
        return
    end = {key: puzzle.now(key) for key in puzzle.keys}
    for step in plan.steps:
        _take(puzzle, end, step)
        candidate, on = end[step.id]
        if candidate is None or step.verb is Verb.DISABLE:
            continue
        for need in candidate.requirements if on or candidate.runs_code else ():
            other, other_on = end.get(need.name, (None, False))
            assert other is not None
            assert need.accepts(other.version)
            assert other_on or not on


@settings(max_examples=200, deadline=None)
@given(puzzles())
def test_who_needs_what_goes_is_named_whatever_versions_are_asked_for(puzzle: Puzzle) -> None:
    goals = [goal for goal in puzzle.goals if goal.verb in OFF]
    closed = cascaded(replace(puzzle, goals=tuple(goals)))

    found = find_dependents(puzzle.world, goals)

    assert {one.id for one in found.all} == {goal.id for goal in closed.goals} - {
        goal.id for goal in goals
    }
