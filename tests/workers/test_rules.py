"""What modules may ask for, when crashes are too many, how wishes wait: the rules alone."""

from __future__ import annotations

import fcntl
import os
import re
import signal
from itertools import combinations
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from modules_app.bridge.wishes import (
    MOST_WAITING,
    forget_wishes,
    leave_wish,
    read_wishes,
    take_wishes,
    taken_wishes,
)
from modules_app.bridge.workers import (
    WorkerCrashes,
    module_lock_name,
    read_status,
    take_lock,
    wait_until_stopped,
)
from modules_app.domain.workers import Check, CrashRule, WorkerSpec, pause_after, read_workers
from modules_app.exceptions import Refused
from modules_app.hooks.specs import HOOKS
from modules_app.models import AuditEvent, Module
from modules_app.operator.watch import charge_worker_crashes
from modules_app.operator.wishes import LONGEST, Pace, carry_out
from modules_app.processes.mailbox import Mailbox, post
from modules_app.workers.endings import how, in_english
from tests.builders import php_module
from tests.lifecycle import Life
from tests.server.running import ROOT

ID = "ModuleTest"


def test_m131_seeds_and_our_names_of_the_checks_mean_the_same() -> None:
    specs, complaints = read_workers(
        ID,
        [
            {"type": "checkWorkerBeanstalk", "worker": "A"},
            {"type": "checkWorkerRedis", "worker": "B"},
            {"type": "checkPidNotAlert", "worker": "lib.tools.C"},
            {"type": "check_worker_queue", "worker": "D", "interval": 5, "instances": 3},
            {"type": "checkWorkerAMI", "worker": "E"},
        ],
    )
    assert complaints == ()
    assert specs == (
        WorkerSpec(ID, "A", Check.QUEUE, alive_seconds=5.0),
        WorkerSpec(ID, "B", Check.HEARTBEAT),
        WorkerSpec(ID, "lib.tools.C", Check.PROCESS),
        WorkerSpec(ID, "D", Check.QUEUE, interval=5.0, alive_seconds=5.0, instances=3),
        WorkerSpec(ID, "E", Check.AMI, alive_seconds=5.0),
    )


@pytest.mark.parametrize(
    ("entry", "slug"),
    [
        ("Beat", "worker-not-a-map"),
        ({"type": "checkPidNotAlert"}, "worker-name-invalid"),
        ({"type": "checkPidNotAlert", "worker": "../x"}, "worker-name-invalid"),
        ({"type": "checkPidNotAlert", "worker": "a..B"}, "worker-name-invalid"),
        ({"type": "checkSomething", "worker": "B"}, "worker-type-unknown"),
        ({"worker": "B"}, "worker-type-unknown"),
        ({"type": "checkPidNotAlert", "worker": "B", "instances": 0}, "worker-number-invalid"),
        ({"type": "checkPidNotAlert", "worker": "B", "instances": 99}, "worker-number-invalid"),
        ({"type": "checkPidNotAlert", "worker": "B", "interval": "5"}, "worker-number-invalid"),
        ({"type": "checkPidNotAlert", "worker": "B", "interval": True}, "worker-number-invalid"),
        ({"type": "checkPidNotAlert", "worker": "B", "memory": 5}, "worker-key-unknown"),
    ],
)
def test_m131_what_is_wrong_is_refused_with_a_sentence_and_the_others_run(
    entry: Any, slug: str
) -> None:
    good = {"type": "checkPidNotAlert", "worker": "Good"}
    specs, complaints = read_workers(ID, [entry, good])
    assert [spec.name for spec in specs] == ["Good"]
    assert [one.slug for one in complaints] == [slug]


def test_the_same_worker_twice_runs_once() -> None:
    entry = {"type": "checkPidNotAlert", "worker": "Good"}
    specs, complaints = read_workers(ID, [entry, entry])
    assert len(specs) == 1 and complaints[0].slug == "worker-twice"
    assert read_workers(ID, {"a": 1})[1][0].slug == "workers-not-a-list"


