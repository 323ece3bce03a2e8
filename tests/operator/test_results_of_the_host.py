"""Results of hooks that the host leaves in files become rows as those of other hooks."""

from __future__ import annotations

import pytest

from modules_app.host import hook_runs
from modules_app.host.outside import Files
from modules_app.models import HookResult
from modules_app.operator.hook_faults import note_hook_faults
from modules_app.sdk.outside import provide
from tests.lifecycle import Life
from tests.pages import module

HOOK = "on_after_execute_rest_api_route"


@pytest.mark.django_db
def test_a_failure_becomes_a_row_and_good_news_end_it_but_keep_what_was_said(life: Life) -> None:
    module("ModuleBook", wanted="on")
    files = Files(life.data_dir.root)
    files.hook_failed("ModuleBook", HOOK, "Traceback\nValueError: no such book", 0.5)
    assert note_hook_faults(life.tools) == 1
    row = HookResult.objects.get(module_id="ModuleBook", hook=HOOK)
    assert (row.ok, row.error) == (False, "ValueError: no such book")
    files.hook_went_well("ModuleBook", HOOK, 0.1)
    assert note_hook_faults(life.tools) == 1
    row.refresh_from_db()
    assert (row.ok, row.error) == (True, "ValueError: no such book")


class Told:
    """Stands for the files."""

    def __init__(self) -> None:
        self.said: list[bool] = []

    def hook_failed(self, *_given: object) -> None:
        self.said.append(False)

    def hook_went_well(self, *_given: object) -> None:
        self.said.append(True)


def test_a_hook_of_many_requests_is_told_of_when_its_result_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hook_runs, "_told", {})
    told = Told()
    provide(told)  # type: ignore[arg-type]

    def fail() -> None:
        raise ValueError("no")

    try:
        for _number in range(50):
            assert hook_runs.run_hook("ModuleBook", HOOK, lambda: 7) == 7
        for _number in range(50):
            with pytest.raises(ValueError, match="no"):
                hook_runs.run_hook("ModuleBook", HOOK, fail)
        with pytest.raises(ValueError, match="no"):
            hook_runs.run_hook("ModuleBook", HOOK, fail, answers=(ValueError,))
    finally:
        provide(None)
    assert told.said == [True, False, True]
