"""Every broken module of reference R3.4 in children: preflight, hooks, and threads at import.

The same modules in a running server: tests/server/test_every_broken_module.py.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from modules_app.processes.zygote import ChildLimits, ChildResult
from tests import broken_modules as broken
from tests.broken_modules import TABLE, Broken
from tests.workbench import Workbench

PREFLIGHT = "modules_app.host.preflight:preflight"
PROBE = "modules_app.host.probe:probe"
LIMITS = ChildLimits(
    cpu_seconds=5, memory_bytes=512 * 1024 * 1024, open_files=128, processes=100, network=False
)
HOOKS = {
    "install": "install",
    "on_before_module_enable": "enable",
    "on_after_module_enable": "after-enable",
    "on_before_module_disable": "before-disable",
    "on_after_module_disable": "after-disable",
    "uninstall": "uninstall",
}
UNINSTALLER = """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def uninstall_db(self, keep_settings=False):
{body}
        return True
"""
IN_A_THREAD = """
import threading

def work():
{body}

threading.Thread(target=work).start()
"""


def indented(body: str, by: int) -> str:
    return "\n".join(" " * by + line for line in body.strip().splitlines())


def at_hook(body: str, hook: str) -> dict[str, str]:
    """Return a module that runs ``body`` in a hook, in its installer or its uninstaller."""
    if hook == "install":
        return broken.in_installer(body + "\nreturn True")
    if hook == "uninstall":
        return {"installer.py": UNINSTALLER.format(body=indented(body, 8))}
    return broken.in_hook(hook, body)


def seconds(one: Broken) -> float:
    return 1 if one.lasts else 30


def processes_below(pid: int) -> list[int]:
    """Return every descendant of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *processes_below(int(child))]
    return found


def wait_until_alone(bench: Workbench) -> None:
    """Wait until the zygote has no more than its waiting pair and the first of its namespace."""
    process = bench.zygote._process
    assert process is not None
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            left = processes_below(process.pid)
        except FileNotFoundError:  # one ended while we looked
            continue
        if len(left) <= 3:
            return
        time.sleep(0.02)
    raise AssertionError(f"processes that nobody ended: {left}")


def assert_seen_through(result: ChildResult, one: Broken) -> None:
    """Compare what the trial says with what the table expects."""
    if one.trial in ("timeout", "crashed", "no-verdict"):
        assert not result.ok
        assert result.problem == one.trial, result
        return
    assert result.ok and result.value is not None, result
    if one.trial == "passes":
        assert result.value["ok"], result
    else:
        assert not result.value["ok"]
        assert one.trial in result.value["error"]


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.title)
def test_preflight_sees_through_it(bench: Workbench, one: Broken) -> None:
    module = bench.module(broken.at_import(one.body))

    result = bench.try_out(PREFLIGHT, module, limits=LIMITS, seconds=seconds(one))

    if one.id == "B15" and "network" in result.weak:
        pytest.skip("this kernel grants no network namespace")
    assert_seen_through(result, one)
    assert len(result.output) < 100_000
    wait_until_alone(bench)


def named(names: str) -> list[Broken]:
    """Return rows of the table by their names."""
    return [one for one in TABLE if one.name in names.split()]


IN_HOOKS = [
    *((one, hook) for one in named("BaseException exits-0 daemon") for hook in HOOKS),
    *(
        (one, hook)
        for one in named("SystemExit segfault sleeps eats-memory forges closes")
        for hook in ("install", "on_before_module_disable")
    ),
]
IN_THREADS = named("BaseException exits-0 segfault spins sleeps daemon bomb closes shouts patches")


@pytest.mark.parametrize(
    ("one", "hook"), IN_HOOKS, ids=[f"{one.title}-{hook}" for one, hook in IN_HOOKS]
)
def test_a_hook_never_takes_an_operation_down(bench: Workbench, one: Broken, hook: str) -> None:
    """The same limits as in real operations, but for memory and time."""
    module = bench.module(at_hook(one.body, hook))

    result = bench.child(module, HOOKS[hook], seconds=seconds(one), limits=LIMITS)

    if one.trial in ("timeout", "crashed", "no-verdict"):
        assert (result.ok, result.problem) == (False, one.trial)
    else:
        assert result.ok and result.value is not None, result
        assert result.value["ok"] is (one.trial == "passes")
    wait_until_alone(bench)


@pytest.mark.parametrize("one", IN_THREADS, ids=lambda one: one.title)
def test_a_thread_that_an_import_starts_is_bounded_too(bench: Workbench, one: Broken) -> None:
    """Whatever becomes of the thread: an answer or a kill in time, and nothing is left."""
    module = bench.module(broken.at_import(IN_A_THREAD.format(body=indented(one.body, 4))))

    result = bench.try_out(PREFLIGHT, module, limits=LIMITS, seconds=seconds(one))

    assert result.ok or result.problem in ("timeout", "crashed", "no-verdict", "raised")
    wait_until_alone(bench)


def test_b16_what_fails_the_second_time_is_seen_before_the_commit(bench: Workbench) -> None:
    """Preflight is the first import, the probe the second."""
    flag = bench.folder / "flag"
    body = (
        f"from pathlib import Path\nflag = Path({str(flag)!r})\n"
        "if flag.exists(): raise OSError('the second time')\nflag.touch()"
    )
    module = bench.module(broken.at_import(body))

    first = bench.try_out(PREFLIGHT, module, limits=LIMITS).value
    second = bench.try_out(PROBE, module, limits=LIMITS).value

    assert first is not None and first["ok"]
    assert second is not None and second["error"] == "OSError: the second time"


def test_b13_the_core_database_is_not_a_modules_to_write(bench: Workbench, core_file: Path) -> None:
    """Through Django; by opening the file itself it could, unless the host has its own user."""
    body = "from modules_app.models import PbxSetting\nPbxSetting.objects.update(value='0')"
    answer = bench.try_out(PREFLIGHT, bench.module(broken.at_import(body)), limits=LIMITS).value

    assert answer is not None and "readonly database" in answer["error"]
