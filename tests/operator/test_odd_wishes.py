"""What lies where wishes and results lie may be anything; nobody waits for it, and it goes."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modules_app.bridge.hook_faults import take_faults
from modules_app.bridge.wishes import leave_wish, read_wishes
from modules_app.operator.wishes import carry_out
from tests.lifecycle import Life
from tests.pages import module

pytestmark = pytest.mark.django_db


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()
    (path / "inner").write_text("x")


def link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def nonsense(path: Path) -> None:
    path.write_bytes(b"\xff" * 100_000)


def deep(path: Path) -> None:
    path.write_text("[" * 50_000)


ODD = [pipe, folder, link, dangling, nonsense, deep]


@pytest.fixture
def alarm() -> Iterator[None]:
    """End the process loudly instead of waiting for ever for a writer of the pipe."""
    assert threading.current_thread() is threading.main_thread()
    signal.alarm(60)
    yield
    signal.alarm(0)


@pytest.mark.parametrize("put", ODD)
def test_an_odd_wish_goes_and_holds_up_no_other(
    life: Life, alarm: None, put: Callable[[Path], None]
) -> None:
    module("ModuleBook", wanted="on")
    root = life.data_dir.root
    leave_wish(root, "ModuleBook", [])
    put(root / "run" / "wishes" / "ModuleBook-0.json")
    put(root / "run" / "wishes" / "ModuleBook-1.taken")
    assert sorted(wish.module_id for wish in read_wishes(root)) == ["", "ModuleBook"]
    assert carry_out(life.tools, {"", "ModuleBook"}) == ["", "ModuleBook"]
    assert list((root / "run" / "wishes").iterdir()) == []


@pytest.mark.parametrize("put", ODD)
def test_an_odd_result_of_a_hook_goes(life: Life, alarm: None, put: Callable[[Path], None]) -> None:
    root = life.data_dir.root
    (root / "run" / "hook-faults").mkdir()
    put(root / "run" / "hook-faults" / "0.json")
    fine = {"module": "ModuleBook", "hook": "x", "traceback": "", "seconds": 1}
    (root / "run" / "hook-faults" / "1.json").write_text(json.dumps(fine))
    assert [fault.module for fault in take_faults(root)] == ["ModuleBook"]
    assert list((root / "run" / "hook-faults").iterdir()) == []
