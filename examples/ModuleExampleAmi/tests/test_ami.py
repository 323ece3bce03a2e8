"""The worker and the account."""

from __future__ import annotations

from modules_app.sdk import AmiEvent
from modules_app.sdk.testing import ModuleTestCase

from .. import workers
from ..conf import USER
from ..models import HeardCall, ProgramAccess

HANGUP = {
    "Channel": "PJSIP/201-00000001",
    "CallerIDNum": "201",
    "Exten": "202",
    "Cause-txt": "Normal Clearing",
}


class AmiTest(ModuleTestCase):
    """What is heard, and who may hear."""

    def test_the_worker_exists(self) -> None:
        """A wrong name would never start."""
        for wanted in self.ask_hook("get_module_workers"):
            self.assertTrue(hasattr(workers, wanted["worker"]))

    def test_a_call_that_ended_is_shown(self) -> None:
        """From the event to the page."""
        self.worker(workers.CallListener).handle(AmiEvent("Hangup", HANGUP))
        self.assertContains(self.page(), "201 &gt; 202: Normal Clearing")

    def test_old_calls_are_forgotten(self) -> None:
        """The table keeps its size."""
        listener = self.worker(workers.CallListener)
        for _number in range(workers.KEPT + 3):
            listener.handle(AmiEvent("Hangup", HANGUP))
        self.assertEqual(HeardCall.objects.count(), workers.KEPT)

    def test_the_account_has_a_secret_of_its_own_that_can_be_renewed(self) -> None:
        """The old one ends."""
        before = ProgramAccess.objects.get().secret
        self.assertIn(f"[{USER}]\nsecret = {before}\n", self.ask_hook("generate_manager_conf"))
        self.send("secret/")
        self.assertNotIn(before, self.ask_hook("generate_manager_conf"))
