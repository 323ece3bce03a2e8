"""The one path of every generated file: render, check, swap, reload, record."""

from __future__ import annotations

import errno
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from modules_app.applier.places import etc_dir
from modules_app.domain.operations import Outcome
from modules_app.exceptions import ModuleError
from modules_app.models import CustomFile, SurfaceState
from modules_app.operator import surfaces
from modules_app.packages.errors import explain_os_error
from modules_app.packages.fsops import FsOps
from modules_app.services.surfaces import ask_refresh
from modules_app.surfaces.base import Rendering
from tests.builders import python_module
from tests.lifecycle import Life
from tests.surfaces.plain import PATH, PlainSurface


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> PlainSurface:
    plain = PlainSurface()
    monkeypatch.setattr(surfaces, "SURFACES", (plain,))
    return plain


def installed() -> str:
    return (etc_dir() / PATH).read_text()


def state() -> SurfaceState:
    return SurfaceState.objects.get(name="workers")


def test_what_the_rows_ask_for_is_applied_once(life: Life, plain: PlainSurface) -> None:
    plain.lines["ModuleA"] = "a = 1"
    surfaces.refresh(life.tools)
    surfaces.refresh(life.tools)
    assert installed() == "core = 1\na = 1\n"
    assert (plain.checks, plain.reloads) == (1, 1)
    assert state().files[0]["blocks"] == [["", 1, 1], ["ModuleA", 2, 2]]
    assert state().applied_at is not None


def test_a_module_whose_line_is_refused_is_left_out_and_blamed(
    life: Life, plain: PlainSurface
) -> None:
    plain.lines |= {"ModuleA": "a = 1", "ModuleB": "bad", "ModuleC": "c = 1", "ModuleD": "bad"}
    surfaces.refresh(life.tools)
    assert installed() == "core = 1\na = 1\nc = 1\n"
    blamed = [(one["owner"], one["line"]) for one in state().complaints]
    assert blamed == [("ModuleB", 3), ("ModuleD", 4)]
    assert state().problem is None
    checks = plain.checks
    surfaces.refresh(life.tools)
    assert plain.checks == checks


def test_a_fault_of_the_core_keeps_the_files_before(life: Life, plain: PlainSurface) -> None:
    surfaces.refresh(life.tools)
    plain.lines[""] = "bad"
    surfaces.refresh(life.tools)
    assert installed() == "core = 1\n"
    assert state().problem["slug"] == "surface-refused"


def test_a_failing_reload_brings_the_files_before_back(life: Life, plain: PlainSurface) -> None:
    surfaces.refresh(life.tools)
    plain.lines["ModuleA"] = "a = 1"
    errors = [ModuleError("reload-failed", "It says no.")]
    plain.reload_fails_with = lambda: errors.pop() if errors else None
    surfaces.refresh(life.tools)
    assert installed() == "core = 1\n"
    assert state().problem["slug"] == "reload-failed"
    assert plain.reloads == 3
    surfaces.refresh(life.tools)
    assert plain.reloads == 3
    surfaces.refresh(life.tools, again=True)
    assert installed() == "core = 1\na = 1\n"
    assert state().problem is None


@pytest.mark.parametrize("harm", ["alter", "lose a file", "lose all", "add"])
def test_files_that_somebody_changed_are_made_anew(
    life: Life, plain: PlainSurface, harm: str
) -> None:
    surfaces.refresh(life.tools)
    file = etc_dir() / PATH
    if harm == "alter":
        file.write_text("something else")
    elif harm == "lose a file":
        file.unlink()
    elif harm == "add":
        (file.parent / "more.conf").write_text("more")
    else:
        shutil.rmtree(etc_dir())
    surfaces.refresh(life.tools)
    assert installed() == "core = 1\n"
    assert [path.name for path in file.parent.iterdir()] == ["list.conf"]


def test_what_cannot_be_written_is_a_recorded_problem(
    life: Life, plain: PlainSurface, tmp_path: Path
) -> None:
    (etc_dir() / "workers").mkdir(parents=True)
    surfaces.refresh(life.tools)
    assert state().problem["slug"] == "applier-in-the-way"
    (etc_dir() / "workers").rmdir()
    surfaces.refresh(life.tools, again=True)
    assert state().problem is None


