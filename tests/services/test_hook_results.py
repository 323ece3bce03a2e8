"""One row per module and hook: the last run, and the last failure for as long as it is useful."""

from __future__ import annotations

import pytest

from modules_app.models import HookResult
from modules_app.selectors.hook_results import hook_result_record, list_hook_results
from modules_app.services.hook_results import (
    ERROR_CHARACTERS,
    TRACEBACK_CHARACTERS,
    forget_hook_results,
    record_hook_result,
)
from tests.pages import operation

pytestmark = pytest.mark.django_db

HOOK = "on_after_module_enable"


def record(module_id: str = "ModuleOne", hook: str = HOOK, **values: object) -> None:
    record_hook_result(
        module_id=module_id,
        hook=hook,
        **{"ok": True, "seconds": 0.5, **values},  # type: ignore[arg-type]
    )


def test_a_hook_that_runs_often_keeps_one_row() -> None:
    for seconds in (0.1, 0.2, 0.3):
        record(seconds=seconds)
    assert [result.seconds for result in list_hook_results("ModuleOne")] == [0.3]


def test_the_last_failure_stays_readable_after_a_run_that_went_well() -> None:
    record(ok=False, error="ValueError: no", traceback="Traceback …", generation="7-abc")
    record(generation="8-def")
    [result] = list_hook_results("moduleone")
    assert result.ok and result.failed_at is not None and result.at > result.failed_at
    assert (result.error, result.traceback) == ("ValueError: no", "Traceback …")
    assert result.generation == "8-def"


def test_long_texts_keep_the_start_of_the_error_and_the_end_of_the_traceback() -> None:
    record(ok=False, error="e" * 5000, traceback="t" * 20_000 + "the end")
    [result] = list_hook_results("ModuleOne")
    assert len(result.error) == ERROR_CHARACTERS
    assert len(result.traceback) == TRACEBACK_CHARACTERS
    assert result.traceback.endswith("the end")


def test_failing_hooks_stand_first_and_modules_do_not_mix() -> None:
    record(hook="a_hook")
    record(hook="z_hook", ok=False)
    record("ModuleTwo", hook="b_hook")
    assert [result.hook for result in list_hook_results("ModuleOne")] == ["z_hook", "a_hook"]


def test_the_record_names_the_operation_it_ran_for() -> None:
    ran_for = operation("ModuleOne")
    record(ok=False, error="no", operation=ran_for)
    shown = hook_result_record(list_hook_results("ModuleOne")[0])
    assert (shown["hook"], shown["ok"], shown["operation"]) == (HOOK, False, ran_for.pk)
    assert shown["failed_at"] == shown["at"]


def test_a_removed_module_leaves_no_results() -> None:
    record()
    record("ModuleTwo")
    forget_hook_results(module_id="MODULEONE")
    assert list(HookResult.objects.values_list("module_id", flat=True)) == ["ModuleTwo"]
