"""The workers, one round at a time."""

from __future__ import annotations

from modules_app.sdk.testing import ModuleTestCase

from .. import workers
from ..models import WorkerEvent


class WorkersTest(ModuleTestCase):
    """What they do, without waiting."""

    def test_both_workers_exist(self) -> None:
        """A wrong name would never start."""
        for wanted in self.ask_hook("get_module_workers"):
            self.assertTrue(hasattr(workers, wanted["worker"]))

    def test_the_clock_counts(self) -> None:
        """Round by round."""
        clock = self.worker(workers.Clock)
        clock.prepare()
        clock.step()
        clock.step()
        self.assertEqual(str(WorkerEvent.objects.first()), "clock: round 2")

    def test_the_greeter_greets_whom_it_is_given(self) -> None:
        """One job, one greeting."""
        self.worker(workers.Greeter).handle("Ann")
        self.assertContains(self.page(), "Hello, Ann!")

    def test_old_events_are_forgotten(self) -> None:
        """The table keeps its size."""
        for number in range(workers.KEPT + 5):
            workers.remember("test", str(number))
        self.assertEqual(WorkerEvent.objects.count(), workers.KEPT)
