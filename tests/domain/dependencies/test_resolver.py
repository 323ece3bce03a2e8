"""Plans for every verb, over one module and over several (reference F2.5, U2.3 rules 4 and 10)."""

from __future__ import annotations

import pytest

from modules_app.domain.dependencies.plan import Dependent, Goal
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.manifest import Contract
from modules_app.domain.states import ModuleState, Verb
from tests.domain.dependencies.worlds import (
    candidate,
    enabled,
    install,
    installed,
    problems,
    told,
    warnings,
    wish,
    world,
)

PHP = {"language": "php"}


def test_what_is_needed_comes_first_and_each_step_has_its_reason() -> None:
    here = world(candidate("a", "1.0", "b ge 1.1"), candidate("b", "1.1", "c"), candidate("c"))

    plan = resolve(here, install("a"))

    assert told(plan) == ["install c 1.0", "install b 1.1", "install a 1.0"]
    assert [str(step) for step in plan.steps] == [
        "“B” 1.1 needs c.",
        "“A” 1.0 needs b ge 1.1.",
        "You asked for it.",
    ]
    assert [step.goal for step in plan.steps] == [False, False, True]
    assert plan.is_possible


def test_enabling_enables_what_is_needed_and_installing_does_not() -> None:
    here = world(installed("b"), candidate("a", "1.0", "b"))

    assert told(resolve(here, install("a"))) == ["install a 1.0"]
    assert told(resolve(here, install("a", enable=True))) == ["enable b 1.0", "install a 1.0 +"]


def test_an_installed_version_is_kept_where_it_is_enough_and_replaced_where_not() -> None:
    here = world(enabled("b", "1.0"), candidate("b", "2.0"), candidate("a", "1.0", "b ge 1.0"))
    assert told(resolve(here, install("a"))) == ["install a 1.0"]

    here = world(enabled("b", "1.0"), candidate("b", "2.0"), candidate("a", "1.0", "b gt 1.0"))
    assert told(resolve(here, install("a"))) == ["upgrade b 2.0", "install a 1.0"]


def test_the_newest_version_that_fits_is_chosen_also_where_the_newest_does_not() -> None:
    here = world(
        candidate("a", "1.0", "x"),
        candidate("x", "3.0", "y"),
        candidate("x", "2.0"),
        candidate("y", "1.0", "z ge 9.0"),
        candidate("z", "1.0"),
    )

    assert told(resolve(here, install("a"))) == ["install x 2.0", "install a 1.0"]


def test_an_older_version_is_never_chosen_unless_somebody_names_it() -> None:
    here = world(enabled("b", "2.0"), candidate("b", "1.0"), candidate("a", "1.0", "b lt 2.0"))

    assert problems(resolve(here, install("a"))) == ["requirement-version"]
    asked = resolve(here, [Goal(Verb.INSTALL, "b", "b-1.0")])
    assert told(asked) == ["upgrade b 1.0"]
    assert warnings(asked) == ["downgrade"]


def test_an_upgrade_takes_those_along_that_would_not_bear_it() -> None:
    here = world(
        enabled("b", "1.0"),
        enabled("a", "1.0", "b lt 2.0"),
        candidate("b", "2.0"),
        candidate("a", "2.0", "b ge 2.0"),
    )

    plan = resolve(here, wish(Verb.UPGRADE, "b"))

    assert told(plan) == ["upgrade b 2.0", "upgrade a 2.0"]
    assert str(plan.steps[1]) == "Version 1.0 does not go with “B” 2.0."
    assert problems(resolve(here, wish(Verb.UPGRADE, "b"), without=["A"])) == [
        "no-solution",
        "goal",
        "left-out",
        "requirement-version",
    ]


def test_what_does_not_hold_today_is_not_made_a_reason_to_refuse() -> None:
    here = world(
        enabled("a", "1.0", "gone", "b ge 9.0"),
        enabled("b", "1.0"),
        candidate("b", "2.0"),
    )

    assert told(resolve(here, wish(Verb.UPGRADE, "b"))) == ["upgrade b 2.0"]


