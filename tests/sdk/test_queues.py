"""Queues of a module: jobs go with transactions, come back, wait longer, end as dead letters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from modules_app.sdk.context import ModuleFacts, running
from modules_app.sdk.outside import ask_reload, provide
from modules_app.sdk.queues import Job, QueueStore, enqueue
from modules_app.sdk.workers import QueueWorker

FACTS = ModuleFacts("ModuleWork", "default", "1", "mikopbx", Path("/"), "1")
pytestmark = pytest.mark.django_db


class Outside:
    """Notes what module code asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def ask_reload(self, module_id: str, hooks: tuple[str, ...]) -> None:
        self.asked.append((module_id, *hooks))

    def job_waits(self, module_id: str, queue: str) -> None:
        self.asked.append((module_id, queue))


@pytest.fixture
def outside() -> Iterator[Outside]:
    found = Outside()
    provide(found)
    with running(FACTS):
        yield found
    provide(None)


def take(who: str = "me", lost_after: float = 60.0) -> Job | None:
    return QueueStore("default").take("jobs", who=who, lost_after=lost_after)


def test_a_job_exists_only_if_the_transaction_commits(outside: Outside) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("jobs", {"n": 1})
        raise RuntimeError
    assert take() is None
    enqueue("jobs", {"n": 2})
    job = take()
    assert job is not None and (job.data, job.tries) == ({"n": 2}, 1)


def test_workers_are_woken_after_the_commit(
    outside: Outside, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        enqueue("jobs", 1)
        assert outside.asked == []
    assert outside.asked == [("ModuleWork", "jobs")]


def test_two_workers_never_get_the_same_job(outside: Outside) -> None:
    enqueue("jobs", 1)
    assert take("first") is not None
    assert take("second") is None


def test_what_a_dead_process_had_claimed_comes_back(outside: Outside) -> None:
    enqueue("jobs", 1)
    take("first")
    QueueStore("default").release("jobs", who="first")
    again = take("first")
    assert again is not None and again.tries == 2
    assert take("second", lost_after=-1.0) is not None, "its instance is not asked for any more"


def test_a_delayed_job_waits_and_a_clock_that_was_set_back_holds_none(outside: Outside) -> None:
    enqueue("jobs", 1, delay=100)
    assert take() is None
    assert 90 < QueueStore("default").next_in("jobs", 1000.0) <= 100
    assert QueueStore("default").next_in("jobs", 5.0) == 5.0
    enqueue("jobs", 2, delay=400 * 86400)
    job = take()
    assert job is not None and job.data == 2


@pytest.mark.parametrize("queue", ["", "x" * 65])
def test_a_queue_needs_a_name(outside: Outside, queue: str) -> None:
    with pytest.raises(ValueError, match="no name of a queue"):
        enqueue(queue, 1)


def test_what_json_cannot_hold_is_refused(outside: Outside) -> None:
    with pytest.raises(TypeError):
        enqueue("jobs", object())


class Line:
    """Ends the worker when there is nothing to do."""

    def __init__(self) -> None:
        self.stopping = False
        self.waited: list[float] = []

    def beat(self) -> None: ...

    def busy(self, seconds: float) -> None: ...

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.stopping = True


class Counting(QueueWorker):
    queue = "jobs"
    retry_seconds = (0.0, 50.0)

    def handle(self, data: object) -> None:
        handled.append(data)
        if data == "bad":
            raise ValueError("no")


handled: list[object] = []


def test_a_job_that_fails_is_tried_again_later_and_holds_nobody_up(outside: Outside) -> None:
    handled.clear()
    enqueue("jobs", "bad")
    enqueue("jobs", "good")
    line = Line()
    started = time.time()
    Counting(FACTS, 1, line).run()
    assert handled == ["bad", "bad", "good"]
    assert line.waited == [5.0], "the interval, because the third try is later"
    assert 40 < QueueStore("default").next_in("jobs", 1000.0) + (time.time() - started) < 70


def test_a_wish_goes_with_the_name_of_the_module(outside: Outside) -> None:
    ask_reload("create_cron_tasks")
    assert outside.asked == [("ModuleWork", "create_cron_tasks")]