def test_m36_one_that_always_crashes_reaches_the_limit_within_the_half_hour() -> None:
    rule = CrashRule()
    passed, crashes = 0.0, 0
    while passed <= rule.seconds and not rule.broken_by(crashes):
        crashes += 1
        passed += pause_after(crashes) + 2.0
    assert rule.broken_by(crashes)
    assert pause_after(0) == 0.0 and pause_after(3) == 4.0


def charge(crashes: WorkerCrashes, rule: CrashRule, generation: str = "1-a") -> int:
    text = "ValueError: no"
    return crashes.charge(
        rule, module_id=ID, generation=generation, worker="Beat", text=text, at="2026"
    ).count


def test_m36_the_window_is_fixed_and_does_not_move_with_each_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashes, rule, passed = WorkerCrashes(tmp_path), CrashRule(crashes=3, seconds=100), [0.0]
    monkeypatch.setattr(
        "modules_app.bridge.workers.clock.stamp", lambda: ["boot", passed[0], passed[0]]
    )
    monkeypatch.setattr(
        "modules_app.bridge.workers.clock.seconds_since", lambda then: passed[0] - then[1]
    )
    assert charge(crashes, rule) == 1
    passed[0] = 90
    assert charge(crashes, rule) == 2
    passed[0] = 101
    assert charge(crashes, rule) == 1, "the first window began at 0 and is over"
    passed[0] = 102
    assert charge(crashes, rule, "2-b") == 1, "another generation begins anew"
    crashes.keep_only({ID: "1-a"})
    assert crashes.read() == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ModuleTest": {"count": 1}}'])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "worker-crashes.json").write_text(text)
    (tmp_path / "workers.json").write_text(text)
    assert WorkerCrashes(tmp_path).read() == {}
    assert read_status(tmp_path).workers == ()


def test_m36_too_many_crashes_pause_the_module_and_are_told(life: Life, settings: Any) -> None:
    settings.PBX_WORKER_CRASHES = {"crashes": 2, "seconds": 1800.0}
    life.install(php_module(), enable=True)
    Module.objects.update(phase="ready")
    crashes, rule = WorkerCrashes(life.data_dir.run), CrashRule(crashes=2)
    generation = Module.objects.get().generation
    charge(crashes, rule, "another")
    charge(crashes, rule, "another")
    assert charge_worker_crashes(life.tools) == [], "of another generation"
    charge(crashes, rule, generation)
    assert charge_worker_crashes(life.tools) == []
    charge(crashes, rule, generation)
    assert charge_worker_crashes(life.tools) == [ID]
    module = Module.objects.get()
    assert (module.wanted, module.fault) == ("on", "paused")
    assert module.reason_code == "DisabledByCrashLoop"
    assert "Beat" in module.reason_text and "ValueError: no" in module.reason_text
    assert AuditEvent.objects.get(action="module-pause").detail["crashes"]["count"] == 2
    assert crashes.read() == {}


def test_who_waits_for_workers_waits_for_each_of_them(tmp_path: Path) -> None:
    first = take_lock(tmp_path, module_lock_name(ID), fcntl.LOCK_SH, seconds=1)
    second = take_lock(tmp_path, module_lock_name(ID), fcntl.LOCK_SH, seconds=1)
    assert first is not None and second is not None
    os.close(first)
    assert not wait_until_stopped(tmp_path, ID, seconds=0.2)
    os.close(second)
    assert wait_until_stopped(tmp_path, ID, seconds=0.2)
    assert wait_until_stopped(tmp_path, "ModuleOther", seconds=0.2)


def test_messages_arrive_and_rubbish_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "box"
    assert post(path, {"what": "ping"}) is False
    box = Mailbox(path)
    assert post(path, {"what": "ping"}) and post(path, {"what": "job", "n": 1})
    assert not post(path, {"text": "x" * 20_000})
    assert box.wait(1) == [{"what": "ping"}, {"what": "job", "n": 1}]
    assert box.wait(0) == []
    box.close()