def test_a_python_package_is_refused_where_something_is_missing() -> None:
    plan = resolve(world(candidate("a", "1.0", "b ge 1.0", "c")), install("a"))

    assert problems(plan) == ["requirement-missing", "requirement-missing"]
    assert str(plan.problems[0]) == (
        "“A” 1.0 needs b ge 1.0, which is neither installed nor at hand."
    )
    assert plan.steps == ()


def test_a_php_package_installs_with_a_warning_and_cannot_be_enabled() -> None:
    here = world(candidate("a", "1.0", "b ge 1.0", **PHP))

    plan = resolve(here, install("a"))
    assert told(plan) == ["install a 1.0"]
    assert warnings(plan) == ["requirement-missing"]
    assert problems(resolve(here, install("a", enable=True))) == ["requirement-missing"]


def test_what_a_php_package_would_like_is_an_optional_step() -> None:
    here = world(candidate("a", "1.0", "b ge 1.0", **PHP), candidate("b", "1.1"))

    plan = resolve(here, install("a"))
    assert told(plan) == ["install b 1.1", "install a 1.0"]
    assert [step.optional for step in plan.steps] == [True, False]

    less = resolve(here, install("a"), without=["b"])
    assert told(less) == ["install a 1.0"]
    assert warnings(less) == ["requirement-version"]


def test_a_wish_that_stands_in_the_way_is_dropped_and_the_others_are_kept() -> None:
    here = world(
        candidate("a", "1.0", "b ge 1.0", "c", **PHP),
        candidate("b", "1.1", "nowhere"),
        candidate("c", "1.0"),
    )

    plan = resolve(here, install("a"))

    assert told(plan) == ["install c 1.0", "install a 1.0"]
    assert warnings(plan) == ["requirement-version"]


def test_our_own_reading_of_an_odd_requirement_never_refuses() -> None:
    here = world(candidate("a", "1.0", "b >= 1.0"))

    plan = resolve(here, install("a", enable=True))

    assert told(plan) == ["install a 1.0 +"]
    assert warnings(plan) == ["requirement-missing"]


def test_the_modules_that_the_system_provides_are_not_looked_for() -> None:
    fits = candidate("a", "1.0", "core ge 17.0.1", "framework")
    assert told(resolve(world(fits), install("a"))) == ["install a 1.0"]

    newer = candidate("a", "1.0", "core ge 99.0")
    plan = resolve(world(newer), install("a"))
    assert problems(plan) == ["requirement-provided"]
    assert "PBX Admin stands for core 17.0.19" in str(plan.problems[0])


@pytest.mark.parametrize(
    ("need", "slug"),
    [
        ("version:18.0", "requirement-version"),
        ("engine:freeswitch", "requirement-engine"),
        ("engine:asterisk ge 21", "requirement-engine"),
        ("file:/no/%DIR%/such", "requirement-file"),
    ],
)
def test_the_system_itself_may_lack_something(need: str, slug: str) -> None:
    more = {"engine": ("asterisk", "20.5.0"), "settings": {"DIR": "var"}}
    python = world(candidate("a", "1.0", need), **more)
    php = world(candidate("a", "1.0", need, **PHP), **more)

    assert problems(resolve(python, install("a"))) == [slug]
    assert told(resolve(php, install("a"))) == ["install a 1.0"]
    assert warnings(resolve(php, install("a"))) == [slug]
    refused = resolve(php, install("a", enable=True))
    assert problems(refused) == ([] if slug == "requirement-file" else [slug])


def test_a_file_is_looked_for_with_the_setting_filled_in() -> None:
    asked: list[str] = []

    def exists(path: str) -> bool:
        asked.append(path)
        return True

    here = world(
        candidate("a", "1.0", "file:/x/%DIR%/%OTHER%"), settings={"DIR": "var"}, file_exists=exists
    )

    assert resolve(here, install("a")).is_possible
    assert set(asked) == {"/x/var/%OTHER%"}


