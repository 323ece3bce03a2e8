"""Preflight and probe as operations call them: verdicts, copies of data, and the running page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.operations import Outcome
from modules_app.exceptions import ModuleError
from modules_app.models import MenuItem, Module, Operation
from modules_app.operator import preflight
from modules_app.operator.host_link import HostLink, PageAnswer
from modules_app.operator.preflight import check_page, run_preflight, run_probe, sweep_scratch
from modules_app.operator.tools import ChildFailed, Tools
from modules_app.operator.work import Work
from modules_app.selectors.registry import registry_module
from tests.broken_modules import at_import, in_hook, in_page
from tests.builders import php_module, python_module
from tests.lifecycle import Life

ID = "ModulePy"
WRITES = """
from django.db import connections
with connections["m_ModulePy"].cursor() as cursor:
    cursor.execute("CREATE TABLE visits (at TEXT)")
return HttpResponse("well")
"""


def work_on(life: Life, module_id: str = ID) -> tuple[Work, RegistryModule]:
    """Return an operation on an installed module, and the module as the host would see it."""
    operation = Operation.objects.create(
        verb="enable",
        module_id=module_id,
        id_fold=module_id.casefold(),
        outcome=Outcome.RUNNING,
        queued_at=timezone.now(),
    )
    return Work(operation, life.tools), registry_module(Module.objects.get(pk=module_id))


def installed(life: Life, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a module without having it tried."""
    with monkeypatch.context() as patch:
        patch.setattr("modules_app.operator.install.run_preflight", lambda *_a, **_k: {})
        assert life.install(python_module(ID, files=files)).outcome == Outcome.DONE


def left_over(life: Life) -> list[str]:
    return [path.name for path in life.data_dir.run.glob("trial-*")]


def tables(life: Life) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(life.database(ID))) as connection:
        return connection.execute("SELECT name FROM sqlite_master").fetchall()


