"""Blocks of a page share one second, whoever hangs; who fills none is not asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from modules_app.bridge.hooks import HookAnswer, Question
from modules_app.services import blocks, hook_calls
from modules_app.services.blocks import Blocks


@dataclass
class Host:
    """Modules behind a clock of their own; ``hangs`` use up whatever time they get."""

    now: float = 1000.0
    asked: list[tuple[str, float]] = field(default_factory=list)
    hangs: frozenset[str] = frozenset()
    says: dict[str, str] = field(default_factory=dict)

    def ask(self, _socket: Any, module_id: str, _question: Question, *, seconds: float) -> Any:
        self.asked.append((module_id, seconds))
        if module_id in self.hangs:
            self.now += seconds
            return HookAnswer(module_id, error="no answer", timed_out=True, seconds=seconds)
        return HookAnswer(module_id, ok=True, value=self.says.get(module_id, "<p>here</p>"))


@pytest.fixture
def host(db: None, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host()
    clock = SimpleNamespace(monotonic=lambda: made.now)
    for module in (blocks, hook_calls):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(hook_calls, "newest_socket", lambda _folder: "socket")
    monkeypatch.setattr(hook_calls, "ask_module", made.ask)
    hook_calls.breaker.forget()
    return made


def with_modules(monkeypatch: pytest.MonkeyPatch, *ids: str) -> Blocks:
    for module in (blocks, hook_calls):
        monkeypatch.setattr(module, "implementers", lambda _hook: ids)
    monkeypatch.setattr(blocks, "filling", lambda _page, _block: ids)
    return Blocks(AnonymousUser(), "en", "/modules/")


def test_fifty_hanging_modules_take_a_second_of_a_page_with_many_blocks(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"ModuleHangs{number:02}" for number in range(50)]
    host.hangs = frozenset(ids)
    page = with_modules(monkeypatch, *ids)
    began = host.now
    shown = [page.fill("PbxExtensionModules", f"Block{n}", {}) for n in range(5)]
    assert host.now - began <= 1.0001
    assert all(len(parts) == 50 for parts in shown)
    assert all(part.problem and not part.html for parts in shown for part in parts)
    assert [part.late for part in shown[0]].count(True) == 4
    assert [part.skipped for part in shown[0]].count(True) == 46


def test_whoever_was_late_comes_after_the_others(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.hangs = frozenset({"ModuleA"})
    page = with_modules(monkeypatch, "ModuleA", "ModuleB")
    page.fill("Dashboard", "MainFields", {})
    page.fill("Dashboard", "MainFields", {})
    assert [module_id for module_id, _seconds in host.asked] == [
        "ModuleA", "ModuleB", "ModuleB", "ModuleA",
    ]  # fmt: skip


def test_after_three_time_outs_a_module_is_left_alone(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.hangs = frozenset({"ModuleA"})
    for _visit in range(5):
        [part] = with_modules(monkeypatch, "ModuleA").fill("Dashboard", "MainFields", {})
        assert part.late and not part.skipped
    assert len(host.asked) == 3


def test_what_was_nothing_leaves_no_box(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.says = {"ModuleA": "", "ModuleB": "<script>x</script>"}
    assert with_modules(monkeypatch, "ModuleA", "ModuleB").fill("Dashboard", "X", {}) == []


def test_nobody_is_asked_for_a_block_that_nobody_fills(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = with_modules(monkeypatch)
    assert page.fill("Dashboard", "MainFields", {}) == []
    assert host.asked == []