def test_an_unexpected_fault_in_a_surface_is_recorded(
    life: Life, plain: PlainSurface, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(left_out: frozenset[str]) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(plain, "render", fail)
    surfaces.refresh(life.tools)
    assert state().problem["slug"] == "unexpected-error"


@pytest.mark.parametrize(
    ("mode", "text"), [("append", "core = 1\n\n\nmine = 1\n"), ("override", "mine = 1\n")]
)
def test_the_administrators_text_comes_last(
    life: Life, plain: PlainSurface, mode: str, text: str
) -> None:
    CustomFile.objects.create(path=PATH, mode=mode, text="mine = 1\r\n")
    surfaces.refresh(life.tools)
    assert installed() == text
    assert state().files[0]["original"] == "core = 1\n"
    assert state().files[0]["blocks"][-1][0] == "custom"


def test_a_refused_custom_text_is_left_out_alone(life: Life, plain: PlainSurface) -> None:
    CustomFile.objects.create(path=PATH, mode="append", text="bad")
    plain.lines["ModuleA"] = "a = 1"
    surfaces.refresh(life.tools)
    assert installed() == "core = 1\na = 1\n"
    assert [one["owner"] for one in state().complaints] == ["custom"]


def test_who_asked_can_wait_for_the_end_of_the_look(
    life: Life, plain: PlainSurface, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, bool]] = []

    def render(left_out: frozenset[str]) -> Rendering:
        seen.append((state().asked, state().looking))
        return PlainSurface.render(plain, left_out)

    monkeypatch.setattr(plain, "render", render)
    for problem in (None, ModuleError("oops", "Oops.")):
        plain.reload_fails_with = lambda problem=problem: problem
        ask_refresh(["workers"], again=True)
        surfaces.refresh(life.tools)
        assert seen.pop() == (False, True)
        assert (state().asked, state().again, state().looking) == (False, False, False)


def test_a_full_disk_is_a_recorded_problem_and_the_files_before_stay(
    life: Life, plain: PlainSurface, monkeypatch: pytest.MonkeyPatch
) -> None:
    surfaces.refresh(life.tools)
    plain.lines["ModuleA"] = "a = 1"

    def full(*_arguments: object, **_more: object) -> None:
        explain_os_error(OSError(errno.ENOSPC, "No space left on device"), "write")

    with monkeypatch.context() as patch:
        patch.setattr(FsOps, "write", full)
        surfaces.refresh(life.tools)
    assert state().problem["slug"] == "storage-full"
    assert installed() == "core = 1\n"
    surfaces.refresh(life.tools, again=True)
    assert installed() == "core = 1\na = 1\n"


def test_a_failing_surface_ends_no_operation(
    life: Life, plain: PlainSurface, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(left_out: frozenset[str]) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(plain, "render", fail)
    assert life.install(python_module()).outcome == Outcome.DONE
    assert life.enable("ModulePy").outcome == Outcome.DONE
    assert state().problem["slug"] == "unexpected-error"


def test_a_problem_is_tried_again_after_a_while(life: Life, plain: PlainSurface) -> None:
    plain.reload_fails_with = lambda: ModuleError("reload-failed", "It says no.")
    surfaces.refresh(life.tools)
    plain.reload_fails_with = lambda: None
    surfaces.refresh(life.tools)
    assert state().problem is not None
    long_ago = timezone.now() - 2 * surfaces.RETRY
    SurfaceState.objects.update(looked_at=long_ago)
    surfaces.refresh(life.tools)
    assert state().problem is None


def test_what_is_refused_is_tried_again_later_and_later_and_at_once_when_something_changed(
    life: Life, plain: PlainSurface, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def refuse(*_given: object) -> None:
        tries.append("refused")
        raise ModuleError("applier-refused", "Such a file is not taken.")

    monkeypatch.setattr(surfaces.client, "install", refuse)
    for _look in range(5):
        surfaces.refresh(life.tools)
    assert (len(tries), state().problem["slug"]) == (1, "applier-refused")
    for failures, minutes in ((1, 1), (2, 2), (3, 4), (4, 8)):
        assert state().failures == failures
        SurfaceState.objects.update(looked_at=timezone.now() - timedelta(minutes=minutes - 0.5))
        surfaces.refresh(life.tools)
        assert len(tries) == failures, "before the pause is over"
        SurfaceState.objects.update(looked_at=timezone.now() - timedelta(minutes=minutes + 0.5))
        surfaces.refresh(life.tools)
        assert len(tries) == failures + 1
    plain.lines["ModuleA"] = "a = 1"
    surfaces.refresh(life.tools)
    assert len(tries) == 6
    SurfaceState.objects.update(failures=30_000, looked_at=timezone.now() - timedelta(hours=2))
    monkeypatch.undo()
    monkeypatch.setattr(surfaces, "SURFACES", (plain,))
    surfaces.refresh(life.tools)
    assert (state().problem, state().failures) == (None, 0)