def test_a_module_that_is_well_passes_and_the_check_is_told(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(life, in_page("return HttpResponse('well')"), monkeypatch)
    work, seen = work_on(life)

    found = run_preflight(work, seen)

    assert found["generation"] == seen.generation
    assert set(found["weak"]) <= {"network", "pid-namespace", "process-limit"}
    assert found["at"] and found["seconds"] > 0
    assert run_probe(work, seen)["generation"] == seen.generation
    assert left_over(life) == []


def test_a_fault_is_an_error_with_stage_and_traceback(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(life, in_page("raise ValueError('wrong on purpose')"), monkeypatch)
    work, seen = work_on(life)
    run_preflight(work, seen)

    with pytest.raises(ModuleError) as caught:
        run_probe(work, seen)

    error = caught.value
    assert error.slug == "probe-failed"
    assert str(error).startswith(f"The page of “{ID}” does not work: ValueError: wrong on purpose")
    assert "Traceback" in error.context["details"]
    assert left_over(life) == []


def test_code_that_does_not_come_back_is_stopped(
    life: Life, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PBX_STAGE_SECONDS = {**settings.PBX_STAGE_SECONDS, "probe": 1}
    installed(life, in_page("import time\ntime.sleep(600)"), monkeypatch)
    work, seen = work_on(life)

    with pytest.raises(ChildFailed) as caught:
        run_probe(work, seen)

    assert caught.value.slug == "module-code-timeout"
    assert left_over(life) == []


def test_drawing_the_page_changes_a_copy_of_the_data(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(life, in_page(WRITES), monkeypatch)
    work, seen = work_on(life)
    before = tables(life)

    run_probe(work, seen)
    run_probe(work, seen)  # would fail if the first one had left its table

    assert tables(life) == before


def test_large_data_is_read_where_it_is(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "LARGEST_COPY", 0)
    installed(life, in_page(WRITES), monkeypatch)
    work, seen = work_on(life)
    before = tables(life)

    run_probe(work, seen)

    assert tables(life) == before


def test_the_page_of_a_new_version_is_not_looked_for_in_the_old_menu(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(life, in_page("return HttpResponse('well')"), monkeypatch)
    MenuItem.objects.filter(module_id=ID).update(href=f"/m/{ID}/gone/")
    work, seen = work_on(life)

    assert run_probe(work, seen)["missing"] == (f"/m/{ID}/gone/",)
    Module.objects.update(generation="another")
    work.installed().refresh_from_db()
    assert run_probe(work, seen)["missing"] == ()
    run_probe(work, seen, hrefs=["https://example.org/", f"/m/{ID}/?tab=1"])


def test_a_package_without_python_is_not_tried(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    assert life.install(php_module()).outcome == Outcome.DONE
    monkeypatch.setattr(Tools, "run_target", lambda *_args, **_named: pytest.fail("it was tried"))
    work, seen = work_on(life, "ModuleTest")

    assert run_preflight(work, seen)["weak"] == []


def test_a_cancelled_trial_says_that_it_was_cancelled(
    life: Life, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    gate = tmp_path_factory.mktemp("gate")
    files = at_import(f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(1)")
    installed(life, files, monkeypatch)
    gate.rmdir()
    work, seen = work_on(life)
    Operation.objects.update(cancel_requested=True)

    with pytest.raises(ModuleError) as caught:
        run_preflight(work, seen)

    assert caught.value.slug == "operation-cancelled"


def test_copies_of_a_killed_operator_are_swept(life: Life) -> None:
    (life.data_dir.run / "trial-7-probe").mkdir()
    (life.data_dir.run / "trial-7-probe" / "module.db").touch()

    sweep_scratch(life.tools)

    assert left_over(life) == []


@dataclass
class Host(HostLink):
    """A host whose pages answer as told."""

    answer: PageAnswer | None = None
    asked: list[str] = field(default_factory=list)

    def page(self, module_id: str, page: str, **_named: Any) -> PageAnswer | None:
        self.asked.append(page)
        return self.answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, ""),
        (PageAnswer(200), ""),
        (PageAnswer(302), ""),
        (PageAnswer(404), "answers with the status 404"),
        (PageAnswer(503), "answers with the status 503"),
        (PageAnswer(0, "TimeoutError: timed out"), "TimeoutError: timed out"),
    ],
)
def test_the_page_of_the_running_host_counts(
    life: Life, monkeypatch: pytest.MonkeyPatch, answer: PageAnswer | None, said: str
) -> None:
    installed(life, {}, monkeypatch)
    work, _seen = work_on(life)
    host = Host(life.data_dir, answer=answer)
    work.tools.host = host

    if said:
        with pytest.raises(ModuleError, match=said):
            check_page(work)
    else:
        check_page(work)
    assert host.asked == [f"/m/{ID}/"]


def test_without_a_host_there_is_no_page(life: Life) -> None:
    assert HostLink(life.data_dir).page(ID, f"/m/{ID}/", language="en", seconds=1) is None


INSTALLER = """
import os, time
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def __init__(self, *arguments):
        {body}
        super().__init__(*arguments)
"""


def in_preflight_only(body: str) -> dict[str, str]:
    """Return a module that runs ``body`` where no probe does: when its installer is made."""
    return {"installer.py": INSTALLER.format(body=body)}


def test_enabling_probes_beside_the_preflight(
    life: Life, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    drawn = tmp_path_factory.mktemp("seen") / "drawn"
    page = in_page(f"open({str(drawn)!r}, 'w').close()\nreturn HttpResponse('well')")
    waits = in_preflight_only(f"while not os.path.exists({str(drawn)!r}): time.sleep(0.01)")
    drawn.touch()  # the installation has no probe
    installed(life, {**page, **waits}, monkeypatch)
    drawn.unlink()

    assert life.enable(ID).outcome == Outcome.DONE
    assert left_over(life) == []


def test_a_before_hook_comes_before_the_probe(
    life: Life, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ready = tmp_path_factory.mktemp("seen") / "ready"
    files = {
        **in_page(f"open({str(ready)!r}).close()\nreturn HttpResponse('well')"),
        **in_hook("on_before_module_enable", f"open({str(ready)!r}, 'w').close()"),
    }
    installed(life, files, monkeypatch)

    assert life.enable(ID).outcome == Outcome.DONE


def test_a_probe_ends_with_the_preflight_that_fails(
    life: Life, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    right = tmp_path_factory.mktemp("right")
    files = {
        **in_page("import time\ntime.sleep(600)"),
        **in_preflight_only(f"os.stat({str(right)!r})"),
    }
    installed(life, files, monkeypatch)
    right.rmdir()

    done = life.enable(ID)

    assert (done.outcome, done.error["slug"]) == (Outcome.FAILED, "preflight-failed")
    assert [step.stage for step in done.steps.filter(outcome=Outcome.FAILED)] == ["try"]
    assert left_over(life) == []