def test_of_several_engines_one_is_enough_and_an_unknown_version_is_a_note() -> None:
    here = world(candidate("a", "1.0", "engine:freeswitch", "engine:asterisk ge 13"))

    plan = resolve(here, install("a"))

    assert told(plan) == ["install a 1.0"]
    assert warnings(plan) == []
    only = world(candidate("a", "1.0", "engine:asterisk ge 13"))
    assert warnings(resolve(only, install("a"))) == ["engine-unknown"]


def test_what_php_must_bring_is_not_applicable_and_never_refuses() -> None:
    here = world(candidate("a", "1.0", "phpversion:99.0", "phpcomponent:curl || zip"))

    plan = resolve(here, install("a", enable=True))

    assert told(plan) == ["install a 1.0 +"]
    (note,) = plan.warnings
    assert str(note) == (
        "“A” 1.0 needs PHP ge 99.0, curl || zip; that is not applicable here, where no PHP is run."
    )


def test_a_mikopbx_module_compares_with_the_level_of_its_own_contract() -> None:
    fits = candidate("a", "1.0", "version:2026.1", contract=Contract.MIKOPBX)
    newer = candidate("a", "1.0", "version:2027.1", contract=Contract.MIKOPBX)

    assert resolve(world(fits, pbx_version="2026.3.1-dev"), install("a")).is_possible
    assert problems(resolve(world(newer), install("a"))) == ["requirement-version"]


def test_disabling_what_others_need_is_refused_with_their_names() -> None:
    here = world(
        enabled("b"), enabled("a", "1.0", "b"), enabled("x", "1.0", "a"), installed("o", "1.0", "b")
    )

    plan = resolve(here, wish(Verb.DISABLE, "b"))

    assert problems(plan) == ["dependents-enabled"]
    assert str(plan.problems[0]) == "“B” is needed by A, enabled now."
    assert plan.dependents == (
        Dependent("a", "A", "1.0", ("b",), ("B",)),
        Dependent("x", "X", "1.0", ("a",), ("A",), direct=False),
    )
    assert warnings(plan) == ["dependents-disabled"]
    assert told(plan) == ["disable b 1.0"]


def test_a_cascade_disables_the_dependents_first_and_removes_only_what_was_asked_for() -> None:
    here = world(enabled("b"), enabled("a", "1.0", "b"), enabled("x", "1.0", "a"))

    plan = resolve(here, wish(Verb.REMOVE, "b"), cascade=True)

    assert told(plan) == ["disable x 1.0", "disable a 1.0", "remove b 1.0"]
    assert plan.is_possible
    assert str(plan.steps[1]) == "It needs B, which does not stay enabled."


def test_dependents_that_go_along_are_no_obstacle_and_go_first() -> None:
    here = world(enabled("b"), enabled("a", "1.0", "b"))

    plan = resolve(here, wish(Verb.REMOVE, "b", "a"))

    assert told(plan) == ["remove a 1.0", "remove b 1.0"]
    assert plan.is_possible


def test_a_dependent_that_stops_needing_it_is_upgraded_before_it_is_removed() -> None:
    here = world(enabled("b"), enabled("a", "1.0", "b"), candidate("a", "2.0"))

    plan = resolve(here, [*wish(Verb.REMOVE, "b"), *wish(Verb.UPGRADE, "a")])

    assert told(plan) == ["upgrade a 2.0", "remove b 1.0"]
    assert plan.is_possible


def test_modules_that_forbid_it_are_neither_disabled_nor_removed() -> None:
    here = world(enabled("a", can_disable=False), enabled("b", can_uninstall=False))

    assert problems(resolve(here, wish(Verb.DISABLE, "a"))) == ["module-cannot-be-disabled"]
    assert problems(resolve(here, wish(Verb.REMOVE, "b"))) == ["module-cannot-be-removed"]
    assert resolve(world(*here.installed.values(), safe_mode=True), wish(Verb.DISABLE, "a")).steps


def test_a_cascade_does_not_disable_what_forbids_it() -> None:
    here = world(enabled("b"), enabled("a", "1.0", "b", can_disable=False))

    plan = resolve(here, wish(Verb.DISABLE, "b"), cascade=True)

    assert problems(plan) == ["module-cannot-be-disabled"]


