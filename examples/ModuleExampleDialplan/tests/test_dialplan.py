"""What the hooks answer, and what the worker says to Asterisk."""

from __future__ import annotations

import io

from modules_app.sdk import Agi
from modules_app.sdk.testing import ModuleTestCase

from .. import workers
from ..models import DialplanSettings

AOR = {"type": "aor", "max_contacts": "5"}


class DialplanTest(ModuleTestCase):
    """Dialplan, telephones, FastAGI."""

    def test_the_options_of_one_telephone_are_changed_and_of_no_other(self) -> None:
        """From the form to the answer."""
        self.send(number="201", devices="3")
        ask = "override_pjsip_options"
        changed = self.ask_hook(ask, "201", dict(AOR))
        self.assertEqual(changed, {"type": "aor", "max_contacts": 3})
        self.assertIsNone(self.ask_hook(ask, "202", dict(AOR)))
        self.assertIsNone(self.ask_hook(ask, "201", {"type": "auth"}))

    def test_a_wrong_form_comes_back(self) -> None:
        """Nothing is stored of it."""
        self.assertEqual(self.send(number="Ann", devices="0").status_code, 422)
        self.assertEqual(DialplanSettings.current().number, "")

    def test_the_numbers_lead_into_the_context(self) -> None:
        """Both extensions exist there."""
        contexts = self.ask_hook("extension_gen_contexts")
        self.assertTrue(contexts.startswith("[module-example-dialplan]\n"))
        for line in self.ask_hook("extension_gen_internal").splitlines():
            name = line.partition("module-example-dialplan,")[2].partition(",")[0]
            self.assertIn(f"exten => {name},1,", contexts)

    def test_an_incoming_call_shows_the_number_that_was_called(self) -> None:
        """One step of dialplan."""
        step = self.ask_hook("generate_incoming_rout_before_dial", "74951234567")
        self.assertTrue(step.startswith("same => n,Set(CALLERID(name)="))

    def test_the_worker_counts_calls(self) -> None:
        """Each call hears its number."""
        counter = self.worker(workers.CallCounter)
        for number in (1, 2):
            said = io.StringIO()
            heard = io.StringIO("agi_callerid: 201\n\n200 result=1\n")
            counter.handle(Agi(heard, said), "count")
            self.assertEqual(said.getvalue(), f"SET VARIABLE MODULE_EXAMPLE_COUNT {number}\n")
