"""Base classes for programs that run as long as a module is enabled (reference M13).

Put a class into the module's ``workers.py`` and name it in `ConfigClass.get_module_workers`.
PBX Admin starts one process for each, watches it, writes what it prints and logs into a file and
stops it when the module is disabled.
"""

from __future__ import annotations

import logging
import traceback
from typing import Protocol

from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.queues import Job, QueueStore


class Line(Protocol):
    """The worker's connection to the supervisor, provided by the process that runs it."""

    @property
    def stopping(self) -> bool:
        """Whether the worker was asked to end."""

    def beat(self) -> None:
        """Give a sign of life and answer pings."""

    def busy(self, seconds: float) -> None:
        """Say that no sign of life will come for so long; 0 ends that."""

    def wait(self, seconds: float) -> None:
        """Wait, giving signs of life; ends early for a job and for a request to end."""


class Worker:
    """A program of its own kind: override `run` and look at ``stopping`` often.

    Use it with the check ``check_pid_not_alert``, or call `beat` at least every few seconds.
    """

    def __init__(self, facts: ModuleFacts, instance: int, line: Line) -> None:
        self.module_unique_id = facts.id
        self.module_dir = facts.code
        self.instance = instance
        self.log = logging.getLogger(f"module.{facts.id}.{type(self).__name__}")
        self._facts = facts
        self._line = line

    @property
    def stopping(self) -> bool:
        """Whether the worker was asked to finish what it does and end (SIGUSR1 or SIGTERM)."""
        return self._line.stopping

    def beat(self) -> None:
        """Give a sign of life; call it within steps that take longer than some seconds."""
        self._line.beat()

    def wait(self, seconds: float) -> None:
        """Wait; returns early when the worker is asked to end."""
        self._line.wait(seconds)

    def run(self) -> None:
        """Do the work until ``stopping``. An exception ends the process and counts as a crash."""
        raise NotImplementedError(f"{type(self).__name__} has no run()")


class LoopWorker(Worker):
    """Calls `step` again and again, every ``interval`` seconds. Heartbeats come by themselves."""

    interval: float = 5.0

    def prepare(self) -> None:
        """Run once before the first step: open connections, read settings."""

    def step(self) -> None:
        """Do one round of work. An exception ends the process and counts as a crash."""
        raise NotImplementedError(f"{type(self).__name__} has no step()")

    def finish(self) -> None:
        """Run once after the last step, when the worker was asked to end."""

    def run(self) -> None:
        """Repeat `step` until the worker is asked to end."""
        self.prepare()
        while not self.stopping:
            self.beat()
            self.step()
            self.wait(self.interval)
        self.finish()


class QueueWorker(Worker):
    """Takes the jobs of one queue (see `enqueue`) and gives each to `handle`, at least once.

    A job whose `handle` raises is tried again after each of ``retry_seconds`` and then kept as a
    dead letter, so write `handle` such that doing a job twice does no harm. ``job_seconds`` is how
    long one job may take before the worker counts as hung; ``interval`` is how often it looks for
    jobs that nobody announced.
    """

    queue: str = ""
    interval: float = 5.0
    job_seconds: float = 60.0
    retry_seconds: tuple[float, ...] = (2.0, 10.0, 60.0, 300.0)

    job: Job

    def prepare(self) -> None:
        """Run once before the first job: open connections, read settings."""

    def handle(self, data: object) -> None:
        """Do one job; ``data`` is what was given to `enqueue`, ``self.job`` knows more."""
        raise NotImplementedError(f"{type(self).__name__} has no handle()")

    def finish(self) -> None:
        """Run once after the last job, when the worker was asked to end."""

    def run(self) -> None:
        """Handle jobs until the worker is asked to end; the one under way is finished first."""
        if not self.queue:
            raise NotImplementedError(f"{type(self).__name__} names no queue")
        me = f"{type(self).__name__}/{self.instance}"
        store = QueueStore(self._facts.label)
        store.release(self.queue, who=me)
        self.prepare()
        while not self.stopping:
            self.beat()
            store.bury(self.queue, most_tries=len(self.retry_seconds) + 1)
            job = store.take(self.queue, who=me, lost_after=10 * self.job_seconds)
            if job is None:
                self.wait(store.next_in(self.queue, self.interval))
            else:
                self._do(store, job)
        self.finish()

    def _do(self, store: QueueStore, job: Job) -> None:
        self.job = job
        self._line.busy(self.job_seconds)
        try:
            self.handle(job.data)
        except Exception as error:  # foreign code: one bad job must not stop the others
            self._failed(store, job, error)
        else:
            store.done(job)
        self._line.busy(0)

    def _failed(self, store: QueueStore, job: Job, error: Exception) -> None:
        left = self.retry_seconds[job.tries - 1 :]
        again = left[0] if left else None
        text = "".join(traceback.format_exception(error))
        store.failed(job, text, again_in=again)
        after = f"again in {again:g} s" if again is not None else "kept as a dead letter"
        self.log.exception("job %s failed, try %s, %s", job.id, job.tries, after)