def test_a_circle_is_legal_and_shown_as_a_path() -> None:
    here = world(candidate("a", "1.0", "b"), candidate("b", "1.0", "c"), candidate("c", "1.0", "a"))

    plan = resolve(here, install("a", enable=True))

    assert sorted(told(plan)) == ["install a 1.0 +", "install b 1.0 +", "install c 1.0 +"]
    assert warnings(plan) == ["requirement-cycle"]
    assert plan.warnings[0].context["path"] == "A → B → C → A"


def test_a_module_that_requires_itself_needs_only_to_be_the_right_version() -> None:
    assert resolve(world(candidate("a", "1.0", "a")), install("a")).is_possible
    assert problems(resolve(world(candidate("a", "1.0", "a ge 2.0")), install("a"))) == [
        "requirement-version"
    ]


def test_a_wish_that_is_fulfilled_already_makes_no_step() -> None:
    here = world(enabled("a"), installed("b"))

    for goals in (wish(Verb.ENABLE, "a"), wish(Verb.DISABLE, "b"), wish(Verb.UPGRADE, "a")):
        plan = resolve(here, goals)
        assert (plan.steps, warnings(plan), plan.is_possible) == ((), ["nothing-to-do"], True)


@pytest.mark.parametrize(
    ("goal", "slug"),
    [
        (Goal(Verb.INSTALL, "nobody"), "module-unknown"),
        (Goal(Verb.ENABLE, "nobody"), "module-unknown"),
        (Goal(Verb.DISABLE, "nobody"), "module-not-installed"),
        (Goal(Verb.REMOVE, "nobody"), "module-not-installed"),
        (Goal(Verb.REPAIR, "nobody"), "module-not-installed"),
        (Goal(Verb.UPGRADE, "new"), "module-not-installed"),
        (Goal(Verb.INSTALL, "new", "lost"), "package-unknown"),
        (Goal(Verb.ENABLE, "broken"), "module-state"),
    ],
)
def test_what_nobody_knows_is_said(goal: Goal, slug: str) -> None:
    broken = installed("broken", enabled=True, state=ModuleState.BROKEN)

    plan = resolve(world(candidate("new"), broken), [goal])

    assert problems(plan) == [slug]


def test_repair_and_rollback_concern_nobody_else() -> None:
    plan = resolve(world(enabled("a", "1.0", "gone")), wish(Verb.REPAIR, "a"))

    assert told(plan) == ["repair a 1.0"]
    assert plan.is_possible


def test_for_one_that_needs_it_a_paused_module_is_enabled_and_a_damaged_one_upgraded() -> None:
    paused = installed("b", enabled=True, state=ModuleState.PAUSED)
    broken = installed("b", enabled=True, state=ModuleState.BROKEN)
    needy = installed("a", "1.0", "b")

    assert told(resolve(world(paused, needy), wish(Verb.ENABLE, "a"))) == [
        "enable b 1.0",
        "enable a 1.0",
    ]
    assert problems(resolve(world(broken, needy), wish(Verb.ENABLE, "a"))) == ["requirement-off"]
    mended = resolve(world(broken, needy, candidate("b", "1.1")), wish(Verb.ENABLE, "a"))
    assert told(mended) == ["upgrade b 1.1", "enable a 1.0"]


def test_two_packages_of_one_module_cannot_both_be_installed() -> None:
    here = world(candidate("a", "1.0"), candidate("a", "1.1"))
    goals = [Goal(Verb.INSTALL, "a", "a-1.0"), Goal(Verb.INSTALL, "a", "a-1.1")]

    plan = resolve(here, goals)

    assert problems(plan) == ["no-solution", "goal", "goal"]


def test_the_same_question_has_the_same_answer_in_any_order_of_the_world() -> None:
    parts = [
        candidate("a", "1.0", "x ge 1.0", "y"),
        candidate("x", "2.0"),
        candidate("x", "1.0"),
        candidate("y", "1.0", "x"),
    ]

    plans = {str(resolve(world(*order), install("a"))) for order in (parts, parts[::-1])}

    assert len(plans) == 1