@pytest.mark.parametrize(
    ("status", "crash", "text"),
    [
        (-signal.SIGSEGV, "", "It was ended by SIGSEGV."),
        (3, "", "It ended with status 3."),
        (0, "", "It ended by itself."),
        (1, "ValueError: {no}", "ValueError: {no}"),
    ],
)
def test_how_it_ended_is_a_sentence(status: int, crash: str, text: str) -> None:
    assert in_english(how(status, crash)) == text


def wish(folder: Path, *hooks: str, module_id: str = ID) -> None:
    (folder / "run").mkdir(exist_ok=True)
    leave_wish(folder, module_id, hooks)


def test_the_same_wish_waits_once_and_one_for_everything_covers_all(tmp_path: Path) -> None:
    wish(tmp_path, "create_cron_tasks")
    wish(tmp_path, "create_cron_tasks")
    assert [one.hooks for one in read_wishes(tmp_path)] == [("create_cron_tasks",)]
    wish(tmp_path)
    wish(tmp_path, "get_module_workers")
    assert len(read_wishes(tmp_path)) == 2
    with pytest.raises(ValueError, match="'create_cron'"):
        wish(tmp_path, "create_cron")


def test_a_wish_that_comes_while_another_is_carried_out_is_not_lost(tmp_path: Path) -> None:
    wish(tmp_path, "create_cron_tasks")
    taken = take_wishes(tmp_path, {ID})
    wish(tmp_path, "create_cron_tasks")
    forget_wishes(tmp_path, taken)
    assert len(read_wishes(tmp_path)) == 1
    assert taken_wishes(tmp_path) == []


def test_what_was_taken_and_not_carried_out_is_taken_again(tmp_path: Path) -> None:
    wish(tmp_path, "create_cron_tasks")
    take_wishes(tmp_path, {ID})
    assert [one.hooks for one in take_wishes(tmp_path, {ID})] == [("create_cron_tasks",)]


def test_a_module_cannot_fill_the_disk_with_wishes(tmp_path: Path) -> None:
    names = [spec.name for spec in HOOKS if spec.collected]
    with pytest.raises(Refused) as caught:
        for pair in combinations(names, 2):
            wish(tmp_path, *pair)
    assert caught.value.slug == "wishes-too-many"
    assert len(read_wishes(tmp_path)) == MOST_WAITING
    wish(tmp_path, "create_cron_tasks", module_id="ModuleOther")


def test_a_module_that_wishes_all_the_time_waits_longer_and_longer() -> None:
    clock = [0.0]
    pace, times = Pace(now=lambda: clock[0]), []
    while len(times) < 9:
        if pace.is_due(ID):
            pace.done(ID)
            times.append(clock[0])
        clock[0] += 0.5
    pauses = [later - before for before, later in zip(times, times[1:], strict=False)]
    assert pauses == sorted(pauses) and pauses[-1] == LONGEST
    clock[0] += 500
    pace.done(ID)
    assert pace.is_due(ID), "after a calm time it is carried out soon again"


def test_a_wish_of_a_module_that_is_off_is_forgotten(life: Life) -> None:
    life.install(php_module())
    leave_wish(life.data_dir.root, ID, ())
    leave_wish(life.data_dir.root, "ModuleGone", ())
    (life.data_dir.run / "wishes" / "rubbish.json").write_text("{")
    assert carry_out(life.tools, {ID, "ModuleGone", ""}) == ["", "ModuleGone", ID]
    assert list((life.data_dir.run / "wishes").iterdir()) == []


@pytest.mark.parametrize("guide", ["workers.md", "model-events.md"])
def test_the_samples_of_the_guides_are_cut_from_examples(guide: str) -> None:
    text = (ROOT / "docs" / "guides" / guide).read_text()
    samples = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    sources = [path.read_text() for path in (ROOT / "examples").glob("*/*.py")]
    assert samples
    for sample in samples:
        shapes = [indent(sample, " " * depth) for depth in (0, 4, 8)]
        assert any(shape in source for shape in shapes for source in sources), sample
