"""Programs that run as long as the module is enabled."""

from __future__ import annotations

from modules_app.sdk import LoopWorker, QueueWorker

from .models import WorkerEvent

QUEUE = "greetings"
KEPT = 200


def remember(who: str, what: str) -> None:
    """Keep an event, and forget the oldest ones: a table must not grow for ever."""
    WorkerEvent.objects.create(who=who, what=what)
    newest = WorkerEvent.objects.values("pk")[:KEPT]
    WorkerEvent.objects.exclude(pk__in=newest).delete()


class Clock(LoopWorker):
    """Does a round every few seconds."""

    interval = 5.0

    def prepare(self) -> None:
        """Count from the start of the process."""
        self.rounds = 0

    def step(self) -> None:
        """Do one round."""
        self.rounds += 1
        self.log.info("round %s", self.rounds)
        remember("clock", f"round {self.rounds}")


class Greeter(QueueWorker):
    """Takes one job after the other; one that fails is tried again later."""

    queue = QUEUE

    def handle(self, data: object) -> None:
        """Greet; doing it twice does no harm."""
        remember("greeter", f"Hello, {data}!")
